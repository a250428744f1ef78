package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// Pages together are the list, in its order, whatever the sort and the size of the pages; a cursor is not good for another
// order, and no byte of it can be changed to break anything.
func TestPagesAddUp(t *testing.T) {
	w := newWorld(t)
	update := live.Update{Watermark: noon}
	for i := range 40 {
		m := earshot.Meeting{ID: earshot.ID(i + 1), Account: account, Topic: fmt.Sprint("Topic ", i%7), Start: at(-i % 5), FirstSeen: at(-20), LastSeen: noon}
		update.Meetings = append(update.Meetings, m)
		for p := range i % 4 {
			id := earshot.ID(1000 + 10*i + p)
			update.Segments = append(update.Segments, live.Segment{Segment: earshot.Segment{ID: id, Meeting: m.ID, Person: id, Join: at(-10), FirstReport: at(-10)}})
			update.Minutes = append(update.Minutes, live.Minute{Minute: minute(id, m.ID, id, -1, earshot.Grade(i%5))})
		}
	}
	w.live.Apply(update)
	rapid.Check(t, func(rt *rapid.T) {
		query := "?sort=" + rapid.SampledFrom([]string{"worst", "start", "topic", "people"}).Draw(rt, "sort") +
			rapid.SampledFrom([]string{"", "&order=asc", "&order=desc"}).Draw(rt, "order")
		whole := read[page[meetingRow]](t, w, "/api/v1/meetings"+query+"&limit=1000").Items
		limit := rapid.IntRange(1, 45).Draw(rt, "limit")
		var pieces []meetingRow
		cursor := ""
		for {
			p := read[page[meetingRow]](t, w, fmt.Sprintf("/api/v1/meetings%s&limit=%d&cursor=%s", query, limit, cursor))
			pieces = append(pieces, p.Items...)
			if cursor = p.NextCursor; cursor == "" {
				break
			}
			if len(p.Items) != limit {
				rt.Fatalf("a page of %d, want %d", len(p.Items), limit)
			}
			if strings.Contains(cursor, "Topic") {
				rt.Fatalf("a topic in a cursor")
			}
			mangled := []byte(cursor)
			mangled[rapid.IntRange(0, len(mangled)-1).Draw(rt, "at")] = rapid.Byte().Draw(rt, "byte")
			if status, _, _ := get(t, w, "/api/v1/meetings"+query+"&cursor="+url.QueryEscape(string(mangled))); status != 200 && status != 422 {
				rt.Fatalf("a mangled cursor: %d", status)
			}
		}
		if diff := cmp.Diff(whole, pieces); diff != "" {
			rt.Fatalf("(-whole +pages):\n%s", diff)
		}
		if len(whole) != 40 {
			rt.Fatalf("%d meetings, want 40", len(whole))
		}
	})
	c := read[page[meetingRow]](t, w, "/api/v1/meetings?limit=1").NextCursor
	for _, other := range []string{"?sort=start", "?order=asc", "?state=past"} {
		if status, _, _ := get(t, w, "/api/v1/meetings"+other+"&cursor="+c); status != 422 {
			t.Errorf("%s with the cursor of another order: %d, want 422", other, status)
		}
	}
}

// The same holds for past meetings, whose newest-first list walks the registry and whose other orders are sorted here.
func TestPastPagesAddUp(t *testing.T) {
	w := newWorld(t)
	changes := &registry.Changes{Journal: "j", To: 1}
	batch := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", To: 1}
	for i := range 30 {
		m := earshot.Meeting{ID: earshot.ID(i + 1), Account: account, Kind: earshot.KindMeeting, Topic: fmt.Sprint("Topic ", i%7), FirstSeen: at(-100 - i%5), LastSeen: at(-50), End: at(-50)}
		changes.Meetings = append(changes.Meetings, m)
		for k := range i % 4 {
			batch.Minutes = append(batch.Minutes, minute(earshot.ID(1000+i), m.ID, earshot.ID(2000+i), -60+k, earshot.Grade(i%5)))
		}
	}
	must(t, w.registry.Apply(t.Context(), changes))
	must(t, w.facts.Apply(t.Context(), batch))
	w.live.Apply(live.Update{Watermark: noon})
	for _, query := range []string{"sort=start", "sort=start&order=asc", "sort=worst", "sort=worst&order=asc", "sort=topic", "sort=people", "sort=start&kind=meeting&grade=good,bad,unclassified"} {
		query = "/api/v1/meetings?state=past&" + query
		whole := read[page[meetingRow]](t, w, query+"&limit=500").Items
		if len(whole) != 30 && !strings.Contains(query, "grade") || len(whole) == 0 {
			t.Errorf("%s: %d meetings, want 30", query, len(whole))
		}
		for _, limit := range []int{1, 7, 30} {
			var pieces []meetingRow
			for cursor, more := "", true; more; {
				p := read[page[meetingRow]](t, w, fmt.Sprintf("%s&limit=%d&cursor=%s", query, limit, cursor))
				pieces = append(pieces, p.Items...)
				cursor, more = p.NextCursor, p.NextCursor != ""
			}
			if diff := cmp.Diff(whole, pieces); diff != "" {
				t.Errorf("%s by %d (-whole +pages):\n%s", query, limit, diff)
			}
		}
	}
}
