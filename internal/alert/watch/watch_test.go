package watch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// office is a company with a registry on disk, facts in memory, a live view, and a receiver that counts.
type office struct {
	t        *testing.T
	registry *registry.Registry
	facts    *factstest.Memory
	live     *live.State
	url      string

	mu    sync.Mutex
	got   []string
	at    []time.Time
	seq   uint64
	lyon  earshot.ID
	setup *deliver.Setup
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, live: live.New(live.Options{}), facts: factstest.NewMemory(), lyon: 7}
	var err error
	if o.registry, err = registry.Open(registry.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.registry.Close() })
	if err := o.registry.PutSites(t.Context(), []earshot.Site{{ID: o.lyon, Name: "Lyon", Zone: "Europe/Paris"}}); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		o.got, o.at = append(o.got, string(raw)), append(o.at, time.Now())
		o.mu.Unlock()
	}))
	t.Cleanup(s.Close)
	o.url = s.URL
	if o.setup, err = deliver.ParseSetup([]byte("route: {receiver: x, group_wait: 100ms, group_interval: 100ms}\nreceivers: [{name: x, webhook_configs: [{url: '" + s.URL + "'}]}]")); err != nil {
		t.Fatal(err)
	}
	return o
}

// open starts a watcher and returns what ends it.
func (o *office) open() (*watch.Watcher, func()) {
	o.t.Helper()
	w, err := watch.New(context.Background(), watch.Options{
		Registry: o.registry, Facts: o.facts, Live: o.live, Setup: o.setup, Guard: deliver.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
		ExternalURL: "https://earshot.example.com", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.Run(ctx) }()
	return w, func() {
		cancel()
		<-done
		if err := w.Close(); err != nil {
			o.t.Error(err)
		}
	}
}

// tick moves event time; people of one meeting at Lyon report, of whom bad are bad.
func (o *office) tick(now earshot.Instant, people, bad int) {
	o.seq++
	u := live.Update{Watermark: now, Seq: o.seq, ReceivedAt: earshot.InstantOf(time.Now())}
	for m := range 50 {
		u.Meetings = append(u.Meetings, earshot.Meeting{ID: earshot.ID(m + 1), Account: 1, Start: now - 3_600_000, FirstSeen: now - 3_600_000, LastSeen: now})
	}
	for p := range people {
		g := live.Segment{Segment: earshot.Segment{ID: earshot.ID(10_000 + p), Meeting: earshot.ID(p%50 + 1), Account: 1, Person: earshot.ID(20_000 + p), Join: now - 3_600_000, FirstReport: now - 3_600_000}}
		g.Dimensions = earshot.Dimensions{Site: o.lyon}
		u.Segments = append(u.Segments, g)
		for k := range 10 {
			row := live.Minute{Minute: earshot.Minute{Segment: g.ID, Meeting: g.Meeting, Person: g.Person, Account: 1, At: now.Minute() - earshot.Instant(k)*60_000, Grade: earshot.Good}, Open: true}
			if p < bad {
				row.Grade = earshot.Bad
				row.Verdict = earshot.Verdict{Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: o.lyon}}
			}
			u.Minutes = append(u.Minutes, row)
		}
	}
	o.live.Apply(u)
}

func (o *office) incident(id earshot.ID, people int, now earshot.Instant) earshot.Incident {
	return earshot.Incident{
		ID: id, Account: 1, Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: o.lyon}, Severity: earshot.SeverityCritical, State: earshot.IncidentOpen,
		Start: now.Minute(), Opened: now, Updated: now, Confidence: 95, Inside: earshot.Count{Bad: people, Of: people}, Elsewhere: earshot.Count{Bad: 2, Of: 311}, Affected: people,
	}
}

// arrives waits for a message after the first so many, and returns when that came.
func (o *office) arrives(after int, what string) time.Time {
	o.t.Helper()
	waitFor(o.t, what, func() bool { return len(o.messages()) > after })
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at[after]
}

func (o *office) messages() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.got...)
}

