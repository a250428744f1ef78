package receive

import (
	"sync/atomic"
	"time"

	"github.com/earshot/earshot/internal/obs"
)

// Figures are the endpoint's counts since it started. Received is the sum of Accepted, Duplicate, BadSignature,
// BadTimestamp, TooLarge, Shed, Aborted and Challenges, but for requests that are being answered. Times are milliseconds
// since the epoch, 0 for never.
type Figures struct {
	Received     uint64 `json:"received"`
	Accepted     uint64 `json:"accepted"`
	Duplicate    uint64 `json:"duplicate"`
	BadSignature uint64 `json:"bad_signature"`
	BadTimestamp uint64 `json:"bad_timestamp"`
	TooLarge     uint64 `json:"too_large"`
	Shed         uint64 `json:"shed"`
	Aborted      uint64 `json:"aborted"`
	Challenges   uint64 `json:"challenges"`

	ChallengesUnstored uint64 `json:"challenges_unstored"` // answered while the journal did not take them
	Unquarantined      uint64 `json:"unquarantined"`       // refused and not kept: more came than the quarantine takes

	LastEventMs     int64   `json:"last_event_ms"`
	LastChallengeMs int64   `json:"last_challenge_ms"`
	EventsPerSecond float64 `json:"events_per_second"`
	AckP50Ms        float64 `json:"ack_p50_ms"`
	AckP99Ms        float64 `json:"ack_p99_ms"`
	AckMaxMs        float64 `json:"ack_max_ms"`
	ClockSkewMs     int64   `json:"clock_skew_ms"` // median of what is signed: our clock minus Zoom's, and the way
	Secrets         int     `json:"secrets"`

	// CertificateEndsMs is when the endpoint's own certificate ends; 0: plain HTTP, behind a proxy. It is set by whoever has it.
	CertificateEndsMs int64 `json:"certificate_ends_ms,omitempty"`

	Subscriptions []SubscriptionFigures `json:"subscriptions"`
}

// SubscriptionFigures are the counts of one subscription. Accepted includes duplicates.
type SubscriptionFigures struct {
	Name        string `json:"name"`
	Secrets     int    `json:"secrets"`
	Accepted    uint64 `json:"accepted"`
	Refused     uint64 `json:"refused"`
	LastEventMs int64  `json:"last_event_ms"`
	// LastChallengeMs is when Zoom last checked that the endpoint is ours; it does so every 72 hours.
	LastChallengeMs int64 `json:"last_challenge_ms"`
}

type figures struct {
	received, accepted, duplicate, badSignature, badTimestamp, tooLarge, shed, aborted atomic.Uint64
	challenges, challengeUnstored, unquarantined                                       atomic.Uint64
	lastEvent, lastChallenge                                                           atomic.Int64
	ack                                                                                *obs.Window
}

func newFigures() *figures { return &figures{ack: obs.NewWindow()} }

type subscriptionFigures struct {
	accepted, refused atomic.Uint64
	lastEvent         atomic.Int64
	lastChallenge     atomic.Int64
}

func (s *subscriptionFigures) accept(now time.Time) {
	s.accepted.Add(1)
	s.lastEvent.Store(now.UnixMilli())
}

// Figures returns the present counts.
func (h *Handler) Figures() Figures {
	f := h.figures
	ack := f.ack.Stats(time.Now())
	out := Figures{
		Received: f.received.Load(), Accepted: f.accepted.Load(), Duplicate: f.duplicate.Load(), BadSignature: f.badSignature.Load(),
		BadTimestamp: f.badTimestamp.Load(), TooLarge: f.tooLarge.Load(), Shed: f.shed.Load(), Aborted: f.aborted.Load(), Challenges: f.challenges.Load(),
		ChallengesUnstored: f.challengeUnstored.Load(), Unquarantined: f.unquarantined.Load(),
		LastEventMs: f.lastEvent.Load(), LastChallengeMs: f.lastChallenge.Load(), EventsPerSecond: ack.PerSecond,
		AckP50Ms: milliseconds(ack.P50), AckP99Ms: milliseconds(ack.P99), AckMaxMs: milliseconds(ack.Max),
		ClockSkewMs: h.clock.median().Milliseconds(),
	}
	for _, s := range h.all {
		out.Secrets += len(s.Secrets)
		out.Subscriptions = append(out.Subscriptions, SubscriptionFigures{
			Name: s.Name, Secrets: len(s.Secrets), Accepted: s.figures.accepted.Load(), Refused: s.figures.refused.Load(), LastEventMs: s.figures.lastEvent.Load(), LastChallengeMs: s.figures.lastChallenge.Load(),
		})
	}
	return out
}

// Verify reports whether a quarantined request would now be accepted: its signature fits one of the present secrets.
func (h *Handler) Verify(signature, timestamp string, body []byte) bool {
	for _, s := range h.all {
		if s.verifier != nil && s.verifier.Verify(signature, timestamp, body) == nil {
			return true
		}
	}
	return false
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
