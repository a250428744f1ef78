package identity_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/zoom"
)

var keys = identity.NewKeys([16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})

const (
	acct  = "q7Rk2mVxTDyLw0PbN4sHgA"
	uuid  = "/kXq8m2bTp+9vRZc1Nf3Ag=="
	room  = "mW4tYb0JQ3aUe6Rk1Vx9Hg=="
	epoch = earshot.Instant(1_767_778_200_000) // 2026-01-07T09:30:00Z
)

// at returns the time n seconds after the epoch of these tests.
func at(n int) earshot.Instant { return epoch + earshot.Instant(n)*1000 }

// entities is everything a state shows.
type entities struct {
	Accounts map[earshot.ID]earshot.Account
	Series   map[earshot.ID]earshot.Series
	Meetings map[earshot.ID]earshot.Meeting
	Persons  map[earshot.ID]earshot.Person
	Segments map[earshot.ID]earshot.Segment
	Calls    map[earshot.ID]earshot.Call
	Members  map[earshot.ID][]earshot.ID
}

func newEntities() *entities {
	return &entities{
		map[earshot.ID]earshot.Account{}, map[earshot.ID]earshot.Series{}, map[earshot.ID]earshot.Meeting{},
		map[earshot.ID]earshot.Person{}, map[earshot.ID]earshot.Segment{}, map[earshot.ID]earshot.Call{},
		map[earshot.ID][]earshot.ID{},
	}
}

// take stores changes as a registry would: each thing whole, the newer over the older.
func (e *entities) take(c identity.Changes) {
	for _, v := range c.Accounts {
		e.Accounts[v.ID] = v
	}
	for _, v := range c.Series {
		e.Series[v.ID] = v
	}
	for _, v := range c.Meetings {
		e.Meetings[v.ID] = v
	}
	for _, v := range c.Persons {
		e.Persons[v.ID] = v
	}
	for _, v := range c.Segments {
		v.Devices = slices.Clone(v.Devices)
		e.Segments[v.ID] = v
	}
	for _, v := range c.Calls {
		e.Calls[v.ID] = v
	}
}

// settle drops what only existed between two events: persons and series that nothing refers to in the end.
func (e *entities) settle() {
	persons, series := map[earshot.ID]bool{}, map[earshot.ID]bool{}
	for _, g := range e.Segments {
		persons[g.Person] = true
	}
	for _, k := range e.Calls {
		persons[k.Caller.Person], persons[k.Callee.Person] = true, true
	}
	for _, m := range e.Meetings {
		series[m.Series] = true
	}
	maps.DeleteFunc(e.Persons, func(id earshot.ID, _ earshot.Person) bool { return !persons[id] })
	maps.DeleteFunc(e.Series, func(id earshot.ID, _ earshot.Series) bool { return !series[id] })
}

// members reads the live view of who is in which meeting.
func (e *entities) members(s *identity.State) {
	for id := range e.Meetings {
		for g := range s.SegmentsOf(id) {
			e.Members[id] = append(e.Members[id], g.ID)
		}
	}
}

// delivery is one event and when it was received the first time.
type delivery struct {
	ev zoom.Event
	at earshot.Instant
}

// GoString keeps rapid's reports short.
func (d delivery) GoString() string {
	return fmt.Sprintf("class %d at +%ds %s", d.ev.Class, (d.ev.TimeMs-int64(epoch))/1000, gocmp.Diff(zoom.Event{}, d.ev))
}

// fold applies events in order and returns what a registry would then hold, having asked at every step or only at the end.
func fold(t rapid.TB, deliveries []delivery, everyStep bool) *entities {
	t.Helper()
	s := identity.NewState(keys)
	out := newEntities()
	for i := range deliveries {
		s.Apply(&deliveries[i].ev, deliveries[i].at)
		if everyStep {
			out.take(s.TakeChanges(i%2 == 0))
		}
	}
	out.take(s.TakeChanges(true))
	out.settle()
	out.members(s)
	checkViews(t, s, out)
	return out
}

