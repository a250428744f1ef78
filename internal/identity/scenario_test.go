package identity_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/zoom"
)

// event returns an event about the meeting of these tests, n seconds after their epoch.
func event(class zoom.Class, n int) zoom.Event {
	ev := zoom.Event{Family: zoom.FamilyMeeting, Class: class, TimeMs: int64(at(n)), AccountID: acct}
	ev.Meeting.UUID = uuid
	return ev
}

func lifecycle(class zoom.Class, n int, id string) zoom.Event {
	ev := event(class, n)
	ev.Meeting.ID, ev.Meeting.Topic, ev.Meeting.HostID = "84512367790", "Weekly", "zoom-ann"
	ev.Meeting.StartMs = int64(epoch)
	ev.Participant.InMeetingID = id
	return ev
}

func joined(n int, id, zoomUser, name string) zoom.Event {
	ev := lifecycle(zoom.ClassJoined, n, id)
	ev.Participant.ZoomUserID, ev.Participant.Name, ev.Participant.JoinMs = zoomUser, name, ev.TimeMs
	return ev
}

func left(n int, id string) zoom.Event {
	ev := lifecycle(zoom.ClassLeft, n, id)
	ev.Participant.LeaveMs = ev.TimeMs
	return ev
}

// qos returns the report of one minute, which names nobody.
func qos(n int, id string) zoom.Event {
	ev := event(zoom.ClassQoS, n)
	ev.Participant.InMeetingID = id
	ev.QoS = []zoom.QoS{{TimeMs: ev.TimeMs, Type: "audio_input"}, {TimeMs: ev.TimeMs, Type: "audio_output"}}
	return ev
}

func data(n int, id string, entries ...zoom.Data) zoom.Event {
	ev := event(zoom.ClassData, n)
	ev.Participant.InMeetingID = id
	ev.Data = entries
	return ev
}

// played returns a state in which events happened.
func played(events ...zoom.Event) *identity.State {
	s := identity.NewState(keys)
	for i := range events {
		s.Apply(&events[i], earshot.Instant(events[i].TimeMs))
	}
	return s
}

func members(s *identity.State, meeting earshot.ID) (ids []earshot.ID) {
	for g := range s.SegmentsOf(meeting) {
		ids = append(ids, g.ID)
	}
	return ids
}

var (
	accountID = keys.Account(acct)
	meetingID = keys.Meeting(uuid)
	roomID    = keys.Meeting(room)
)

func TestMeetingBeforeItsStart(t *testing.T) {
	s := played(qos(600, "1"))
	want := earshot.Meeting{ID: meetingID, Account: accountID, UUID: uuid, Kind: earshot.KindMeeting, FirstSeen: at(600), LastSeen: at(600)}
	if diff := gocmp.Diff(want, *s.Meeting(meetingID)); diff != "" {
		t.Fatalf("known from QoS alone (-want +got):\n%s", diff)
	}
	started := lifecycle(zoom.ClassStarted, 1, "")
	ended := lifecycle(zoom.ClassEnded, 900, "")
	ended.Meeting.EndMs = int64(at(895))
	summary := event(zoom.ClassQoSSummary, 1000)
	summary.Participant.InMeetingID = "1"
	s = played(qos(600, "1"), started, ended, summary)
	want.Start, want.End, want.FirstSeen, want.LastSeen = epoch, at(895), at(1), at(1000)
	want.Number, want.Topic, want.HostID = "84512367790", "Weekly", "zoom-ann"
	want.Series = keys.Series(accountID, earshot.KindMeeting, "84512367790")
	if diff := gocmp.Diff(want, *s.Meeting(meetingID)); diff != "" {
		t.Fatalf("in the end (-want +got):\n%s", diff)
	}
	if got := *s.Series(want.Series); got != (earshot.Series{ID: want.Series, Account: accountID, Number: "84512367790", Topic: "Weekly"}) {
		t.Fatalf("series %+v", got)
	}
	if live := slices.Collect(s.LiveMeetings(at(1001))); len(live) != 0 {
		t.Fatalf("a summary after the end made it live again")
	}
}

