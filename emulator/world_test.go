package emulator

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshot/earshot/zoom"
)

func emulatorOf(t *testing.T, o Options) *Emulator {
	t.Helper()
	if o.From.IsZero() {
		o.From = testFrom
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// digest is over everything that the receiver could tell apart: order, moment, id and bytes.
func digest(e *Emulator, span time.Duration) (string, int) {
	h, n := sha256.New(), 0
	for ev := range e.Generate(testFrom, testFrom.Add(span)) {
		h.Write([]byte(ev.Time.Format(time.RFC3339Nano) + ev.Name + ev.ID))
		h.Write(ev.Body)
		n++
	}
	return hex.EncodeToString(h.Sum(nil)), n
}

func TestSameSeedSameBytes(t *testing.T) {
	const span = 10 * time.Minute
	o := Options{People: 120, Meetings: 14, Seed: 7}
	want, n := digest(emulatorOf(t, o), span)
	if n < 250 {
		t.Fatalf("only %d events", n)
	}
	procs := runtime.GOMAXPROCS(1)
	got, _ := digest(emulatorOf(t, o), span)
	runtime.GOMAXPROCS(procs)
	if got != want {
		t.Error("the same options gave other bytes")
	}
	for name, change := range map[string]func(*Options){
		"seed":     func(o *Options) { o.Seed++ },
		"people":   func(o *Options) { o.People++ },
		"meetings": func(o *Options) { o.Meetings++ },
		"cadence":  func(o *Options) { o.Cadence = 15 * time.Second },
		"dialect":  func(o *Options) { o.Dialect = InputSent },
		"calm":     func(o *Options) { o.Troubles = []Trouble{} },
		"empty":    func(o *Options) { o.Empty = true },
	} {
		other := o
		change(&other)
		if got, _ := digest(emulatorOf(t, other), span); got == want {
			t.Errorf("another %s gave the same bytes", name)
		}
	}
}

func TestEventsComeInOrderOfDelivery(t *testing.T) {
	var last time.Time
	ids := map[string]bool{}
	for _, ev := range slices.Collect(emulatorOf(t, Options{Seed: 3}).Generate(testFrom, testFrom.Add(15*time.Minute))) {
		if ev.Time.Before(last) || ev.Time.Before(testFrom) || !ev.Time.Before(testFrom.Add(15*time.Minute)) {
			t.Fatalf("%s at %v after %v", ev.Name, ev.Time, last)
		}
		last = ev.Time
		if ids[ev.ID] {
			t.Fatalf("request id %s twice", ev.ID)
		}
		ids[ev.ID] = true
	}
}

// About as many meetings run as were asked for, from the first step, and nobody is in two at once.
func TestMeetingsRunFromTheFirstSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, err := Options{
			People: rapid.IntRange(30, 60).Draw(t, "people"), Seed: rapid.Uint64().Draw(t, "seed"), From: testFrom,
		}.withDefaults(testFrom)
		if err != nil {
			t.Fatal(err)
		}
		o.Meetings = rapid.IntRange(1, o.People/8).Draw(t, "meetings")
		w := newWorld(o)
		for step := range 20 {
			w.Step()
			running := 0
			where := map[*person]*meeting{}
			for _, m := range w.meetings {
				if m.parent == nil {
					running++
				}
				for _, s := range m.segs {
					if other := where[s.p]; other != nil && !s.away && s.p.role != telephone && other != m.parent {
						t.Fatalf("%s is in two meetings", s.p.name)
					}
					if !s.away {
						where[s.p] = m
					}
				}
			}
			if least := o.Meetings*7/10 - 1; running < least || running > o.Meetings {
				t.Fatalf("step %d: %d meetings run, want about %d", step, running, o.Meetings)
			}
		}
	})
}

