package api

import (
	"encoding/base64"
	"encoding/binary"
	"slices"

	"github.com/earshot/earshot"
)

// sortKey is the place of a row in a list: greater numbers first, then text in order, then the smaller id.
type sortKey struct {
	n    [keyNumbers]int64
	text string
	id   earshot.ID
}

const keyNumbers = 6

// compare orders keys; ascending turns everything but the id around, so that ties stay put.
func (k *sortKey) compare(o *sortKey, ascending bool) int {
	c := 0
	for i := range k.n {
		if k.n[i] != o.n[i] {
			c = 1
			if k.n[i] > o.n[i] {
				c = -1
			}
			break
		}
	}
	if c == 0 && k.text != o.text {
		c = 1
		if k.text < o.text {
			c = -1
		}
	}
	if ascending {
		c = -c
	}
	if c == 0 && k.id != o.id {
		c = 1
		if k.id < o.id {
			c = -1
		}
	}
	return c
}

// cursor is the last row of a page. It goes into URLs, so it holds no text: where rows are ordered by text, the row is looked
// up again by its id. Its first byte says what order it belongs to.
const cursorBytes = 1 + 8*keyNumbers + 8

func (k *sortKey) cursor(order byte) string {
	b := make([]byte, 0, cursorBytes)
	b = append(b, order)
	for _, n := range k.n {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	b = binary.BigEndian.AppendUint64(b, uint64(k.id))
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string, order byte) (sortKey, error) {
	var k sortKey
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != cursorBytes || b[0] != order {
		return k, badInput("cursor", "not a cursor of this list; ask for the first page again")
	}
	for i := range k.n {
		k.n[i] = int64(binary.BigEndian.Uint64(b[1+8*i:]))
	}
	k.id = earshot.ID(binary.BigEndian.Uint64(b[cursorBytes-8:]))
	return k, nil
}

// keyed is a row and its place.
type keyed[T any] struct {
	sortKey
	row T
}

// page sorts rows and returns those after a key, at most limit, and the cursor of the next page, "" when this is the last.
func page[T any](rows []keyed[T], ascending bool, after *sortKey, limit int, order byte) ([]keyed[T], string) {
	slices.SortFunc(rows, func(a, b keyed[T]) int { return a.compare(&b.sortKey, ascending) })
	if after != nil {
		i, found := slices.BinarySearchFunc(rows, after, func(a keyed[T], k *sortKey) int { return a.compare(k, ascending) })
		if found {
			i++
		}
		rows = rows[i:]
	}
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], rows[limit-1].cursor(order)
}
