package registry_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// world is a few people in a few meetings.
func world() registry.Changes {
	seg := func(id, meeting, person earshot.ID, name string, join earshot.Instant, devices ...earshot.DeviceSnapshot) earshot.Segment {
		return earshot.Segment{ID: id, Meeting: meeting, Account: 1, Person: person, Name: name, Join: join, Devices: devices}
	}
	return registry.Changes{Changes: identity.Changes{
		Meetings: []earshot.Meeting{
			{ID: 10, Account: 1, UUID: "aaAA+/==", Number: "8522117788", Series: 90, Topic: "Straßenbau 100% Übergabe", FirstSeen: 1_000_000, LastSeen: 2_000_000, End: 2_000_000},
			{ID: 11, Account: 1, UUID: "bbbb", Number: "8522117788", Series: 90, Topic: "weekly_sync", FirstSeen: 3_000_000, LastSeen: 4_000_000},
			{ID: 12, Account: 2, UUID: "cccc", Number: "555", Topic: "weekly sync", FirstSeen: 3_000_000, LastSeen: 5_000_000},
			{ID: 13, Account: 2, UUID: "dddd", Topic: "Room 1", Parent: 12, FirstSeen: 3_500_000, LastSeen: 4_500_000},
		},
		Persons: []earshot.Person{
			{ID: 20, Account: 1, Name: "Zoë Ångström", Email: "Zoe@Example.com", ZoomUserID: "KdYKjnimT4KPd8FFgQt9FQ"},
			{ID: 21, Account: 1, Name: "İlker Şahin"},
			{ID: 22, Account: 2, Email: "nameless@example.org"},
			{ID: 23, Account: 2, Name: "山田 太郎"},
			{ID: 24, Account: 2},
		},
		Segments: []earshot.Segment{
			seg(30, 10, 20, "Zoë", 1_000_100, earshot.DeviceSnapshot{At: 1, PublicIP: "198.51.100.7", InternalIP: "10.20.4.17", MAC: "00:00:5E:00:53:2A", PCName: "BER-LT-0042"}),
			seg(31, 11, 20, "Zoë", 3_000_100, earshot.DeviceSnapshot{At: 1, PublicIP: "198.51.100.70", InternalIP: "10.20.4.18", PCName: "BER-LT-0042"}),
			seg(32, 12, 21, "Ilker", 3_000_200, earshot.DeviceSnapshot{At: 1, PublicIP: "2001:DB8:0:0::1"}),
			{ID: 33, Meeting: 12, Account: 2, Person: 24, FirstReport: 2_900_000},
		},
		Calls: []earshot.Call{
			{ID: 40, Account: 1, ZoomID: "7123456789012345678", FirstSeen: 10, LastSeen: 20, Caller: earshot.CallParty{Person: 20, Number: "+4930123456", Extension: "12"}},
			{ID: 41, Account: 2, ZoomID: "999", FirstSeen: 30, LastSeen: 40, Callee: earshot.CallParty{Person: 20, Email: "x@example.net"}},
		}},
	}
}

func TestMeetings(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, world())
	tests := []struct {
		name string
		q    registry.MeetingQuery
		want []earshot.ID
	}{
		{"all, newest first", registry.MeetingQuery{}, []earshot.ID{13, 12, 11, 10}},
		{"touching from", registry.MeetingQuery{From: 4_000_000}, []earshot.ID{13, 12, 11}},
		{"before to", registry.MeetingQuery{To: 3_000_000}, []earshot.ID{10}},
		{"between", registry.MeetingQuery{From: 2_000_001, To: 3_000_001}, []earshot.ID{12, 11}},
		{"account", registry.MeetingQuery{Account: 2}, []earshot.ID{13, 12}},
		{"series", registry.MeetingQuery{Series: 90}, []earshot.ID{11, 10}},
		{"person", registry.MeetingQuery{Person: 20}, []earshot.ID{11, 10}},
		{"ended by the end", registry.MeetingQuery{EndedBy: 2_000_000}, []earshot.ID{10}},
		{"not silent for long enough", registry.MeetingQuery{EndedBy: 4_300_000}, []earshot.ID{10}},
		{"silent", registry.MeetingQuery{EndedBy: 4_300_001}, []earshot.ID{11, 10}},
		{"topic without case", registry.MeetingQuery{Search: "ÜBERGABE"}, []earshot.ID{10}},
		{"topic without accents", registry.MeetingQuery{Search: "uberg"}, []earshot.ID{10}},
		{"sharp s", registry.MeetingQuery{Search: "STRASSEN"}, []earshot.ID{10}},
		{"per cent is no wildcard", registry.MeetingQuery{Search: "%"}, []earshot.ID{10}},
		{"underscore is no wildcard", registry.MeetingQuery{Search: "weekly_sync"}, []earshot.ID{11}},
		{"number as people write it", registry.MeetingQuery{Search: "852 211-7788"}, []earshot.ID{11, 10}},
		{"uuid", registry.MeetingQuery{Search: "aaAA+/=="}, []earshot.ID{10}},
		{"participant", registry.MeetingQuery{Search: "zoe"}, []earshot.ID{11, 10}},
		{"participant in an account", registry.MeetingQuery{Search: "zoe", Account: 2}, nil},
		{"nothing", registry.MeetingQuery{Search: "nobody' OR 1=1 --"}, nil},
		{"spaces do not narrow", registry.MeetingQuery{Search: "  "}, []earshot.ID{13, 12, 11, 10}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := r.Meetings(context.Background(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, idsOf(page.Items, func(m earshot.Meeting) earshot.ID { return m.ID })); diff != "" {
				t.Errorf("meetings (-want +got):\n%s", diff)
			}
		})
	}
}