// checkViews holds that what was told is what the views say.
func checkViews(t rapid.TB, s *identity.State, e *entities) {
	t.Helper()
	for id, v := range e.Meetings {
		if diff := gocmp.Diff(*s.Meeting(id), v); diff != "" {
			t.Fatalf("meeting %v, view and told (-view +told):\n%s", id, diff)
		}
	}
	for id, v := range e.Segments {
		if diff := gocmp.Diff(*s.Segment(id), v); diff != "" {
			t.Fatalf("segment %v, view and told (-view +told):\n%s", id, diff)
		}
		if s.Person(v.Person) == nil {
			t.Fatalf("segment %v is of person %v, who is not known", id, v.Person)
		}
	}
	for id, v := range e.Persons {
		if diff := gocmp.Diff(*s.Person(id), v); diff != "" {
			t.Fatalf("person %v, view and told (-view +told):\n%s", id, diff)
		}
	}
	for id, v := range e.Calls {
		if diff := gocmp.Diff(*s.Call(id), v); diff != "" {
			t.Fatalf("call %v, view and told (-view +told):\n%s", id, diff)
		}
	}
	if got, want := s.Stats().Persons, len(e.Persons); got != want {
		t.Fatalf("%d persons in memory, %d are referred to", got, want)
	}
}

// samples decodes Zoom's own examples.
func samples(t rapid.TB) []delivery {
	t.Helper()
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("examples: %v, %d files", err, len(files))
	}
	slices.Sort(files)
	out := make([]delivery, len(files))
	for i, f := range files {
		out[i] = sample(t, filepath.Base(f))
	}
	return out
}

