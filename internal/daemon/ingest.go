package daemon

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/internal/receive"
)

const (
	// ingestEvery is how often the receiver is asked for its figures.
	ingestEvery = time.Second
	// ingestPatience is how long it may take to answer before it counts as down.
	ingestPatience = 2 * time.Second
)

// ingestSource assembles the state of the way in. The receiver is asked once a second, in the background, so that a receiver
// that hangs delays no page. Safe for concurrent use.
type ingestSource struct {
	m *Monitor

	mu      sync.Mutex // guards the fields below
	up      bool
	upAt    time.Time // when it answered last, or was first asked
	err     string
	figures receive.Figures
	journal journal.Stats
}

// run asks the receiver until ctx ends.
func (s *ingestSource) run(ctx context.Context) error {
	t := time.NewTicker(ingestEvery)
	defer t.Stop()
	for {
		s.ask(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

func (s *ingestSource) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, ingestPatience)
	defer cancel()
	var figures receive.Figures
	stats, err := s.m.journal.Stats(ctx)
	if err == nil {
		err = s.m.journal.Figures(ctx, &figures)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up, s.err = err == nil, ""
	if s.up || s.upAt.IsZero() {
		s.upAt = time.Now()
	}
	if err != nil {
		s.err = "the receiver does not answer on its socket"
		return // the last figures stay
	}
	s.figures, s.journal = figures, stats
}

func (s *ingestSource) receiverUp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up
}

// Ingest implements api.IngestSource.
func (s *ingestSource) Ingest(ctx context.Context) (api.Ingest, error) {
	s.mu.Lock()
	up, problem, f, j := s.up, s.err, s.figures, s.journal
	s.mu.Unlock()
	p := s.m.pipeline.Stats()
	out := api.Ingest{
		Receiver: up, ReceiverError: problem,
		Received: f.Received, Accepted: f.Accepted, Duplicate: f.Duplicate, BadSignature: f.BadSignature, BadTimestamp: f.BadTimestamp,
		TooLarge: f.TooLarge, Shed: f.Shed, Aborted: f.Aborted, Challenges: f.Challenges, Quarantined: uint64(j.QuarantineHeld),
		LastEvent: moment(earshot.Instant(f.LastEventMs)), LastChallenge: moment(earshot.Instant(f.LastChallengeMs)),
		EventsPerSecond: f.EventsPerSecond, AckP50Ms: f.AckP50Ms, AckP99Ms: f.AckP99Ms,
		Journal: api.JournalIngest{
			ID: j.Journal, First: j.First, Tail: max(j.Tail, p.Seq), Oldest: moment(j.Oldest), Bytes: j.PebbleBytes, ArchiveBytes: j.ArchiveBytes,
			Damaged: uint64(j.DamagedSegments),
		},
		LagP50Ms: milliseconds(p.LagP50), LagP99Ms: milliseconds(p.LagP99),
	}
	for _, sub := range f.Subscriptions {
		out.Subscriptions = append(out.Subscriptions, api.SubscriptionIngest{
			Name: sub.Name, Secrets: sub.Secrets, Accepted: sub.Accepted, Refused: sub.Refused, LastEvent: moment(earshot.Instant(sub.LastEventMs)),
			LastChallenge: moment(earshot.Instant(sub.LastChallengeMs)),
		})
	}
	for _, e := range p.Events {
		out.Events = append(out.Events, api.EventIngest{Name: e.Name, Count: e.Count, Last: moment(e.Last)})
	}
	if err := s.applied(ctx, &out, &p); err != nil {
		return out, err
	}
	if err := s.drift(ctx, &out); err != nil {
		return out, err
	}
	status := s.m.live.Status()
	out.Notices = notices(&out, &f, &j, &p, &status)
	if err := s.directions(ctx, &out); err != nil {
		return out, err
	}
	return out, nil
}

// applied fills in how far the stores are.
func (s *ingestSource) applied(ctx context.Context, out *api.Ingest, p *pipeline.Stats) error {
	out.Applied = api.AppliedIngest{
		Seq: p.Seq, Facts: p.Facts, Registry: p.Facts, Snapshot: p.Snapshot, Watermark: moment(p.Watermark), DirtyHours: p.DirtyHours,
	}
	if out.Journal.Tail > p.Seq {
		out.Applied.Backlog = out.Journal.Tail - p.Seq
	}
	if p.RebuildTo != 0 {
		out.Applied.Rebuilding = &api.Rebuilding{Seq: p.RebuildSeq, To: p.RebuildTo}
	}
	stats, err := s.m.facts.Stats(ctx)
	if err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	out.Facts = api.FactsIngest{Rows: stats.Rows, FileBytes: stats.FileBytes, WALBytes: stats.WALBytes}
	if r := s.m.facts.Recovered(); r != nil {
		out.Facts.Recovered = r.Reason
	}
	return nil
}

// driftShown bounds the drift that a page lists; the most frequent are kept by the registry's order.
const driftShown = 200

func (s *ingestSource) drift(ctx context.Context, out *api.Ingest) error {
	list, err := s.m.registry.Drift(ctx)
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	for _, d := range list[:min(len(list), driftShown)] {
		out.Drift = append(out.Drift, api.DriftIngest{Event: d.Event, Key: d.Key, Count: d.Count, First: d.First.Time(), Last: d.Last.Time()})
	}
	return nil
}

// notices says what somebody should look at, worst first.
func notices(in *api.Ingest, f *receive.Figures, j *journal.Stats, p *pipeline.Stats, now *live.Status) []api.Notice {
	var out []api.Notice
	say := func(when bool, severity, text, hint string) {
		if when {
			out = append(out, api.Notice{Severity: severity, Text: text, Hint: hint})
		}
	}
	say(p.Alarm != "", "error", p.Alarm, "Events may be missing. Compare with Zoom's webhook logs, which reach back seven days.")
	say(j.Failure != "", "error", "The journal cannot store anything: "+j.Failure, "Zoom is answered 503 and sends again for 85 minutes. Look at the disk.")
	say(!in.Receiver, "error", "The receiver does not answer.", "Zoom cannot deliver while it is down, and tries each event again for 85 minutes. Look at its log.")
	say(j.Full != "", "error", "The journal is full: "+j.Full, "Zoom is answered 503 and sends again for 85 minutes. Free disk space.")
	say(in.Receiver && f.Secrets == 0, "error", "No secret is loaded, so nothing can be verified.", "Set ZOOM_WEBHOOK_SECRET_TOKEN to the secret token of the app's event subscription and restart.")
	say(p.StoreErrors > 0 && in.Applied.Backlog > 10_000, "error", "A store refuses to be written.", "Nothing is lost while the journal has room. Look at the monitor's log.")
	say(f.BadSignature > 0 && f.Accepted+f.Duplicate == 0, "error", "Every request fails its signature.", "The secret is probably not the app's. What was refused is in quarantine and is verified again after a restart with the right one.")
	say(in.Receiver && now.CutOff > 0, "error",
		fmt.Sprintf("Nothing has come from Zoom for %d minutes, though %s running.", (now.Watermark-now.LastEvent)/60_000, wereMeetings(now.CutOff)),
		"See in Zoom's Marketplace whether the event subscription is still enabled, and in its webhook logs what Zoom was answered; then DNS, firewall, proxy and certificate on the way here.")
	say(f.ClockSkewMs > 300_000 || f.ClockSkewMs < -300_000, "warning", fmt.Sprintf("This machine's clock differs from Zoom's by %d s.", f.ClockSkewMs/1000), "Check time synchronisation.")
	say(in.Facts.Recovered != "", "warning", "The facts were damaged and moved aside: "+in.Facts.Recovered, "They are filled again from the journal.")
	say(in.Applied.Rebuilding != nil, "info", "A store that was lost is being filled again from the journal.", "")
	say(in.Journal.Damaged > 0, "warning", fmt.Sprintf("%d segments of the archive were damaged and moved aside.", in.Journal.Damaged), "")
	say(in.Receiver && f.Secrets > 0 && f.Received == 0 && p.Seq < 10, "info", "Nothing received yet: waiting for Zoom's challenge.", "Save the event subscription in the Zoom Marketplace with this endpoint's public address.")
	return out
}

func wereMeetings(n int) string {
	if n == 1 {
		return "a meeting was"
	}
	return fmt.Sprintf("%d meetings were", n)
}

func moment(i earshot.Instant) *time.Time {
	if i == 0 {
		return nil
	}
	t := i.Time()
	return &t
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
