package api

import (
	"encoding/json"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/earshot/earshot/internal/live"
)

// rowsKept bounds the encoded rows that are held: what a busy second changes, so that many event streams cost little more
// than one. A row takes about 1.5 kB.
const rowsKept = 2048

// encodedRows holds the JSON of rows that changed lately. Views never change, so their pointer is the key.
type encodedRows struct {
	cache *lru.Cache[*live.Meeting, []byte]
}

func newEncodedRows() (encodedRows, error) {
	c, err := lru.New[*live.Meeting, []byte](rowsKept)
	return encodedRows{c}, err
}

// append appends the JSON of a row to b.
func (e encodedRows) append(b []byte, m *live.Meeting) ([]byte, error) {
	row, ok := e.cache.Get(m)
	if !ok {
		var err error
		if row, err = json.Marshal(liveRow(m)); err != nil {
			return b, fmt.Errorf("encode meeting %s: %w", m.ID, err)
		}
		e.cache.Add(m, row)
	}
	return append(b, row...), nil
}

// appendMeetings appends a LiveMeetings. It is json.Marshal of that type, put together from rows that are encoded once.
func (e encodedRows) appendMeetings(b []byte, d *live.Delta) ([]byte, error) {
	b = append(b, `{"rows":[`...)
	for i, m := range d.Meetings {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = e.append(b, m); err != nil {
			return b, err
		}
	}
	b = append(b, ']')
	if len(d.Ended) > 0 {
		ended, err := json.Marshal(d.Ended)
		if err != nil {
			return b, err
		}
		b = append(append(b, `,"ended":`...), ended...)
	}
	return append(b, '}'), nil
}
