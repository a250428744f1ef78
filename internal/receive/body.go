package receive

import (
	"errors"
	"io"
	"slices"
)

// firstBytes is what is reserved for a body before any of it is there: most events fit.
const firstBytes = 4 << 10

// errFull says that bodies in memory have reached Options.MaxInFlightBytes.
var errFull = errors.New("too many bodies in memory")

// read reads a body to its end and reserves room for it as it comes, doubling: what a request announces says nothing of its sender, and
// whoever announces much and sends little must not keep the others out. It returns what it reserved, also with an error.
func (h *Handler) read(into []byte, from io.Reader) (body []byte, reserved int64, err error) {
	for {
		if int64(len(into)) == reserved {
			more := min(max(firstBytes, reserved), h.o.MaxBodyBytes-reserved)
			if !h.inFlight.TryAcquire(more) {
				return into, reserved, errFull
			}
			reserved += more
			into = slices.Grow(into, int(more))
		}
		room := into[len(into):reserved]
		if len(room) == 0 {
			room = make([]byte, 1) // it is as long as it may be: a reader that is bounded has nothing more, and tells why
		}
		n, err := from.Read(room)
		into = into[:min(int64(len(into)+n), reserved)]
		if err == io.EOF {
			return into, reserved, nil
		}
		if err != nil {
			return into, reserved, err
		}
	}
}
