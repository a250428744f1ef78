package registry

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/earshot/earshot"
)

// ErrCursor is returned for a cursor that this registry did not make, or whose row is gone: ask for the first page again.
var ErrCursor = errors.New("registry: not a cursor of this list; ask for the first page")

const (
	defaultLimit = 50
	maxLimit     = 500 // one page stays small whatever somebody asks for
)

// pageLimit bounds what was asked for.
func pageLimit(asked int) int {
	if asked <= 0 {
		return defaultLimit
	}
	return min(asked, maxLimit)
}

// maxMeetings is how many meetings one page may hold: sorting by their grades needs all of some days, and reading those in many
// pages would look for the same names in each.
const maxMeetings = 5000

func meetingsLimit(asked int) int {
	if asked <= maxLimit {
		return pageLimit(asked)
	}
	return min(asked, maxMeetings)
}

// cursor is the place of the last row of a page in a list ordered by time and id. It holds nothing personal, so it may
// stand in a URL: the list of persons, which is ordered by name, puts only the id in it.
type cursor struct {
	at earshot.Instant
	id earshot.ID
}

// String returns the opaque text: unpadded base64 of time and id, 16 bytes.
func (c cursor) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(c.at))
	binary.BigEndian.PutUint64(b[8:], uint64(c.id))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func parseCursor(s string) (cursor, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 16 {
		return cursor{}, fmt.Errorf("read cursor: %w", ErrCursor)
	}
	return cursor{
		at: earshot.Instant(binary.BigEndian.Uint64(b[:8])),
		id: earshot.ID(binary.BigEndian.Uint64(b[8:])),
	}, nil
}
