package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

const minuteMs = 60_000

// noon is a whole hour of event time, "now" in these tests.
const noon = earshot.Instant(1_794_571_200_000)

func at(minute int) earshot.Instant { return noon + earshot.Instant(minute)*minuteMs }

// The ids of the world.
const (
	account earshot.ID = 0xacc0

	townHall earshot.ID = 0x1001 // running
	standUp  earshot.ID = 0x1002 // running, all is well
	breakout earshot.ID = 0x1003 // running, a room of the town hall
	review   earshot.ID = 0x2001 // over since 10 o'clock
	planning earshot.ID = 0x2002 // over since 11 o'clock
	justOver earshot.ID = 0x2003 // over for two minutes, its last minute still open

	ann earshot.ID = 0x3001
	bob earshot.ID = 0x3002
	cat earshot.ID = 0x3003

	annTownHall earshot.ID = 0x4001
	bobTownHall earshot.ID = 0x4002
	guest       earshot.ID = 0x4003 // external, without reports or person
	annStandUp  earshot.ID = 0x4004
	catBreakout earshot.ID = 0x4005
	annReview   earshot.ID = 0x4006
	annRejoin   earshot.ID = 0x4007 // review, a second join
	bobReview   earshot.ID = 0x4008
	catPlanning earshot.ID = 0x4009
	bobJustOver earshot.ID = 0x400a

	lyon   earshot.ID = 0x5001
	prefix earshot.ID = 0x5002

	goodCall earshot.ID = 0x6001
	badCall  earshot.ID = 0x6002
)

// world is an API over a registry in a temporary directory, facts in memory and a live state.
type world struct {
	*api.API
	server   *httptest.Server
	live     *live.State
	facts    *factstest.Memory
	registry *registry.Registry
	ingest   *fakeIngest
	journal  *fakeJournal
	alerts   *fakeAlerts
	places   *fakePlaces // nil: nobody keeps a list
}

type fakeIngest struct {
	in  api.Ingest
	err error
}

func (f *fakeIngest) Ingest(context.Context) (api.Ingest, error) { return f.in, f.err }

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldWith(t, nil)
}

// newWorldWith makes a world in which somebody keeps a list of sites. Requests say in the header Visitor who sends them, as
// NAME/ROLE.
func newWorldWith(t testing.TB, places *fakePlaces) *world {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	r, err := registry.Open(registry.Options{Dir: t.TempDir(), Logger: logger})
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	w := &world{live: live.New(live.Options{}), facts: factstest.NewMemory(), registry: r, ingest: &fakeIngest{}, journal: &fakeJournal{}, alerts: &fakeAlerts{}, places: places}
	var list api.Places
	if places != nil {
		list, places.registry = places, r
	}
	w.API, err = api.New(api.Options{
		Places:   list,
		Alerts:   w.alerts,
		Registry: r, Facts: w.facts, Live: w.live, Ingest: w.ingest, Journal: w.journal, Logger: logger,
		InputMeaning: func(earshot.ID) (audio, video earshot.InputMeaning) {
			return earshot.InputReceived, earshot.InputSent
		},
	})
	must(t, err)
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if name, role, ok := strings.Cut(r.Header.Get("Visitor"), "/"); ok {
			r = r.WithContext(api.WithWho(r.Context(), api.Session{User: name, Role: role}))
		}
		w.Handler().ServeHTTP(rw, r)
	}))
	t.Cleanup(func() {
		must(t, w.Close())
		w.server.Close()
	})
	return w
}

func (w *world) fill(t testing.TB) *world {
	t.Helper()
	ctx := t.Context()
	must(t, w.registry.Apply(ctx, &registry.Changes{Journal: "j", To: 1, Changes: identity.Changes{
		Accounts: []earshot.Account{{ID: account, ZoomID: "zoomaccount"}},
		Meetings: meetings(), Persons: persons(), Segments: segments(), Calls: calls(),
	}, Sites: []earshot.Site{{ID: lyon, Name: "Lyon", Ranges: []string{"10.20.0.0/16"}, Zone: "Europe/Paris"}, {ID: prefix, Name: "203.0.113.0/24", Derived: true}}}))
	must(t, w.facts.Apply(ctx, &facts.Batch{Cursor: facts.CursorFold, Journal: "j", To: 1,
		Samples: samples(), Minutes: storedMinutes(), Summaries: summaries(), CallSamples: callSamples(),
		Notifications: []earshot.Notification{
			{Account: account, Meeting: townHall, At: at(-3), Code: "Unstable audio quality"},
			{Account: account, Meeting: townHall, Segment: annTownHall, At: at(-4), Code: "network bandwidth low"},
			{Account: account, Meeting: townHall, Segment: bobTownHall, At: at(-2), Code: "network bandwidth low"},
		},
	}))
	w.live.Apply(liveUpdate())
	return w
}

