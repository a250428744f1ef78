package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// How often, in wall time.
const (
	lookEvery   = 2 * time.Second
	gather      = 100 * time.Millisecond // changes of one look of the fold come together
	healthEvery = 5 * time.Second
	// minutesEvery is how seldom everybody's minutes are gone through at most: where that takes long, a hundredth of the time
	// is spent on it, but an alert is never later than 5 s after the grade that caused it.
	minutesEvery = 3 * time.Second
	ratesEvery   = time.Minute
	rareEvery    = 10 * time.Minute
	saveEvery    = time.Minute
	// lagMost is from which lag on the monitor counts as catching up.
	lagMost = 2 * time.Minute
	// stalled is after how long without news event time goes on by itself.
	stalled = 20 * time.Second
	// restored is how long after its end an alert is put again at a start: its receivers may have been down.
	restored = 24 * time.Hour
)

// Registry is what the watcher keeps and reads. *registry.Registry is one.
type Registry interface {
	deliver.Memory
	SaveAlerts(ctx context.Context, engine []byte, changed []registry.AlertRow, told []registry.AlertMemory) error
	AlertEngine(ctx context.Context) ([]byte, error)
	Alert(ctx context.Context, id earshot.ID) (registry.AlertRow, bool, error)
	Alerts(ctx context.Context, q registry.AlertQuery) (registry.AlertPage, error)
	RulesFired(ctx context.Context, since earshot.Instant) ([]registry.RuleFired, error)
	AddAlertNotes(ctx context.Context, notes []registry.AlertNote) error
	AlertNotes(ctx context.Context, alerts []earshot.ID) ([]registry.AlertNote, error)
	AlertTyped(ctx context.Context, kind registry.TypedKind) ([]registry.Typed, error)
	PutAlertTyped(ctx context.Context, t registry.Typed) error
	DeleteAlertTyped(ctx context.Context, kind registry.TypedKind, name string) (bool, error)
	AppendAudit(ctx context.Context, e registry.AuditEntry) (registry.AuditEntry, error)

	Incident(ctx context.Context, id earshot.ID) (earshot.Incident, bool, error)
	Incidents(ctx context.Context, q registry.IncidentQuery) (registry.IncidentPage, error)
	LiveIncidents(ctx context.Context) ([]earshot.Incident, error)
	Sites(ctx context.Context) ([]earshot.Site, error)
	PersonsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Person, error)
	MeetingsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Meeting, error)
	Meetings(ctx context.Context, q registry.MeetingQuery) (registry.MeetingPage, error)
	SeriesByID(ctx context.Context, ids []earshot.ID) ([]earshot.Series, error)
	Persons(ctx context.Context, q registry.PersonQuery) (registry.PersonPage, error)
	Calls(ctx context.Context, q registry.CallQuery) (registry.CallPage, error)
}

// Facts is what the watcher reads of columns. Every facts.Store is one.
type Facts interface {
	Tally(ctx context.Context, q facts.TallyQuery) ([]facts.Tally, error)
	CallSamples(ctx context.Context, call earshot.ID) ([]earshot.CallSample, error)
	CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error)
}

// Querier evaluates PromQL expressions at a moment of event time.
type Querier interface {
	Instant(ctx context.Context, expr string, at earshot.Instant) ([]alert.Sample, error)
}

// Options configure a Watcher. Registry, Facts, Live, Setup and Logger are required.
type Options struct {
	Registry Registry
	Facts    Facts
	Live     *live.State
	// File are the rules of the configuration; nil: none.
	File        *alert.Document
	Setup       *deliver.Setup
	Guard       deliver.Guard
	ExternalURL string
	External    []string
	// Health reads Earshot's own figures; nil: there are none.
	Health  func(ctx context.Context) []alert.Reading
	Querier Querier // nil: rules in PromQL are refused
	Metrics prometheus.Registerer
	Logger  *slog.Logger
}

