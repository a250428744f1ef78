package api

import (
	"testing"

	"github.com/earshot/earshot"
)

// A cursor comes from outside: whatever it is, it is refused or names a place in the list.
func FuzzCursor(f *testing.F) {
	k := sortKey{n: [keyNumbers]int64{4, -1, 3}, id: 7}
	f.Add(k.cursor('x'), byte('x'), false)
	f.Add("", byte(0), true)
	f.Add("====", byte(255), true)
	f.Fuzz(func(t *testing.T, text string, order byte, ascending bool) {
		k, err := parseCursor(text, order)
		if err != nil {
			return
		}
		if again := k.cursor(order); again != text {
			t.Errorf("%q reads as %q", text, again)
		}
		var rows []keyed[int]
		for i := range 5 {
			rows = append(rows, keyed[int]{sortKey{n: [keyNumbers]int64{int64(i % 3)}, id: earshot.ID(i)}, i})
		}
		rest, next := page(rows, ascending, &k, 2, order)
		if len(rest) > 2 || (next != "" && len(rest) != 2) {
			t.Errorf("a page of %d, next %q", len(rest), next)
		}
		for i := range rest {
			if rest[i].compare(&k, ascending) <= 0 {
				t.Errorf("row %d is not after the cursor", rest[i].row)
			}
		}
	})
}
