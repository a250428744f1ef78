package live_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

func TestFilter(t *testing.T) {
	s := live.New(live.Options{})
	a, b := meeting(1, noon), meeting(2, noon)
	b.Account, b.Kind, b.Topic, b.Series = 8, earshot.KindWebinar, "Town hall", 5
	sa, sb := segment(11, 1, 21, noon), segment(12, 2, 22, noon)
	sb.PersonName, sb.Site, sb.SiteName = "Zoë", 77, "Lyon"
	s.Apply(live.Update{
		Watermark: noon, Meetings: []earshot.Meeting{a, b}, Segments: []live.Segment{sa, sb},
		Minutes: []live.Minute{minute(12, noon, earshot.Bad, true)},
	})
	for name, c := range map[string]struct {
		f    live.Filter
		want []earshot.ID
	}{
		"all":            {live.Filter{}, []earshot.ID{1, 2}},
		"topic":          {live.Filter{Query: "TOWN"}, []earshot.ID{2}},
		"number":         {live.Filter{Query: "123"}, []earshot.ID{1, 2}},
		"uuid":           {live.Filter{Query: "UUID-0000000000000001"}, []earshot.ID{1}},
		"name":           {live.Filter{Query: "zoë"}, []earshot.ID{2}},
		"nothing":        {live.Filter{Query: "xyz"}, nil},
		"account":        {live.Filter{Account: 9}, []earshot.ID{1}},
		"series":         {live.Filter{Series: 5}, []earshot.ID{2}},
		"person":         {live.Filter{Person: 21}, []earshot.ID{1}},
		"site":           {live.Filter{Site: 77}, []earshot.ID{2}},
		"kind":           {live.Filter{Kind: earshot.KindWebinar}, []earshot.ID{2}},
		"grade":          {live.Filter{Grades: []earshot.Grade{earshot.Unclassified, earshot.Good}}, []earshot.ID{1}},
		"account, other": {live.Filter{Account: 9, Site: 77}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []earshot.ID
			for _, m := range s.Meetings(c.f) {
				got = append(got, m.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	want := []live.SiteNow{{Site: 77, Name: "Lyon", People: 1, Now: counts(0, 0, 0, 1, 0)}}
	if diff := cmp.Diff(want, s.Sites(0)); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
}