// 5,000 people turn bad at once because of one site's link: the first message within ten seconds of the incident (here: five),
// three at most; and a restart repeats none of them.
func TestAStormIsOneMessage(t *testing.T) {
	o := newOffice(t)
	now := earshot.InstantOf(time.Now())
	w, stop := o.open()
	o.tick(now, 5000, 5000)
	i := o.incident(100, 5000, now)
	start := time.Now()
	w.Tell([]earshot.Incident{i})
	if took := o.arrives(0, "the incident").Sub(start); took > 5*time.Second {
		t.Errorf("the first message came after %v", took)
	}
	// Half a minute of event time later symptoms are raised, all explained.
	for k := range 3 {
		o.tick(now.Add(time.Duration(k+1)*20*time.Second), 5000, 5000)
		w.Tell([]earshot.Incident{i})
		waitFor(t, "a look", func() bool {
			all, err := w.Active(t.Context())
			return err == nil && len(all) > 0 && (k < 2 || len(all) > 40)
		})
	}
	all, err := w.Active(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all[1:] {
		if a.Kind != alert.KindIncident && (!a.Explained || a.Incident != 100) {
			t.Errorf("%s %q is not explained by the incident", a.Rule, a.Words.Title)
		}
	}
	if n := len(o.messages()); n > 3 {
		t.Errorf("%d messages about one cause, want three at most", n)
	}
	if m := o.messages()[0]; !strings.Contains(m, "Lyon link, 5000 people") || !strings.Contains(m, "5000 of 5000 people in Lyon had trouble both ways") || !strings.Contains(m, "https://earshot.example.com/alerts/") {
		t.Errorf("the message does not say what, how many and where to look: %s", m)
	}
	before := len(o.messages())
	if err := o.registry.Apply(t.Context(), &registry.Changes{Journal: "j", From: 0, To: 1, Incidents: []earshot.Incident{i}}); err != nil {
		t.Fatal(err)
	}
	stop()
	w, stop = o.open()
	defer stop()
	o.tick(now.Add(70*time.Second), 5000, 0)
	i.State, i.End, i.Updated = earshot.IncidentClosed, now.Add(60*time.Second), now.Add(70*time.Second)
	w.Tell([]earshot.Incident{i})
	var got []string
	waitFor(t, "that it is over", func() bool { // a symptom that lasts a little longer than its cause may be told first
		got = o.messages()[before:]
		return slices.ContainsFunc(got, func(m string) bool { return strings.Contains(m, `"status":"resolved"`) })
	})
	if len(got) > 2 {
		t.Errorf("after the restart: %d messages: %.500q", len(got), got)
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute) // on a machine that does something else
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: waited in vain", what)
		}
	}
}

// A severity rises while nobody is there to tell of it: after the restart the former alert is over, or whoever was told of it
// would wait for its end for ever; and its beginning is what it was.
func TestALabelThatChangesAcrossARestartLeavesNothingOpen(t *testing.T) {
	o := newOffice(t)
	now := earshot.InstantOf(time.Now())
	w, stop := o.open()
	o.tick(now, 0, 0)
	i := o.incident(100, 50, now)
	i.Severity = earshot.SeverityMajor
	w.Tell([]earshot.Incident{i})
	o.arrives(0, "the incident")
	stop()
	i.Severity, i.Updated = earshot.SeverityCritical, now.Add(time.Minute)
	if err := o.registry.Apply(t.Context(), &registry.Changes{Journal: "j", From: 0, To: 1, Incidents: []earshot.Incident{i}}); err != nil {
		t.Fatal(err)
	}
	before := len(o.messages())
	_, stop = o.open()
	defer stop()
	o.tick(now.Add(time.Minute), 0, 0)
	type one struct {
		Status   string            `json:"status"`
		Labels   map[string]string `json:"labels"`
		StartsAt time.Time         `json:"startsAt"`
	}
	read := func(messages []string) (out []one) {
		for _, m := range messages {
			var body struct{ Alerts []one }
			if err := json.Unmarshal([]byte(m), &body); err != nil {
				t.Fatal(err)
			}
			out = append(out, body.Alerts...)
		}
		return out
	}
	has := func(all []one, status, severity string) (n int) {
		for _, a := range all {
			if a.Status == status && a.Labels["severity"] == severity {
				n++
			}
		}
		return n
	}
	waitFor(t, "that the former severity is over and the greater one fires", func() bool {
		all := read(o.messages()[before:])
		return has(all, "resolved", "warning") == 1 && has(all, "firing", "critical") > 0
	})
	all := read(o.messages())
	for _, a := range all {
		if a.Labels["severity"] == "warning" && !a.StartsAt.Equal(all[0].StartsAt) {
			t.Errorf("the same alert began at %v, then at %v", all[0].StartsAt, a.StartsAt)
		}
	}
}

// While a backlog is folded nobody is told of what was; what still is, is told afterwards.
func TestABacklogTellsOnlyWhatStillIs(t *testing.T) {
	o := newOffice(t)
	w, stop := o.open()
	defer stop()
	now := earshot.InstantOf(time.Now())
	old := now.Add(-3 * time.Hour)
	o.live.Apply(live.Update{Watermark: old, Seq: 1, ReceivedAt: old})
	past, present := o.incident(100, 50, old), o.incident(101, 60, old)
	present.Cell.ID = 8
	w.Tell([]earshot.Incident{past, present})
	past.State, past.Updated = earshot.IncidentClosed, old+1
	w.Tell([]earshot.Incident{past})
	o.seq = 1
	o.tick(now, 0, 0)
	o.arrives(0, "what still is")
	if m := o.messages(); len(m) != 1 || !strings.Contains(m[0], "60 people") {
		t.Errorf("got %d messages, want one about what still is", len(m))
	}
}