// Watcher is the shell. Make it with New, Run it once, Close it.
type Watcher struct {
	o       Options
	log     *slog.Logger
	engine  *alert.Engine // Run's
	deliver *deliver.Deliverer
	reload  chan struct{}
	wake    chan struct{}
	notes   chan registry.AlertNote
	clock   eventClock

	mu     sync.Mutex // guards the fields below
	told   map[earshot.ID]earshot.Incident
	gone   []earshot.ID
	active []alert.Alert
	rules  []alert.Rule
	acks   map[earshot.ID]bool

	known   map[earshot.ID][]version // alerts as receivers know them; Run's
	look    looks
	saved   time.Time
	unsaved []alert.Alert // changes that could not be stored; Run's
}

// looks remember what is looked up seldom. Run's.
type looks struct {
	health, rates, rare, people, resent time.Time
	minutesAt                           time.Time
	minutesEvery                        time.Duration
	places                              map[earshot.ID]alert.Place
	placesAt                            time.Time
	persons                             map[string]earshot.ID
	mos                                 map[earshot.ID]float64

	// What the last look's minutes were collected in; an engine keeps none of its inputs, so the next look's go there, too.
	window Window
}

// New takes over what was stored. Nothing is sent before Run.
func New(ctx context.Context, o Options) (*Watcher, error) {
	if o.Registry == nil || o.Facts == nil || o.Live == nil || o.Setup == nil || o.Logger == nil {
		return nil, errors.New("watch: BUG: an option is missing")
	}
	if o.File == nil {
		o.File = &alert.Document{}
	}
	w := &Watcher{
		o: o, log: o.Logger, reload: make(chan struct{}, 1), wake: make(chan struct{}, 1), notes: make(chan registry.AlertNote, 1000),
		told: map[earshot.ID]earshot.Incident{}, known: map[earshot.ID][]version{}, acks: map[earshot.ID]bool{},
	}
	rules, maintenance, err := w.loadRules(ctx)
	if err != nil {
		return nil, err
	}
	w.rules = rules
	w.engine = alert.NewEngine(rules, maintenance)
	if err := w.restore(ctx); err != nil {
		return nil, err
	}
	before, err := w.before(ctx)
	if err != nil {
		return nil, err
	}
	w.deliver, err = deliver.New(deliver.Options{
		Setup: o.Setup, Memory: o.Registry, Guard: o.Guard, ExternalURL: o.ExternalURL, External: o.External, Alerts: before,
		Outcome: w.outcome, Acknowledged: w.acknowledged, Metrics: o.Metrics, Logger: o.Logger.With("part", "delivery"),
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// restore takes over the engine's state, and asks after the incidents that it must hear of.
func (w *Watcher) restore(ctx context.Context) error {
	raw, err := w.o.Registry.AlertEngine(ctx)
	if err != nil {
		return err
	}
	if raw != nil {
		if err := w.engine.Restore(raw); err != nil {
			w.log.Error("the state of alerts cannot be read; what is wrong now is raised anew", "err", err)
		}
	}
	liveOnes, err := w.o.Registry.LiveIncidents(ctx)
	if err != nil {
		return err
	}
	for _, i := range liveOnes {
		w.told[i.ID] = i
	}
	for _, id := range w.engine.Incidents() {
		if _, ok := w.told[id]; ok {
			continue
		}
		i, ok, err := w.o.Registry.Incident(ctx, id)
		if err != nil {
			return err
		}
		if ok {
			w.told[id] = i
		} else {
			w.gone = append(w.gone, id)
		}
	}
	w.active = w.engine.Active()
	return w.loadAcks(ctx)
}

func decode(row *registry.AlertRow) (a alert.Alert, err error) {
	if err := json.Unmarshal(row.Body, &a); err != nil {
		return a, fmt.Errorf("read alert %s: %w", row.ID, err)
	}
	return a, nil
}

// Tell is told of incidents that changed, each whole. It never blocks.
func (w *Watcher) Tell(changed []earshot.Incident) {
	if len(changed) == 0 {
		return
	}
	w.mu.Lock()
	for _, i := range changed {
		w.told[i.ID] = i
	}
	w.mu.Unlock()
	poke(w.wake)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Handler is Alertmanager's API v2.
func (w *Watcher) Deliverer() *deliver.Deliverer { return w.deliver }

// Run looks and tells until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { _ = w.deliver.Run(ctx) }) // it returns nil
	wg.Go(func() { w.keepNotes(ctx) })
	defer wg.Wait()
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		if err := w.lookOnce(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("look for alerts, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-w.reload:
			w.takeRules(ctx)
		case <-w.wake:
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(gather):
			}
		}
	}
}

// Close ends deliveries, after Run has returned. It is idempotent.
func (w *Watcher) Close() error {
	err := w.deliver.Close()
	w.keepLastNotes()
	return err
}

// lookOnce looks at everything that is due, stores what changed, and gives it to the deliverer.
func (w *Watcher) lookOnce(ctx context.Context) error {
	status := w.o.Live.Status()
	now := w.clock.now(status.Watermark, time.Now())
	if now == 0 {
		return nil // nothing was ever received, so nobody knows what time events are of; the receiver's first heartbeat tells
	}
	in := w.inputs(ctx, now, &status)
	changed := w.withUnsaved(w.engine.Evaluate(now, in))
	w.mu.Lock()
	w.active = w.engine.Active()
	w.mu.Unlock()
	wall, all, again := time.Now(), changed, false
	if again = wall.Sub(w.look.resent) >= deliver.Resend; again {
		all = append(all, w.engine.Active()...)
	}
	out := w.forReceivers(ctx, all)
	if len(changed)+len(out.versions) > 0 || wall.Sub(w.saved) >= saveEvery {
		if err := w.save(ctx, changed, out); err != nil {
			w.untold(in)
			w.unsaved = changed
			return err
		}
		w.saved, w.unsaved = wall, nil
	}
	w.keep(out)
	if again {
		w.look.resent = wall
	}
	if len(out.put) == 0 {
		return nil
	}
	return w.deliver.Put(ctx, out.put)
}

// withUnsaved adds the changes that an earlier look could not store to newer ones.
func (w *Watcher) withUnsaved(changed []alert.Alert) []alert.Alert {
	for _, a := range w.unsaved {
		if !slices.ContainsFunc(changed, func(c alert.Alert) bool { return c.ID == a.ID }) {
			changed = append(changed, a)
		}
	}
	return changed
}

// untold gives back what was taken for a look whose alerts could not be stored; the alerts themselves are stored and put by
// the next look.
func (w *Watcher) untold(in *alert.Inputs) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range in.Incidents {
		if _, newer := w.told[i.ID]; !newer {
			w.told[i.ID] = i
		}
	}
	w.gone = append(w.gone, in.Gone...)
}

func (w *Watcher) save(ctx context.Context, changed []alert.Alert, out *tellings) error {
	state, err := w.engine.State()
	if err != nil {
		return err
	}
	rows := make([]registry.AlertRow, len(changed))
	for i := range changed {
		a := &changed[i]
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("encode alert %s: %w", a.ID, err)
		}
		rows[i] = registry.AlertRow{
			ID: a.ID, Rule: a.Rule, Severity: string(a.Severity), Firing: a.State == alert.Firing, Raised: a.Raised, Ended: a.Ended, Incident: a.Incident, Body: body,
		}
	}
	told, err := out.memory()
	if err != nil {
		return err
	}
	return w.o.Registry.SaveAlerts(ctx, state, rows, told)
}

// eventClock is event time that goes on when nothing is received: whether events are missing is asked then.
type eventClock struct {
	mark earshot.Instant
	at   time.Time
}

func (c *eventClock) now(mark earshot.Instant, wall time.Time) earshot.Instant {
	if mark != c.mark || c.at.IsZero() {
		c.mark, c.at = mark, wall
	}
	if c.mark == 0 {
		return 0
	}
	if idle := wall.Sub(c.at); idle > stalled {
		return c.mark.Add(idle)
	}
	return c.mark
}