func TestLiveMeetings(t *testing.T) {
	s := played(qos(600, "1"))
	for now, want := range map[earshot.Instant]int{at(600): 1, at(900): 1, at(901): 0} {
		if got := len(slices.Collect(s.LiveMeetings(now))); got != want {
			t.Errorf("%v: %d live, want %d", now, got, want)
		}
	}
}

func TestRejoinIsOnePerson(t *testing.T) {
	s := played(joined(0, "1", "zoom-ann", "Ann"), left(100, "1"), joined(110, "2", "zoom-ann", "Ann at home"))
	a, b := s.Segment(keys.Segment(uuid, "1")), s.Segment(keys.Segment(uuid, "2"))
	if a.Person != b.Person || a.Leave != at(100) || b.Join != at(110) || b.Leave != 0 {
		t.Fatalf("segments %+v and %+v", a, b)
	}
	if a.Name != "Ann" || b.Name != "Ann at home" || s.Person(a.Person).Name != "Ann at home" {
		t.Fatalf("names %q, %q; the person's newest is %q", a.Name, b.Name, s.Person(a.Person).Name)
	}
	if got := members(s, meetingID); len(got) != 2 {
		t.Fatalf("the meeting has %d segments", len(got))
	}
}

func TestLeaveBeforeNewestJoinIsOld(t *testing.T) {
	for _, events := range [][]zoom.Event{
		{joined(0, "1", "", "Ann"), left(50, "1"), joined(60, "1", "", "Ann")},
		{joined(60, "1", "", "Ann"), joined(0, "1", "", "Ann"), left(50, "1")},
	} {
		g := played(events...).Segment(keys.Segment(uuid, "1"))
		if g.Join != at(0) || g.Leave != 0 {
			t.Fatalf("join %v, leave %v; want the first join and no leave", g.Join, g.Leave)
		}
	}
}