// Rules that people make hold at once, are in the audit log, and give way when they are removed.
func TestRulesAreTypedUsedAndRemoved(t *testing.T) {
	o := newOffice(t)
	w, stop := o.open()
	defer stop()
	ctx := t.Context()
	r := alert.Rule{Name: "Incident", Kind: alert.KindIncident, People: 1000}
	if err := w.PutRule(ctx, "ann", r); err != nil {
		t.Fatal(err)
	}
	now := earshot.InstantOf(time.Now())
	o.tick(now, 0, 0)
	all, err := w.Rules(ctx)
	if err != nil || all[0].Origin != watch.OriginTyped || all[0].Who != "ann" || !all[0].Hides {
		t.Errorf("got %+v, %v, want the typed rule in place of the default", all[0], err)
	}
	if err := w.PutRule(ctx, "ann", alert.Rule{Name: "x", Kind: "y"}); err == nil {
		t.Error("a rule without a kind was taken")
	}
	if err := w.DeleteRule(ctx, "ann", "Incident"); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteRule(ctx, "ann", "Incident"); err == nil {
		t.Error("a rule that is not there was removed")
	}
	w.Tell([]earshot.Incident{o.incident(100, 5, now)})
	o.arrives(0, "by the default rule")
	active, err := w.Active(ctx)
	if err != nil || len(active) == 0 {
		t.Fatalf("got %v, %v", active, err)
	}
	if err := w.Acknowledge(ctx, active[0].ID, "bo", "on it"); err != nil {
		t.Fatal(err)
	}
	told, ok, err := w.Alert(ctx, active[0].ID)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	acked := false
	for _, n := range told.Notes {
		acked = acked || n.What == "acknowledged" && n.Who == "bo" && n.Text == "on it"
	}
	if !acked {
		t.Errorf("notes %+v, want that bo is on it", told.Notes)
	}
	all, err = w.Rules(ctx)
	if err != nil || all[0].Rule.Name != "Incident" || all[0].Times != 1 || all[0].Fired != told.Raised {
		t.Errorf("the rule that fired: %+v, %v, want once at %v", all[0], err, told.Raised)
	}
	log, err := o.registry.Audit(ctx, 0, 10)
	if err != nil || len(log) != 3 {
		t.Errorf("audit log: %v, %v, want three entries", log, err)
	}
	selected, err := w.Preview(ctx, []deliver.Matcher{{Name: "site", Value: "Lyon"}})
	if err != nil || len(selected) != 1 {
		t.Errorf("a silence for Lyon would select %d, %v, want 1", len(selected), err)
	}
	raw, err := json.Marshal(active[0].Alert)
	if err != nil || strings.Contains(string(raw), "Lyon") {
		t.Errorf("what is stored holds names: %s, %v", raw, err)
	}
}