func meetings() []earshot.Meeting {
	m := func(id earshot.ID, topic string, from, to int) earshot.Meeting {
		return earshot.Meeting{ID: id, Account: account, UUID: "uuid-" + topic, Kind: earshot.KindMeeting, Number: fmt.Sprint(id), Topic: topic, Start: at(from), FirstSeen: at(from), LastSeen: at(to)}
	}
	all := []earshot.Meeting{
		m(townHall, "Town hall", -40, 0), m(standUp, "Stand-up", -10, 0), m(breakout, "Room 1", -8, 0),
		m(review, "Design review", -180, -120), m(planning, "Planning", -90, -60), m(justOver, "Short one", -10, -2),
	}
	all[0].Kind, all[0].HostID = earshot.KindWebinar, "zbob"
	all[2].Parent = townHall
	all[3].HostID, all[3].Start = "zann", 0
	for i := 3; i < 6; i++ {
		all[i].End = all[i].LastSeen
	}
	return all
}

func persons() []earshot.Person {
	return []earshot.Person{
		{ID: ann, Account: account, KeyKind: earshot.PersonByZoomUser, ZoomUserID: "zann", Email: "ann@example.com", Name: "Ann Ångström"},
		{ID: bob, Account: account, KeyKind: earshot.PersonByZoomUser, ZoomUserID: "zbob", Email: "bob@example.com", Name: "Bob"},
		{ID: cat, Account: account, KeyKind: earshot.PersonByEmail, Email: "cat@example.com"},
	}
}

func segments() []earshot.Segment {
	s := func(id, meeting, person earshot.ID, join, leave int) earshot.Segment {
		g := earshot.Segment{ID: id, Meeting: meeting, Account: account, Person: person, InMeetingID: fmt.Sprint(uint64(id)), Join: at(join), FirstReport: at(join), LastReport: at(leave)}
		if leave < 0 {
			g.Leave, g.LeaveReason = at(leave), "left"
		}
		return g
	}
	all := []earshot.Segment{
		s(annTownHall, townHall, ann, -40, 0), s(bobTownHall, townHall, bob, -40, 0), s(guest, townHall, 0, -30, 0),
		s(annStandUp, standUp, ann, -10, 0), s(catBreakout, breakout, cat, -8, 0),
		s(annReview, review, ann, -180, -150), s(annRejoin, review, ann, -149, -120), s(bobReview, review, bob, -180, -120),
		s(catPlanning, planning, cat, -90, -60), s(bobJustOver, justOver, bob, -10, -2),
	}
	all[2].FirstReport, all[2].LastReport, all[2].External, all[2].Name = 0, 0, true, "Guest <script>"
	all[0].Devices = []earshot.DeviceSnapshot{
		{At: at(-40), Device: "Windows", NetworkType: "Wifi", ClientVersion: "6.2.1", PublicIP: "203.0.113.7", InternalIP: "10.20.0.5", Microphone: "Headset"},
		{At: at(-20), Device: "Windows", NetworkType: "Wired", ClientVersion: "6.2.1", PublicIP: "203.0.113.7", InternalIP: "10.20.0.6"},
	}
	return all
}

func minute(segment, meeting, person earshot.ID, m int, g earshot.Grade) earshot.Minute {
	v := earshot.Minute{Segment: segment, Meeting: meeting, Person: person, Account: account, At: at(m), Kind: earshot.KindMeeting, Grade: g, Reports: 1,
		Dimensions: earshot.Dimensions{Site: lyon, NetworkType: "Wifi", DataCenter: "Frankfurt", ClientVersion: "6.2.1", DeviceClass: "Windows", ISP: "Example Telecom"}}
	v.Slots[earshot.SlotAudioReceive] = g
	if g == earshot.Unclassified {
		v.Why = earshot.WhyIdle
	}
	if g > earshot.Good {
		v.Reason = earshot.Reason{Wire: earshot.WireAudioInput, Direction: earshot.DirectionReceive, Metric: earshot.LossAvgPct, Value: 18.2, Bound: 10, Set: true}
	}
	return v
}