func TestLeaveReason(t *testing.T) {
	for said, want := range map[string]string{
		"Jill Chill left the meeting.<br>Reason: Host ended the meeting.": "Jill Chill left the meeting. Reason: Host ended the meeting.",
		"<p>A &amp; B</p><br/>left":                                       "A & B left",
		"1 < 2":                                                           "1 < 2",
		"a<br":                                                            "a<br",
		"  plain ":                                                        "plain",
		"<3 hearts <b>left</b>":                                           "<3 hearts left",
		"":                                                                "",
	} {
		ev := left(10, "1")
		ev.Participant.LeaveReason = said
		if got := played(ev).Segment(keys.Segment(uuid, "1")).LeaveReason; got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
}

func TestGuests(t *testing.T) {
	s := played(joined(0, "1", "", "Guest"), joined(0, "2", "zoom-ann", "Ann"), qos(60, "2"), qos(60, "3"))
	lifecycleOnly, ann, nameless := s.Segment(keys.Segment(uuid, "1")), s.Segment(keys.Segment(uuid, "2")), s.Segment(keys.Segment(uuid, "3"))
	if !lifecycleOnly.External || lifecycleOnly.FirstReport != 0 {
		t.Errorf("a guest without reports: %+v", lifecycleOnly)
	}
	if ann.External || ann.FirstReport != at(60) {
		t.Errorf("Ann: %+v", ann)
	}
	if !nameless.External || nameless.Person == lifecycleOnly.Person {
		t.Errorf("nameless guest: %+v", nameless)
	}
	if k := s.Person(nameless.Person).KeyKind; k != earshot.PersonByNothing {
		t.Errorf("the nameless guest is known by %v", k)
	}
}

// TestNameAndDevice: the same name on another device is somebody else, since many are called "iPhone".
func TestNameAndDevice(t *testing.T) {
	s := played(joined(0, "1", "", "Kim"), data(1, "1", zoom.Data{Device: "Mac"}), joined(0, "2", "", "Kim"), data(1, "2", zoom.Data{Device: "iOS"}),
		joined(9, "3", "", "Kim"), data(9, "3", zoom.Data{Device: "Mac"}))
	one, two, three := s.Segment(keys.Segment(uuid, "1")), s.Segment(keys.Segment(uuid, "2")), s.Segment(keys.Segment(uuid, "3"))
	if one.Person == two.Person || one.Person != three.Person {
		t.Fatalf("persons %v, %v, %v", one.Person, two.Person, three.Person)
	}
}

func TestTelephoneIsItsOwner(t *testing.T) {
	phone := joined(10, "9", "", "Guest (phone)")
	phone.Participant.PhoneNumber = "4930123456"
	bind := lifecycle(zoom.ClassBind, 20, "1")
	bind.Participant.BindUserID = "9"
	s := played(joined(0, "1", "zoom-ann", "Ann"), phone, qos(60, "9"), bind)
	g := s.Segment(keys.Segment(uuid, "9"))
	if g.Bound != keys.Segment(uuid, "1") || g.Person != s.Segment(g.Bound).Person || g.External {
		t.Fatalf("the telephone's segment is %+v", g)
	}
	if n := s.Stats().Persons; n != 1 {
		t.Fatalf("%d persons", n)
	}
}

func breakout(class zoom.Class, n int, id, parent string) zoom.Event {
	ev := joined(n, id, "zoom-ann", "Ann")
	ev.Class = class
	ev.Meeting.BreakoutRoomUUID = room
	ev.Participant.ParentUserID = parent
	return ev
}

func TestBreakoutReportedUnderTheRoom(t *testing.T) {
	report := qos(160, "2")
	report.Meeting.UUID = room
	s := played(joined(0, "1", "zoom-ann", "Ann"), breakout(zoom.ClassJoined, 100, "2", "1"), report)
	g := s.Segment(keys.Segment(room, "2"))
	if g.Meeting != roomID || g.Parent != keys.Segment(uuid, "1") || g.FirstReport != at(160) || g.Person != s.Segment(g.Parent).Person {
		t.Fatalf("the room's segment is %+v", g)
	}
	m := s.Meeting(roomID)
	if m.Parent != meetingID || m.Topic != "Weekly" || m.Account != accountID || m.Start != 0 || m.FirstSeen != at(100) {
		t.Fatalf("the room is %+v", m)
	}
	if got := members(s, roomID); !slices.Equal(got, []earshot.ID{g.ID}) {
		t.Fatalf("members %v", got)
	}
	if last := s.Meeting(meetingID).LastSeen; last != at(160) {
		t.Fatalf("the main meeting was last seen at %v, while its room lives", last)
	}
	ended := lifecycle(zoom.ClassEnded, 400, "")
	s.Apply(&ended, at(400))
	if end := s.Meeting(roomID).End; end != at(160) {
		t.Fatalf("the room ended at %v, want when it was last heard of", end)
	}
}

func TestBreakoutReportedUnderTheMainMeeting(t *testing.T) {
	s := played(joined(0, "1", "", "Ann"), qos(160, "2"), breakout(zoom.ClassJoined, 100, "2", "1"), breakout(zoom.ClassLeft, 300, "2", "1"))
	main, silent := s.Segment(keys.Segment(uuid, "2")), s.Segment(keys.Segment(room, "2"))
	if main.Meeting != roomID || main.Parent != keys.Segment(uuid, "1") {
		t.Fatalf("the segment with reports is %+v", main)
	}
	if !identity.Duplicate(silent, main) || identity.Duplicate(main, silent) || silent.Person != main.Person {
		t.Fatalf("the silent segment is %+v", silent)
	}
	if got := members(s, roomID); !slices.Equal(got, []earshot.ID{main.ID}) {
		t.Fatalf("the room's members are %v, want the one with reports", got)
	}
	if got := members(s, meetingID); !slices.Equal(got, []earshot.ID{keys.Segment(uuid, "1")}) {
		t.Fatalf("the main meeting's members are %v", got)
	}
	if s.Segment(keys.Segment(uuid, "1")).Person != main.Person {
		t.Fatal("who is in the room is not who was in the meeting")
	}
}

func TestSession(t *testing.T) {
	var events []zoom.Event
	for _, name := range []string{"session.started.json", "session.user_joined.json", "session.user_qos.json", "session.user_data.json", "session.alert.quirk_issues_string.json"} {
		events = append(events, sample(t, name).ev)
	}
	s := played(events...)
	m := s.Meeting(keys.Meeting("tB6hLq0/RzGk9WmY2sXv4A=="))
	if m == nil || m.Kind != earshot.KindSession || m.Topic != "telehealth-118" || m.Number != "" || m.Series != 0 {
		t.Fatalf("session %+v", m)
	}
	g := s.Segment(keys.Segment(m.UUID, "25508864"))
	if p := s.Person(g.Person); p.KeyKind != earshot.PersonByCustomerKey || p.CustomerKey != "doc-19" || p.Name != "Dr. Reyes" || g.External {
		t.Fatalf("user %+v, person %+v", g, p)
	}
	if len(g.Devices) != 1 || g.FirstReport == 0 {
		t.Fatalf("segment %+v", g)
	}
}

func TestAlertWithIntegerNumber(t *testing.T) {
	s := played(sample(t, "meeting.alert.json").ev)
	if m := s.Meeting(meetingID); m.Number != "84512367790" {
		t.Fatalf("meeting %+v", m)
	}
	r := s.Apply(&zoom.Event{Family: zoom.FamilyOther, Class: zoom.ClassAlert, AccountID: acct}, at(1))
	if r.Meeting != 0 || r.Account != accountID {
		t.Fatalf("a room's alert is about %+v", r)
	}
}

func TestCalls(t *testing.T) {
	s := identity.NewState(keys)
	var r identity.Result
	for _, name := range []string{"phone.caller_connected.json", "phone.call_qos.json", "phone.call_qos_summary.json", "phone.caller_ended.json"} {
		d := sample(t, name)
		r = s.Apply(&d.ev, d.at)
	}
	k := s.Call(r.Call)
	ann := keys.Person(accountID, earshot.PersonByZoomUser, "oP4sJd9_TfGk7uHqBv2MxA")
	want := earshot.Call{
		ID: keys.Call("7391846205518823417"), Account: accountID, ZoomID: "7391846205518823417",
		Start: 1767783729000, Connected: 1767783736000, End: 1767783901000, FirstSeen: 1767783736000, LastSeen: 1767783903500,
		Caller: earshot.CallParty{Person: ann, ZoomID: "oP4sJd9_TfGk7uHqBv2MxA", Email: "marco.oyelaran@example.com", Number: "+493055501842",
			Extension: "2041", Device: "Windows_Client(6.6.11.23272)", ConnectionType: "voip", Network: "WiFi"},
		Callee: earshot.CallParty{Number: "+493055501807", Extension: "2007", ConnectionType: "voip"},
	}
	if diff := gocmp.Diff(want, *k); diff != "" {
		t.Fatalf("call (-want +got):\n%s", diff)
	}
	if p := s.Person(ann); p == nil || p.Email != "marco.oyelaran@example.com" {
		t.Fatalf("the caller is %+v", p)
	}
	queue := zoom.Event{Family: zoom.FamilyPhone, Class: zoom.ClassPhoneQoS, TimeMs: int64(at(0)), AccountID: acct}
	queue.Call.ID = "2"
	queue.CallQoS = []zoom.CallQoS{{Side: "callee", UserID: "queue-7"}}
	s.Apply(&queue, at(0))
	if callee := s.Call(keys.Call("2")).Callee; callee.ZoomID != "queue-7" || callee.Person != 0 {
		t.Fatalf("a call queue is a person: %+v", callee)
	}
}

func TestSoftChangesWait(t *testing.T) {
	s := played(joined(0, "1", "zoom-ann", "Ann"), qos(60, "1"))
	if c := s.TakeChanges(false); len(c.Segments) != 1 || len(c.Meetings) != 1 || len(c.Persons) != 1 || len(c.Accounts) != 1 || len(c.Series) != 1 {
		t.Fatalf("told of %+v", c)
	}
	if c := s.TakeChanges(true); !c.Empty() {
		t.Fatalf("told again of %+v", c)
	}
	again := qos(120, "1")
	s.Apply(&again, at(121))
	if c := s.TakeChanges(false); !c.Empty() {
		t.Fatalf("a report alone is told at once: %+v", c)
	}
	c := s.TakeChanges(true)
	if len(c.Segments) != 1 || c.Segments[0].LastReport != at(120) || len(c.Meetings) != 1 || c.Meetings[0].LastSeen != at(120) || len(c.Persons) != 0 {
		t.Fatalf("told of %+v", c)
	}
	s.Apply(&again, at(121))
	if c := s.TakeChanges(true); !c.Empty() {
		t.Fatalf("a double is told of: %+v", c)
	}
}

func TestReportTime(t *testing.T) {
	ev := qos(0, "1")
	day := int64(identity.MaxReportSkew)
	for said, want := range map[int64]earshot.Instant{
		0: at(0), ev.TimeMs - 5000: at(-5), ev.TimeMs - day: at(-86400), ev.TimeMs - day - 1: at(0), ev.TimeMs + day + 1: at(0), -1: at(0),
	} {
		if got := identity.ReportTime(&ev, said); got != want {
			t.Errorf("date_time %d is %v, want %v", said, got, want)
		}
	}
	if got := identity.ReportTime(&zoom.Event{}, 77); got != 77 {
		t.Errorf("without event_ts: %v", got)
	}
}

// TestEventsWithoutUse: what names no meeting, call or participant changes nothing, and breaks nothing.
func TestEventsWithoutUse(t *testing.T) {
	s := identity.NewState(keys)
	for f := range zoom.Family(6) {
		for c := range zoom.Class(20) {
			if r := s.Apply(&zoom.Event{Family: f, Class: c}, 0); r.Meeting != 0 || r.Segment != 0 || r.Call != 0 || r.Account != 0 || r.Moved != nil {
				t.Errorf("family %d, class %d: %+v", f, c, r)
			}
		}
	}
	if c := s.TakeChanges(true); !c.Empty() {
		t.Errorf("told of %+v", c)
	}
	if r := s.Apply(&zoom.Event{Family: zoom.FamilyMeeting, Class: zoom.ClassUnknown, Meeting: zoom.Meeting{UUID: uuid}}, 5); r.Meeting != 0 {
		t.Errorf("an unknown event made a meeting")
	}
}

// TestNewestWordWins: of several segments of a person, and meetings of a series, the last to say a name or topic counts,
// even where it only repeats itself.
func TestNewestWordWins(t *testing.T) {
	other := joined(10, "1", "zoom-ann", "Anna")
	other.Meeting.UUID, other.Meeting.Topic = "another", "Daily"
	events := []zoom.Event{joined(0, "1", "zoom-ann", "Ann"), other, joined(20, "1", "zoom-ann", "Ann")}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		s := identity.NewState(keys)
		for _, i := range order {
			s.Apply(&events[i], at(20))
		}
		g := s.Segment(keys.Segment(uuid, "1"))
		if p, r := s.Person(g.Person), s.Series(s.Meeting(meetingID).Series); p.Name != "Ann" || r.Topic != "Weekly" {
			t.Errorf("order %v: person %q, series %q", order, p.Name, r.Topic)
		}
	}
}

