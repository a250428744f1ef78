package emulator

import (
	"strconv"
	"time"

	"github.com/go-faster/jx"

	"github.com/earshot/earshot"
)

// encoder writes notifications in the documented shapes. It knows no world: what it writes is handed to it. One encoder
// serves one goroutine; the bodies that it returns belong to the caller.
type encoder struct {
	w       jx.Encoder
	dialect Dialect
	scratch [64]byte
	name    string
	ts      earshot.Instant
	last    bool // event and event_ts come after the payload, as in some of Zoom's own examples
}

// begin opens the envelope up to the fields of payload.object.
func (e *encoder) begin(name string, ts earshot.Instant, accountID string) {
	e.w.Reset()
	e.name, e.ts = name, ts
	e.last = len(name) > 8 && name[:8] == "session."
	e.w.ObjStart()
	if !e.last {
		e.text("event", name)
		e.integer("event_ts", int64(ts))
	}
	e.object("payload")
	e.text("account_id", accountID)
	e.object("object")
}

// end closes the envelope and returns the body.
func (e *encoder) end() []byte {
	e.w.ObjEnd()
	e.w.ObjEnd()
	if e.last {
		e.integer("event_ts", int64(e.ts))
		e.text("event", e.name)
	}
	e.w.ObjEnd()
	return append(make([]byte, 0, len(e.w.Bytes())), e.w.Bytes()...)
}

func (e *encoder) object(key string) { e.w.FieldStart(key); e.w.ObjStart() }
func (e *encoder) array(key string)  { e.w.FieldStart(key); e.w.ArrStart() }

func (e *encoder) text(key, value string) {
	e.w.FieldStart(key)
	e.w.Str(value)
}

// optional writes a field that Zoom leaves out rather than sending it empty.
func (e *encoder) optional(key, value string) {
	if value != "" {
		e.text(key, value)
	}
}

func (e *encoder) integer(key string, value int64) {
	e.w.FieldStart(key)
	e.w.Int64(value)
}

func (e *encoder) boolean(key string, value bool) {
	e.w.FieldStart(key)
	e.w.Bool(value)
}

// at writes a time as Zoom does: UTC, whole seconds. The zero Instant is left out.
func (e *encoder) at(key string, t earshot.Instant) {
	if t == 0 {
		return
	}
	e.w.FieldStart(key)
	e.w.ByteStr(t.Time().AppendFormat(e.scratch[:0], time.RFC3339))
}

// count writes a whole number with its unit: "63 kbps".
func (e *encoder) count(key string, value float64, unit string) {
	e.w.FieldStart(key)
	e.w.ByteStr(append(strconv.AppendInt(e.scratch[:0], int64(value), 10), unit...))
}

// share writes a number with one decimal: "0.3%".
func (e *encoder) share(key string, value float64, unit string) {
	e.w.FieldStart(key)
	e.w.ByteStr(append(strconv.AppendFloat(e.scratch[:0], value, 'f', 1, 64), unit...))
}

func (e *encoder) pixels(key string, w, h int) {
	e.w.FieldStart(key)
	b := strconv.AppendInt(e.scratch[:0], int64(w), 10)
	b = append(b, '*')
	e.w.ByteStr(strconv.AppendInt(b, int64(h), 10))
}
