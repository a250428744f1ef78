package emulator

import "sync/atomic"

// Counts is what a sender has done. Every event ends as one of Acked, Refused and Lost; until then it is in flight, Waiting
// or Retrying.
type Counts struct {
	Sent       int64 // events taken
	Attempts   int64 // requests made, challenges included
	Acked      int64 // events accepted: 200 or 204 in time, any 2xx on a retry
	Refused    int64 // events answered with 3xx or 4xx, or with a bad certificate: never tried again
	Retried    int64 // attempts after the first
	Lost       int64 // events given up: four attempts failed, no room, subscription disabled, or closed before the last attempt
	Challenges int64 // passed
	Waiting    int64 // events without a connection now
	Retrying   int64 // events waiting for their next attempt now
}

func (c Counts) attrs() []any {
	return []any{
		"sent", c.Sent, "acked", c.Acked, "refused", c.Refused, "retried", c.Retried, "lost", c.Lost,
		"waiting", c.Waiting, "retrying", c.Retrying,
	}
}

type counters struct {
	sent, attempts, acked, refused, retried, lost, challenges atomic.Int64
}

func (c *counters) snapshot() Counts {
	return Counts{
		Sent: c.sent.Load(), Attempts: c.attempts.Load(), Acked: c.acked.Load(), Refused: c.refused.Load(), Retried: c.retried.Load(),
		Lost: c.lost.Load(), Challenges: c.challenges.Load(),
	}
}