func sample(t rapid.TB, name string) delivery {
	t.Helper()
	body, err := os.ReadFile("testdata/webhooks/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var d delivery
	if err := new(zoom.Decoder).Decode(body, &d.ev); err != nil {
		t.Fatalf("decode %s: %v", name, err)
	}
	d.at = earshot.Instant(d.ev.TimeMs) + 1500
	return d
}

// pick draws one of several values.
func pick[E any](t *rapid.T, label string, from ...E) E {
	return rapid.SampledFrom(from).Draw(t, label)
}

// someEvent draws an event of a small world, in which everything collides: two meetings with a room each, a session, five
// in-meeting ids, few names and times.
func someEvent(t *rapid.T) delivery {
	var d delivery
	second := rapid.IntRange(0, 300).Draw(t, "second")
	d.at = at(second + 1)
	d.ev.TimeMs = int64(at(second))
	d.ev.AccountID = pick(t, "account", acct, acct, acct, "other", "")
	switch rapid.IntRange(0, 9).Draw(t, "sort") {
	case 0:
		somePhone(t, &d.ev)
	case 1:
		d.ev.Family = zoom.FamilySession
		someMeeting(t, &d.ev, 2)
	default:
		d.ev.Family = pick(t, "family", zoom.FamilyMeeting, zoom.FamilyMeeting, zoom.FamilyWebinar)
		someMeeting(t, &d.ev, rapid.IntRange(0, 1).Draw(t, "meeting"))
	}
	return d
}

func someMeeting(t *rapid.T, ev *zoom.Event, n int) {
	time := func(label string) int64 {
		return pick(t, label, 0, ev.TimeMs, ev.TimeMs-20_000, int64(at(rapid.IntRange(0, 300).Draw(t, label))))
	}
	ev.Class = pick(t, "class", zoom.ClassQoS, zoom.ClassQoS, zoom.ClassQoS, zoom.ClassQoSSummary, zoom.ClassData, zoom.ClassData,
		zoom.ClassDataSummary, zoom.ClassStarted, zoom.ClassEnded, zoom.ClassJoined, zoom.ClassJoined, zoom.ClassLeft,
		zoom.ClassBind, zoom.ClassAlert, zoom.ClassUnknown, zoom.ClassNeighbour)
	uuids := []string{fmt.Sprint("main", n), fmt.Sprint("room", n)}
	ev.Meeting.UUID = pick(t, "uuid", uuids[0], uuids[0], uuids[1])
	switch ev.Class {
	case zoom.ClassQoS, zoom.ClassData:
	default:
		ev.Meeting.ID = pick(t, "number", "", "84512367790", "555")
		ev.Meeting.Topic = pick(t, "topic", "", "Weekly", "Daily")
		ev.Meeting.HostID = pick(t, "host", "", "zoom-ann")
		ev.Meeting.StartMs = time("start")
	}
	if ev.Class == zoom.ClassEnded {
		ev.Meeting.EndMs = time("end")
	}
	if ev.Class == zoom.ClassJoined || ev.Class == zoom.ClassLeft {
		if rapid.IntRange(0, 2).Draw(t, "breakout") == 0 {
			ev.Meeting.UUID, ev.Meeting.BreakoutRoomUUID = uuids[0], uuids[1]
			ev.Participant.ParentUserID = pick(t, "parent", "", "1", "2", "3")
		}
	}
	if ev.Class != zoom.ClassStarted && ev.Class != zoom.ClassEnded && ev.Class != zoom.ClassAlert {
		someParticipant(t, ev, time)
	}
}

func someParticipant(t *rapid.T, ev *zoom.Event, time func(string) int64) {
	p := &ev.Participant
	p.InMeetingID = pick(t, "id", "1", "2", "3", "4", "")
	p.ZoomUserID = pick(t, "zoom user", "", "", "zoom-ann", "zoom-bob")
	p.Email = pick(t, "email", "", "", "Ann@example.com", "ann@example.com", "bob@example.com")
	switch ev.Class {
	case zoom.ClassQoS:
		for range rapid.IntRange(0, 3).Draw(t, "reports") {
			ev.QoS = append(ev.QoS, zoom.QoS{TimeMs: time("report"), Type: "audio_input"})
		}
		return
	case zoom.ClassData, zoom.ClassDataSummary:
		for range rapid.IntRange(0, 2).Draw(t, "entries") {
			ev.Data = append(ev.Data, zoom.Data{
				Device:      pick(t, "device", "", "Windows", "Mac"),
				NetworkType: pick(t, "network", "", "Wifi", "Wired"),
				Microphone:  pick(t, "microphone", "", "Jabra", "Realtek"),
				SignalingIP: pick(t, "address", "", "198.51.100.24", "203.0.113.9"),
			})
		}
		return
	}
	p.UUID = pick(t, "guid", "", "5D7702E1")
	p.Name = pick(t, "name", "", "Ann", "Bob", "Guest")
	p.RegistrantID = pick(t, "registrant", "", "", "reg-ann")
	p.CustomerKey = pick(t, "customer key", "", "", "key-ann")
	p.PhoneNumber = pick(t, "telephone", "", "", "4930123456")
	p.JoinMs, p.LeaveMs = time("join"), time("leave")
	p.LeaveReason = pick(t, "reason", "", "left<br>Reason: ended", "lost")
	p.BindUserID = pick(t, "bind", "", "1", "2", "3")
}

func somePhone(t *rapid.T, ev *zoom.Event) {
	ev.Family = zoom.FamilyPhone
	ev.Class = pick(t, "class", zoom.ClassPhoneQoS, zoom.ClassPhoneSummary, zoom.ClassPhoneRinging, zoom.ClassPhoneConnect, zoom.ClassPhoneEnded)
	c := &ev.Call
	c.ID = pick(t, "call", "7391846205518823417", "2", "")
	c.StartMs, c.RingingMs = pick(t, "start", 0, ev.TimeMs), pick(t, "ringing", 0, ev.TimeMs-1000)
	c.ConnectedMs, c.EndMs = pick(t, "connected", 0, ev.TimeMs), pick(t, "end", 0, ev.TimeMs+9000)
	if ev.Class == zoom.ClassPhoneQoS || ev.Class == zoom.ClassPhoneSummary {
		for range rapid.IntRange(0, 2).Draw(t, "reports") {
			ev.CallQoS = append(ev.CallQoS, zoom.CallQoS{
				Side:    pick(t, "side", "caller", "callee", "?"),
				UserID:  pick(t, "user", "", "zoom-ann", "queue"),
				Email:   pick(t, "email", "", "ann@example.com", "bob@example.com"),
				Network: pick(t, "network", "", "LAN", "WiFi"),
			})
		}
		return
	}
	side := func() zoom.CallParty {
		return zoom.CallParty{
			ZoomUserID: pick(t, "user", "", "zoom-ann", "zoom-bob"), PhoneNumber: pick(t, "telephone", "", "+49301", "+49302"),
			ExtensionNumber: pick(t, "extension", "", "2007"), DeviceType: pick(t, "device", "", "Windows_Client"),
		}
	}
	c.Caller, c.Callee = side(), side()
}

// sorted returns deliveries in the order of their events' times.
func sorted(in []delivery) []delivery {
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b delivery) int { return cmp.Compare(a.ev.TimeMs, b.ev.TimeMs) })
	return out
}