func storedMinutes() []earshot.Minute {
	var all []earshot.Minute
	run := func(segment, meeting, person earshot.ID, from, to int, g earshot.Grade) {
		for m := from; m < to; m++ {
			all = append(all, minute(segment, meeting, person, m, g))
		}
	}
	run(annTownHall, townHall, ann, -40, -35, earshot.Bad)
	run(annTownHall, townHall, ann, -35, -4, earshot.Good)
	run(bobTownHall, townHall, bob, -40, -4, earshot.Good)
	run(annReview, review, ann, -180, -170, earshot.Bad)
	run(annReview, review, ann, -170, -150, earshot.Good)
	run(annRejoin, review, ann, -149, -120, earshot.Good)
	run(bobReview, review, bob, -180, -120, earshot.Fair)
	run(catPlanning, planning, cat, -90, -62, earshot.Good)
	run(catPlanning, planning, cat, -62, -60, earshot.Poor) // too short to name the meeting by
	run(bobJustOver, justOver, bob, -10, -5, earshot.Good)
	return all
}

func liveUpdate() live.Update {
	u := live.Update{Watermark: noon, LastEvent: noon, Seq: 9, ReceivedAt: noon}
	for _, m := range meetings() {
		if m.ID != review && m.ID != planning {
			u.Meetings = append(u.Meetings, m)
		}
	}
	people := map[earshot.ID]earshot.Person{}
	for _, p := range persons() {
		people[p.ID] = p
	}
	for _, s := range segments() {
		s.Devices = nil
		p := people[s.Person]
		g := live.Segment{Segment: s, PersonName: p.Name, ZoomUserID: p.ZoomUserID, SiteName: "Lyon", Dimensions: earshot.Dimensions{Site: lyon, NetworkType: "Wifi"}}
		if s.ID == guest {
			g.Dimensions, g.SiteName = earshot.Dimensions{}, ""
		}
		u.Segments = append(u.Segments, g)
	}
	add := func(segment, meeting, person earshot.ID, m int, g earshot.Grade, open bool) {
		u.Minutes = append(u.Minutes, live.Minute{Minute: minute(segment, meeting, person, m, g), Open: open})
	}
	for m := -4; m < 0; m++ {
		add(annTownHall, townHall, ann, m, earshot.Bad, true)
		add(bobTownHall, townHall, bob, m, earshot.Good, true)
	}
	add(annStandUp, standUp, ann, -1, earshot.Good, true)
	add(catBreakout, breakout, cat, -1, earshot.Fair, true)
	add(bobJustOver, justOver, bob, -5, earshot.Good, false)
	for m := -4; m < -1; m++ {
		add(bobJustOver, justOver, bob, m, earshot.Bad, true)
	}
	return u
}

func samples() []facts.Sample {
	var all []facts.Sample
	for m := -40; m < 0; m++ {
		if m >= -20 && m < -15 {
			continue // a gap
		}
		for _, w := range []earshot.Wire{earshot.WireAudioInput, earshot.WireAudioOutput, earshot.WireVideoInput, earshot.WireCPUUsage} {
			s := facts.Sample{Sample: earshot.Sample{Segment: annTownHall, At: at(m), Wire: w}, Account: account, Meeting: townHall}
			if w == earshot.WireCPUUsage {
				s.Set(earshot.CPUZoomMaxPct, 12)
			} else {
				s.Set(earshot.BitrateKbps, 63)
				if m != -40 {
					s.Set(earshot.LossAvgPct, 0.3)
				}
			}
			all = append(all, s)
		}
	}
	return all
}

func summaries() []earshot.Summary {
	s := earshot.Summary{Segment: annTownHall, Account: account, At: at(-1), Wire: earshot.WireVideoInput}
	s.Bitrate = earshot.SummaryStat{Min: earshot.Some(10), Avg: earshot.Some(20.5), Max: earshot.Some(30)}
	s.Loss.Max = earshot.Some(0)
	s.Set(earshot.WidthPx, 1280)
	return []earshot.Summary{s, {Segment: annTownHall, Account: account, At: at(-1), Wire: earshot.WireASInput}}
}