// Calendars make people come and go together: around the full and half hours meetings end far more often than in between.
func TestMeetingsEndWithTheCalendar(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	around, between := 0, 0
	for x := range emulatorOf(t, Options{People: 60, Meetings: 20, Seed: 8}).Generate(testFrom, testFrom.Add(2*time.Hour)) {
		if err := d.Decode(x.Body, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Class != zoom.ClassEnded {
			continue
		}
		if minute := time.UnixMilli(ev.Meeting.EndMs).UTC().Minute() % 30; minute >= 25 {
			around++
		} else {
			between++
		}
	}
	if around+between < 40 || around < between/2 {
		t.Errorf("%d meetings end in the five minutes before full and half hours, %d in the 25 others", around, between)
	}
}

// Whoever has left one meeting may be in another when the first one ends.
func TestNobodyIsTwice(t *testing.T) {
	o, err := Options{People: 40, Meetings: 5, Seed: 3, From: testFrom}.withDefaults(testFrom)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(o)
	for range 2000 {
		w.Step()
		expected := map[*person]bool{}
		for _, c := range w.calls {
			expected[c.caller], expected[c.callee] = true, true
		}
		for _, m := range w.meetings {
			for _, a := range m.guests {
				expected[a.p] = expected[a.p] || !a.gone
			}
			for _, s := range m.segs {
				if s.p.role != telephone && !s.p.busy {
					t.Fatalf("%v: %s is in a meeting and counts as free", w.Now(), s.p.name)
				}
			}
		}
		for _, p := range w.people.people {
			if p.busy && !expected[p] {
				t.Fatalf("%v: %s is expected nowhere and counts as busy", w.Now(), p.name)
			}
		}
	}
}

// Reports about one participant come at the cadence asked for.
func TestCadence(t *testing.T) {
	for _, cadence := range []time.Duration{10 * time.Second, 15 * time.Second, time.Minute} {
		var d zoom.Decoder
		var ev zoom.Event
		last := map[string]int64{}
		n := 0
		e := emulatorOf(t, Options{People: 40, Meetings: 5, Seed: 3, Calm: true, Cadence: cadence})
		for x := range e.Generate(testFrom, testFrom.Add(8*time.Minute)) {
			if err := d.Decode(x.Body, &ev); err != nil {
				t.Fatal(err)
			}
			if ev.Class != zoom.ClassQoS || ev.Family == zoom.FamilySession {
				continue
			}
			key, at := ev.Meeting.UUID+ev.Participant.InMeetingID, ev.QoS[0].TimeMs
			gap := time.Duration(at-last[key]) * time.Millisecond
			if last[key] != 0 && gap < 2*cadence-time.Second { // a report goes missing now and then, a breakout room interrupts
				n++
				if (gap - cadence).Abs() > time.Second {
					t.Fatalf("cadence %v: two reports %v apart", cadence, gap)
				}
			}
			last[key] = at
		}
		if n < 50 {
			t.Fatalf("cadence %v: only %d gaps", cadence, n)
		}
	}
}

// participation follows one in-meeting id through the events about it.
type participation struct{ joined, left, summaries int }

func TestLifecycleIsWhole(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	segments := map[string]*participation{}
	started, ended, bound, breakout, rejoined := map[string]int{}, 0, 0, 0, map[string]int{}
	e := emulatorOf(t, Options{People: 150, Meetings: 20, Seed: 2})
	for x := range e.Generate(testFrom, testFrom.Add(100*time.Minute)) {
		if err := d.Decode(x.Body, &ev); err != nil {
			t.Fatal(err)
		}
		uuid := ev.Meeting.UUID
		if ev.Meeting.BreakoutRoomUUID != "" {
			uuid = ev.Meeting.BreakoutRoomUUID
			breakout++
		}
		key := uuid + " " + ev.Participant.InMeetingID
		if segments[key] == nil {
			segments[key] = &participation{}
		}
		s := segments[key]
		switch ev.Class {
		case zoom.ClassStarted:
			started[uuid]++
		case zoom.ClassEnded:
			ended++
		case zoom.ClassJoined:
			s.joined++
			if ev.Participant.ZoomUserID != "" && ev.Meeting.BreakoutRoomUUID == "" {
				rejoined[uuid+ev.Participant.ZoomUserID]++
			}
			if ev.Participant.JoinMs == 0 {
				t.Fatalf("join without a time: %s", x.Body)
			}
		case zoom.ClassLeft:
			s.left++
			if ev.Participant.LeaveReason == "" || ev.Participant.LeaveMs == 0 {
				t.Fatalf("leave without time or reason: %s", x.Body)
			}
		case zoom.ClassQoSSummary:
			s.summaries++
		case zoom.ClassBind:
			bound++
			if ev.Participant.BindUserID == "" || ev.Participant.BindUserID == ev.Participant.InMeetingID {
				t.Fatalf("bind to nobody: %s", x.Body)
			}
		}
	}
	for key, s := range segments {
		if s.joined > 1 || s.left > 1 || s.summaries > 1 {
			t.Errorf("%s: %+v", key, *s)
		}
	}
	for uuid, n := range started {
		if n > 1 {
			t.Errorf("%s started %d times", uuid, n)
		}
	}
	again := 0
	for _, n := range rejoined {
		if n > 1 {
			again++
		}
	}
	if len(started) < 20 || ended < 20 || ended <= len(started)/2 || bound == 0 || breakout < 6 || again == 0 {
		t.Errorf("started %d, ended %d, bound %d, breakout room events %d, rejoined %d", len(started), ended, bound, breakout, again)
	}
}

// Guests have no identifiers; some of them are never measured at all.
func TestGuestsAreAnonymous(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	measured, seen := map[string]bool{}, map[string]bool{}
	for _, x := range busyHours(t) {
		if err := d.Decode(x.Body, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Family != zoom.FamilyMeeting || ev.Participant.ZoomUserID != "" || ev.Participant.InMeetingID == "" {
			continue
		}
		if ev.Participant.Email != "" {
			t.Fatalf("a guest with an address: %s", x.Body)
		}
		key := ev.Meeting.UUID + ev.Participant.InMeetingID
		switch ev.Class {
		case zoom.ClassQoS:
			measured[key] = true
		case zoom.ClassLeft:
			seen[key] = true
		}
	}
	hidden := 0
	for key := range seen {
		if !measured[key] {
			hidden++
		}
	}
	if len(measured) < 10 || hidden < 3 {
		t.Errorf("%d guests measured, %d never: want some of both", len(measured), hidden)
	}
}

// A trouble shows within the first minute of a visit: people with bad numbers, from the default schedule.
func TestFirstMinuteShowsTrouble(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	for seed := range uint64(6) {
		bad, busy := map[string]bool{}, map[string]bool{}
		for x := range emulatorOf(t, Options{Seed: seed}).Generate(testFrom, testFrom.Add(65*time.Second)) {
			if err := d.Decode(x.Body, &ev); err != nil {
				t.Fatal(err)
			}
			if ev.Class != zoom.ClassQoS {
				continue
			}
			for _, q := range ev.QoS {
				if q.Details.AvgLoss.Present && q.Details.AvgLoss.Value >= 5 {
					bad[ev.Meeting.UUID+ev.Participant.InMeetingID] = true
				}
				if q.Details.SystemMaxCPU.Present && q.Details.SystemMaxCPU.Value >= 95 {
					busy[ev.Meeting.UUID+ev.Participant.InMeetingID] = true
				}
			}
		}
		if len(bad) < 2 || len(busy) < 1 {
			t.Errorf("seed %d: %d people lose 5 %% or more, %d have a busy computer", seed, len(bad), len(busy))
		}
	}
}

// Whenever somebody looks, something is wrong with somebody, and most are fine.
func TestThereIsAlwaysSomethingToSee(t *testing.T) {
	const window = 3 * time.Minute
	var d zoom.Decoder
	var ev zoom.Event
	for seed := range uint64(2) {
		var all, bad [20]map[string]bool
		for i := range all {
			all[i], bad[i] = map[string]bool{}, map[string]bool{}
		}
		for x := range emulatorOf(t, Options{People: 150, Seed: seed}).Generate(testFrom, testFrom.Add(time.Duration(len(all))*window)) {
			if err := d.Decode(x.Body, &ev); err != nil {
				t.Fatal(err)
			}
			if ev.Class != zoom.ClassQoS {
				continue
			}
			w, key := int(x.Time.Sub(testFrom)/window), ev.Meeting.UUID+ev.Participant.InMeetingID
			all[w][key] = true
			for _, q := range ev.QoS {
				if q.Details.AvgLoss.Present && q.Details.AvgLoss.Value >= 5 || q.Details.SystemMaxCPU.Present && q.Details.SystemMaxCPU.Value >= 95 {
					bad[w][key] = true
				}
			}
		}
		for w := range all {
			if n, of := len(bad[w]), len(all[w]); n < 1 || n > of*6/10 {
				t.Errorf("seed %d, minutes %d to %d: %d of %d people have trouble", seed, 3*w, 3*w+3, n, of)
			}
		}
	}
}

func TestSitesCSVCoversItsWorld(t *testing.T) {
	e := emulatorOf(t, Options{People: 400, Seed: 9})
	var b strings.Builder
	if err := e.SitesCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"name", "range", "zone", "isp", "link_mbps", "vpn", "tags"}; !reflect.DeepEqual(rows[0], want) {
		t.Fatalf("header %q, want %q", rows[0], want)
	}
	ranges := map[netip.Prefix]string{}
	for _, row := range rows[1:] {
		p, err := netip.ParsePrefix(row[1])
		if err != nil || p != p.Masked() || ranges[p] != "" {
			t.Fatalf("range %q: %v, or twice", row[1], err)
		}
		if _, err := time.LoadLocation(row[2]); err != nil {
			t.Errorf("zone %q: %v", row[2], err)
		}
		ranges[p] = row[0]
	}
	siteOf := func(a netip.Addr) string {
		best, name := -1, ""
		for p, n := range ranges {
			if p.Contains(a) && p.Bits() > best {
				best, name = p.Bits(), n
			}
		}
		return name
	}
	for _, p := range e.World().people.people {
		want := ""
		switch {
		case p.vpn != nil:
			want = p.vpn.name
		case p.office != nil:
			want = p.office.name
		}
		public, internal := p.addresses()
		if got := siteOf(public); got != want {
			t.Errorf("%s: public address %v is at %q, want %q", p.name, public, got, want)
		}
		if got := siteOf(internal); want != "" && got != want {
			t.Errorf("%s: internal address %v is at %q, want %q", p.name, internal, got, want)
		}
	}
}

// The two dialects tell the same under exchanged names, for audio and video of ordinary clients.
func TestDialects(t *testing.T) {
	a := slices.Collect(emulatorOf(t, Options{People: 60, Seed: 4}).Generate(testFrom, testFrom.Add(5*time.Minute)))
	b := slices.Collect(emulatorOf(t, Options{People: 60, Seed: 4, Dialect: InputSent}).Generate(testFrom, testFrom.Add(5*time.Minute)))
	if len(a) != len(b) {
		t.Fatalf("%d events, %d in the other dialect", len(a), len(b))
	}
	var d zoom.Decoder
	var x, y zoom.Event
	swap := map[string]string{"audio_input": "audio_output", "audio_output": "audio_input", "video_input": "video_output", "video_output": "video_input"}
	checked := 0
	for i := range a {
		if err := d.Decode(a[i].Body, &x); err != nil {
			t.Fatal(err)
		}
		if x.Class != zoom.ClassQoS {
			continue
		}
		want := map[string]zoom.Details{}
		for _, q := range x.QoS {
			name := q.Type
			if s := swap[name]; s != "" {
				name = s
			}
			want[name] = q.Details
		}
		if err := d.Decode(b[i].Body, &y); err != nil {
			t.Fatal(err)
		}
		for _, q := range y.QoS {
			if q.Details != want[q.Type] {
				t.Fatalf("%s differs:\n%s\n%s", q.Type, a[i].Body, b[i].Body)
			}
			checked++
		}
	}
	if checked < 500 {
		t.Fatalf("only %d entries compared", checked)
	}
}

func TestOptionsAreCheckedTogether(t *testing.T) {
	_, err := New(Options{
		People: 1, Meetings: 7, Cadence: time.Second, Dialect: "sideways", Speed: -1, MaxInFlight: -1, Target: "ftp://x",
		Troubles: []Trouble{{Kind: "rain", End: 1}, {Kind: FullLink}, {Kind: BusyCPU, End: 1, Strength: 9}, {Kind: FullLink, End: 1, Direction: "left"}},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"people 1", "meetings 7", "cadence 1s", `"sideways"`, "speed -1", "max in flight", "target", `"rain"`, "ends at 0s",
		"strength 9", `"left"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word about %s in: %v", want, err)
		}
	}
}