// "would have fired 2 times, 1 in Lyon": minutes and incidents of the past, judged by the same rules.
func TestTriesRulesOnThePast(t *testing.T) {
	o := newOffice(t)
	w, stop := o.open()
	defer stop()
	now := earshot.InstantOf(time.Now()).Minute()
	o.tick(now, 0, 0)
	var rows []earshot.Minute
	for k := range 600 {
		for p := range 10 {
			m := earshot.Minute{Segment: earshot.ID(p + 1), Meeting: 1, Person: earshot.ID(p + 1), Account: 1, At: now - earshot.Instant(600-k)*60_000, Grade: earshot.Good, Dimensions: earshot.Dimensions{Site: o.lyon, DataCenter: "EU", ClientVersion: "6.1.0"}}
			if p%2 == 1 {
				m.Meeting, m.DataCenter = 2, "US"
			}
			if k >= 100 && k < 130 && p < 8 || k >= 300 && k < 330 && p < 4 {
				m.Grade = earshot.Bad
			}
			rows = append(rows, m)
		}
	}
	// Twelve calls within ten minutes: the bad ones on average, one that was bad for a moment only.
	var calls []earshot.Call
	var heard []earshot.CallSample
	for k := range 12 {
		end := now.Add(-3*time.Hour + time.Duration(k)*50*time.Second)
		calls = append(calls, earshot.Call{ID: earshot.ID(k + 1), Account: 1, ZoomID: fmt.Sprint(k), Start: end.Add(-5 * time.Minute), End: end, FirstSeen: end.Add(-5 * time.Minute), LastSeen: end})
		for i := range 4 {
			mos := earshot.Some(2.5)
			if k == 0 && i > 0 {
				mos = earshot.Some(4.2)
			}
			heard = append(heard, earshot.CallSample{Call: earshot.ID(k + 1), Account: 1, At: end.Add(time.Duration(i-4) * time.Minute), MOS: mos})
		}
	}
	if err := o.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", To: 1, Minutes: rows, CallSamples: heard}); err != nil {
		t.Fatal(err)
	}
	past := o.incident(100, 5, now.Add(-2*time.Hour))
	past.State, past.End = earshot.IncidentClosed, now.Add(-time.Hour)
	again := o.incident(101, 5, now.Add(-55*time.Minute)) // within the cooldown
	again.State, again.End = earshot.IncidentClosed, now.Add(-50*time.Minute)
	meetings := []earshot.Meeting{{ID: 1, Account: 1, Series: 31, Number: "111", FirstSeen: now.Add(-10 * time.Hour), LastSeen: now}, {ID: 2, Account: 1, Series: 32, Number: "222", FirstSeen: now.Add(-10 * time.Hour), LastSeen: now}}
	if err := o.registry.Apply(t.Context(), &registry.Changes{Journal: "j", From: 0, To: 1, Incidents: []earshot.Incident{past, again}, Changes: identity.Changes{Meetings: meetings, Calls: calls}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule alert.Rule
		want int
		says string
	}{
		{alert.Rule{Name: "strict", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 30, People: 5}, 2, "Lyon"},
		{alert.Rule{Name: "lax", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 60, People: 5}, 1, "Lyon"},
		{alert.Rule{Name: "elsewhere", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 30, Scope: alert.Scope{Sites: []string{"Metz"}}}, 0, ""},
		{alert.Rule{Name: "person", Kind: alert.KindPerson, Minutes: 5, Scope: alert.Scope{Persons: []string{earshot.ID(2).String()}}}, 2, ""},
		{alert.Rule{Name: "incident", Kind: alert.KindIncident, People: 3}, 1, "Lyon"},
		{alert.Rule{Name: "centre", Kind: alert.KindShare, Per: alert.PerDataCenter, SharePct: 30, People: 5}, 4, ""},
		{alert.Rule{Name: "version", Kind: alert.KindShare, Per: alert.PerVersion, SharePct: 70, People: 5}, 1, ""},
		{alert.Rule{Name: "everything", Kind: alert.KindShare, Per: alert.PerEverything, SharePct: 70, People: 5}, 1, ""},
		{alert.Rule{Name: "series", Kind: alert.KindShare, Per: alert.PerSeries, SharePct: 30, People: 5}, 4, ""},
		{alert.Rule{Name: "one", Kind: alert.KindShare, Per: alert.PerMeeting, SharePct: 30, People: 5, Scope: alert.Scope{Series: []string{"222"}, Sites: []string{"Lyon"}}}, 2, ""},
		{alert.Rule{Name: "none", Kind: alert.KindShare, Per: alert.PerMeeting, SharePct: 30, Scope: alert.Scope{Series: []string{"333"}}}, 0, ""},
		{alert.Rule{Name: "who", Kind: alert.KindPerson, Minutes: 5, Scope: alert.Scope{Sites: []string{"Lyon"}}}, 12, ""},
		{alert.Rule{Name: "burn", Kind: alert.KindBurn, Per: alert.PerSite, ObjectivePct: 95, People: 5, Burns: []alert.Burn{{Long: alert.Duration(time.Hour), Short: alert.Duration(5 * time.Minute), Factor: 5}}}, 1, "Lyon"},
		{alert.Rule{Name: "phone", Kind: alert.KindPhone, MOS: 3.2, Calls: 11}, 1, ""},
		{alert.Rule{Name: "phones", Kind: alert.KindPhone, MOS: 3.2, Calls: 12}, 0, ""},
		{alert.Rule{Name: "new", Kind: alert.KindVersion}, 0, ""}, // of the first day nothing is known to be new
	} {
		b, err := w.Try(t.Context(), c.rule, 2)
		if err != nil || b.Fired != c.want || c.want > 0 && (b.BySite[0].Site != c.says || len(b.Firings) != c.want) {
			t.Errorf("%s: got %+v, %v, want %d", c.rule.Name, b, err, c.want)
		}
	}
	if _, err := w.Try(t.Context(), alert.Rule{Name: "h", Kind: alert.KindAbsence, What: alert.WhatLag}, 2); err == nil || !strings.Contains(fmt.Sprint(err), "not kept") {
		t.Errorf("a rule about health: got %v, want why not", err)
	}
}