// EndedBy is the opposite of earshot.Meeting.Live, for any meeting and any time.
func TestMeetingsEndedByIsNotLive(t *testing.T) {
	r := open(t, t.TempDir())
	var id earshot.ID
	rapid.Check(t, func(rt *rapid.T) {
		id++
		at := rapid.SampledFrom([]earshot.Instant{0, 1, 300_000, 300_001, 600_000, 600_001, 900_001})
		m := earshot.Meeting{ID: id, Account: id, FirstSeen: 1, LastSeen: 1 + at.Draw(rt, "last"), End: at.Draw(rt, "end")}
		now := 1 + at.Draw(rt, "now")
		c := registry.Changes{Journal: "j", To: uint64(id), Changes: identity.Changes{Meetings: []earshot.Meeting{m}}}
		if err := r.Apply(context.Background(), &c); err != nil {
			rt.Fatal(err)
		}
		page, err := r.Meetings(context.Background(), registry.MeetingQuery{Account: id, EndedBy: now})
		if err != nil {
			rt.Fatal(err)
		}
		if got, want := len(page.Items) == 0, m.Live(now); got != want {
			rt.Errorf("%+v at %d: listed as live %v, want %v", m, now, got, want)
		}
	})
}

func TestPersons(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, world())
	tests := []struct {
		name string
		q    registry.PersonQuery
		want []earshot.ID
	}{
		{"names first, then addresses, then the others", registry.PersonQuery{}, []earshot.ID{21, 20, 23, 22, 24}},
		{"account", registry.PersonQuery{Account: 2}, []earshot.ID{23, 22, 24}},
		{"name without accents", registry.PersonQuery{Search: "angstrom"}, []earshot.ID{20}},
		{"name with other accents", registry.PersonQuery{Search: "SAHIN"}, []earshot.ID{21}},
		{"Japanese", registry.PersonQuery{Search: "太郎"}, []earshot.ID{23}},
		{"e-mail", registry.PersonQuery{Search: "ZOE@"}, []earshot.ID{20}},
		{"Zoom user id", registry.PersonQuery{Search: "KdYKjnimT4KPd8FFgQt9FQ"}, []earshot.ID{20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := r.Persons(context.Background(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, idsOf(page.Items, func(p earshot.Person) earshot.ID { return p.ID })); diff != "" {
				t.Errorf("persons (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCalls(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, world())
	tests := []struct {
		name string
		q    registry.CallQuery
		want []earshot.ID
	}{
		{"all", registry.CallQuery{}, []earshot.ID{41, 40}},
		{"either side", registry.CallQuery{Person: 20}, []earshot.ID{41, 40}},
		{"between", registry.CallQuery{From: 20, To: 30}, []earshot.ID{40}},
		{"number as people write it", registry.CallQuery{Search: "+49 (30) 123456"}, []earshot.ID{40}},
		{"extension", registry.CallQuery{Search: "12"}, []earshot.ID{40}},
		{"id", registry.CallQuery{Search: "7123456789012345678"}, []earshot.ID{40}},
		{"e-mail", registry.CallQuery{Search: "X@example"}, []earshot.ID{41}},
		{"name of a person", registry.CallQuery{Search: "zoe"}, []earshot.ID{41, 40}},
		{"account", registry.CallQuery{Account: 1}, []earshot.ID{40}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := r.Calls(context.Background(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, idsOf(page.Items, func(c earshot.Call) earshot.ID { return c.ID })); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSegmentsAndBreakouts(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, world())
	ctx := context.Background()
	id := func(s earshot.Segment) earshot.ID { return s.ID }
	of, err := r.SegmentsOf(ctx, 12)
	if diff := cmp.Diff([]earshot.ID{33, 32}, idsOf(of, id)); diff != "" || err != nil {
		t.Errorf("segments of a meeting (-want +got), %v:\n%s", err, diff)
	}
	newest, err := r.SegmentsOfPerson(ctx, 20, 1, 0)
	if diff := cmp.Diff([]earshot.ID{31}, idsOf(newest, id)); diff != "" || err != nil {
		t.Errorf("newest segment of a person (-want +got), %v:\n%s", err, diff)
	}
	older, err := r.SegmentsOfPerson(ctx, 20, 0, newest[0].Join)
	if diff := cmp.Diff([]earshot.ID{30}, idsOf(older, id)); diff != "" || err != nil {
		t.Errorf("older segments of a person (-want +got), %v:\n%s", err, diff)
	}
	rooms, err := r.Breakouts(ctx, 12)
	if diff := cmp.Diff([]earshot.ID{13}, idsOf(rooms, func(m earshot.Meeting) earshot.ID { return m.ID })); diff != "" || err != nil {
		t.Errorf("breakout rooms (-want +got), %v:\n%s", err, diff)
	}
	if rooms, err := r.Breakouts(ctx, 0); len(rooms) != 0 || err != nil {
		t.Errorf("breakout rooms of no meeting: %v, %v", rooms, err)
	}
	if _, ok, err := r.Segment(ctx, 999); ok || err != nil {
		t.Errorf("unknown segment: %v, %v", ok, err)
	}
	if _, ok, err := r.Meeting(ctx, 999); ok || err != nil {
		t.Errorf("unknown meeting: %v, %v", ok, err)
	}
	if none, err := r.MeetingsByID(ctx, nil); len(none) != 0 || err != nil {
		t.Errorf("no ids: %v, %v", none, err)
	}
}

// Every row appears on exactly one page, in the same order as on one large page.
func TestPaging(t *testing.T) {
	r := open(t, t.TempDir())
	var c registry.Changes
	for i := range 57 {
		id := earshot.ID(i+1) * 0x9e3779b97f4a7c15
		same := earshot.Instant(i / 5) // several at one time: the id decides
		c.Meetings = append(c.Meetings, earshot.Meeting{ID: id, FirstSeen: 1 + same, LastSeen: 10})
		c.Persons = append(c.Persons, earshot.Person{ID: id, Name: fmt.Sprintf("p%d", same)})
		c.Calls = append(c.Calls, earshot.Call{ID: id, FirstSeen: 1 + same, LastSeen: 10})
		c.Incidents = append(c.Incidents, earshot.Incident{ID: id, Cell: earshot.Cell{ID: id}, Start: 1 + same, End: 10})
	}
	apply(t, r, 1, c)
	ctx := context.Background()
	lists := map[string]func(after string, limit int) ([]earshot.ID, string, error){
		"meetings": func(after string, limit int) ([]earshot.ID, string, error) {
			p, err := r.Meetings(ctx, registry.MeetingQuery{After: after, Limit: limit})
			return idsOf(p.Items, func(m earshot.Meeting) earshot.ID { return m.ID }), p.Next, err
		},
		"persons": func(after string, limit int) ([]earshot.ID, string, error) {
			p, err := r.Persons(ctx, registry.PersonQuery{After: after, Limit: limit})
			return idsOf(p.Items, func(m earshot.Person) earshot.ID { return m.ID }), p.Next, err
		},
		"calls": func(after string, limit int) ([]earshot.ID, string, error) {
			p, err := r.Calls(ctx, registry.CallQuery{After: after, Limit: limit})
			return idsOf(p.Items, func(m earshot.Call) earshot.ID { return m.ID }), p.Next, err
		},
		"incidents": func(after string, limit int) ([]earshot.ID, string, error) {
			p, err := r.Incidents(ctx, registry.IncidentQuery{After: after, Limit: limit})
			return idsOf(p.Items, func(i earshot.Incident) earshot.ID { return i.ID }), p.Next, err
		},
	}
	for name, list := range lists {
		t.Run(name, func(t *testing.T) {
			want, next, err := list("", 500)
			if err != nil || len(want) != 57 || next != "" {
				t.Fatalf("one page: %d items, next %q, %v", len(want), next, err)
			}
			for _, limit := range []int{1, 7, 19, 57} {
				var got []earshot.ID
				for after := ""; ; {
					ids, next, err := list(after, limit)
					if err != nil || len(ids) > limit {
						t.Fatalf("limit %d: %d items, %v", limit, len(ids), err)
					}
					got = append(got, ids...)
					if next == "" {
						break
					}
					after = next
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("limit %d (-want +got):\n%s", limit, diff)
				}
			}
			for _, bad := range []string{"x", "AAAA", "!!!!", "AAAAAAAAAAAAAAAAAAAAAB"} {
				if _, _, err := list(bad, 5); !errors.Is(err, registry.ErrCursor) {
					t.Errorf("cursor %q: %v, want ErrCursor", bad, err)
				}
			}
		})
	}
}

func TestSearch(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, world())
	tests := []struct {
		q    string
		want []string
	}{
		{"", nil},
		{"   ", nil},
		{"zoë", []string{"person 20"}},
		{"zoe@example.COM", []string{"person 20"}},
		{"übergabe", []string{"meeting 10"}},
		{"8522117788", []string{"meeting 11", "meeting 10"}},
		{"198.51.100.7", []string{"segment 31 198.51.100.70", "segment 30 198.51.100.7"}},
		{"10.20.4.", []string{"segment 31 10.20.4.18", "segment 30 10.20.4.17"}},
		{"0.20.4.17", nil}, // the beginning of an address, not any part
		{"2001:db8::1", []string{"segment 32 2001:db8::1"}},
		{"2001:0DB8:0000::0001", []string{"segment 32 2001:db8::1"}},
		{"00-00-5e-00-53", []string{"segment 30 00005e00532a"}},
		{"ber-lt", []string{"segment 31 ber-lt-0042", "segment 30 ber-lt-0042"}},
		{"7123456789012345678", []string{"call 40"}},
		{"ex", []string{"person 20", "person 22"}},
		{"%", []string{"meeting 10"}},
		{"' OR ''='", nil},
		{"\xff\x00", nil},
	}
	for _, tt := range tests {
		t.Run(tt.q, func(t *testing.T) {
			hits, err := r.Search(context.Background(), tt.q, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, describe(hits)); diff != "" {
				t.Errorf("hits (-want +got):\n%s", diff)
			}
		})
	}
	hits, err := r.Search(context.Background(), "e", 3)
	if err != nil || len(hits) != 3 {
		t.Errorf("limit 3: %d hits, %v", len(hits), err)
	}
	if hits[1].Meeting == nil {
		t.Errorf("the second hit is %s; want the sorts to take turns", describe(hits)[1])
	}
}

func describe(hits []registry.Hit) []string {
	var all []string
	for _, h := range hits {
		switch {
		case h.Person != nil:
			all = append(all, fmt.Sprintf("person %d", h.Person.ID))
		case h.Meeting != nil:
			all = append(all, fmt.Sprintf("meeting %d", h.Meeting.ID))
		case h.Segment != nil:
			all = append(all, fmt.Sprintf("segment %d %s", h.Segment.ID, h.Matched))
		case h.Call != nil:
			all = append(all, fmt.Sprintf("call %d", h.Call.ID))
		}
	}
	return all
}

// Whatever is searched for is text: nothing fails, and what is found holds it.
func FuzzSearch(f *testing.F) {
	for _, q := range []string{"zoe", "%_\\", "'", "10.20", "[::1]:80", "\x00", "ﬁ", "É", "\u0301"} {
		f.Add(q)
	}
	r := open(f, f.TempDir())
	apply(f, r, 1, world())
	f.Fuzz(func(t *testing.T, q string) {
		if _, err := r.Search(context.Background(), q, 5); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Meetings(context.Background(), registry.MeetingQuery{Search: q}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Meetings(context.Background(), registry.MeetingQuery{After: q}); err != nil && !errors.Is(err, registry.ErrCursor) {
			t.Fatal(err)
		}
	})
}

func idsOf[T any](all []T, id func(T) earshot.ID) []earshot.ID {
	var ids []earshot.ID
	for _, v := range all {
		ids = append(ids, id(v))
	}
	return ids
}