// TestResultNamesAllThatChanged: what a live view shows of things that an event only implies.
func TestResultNamesAllThatChanged(t *testing.T) {
	s := identity.NewState(keys)
	apply := func(ev zoom.Event) identity.Result { return s.Apply(&ev, earshot.Instant(ev.TimeMs)) }
	main, inRoom, phone := keys.Segment(uuid, "1"), keys.Segment(room, "2"), keys.Segment(uuid, "9")
	report := qos(160, "2")
	report.Meeting.UUID = room
	bind := lifecycle(zoom.ClassBind, 200, "1")
	bind.Participant.BindUserID = "9"
	ended := lifecycle(zoom.ClassEnded, 400, "")
	for _, step := range []struct {
		name               string
		ev                 zoom.Event
		meeting, segment   earshot.ID
		meetings, segments []earshot.ID
	}{
		{"join", joined(0, "1", "zoom-ann", "Ann"), meetingID, main, nil, nil},
		{"telephone", joined(1, "9", "", "Guest"), meetingID, phone, nil, nil},
		{"breakout", breakout(zoom.ClassJoined, 100, "2", "1"), roomID, inRoom, []earshot.ID{meetingID}, nil},
		{"report in the room", report, roomID, inRoom, []earshot.ID{meetingID}, nil},
		{"bind", bind, meetingID, main, nil, []earshot.ID{phone}},
		{"end", ended, meetingID, 0, []earshot.ID{roomID}, nil},
	} {
		r := apply(step.ev)
		want := identity.Result{Account: accountID, Meeting: step.meeting, Segment: step.segment, Meetings: step.meetings, Segments: step.segments}
		if diff := gocmp.Diff(want, r); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
