package registry_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// open opens a registry in dir and closes it when the test ends.
func open(t testing.TB, dir string) *registry.Registry {
	t.Helper()
	r, err := registry.Open(registry.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func apply(t testing.TB, r *registry.Registry, to uint64, c registry.Changes) {
	t.Helper()
	c.Journal, c.To = "j", to
	if err := r.Apply(context.Background(), &c); err != nil {
		t.Fatal(err)
	}
}

// wholeChanges is one of everything, with every field set.
func wholeChanges() registry.Changes {
	high := earshot.ID(0xfedcba9876543210) // the top bit is SQLite's sign
	return registry.Changes{Changes: identity.Changes{
		Accounts: []earshot.Account{{ID: 1, ZoomID: "acc"}},
		Series:   []earshot.Series{{ID: high, Account: 1, Number: "8522117788", Topic: "Weekly"}},
		Meetings: []earshot.Meeting{{
			ID: 2, Account: 1, UUID: "4444AAAiAAAAAiAiAiiAii==", Kind: earshot.KindWebinar, Series: high, Number: "8522117788",
			Topic: "Übergabe", HostID: "host", Parent: 9, Start: 1000, End: 9000, FirstSeen: 900, LastSeen: 9100,
		}},
		Persons: []earshot.Person{{
			ID: 3, Account: 1, KeyKind: earshot.PersonByZoomUser, ZoomUserID: "zu", Registrant: "reg", CustomerKey: "ck",
			Email: "zoe@example.com", Name: "Zoë Ångström",
		}},
		Segments: []earshot.Segment{{
			ID: 4, Meeting: 2, Account: 1, Person: 3, InMeetingID: "16778240", Name: "Zoë Å.", Join: 1100, Leave: 8000,
			LeaveReason: "left the meeting", Parent: 5, Bound: 6, External: true, FirstReport: 1200, LastReport: 7900,
			Devices: []earshot.DeviceSnapshot{{At: 1150, Device: "Windows", PCName: "PC-17", MAC: "00:00:5E:00:53:2A", PublicIP: "198.51.100.7", InternalIP: "10.20.4.17"}},
		}},
		Calls: []earshot.Call{{
			ID: 7, Account: 1, ZoomID: "7123456789012345678", Start: 1, Connected: 2, End: 3, FirstSeen: 1, LastSeen: 4,
			Caller: earshot.CallParty{Person: 3, ZoomID: "a", Email: "b", Number: "+4930123456", Extension: "12", Device: "d", ConnectionType: "wifi", Network: "WiFi"},
			Callee: earshot.CallParty{Person: high, ZoomID: "h", Email: "i", Number: "+4930654321", Extension: "13", Device: "k", ConnectionType: "wired", Network: "LAN"},
		}}},
		Sites: []earshot.Site{{ID: 8, Name: "198.51.100.0/24", Ranges: []string{"198.51.100.0/24"}, Zone: "Europe/Berlin", ISP: "Arvel", LinkMbps: 100.5, VPN: true, Tags: []string{"x"}, Derived: true}},
		Drift: []earshot.Drift{{Event: "meeting.new", Key: "payload.x", Count: 5, First: 10, Last: 20}},
	}
}

// read gets everything of wholeChanges back.
func read(t testing.TB, r *registry.Registry) registry.Changes {
	t.Helper()
	ctx := context.Background()
	var c registry.Changes
	var errs [8]error
	c.Accounts, errs[0] = r.Accounts(ctx)
	c.Series, errs[1] = r.SeriesByID(ctx, []earshot.ID{0xfedcba9876543210, 77})
	c.Meetings, errs[2] = r.MeetingsByID(ctx, []earshot.ID{2})
	c.Persons, errs[3] = r.PersonsByID(ctx, []earshot.ID{3})
	c.Segments, errs[4] = r.SegmentsOf(ctx, 2)
	calls, err := r.Calls(ctx, registry.CallQuery{})
	c.Calls, errs[5] = calls.Items, err
	c.Sites, errs[6] = r.Sites(ctx)
	c.Drift, errs[7] = r.Drift(ctx)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestApplyRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a ?#%20b") // a path is a path, whatever a URI would make of it
	r := open(t, dir)
	if !r.Fresh() || r.Recovered() != nil {
		t.Fatalf("fresh %v, recovered %v: want a new registry", r.Fresh(), r.Recovered())
	}
	want := wholeChanges()
	apply(t, r, 5, want)
	if diff := cmp.Diff(want, read(t, r)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open(t, dir)
	if r.Fresh() {
		t.Error("reopened registry says that it is fresh")
	}
	if diff := cmp.Diff(want, read(t, r)); diff != "" {
		t.Errorf("read after reopening (-want +got):\n%s", diff)
	}
	if seq, ok, err := r.Applied(context.Background(), "j"); err != nil || !ok || seq != 5 {
		t.Errorf("Applied = %d, %v, %v; want 5", seq, ok, err)
	}
	if seq, ok, err := r.Applied(context.Background(), "other"); err != nil || ok || seq != 0 {
		t.Errorf("Applied of another journal = %d, %v, %v; want none", seq, ok, err)
	}
}

func TestApplyIgnoresWhatIsApplied(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 10, registry.Changes{Changes: identity.Changes{Persons: []earshot.Person{{ID: 1, Name: "new"}}}})
	apply(t, r, 10, registry.Changes{Changes: identity.Changes{Persons: []earshot.Person{{ID: 1, Email: "also@example.com"}}}})
	apply(t, r, 9, registry.Changes{Changes: identity.Changes{Persons: []earshot.Person{{ID: 1, Name: "old"}}}})
	p, _, err := r.Person(context.Background(), 1)
	if err != nil || p.Name != "new" || p.Email != "also@example.com" {
		t.Errorf("%q %q, %v; want the first, and what the second adds at the same position", p.Name, p.Email, err)
	}
	apply(t, r, 11, registry.Changes{})
	if seq, _, _ := r.Applied(context.Background(), "j"); seq != 11 {
		t.Errorf("applied %d after empty changes, want 11", seq)
	}
}

func TestApplyCancelled(t *testing.T) {
	r := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := wholeChanges()
	c.Journal, c.To = "j", 1
	if err := r.Apply(ctx, &c); err == nil {
		t.Error("Apply with a context that has ended: want an error")
	}
	if _, ok, _ := r.Applied(context.Background(), "j"); ok {
		t.Error("a cancelled Apply left a position")
	}
}

// A late event about something that the fold no longer remembers is a nearly empty state: it changes nothing.
func TestApplyNeverForgets(t *testing.T) {
	r := open(t, t.TempDir())
	want := wholeChanges()
	apply(t, r, 1, want)
	high := earshot.ID(0xfedcba9876543210)
	apply(t, r, 2, registry.Changes{Changes: identity.Changes{
		Accounts: []earshot.Account{{ID: 1}},
		Series:   []earshot.Series{{ID: high}},
		Meetings: []earshot.Meeting{{ID: 2, FirstSeen: 5000, LastSeen: 5000}},
		Persons:  []earshot.Person{{ID: 3}, {ID: 30, KeyKind: earshot.PersonByNameDevice, Name: "Zoë Å."}},
		Segments: []earshot.Segment{{ID: 4, Person: 30, FirstReport: 5000, LastReport: 5000,
			Devices: []earshot.DeviceSnapshot{{At: 5000, Device: "a list as long as the stored one, which begins later and has more text in it than all of that: it is forgetful all the same; " +
				"a list as long as the stored one, which begins later"}}}},
		Calls: []earshot.Call{{ID: 7}}},
		Sites: []earshot.Site{{ID: 8, VPN: true, Derived: true}},
		Drift: []earshot.Drift{{Event: "meeting.new", Key: "payload.x", Count: 1, First: 15, Last: 15}},
	})
	if diff := cmp.Diff(want, read(t, r)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// Times widen, a person becomes better known, a list of devices that reaches as far back replaces the old one.
func TestApplyLearns(t *testing.T) {
	r := open(t, t.TempDir())
	first := earshot.DeviceSnapshot{At: 100, Device: "Windows", PublicIP: "198.51.100.7"}
	second := earshot.DeviceSnapshot{At: 200, Device: "Windows", PublicIP: "198.51.100.8"}
	apply(t, r, 1, registry.Changes{Changes: identity.Changes{
		Persons:  []earshot.Person{{ID: 30, KeyKind: earshot.PersonByNameDevice}, {ID: 3, KeyKind: earshot.PersonByZoomUser}},
		Segments: []earshot.Segment{{ID: 4, Person: 30, External: true, FirstReport: 500, LastReport: 600, Devices: []earshot.DeviceSnapshot{first}}},
	}})
	apply(t, r, 2, registry.Changes{Changes: identity.Changes{Segments: []earshot.Segment{
		{ID: 4, Person: 3, FirstReport: 400, LastReport: 700, Devices: []earshot.DeviceSnapshot{first, second}}}}})
	second.PCName = "PC-17" // as long a list, which knows more
	apply(t, r, 3, registry.Changes{Changes: identity.Changes{Segments: []earshot.Segment{{ID: 4, Devices: []earshot.DeviceSnapshot{first, second}}}}})
	apply(t, r, 4, registry.Changes{Changes: identity.Changes{Segments: []earshot.Segment{{ID: 4, Devices: []earshot.DeviceSnapshot{first, {At: 200}}}}}}) // or less
	got, ok, err := r.Segment(context.Background(), 4)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	want := earshot.Segment{ID: 4, Person: 3, FirstReport: 400, LastReport: 700, Devices: []earshot.DeviceSnapshot{first, second}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("segment (-want +got):\n%s", diff)
	}
}

// A configured site is what the file says now; one that is no longer in it keeps its name for the facts that have it.
func TestPutSites(t *testing.T) {
	r := open(t, t.TempDir())
	ctx := context.Background()
	gone := earshot.Site{ID: 2, Name: "Closed office", Ranges: []string{"10.1.0.0/16"}}
	for _, sites := range [][]earshot.Site{
		{{ID: 1, Name: "Berlin", Ranges: []string{"10.0.0.0/16", "10.2.0.0/16"}, Zone: "Europe/Berlin", ISP: "Arvel", LinkMbps: 5, VPN: true, Tags: []string{"a"}}, gone},
		{{ID: 1, Name: "Berlin", Ranges: []string{"10.2.0.0/16"}}},
	} {
		if err := r.PutSites(ctx, sites); err != nil {
			t.Fatal(err)
		}
	}
	got, err := r.Sites(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]earshot.Site{{ID: 1, Name: "Berlin", Ranges: []string{"10.2.0.0/16"}}, gone}, got); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
}

// Whatever order the states of something growing are stored in, the end is the same.
func TestApplyAnyOrderOfGrowingStates(t *testing.T) {
	r := open(t, t.TempDir())
	var seq uint64
	var nextID earshot.ID = 1
	rapid.Check(t, func(rt *rapid.T) {
		states := growingStates(rt, nextID)
		nextID += 10
		last := states[len(states)-1]
		// All in one transaction, because each costs an fsync; the rules do not see transactions.
		seq++
		c := registry.Changes{Journal: "j", To: seq}
		for _, i := range rapid.Permutation(indexes(len(states))).Draw(rt, "order") {
			c.Persons = append(c.Persons, states[i].Persons...)
			c.Meetings = append(c.Meetings, states[i].Meetings...)
			c.Segments = append(c.Segments, states[i].Segments...)
		}
		if err := r.Apply(context.Background(), &c); err != nil {
			rt.Fatal(err)
		}
		m, _, err := r.Meeting(context.Background(), last.Meetings[0].ID)
		if err != nil {
			rt.Fatal(err)
		}
		s, _, err := r.Segment(context.Background(), last.Segments[0].ID)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(last.Meetings[0], m); diff != "" {
			rt.Fatalf("meeting (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(last.Segments[0], s, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("segment (-want +got):\n%s", diff)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// growingStates draws a meeting and a segment that become known bit by bit: each state holds all of the one before.
func growingStates(rt *rapid.T, id earshot.ID) []registry.Changes {
	person := []earshot.Person{
		{ID: id, Account: 1}, {ID: id + 1, Account: 1, KeyKind: earshot.PersonByNameDevice, Name: "n"},
		{ID: id + 2, Account: 1, KeyKind: earshot.PersonByZoomUser, ZoomUserID: "z"},
	}
	m := earshot.Meeting{ID: id, FirstSeen: 1000, LastSeen: 1000}
	s := earshot.Segment{ID: id, Meeting: id, Person: id, FirstReport: 1000, LastReport: 1000}
	known := 0
	steps := []func(){
		func() { m.Topic = "Ⅷ Übung 100%" }, func() { m.Number = "1" }, func() { m.Kind = earshot.KindMeeting }, func() { m.Start = 900 },
		func() { m.End = 3000 }, func() { m.FirstSeen -= 50 }, func() { m.LastSeen += 50 }, func() { m.Series = 5 },
		func() { s.Name = "Żaneta" }, func() { s.Join = 950 }, func() { s.Leave = 2500 }, func() { s.LeaveReason = "left" },
		func() { s.LastReport += 60 }, func() { s.FirstReport -= 60 }, func() { s.Bound = 7 },
		func() {
			if known < 2 {
				known++
				s.Person = person[known].ID
			}
		},
		func() {
			s.Devices = append(append([]earshot.DeviceSnapshot(nil), s.Devices...),
				earshot.DeviceSnapshot{At: 1000 + earshot.Instant(len(s.Devices)), Device: "d"})
		},
		func() { // a field of a snapshot becomes known
			if len(s.Devices) > 0 {
				s.Devices = append([]earshot.DeviceSnapshot(nil), s.Devices...)
				s.Devices[0].PCName = "PC-17"
			}
		},
		func() { // an older snapshot arrives late
			if n := len(s.Devices); n > 0 {
				s.Devices = append([]earshot.DeviceSnapshot{{At: s.Devices[0].At - 1, Device: "e"}}, s.Devices...)
			}
		},
	}
	var states []registry.Changes
	for range rapid.IntRange(1, 12).Draw(rt, "states") {
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, len(steps)-1), 0, 4).Draw(rt, "steps") {
			steps[step]()
		}
		states = append(states, registry.Changes{Changes: identity.Changes{
			Persons: person, Meetings: []earshot.Meeting{m}, Segments: []earshot.Segment{s}}})
	}
	return states
}

func BenchmarkApplySegments(b *testing.B) {
	for _, kind := range []string{"new", "again"} {
		b.Run(kind, func(b *testing.B) {
			r := open(b, b.TempDir())
			const batch = 5000
			c := registry.Changes{Journal: "j"}
			for i := range batch {
				c.Segments = append(c.Segments, earshot.Segment{
					Meeting: earshot.ID(i / 10), Account: 1, Person: earshot.ID(i), InMeetingID: "16778240", Name: fmt.Sprintf("Person Number %d", i),
					Join: 1, FirstReport: 1, LastReport: 2, Devices: []earshot.DeviceSnapshot{{
						At: 1, Device: "Windows", Client: "Zoom", ClientVersion: "6.1.0", NetworkType: "wifi", Microphone: "Jabra", Speaker: "Jabra",
						Camera: "Logi", PCName: fmt.Sprintf("PC-%d", i), MAC: "00:00:5E:00:53:2A", PublicIP: "198.51.100.7", InternalIP: fmt.Sprintf("10.0.%d.%d", i/250, i%250),
					}},
				})
			}
			next := earshot.ID(1)
			b.ResetTimer()
			for range b.N {
				for i := range c.Segments {
					if kind == "new" {
						c.Segments[i].ID = (next + earshot.ID(i)) * 0x9e3779b97f4a7c15
					} else {
						c.Segments[i].ID = earshot.ID(i+1) * 0x9e3779b97f4a7c15
					}
					c.Segments[i].LastReport += 60
				}
				next += batch
				c.To++
				if err := r.Apply(context.Background(), &c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "segments/s")
		})
	}
}