func calls() []earshot.Call {
	return []earshot.Call{
		{ID: goodCall, Account: account, ZoomID: "7200000000000000001", Start: at(-100), Connected: at(-99), End: at(-90), FirstSeen: at(-100), LastSeen: at(-90),
			Caller: earshot.CallParty{Person: ann, ZoomID: "zann", Extension: "801"}, Callee: earshot.CallParty{Number: "+33123456789"}},
		{ID: badCall, Account: account, ZoomID: "7200000000000000002", FirstSeen: at(-50), LastSeen: at(-45),
			Caller: earshot.CallParty{Number: "+441234567890"}, Callee: earshot.CallParty{Person: bob, Network: "WiFi"}},
	}
}

func callSamples() []earshot.CallSample {
	return []earshot.CallSample{
		{Call: goodCall, Account: account, At: at(-98), Side: earshot.SideCaller, Direction: earshot.DirectionSend, MOS: earshot.Some(4.3), JitterMs: earshot.Some(8)},
		{Call: goodCall, Account: account, At: at(-97), Side: earshot.SideCaller, Direction: earshot.DirectionSend, MOS: earshot.Some(4.1)},
		{Call: badCall, Account: account, At: at(-49), Side: earshot.SideCallee, Direction: earshot.DirectionReceive, MOS: earshot.Some(2.9)},
		{Call: badCall, Account: account, At: at(-49), Side: earshot.SideCallee, Direction: earshot.DirectionSend, MOS: earshot.Some(4.4)},
	}
}

// The answers as a client reads them: words instead of the domain's numbers.
type (
	page[T any] struct {
		Items      []T    `json:"items"`
		NextCursor string `json:"next_cursor"`
	}
	reason struct {
		Text, Wire, Media, Direction, Metric string
		Value, Bound                         float64
	}
	meetingRow struct {
		ID, Topic, Host, Grade, Kind, Parent string
		Live                                 bool
		Start, End, Since                    *time.Time
		StartEstimated                       bool `json:"start_estimated"`
		People, Unreported                   int
		Now, Minutes, Affected               api.GradeCount
		Reason                               *reason
		Strip                                []api.StripMinute
	}
	segmentRow struct {
		ID, Meeting, Grade, Why, Network, Device string
		LeaveReason                              string `json:"leave_reason"`
		Person                                   struct {
			ID, Name string
			External bool
		}
		Present, Reported bool
		Site              *struct{ Name string }
		Reason            *reason
		Minutes           api.GradeCount
	}
	gradedMinute struct {
		At          time.Time
		Grade, Why  string
		Open        bool
		Slots, Zoom []string
		Reason      *reason
	}
	segmentMinutes struct {
		Segment string
		Minutes []gradedMinute
	}
	notification struct {
		At            time.Time
		Segment, Code string
	}
	meetingDetail struct {
		meetingRow
		AccountZoomID string `json:"account_zoom_id"`
		Segments      []segmentRow
		Breakouts     []meetingRow
		Notifications []notification
		Watermark     time.Time
	}
	columns struct {
		Wire, Media, Direction, Peer, Side string
		At                                 []int64
		Metrics                            map[string][]*float64
		Values                             map[string]float64
	}
	call struct {
		ID, Grade      string
		MOS            *float64
		Caller, Callee struct{ Name, Number, Network string }
		Series         []columns
	}
)

// read asks for a path, checks the answer against the OpenAPI document, and reads it into T.
func read[T any](t testing.TB, w *world, path string) T {
	t.Helper()
	status, contentType, body := get(t, w, path)
	if status != http.StatusOK || contentType != "application/json" {
		t.Fatalf("GET %s: %d, %s: %s", path, status, contentType, body)
	}
	w.conforms(t, path, body)
	var out T
	must(t, json.Unmarshal(body, &out))
	return out
}

func get(t testing.TB, w *world, path string) (status int, contentType string, body []byte) {
	t.Helper()
	res, err := http.Get(w.server.URL + path)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end below
	body, err = io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, res.Header.Get("Content-Type"), body
}

func topics(rows []meetingRow) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.Topic)
	}
	return strings.Join(all, ", ")
}
