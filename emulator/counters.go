package emulator

import "sync/atomic"

// Counts is what a sender has done. Every event ends as one of Acked, Refused and Lost; until then it is in flight, Waiting
// or Retrying. Events that an injected fault drops are Dropped and not Sent; those that it doubles are Sent twice.
type Counts struct {
	Sent       int64 // events taken for delivery
	Attempts   int64 // requests made, challenges included
	Acked      int64 // events accepted: 200 or 204 in time, any 2xx on a retry
	Refused    int64 // events answered with 3xx or 4xx, or with a bad certificate: never tried again
	Retried    int64 // attempts after the first
	Lost       int64 // events given up: four attempts failed, no room, subscription disabled, or closed before the last attempt
	Challenges int64 // passed
	Duplicated int64 // events that a fault delivered once more
	Dropped    int64 // events that a fault swallowed
	Waiting    int64 // events without a connection now
	Retrying   int64 // events waiting for their next attempt now, or held back by a fault
}

func (c Counts) attrs() []any {
	list := []any{
		"sent", c.Sent, "acked", c.Acked, "refused", c.Refused, "retried", c.Retried, "lost", c.Lost,
		"waiting", c.Waiting, "retrying", c.Retrying,
	}
	if c.Duplicated > 0 || c.Dropped > 0 {
		list = append(list, "duplicated", c.Duplicated, "dropped", c.Dropped)
	}
	return list
}

// plus adds what another sender has done.
func (c Counts) plus(d Counts) Counts {
	return Counts{
		Sent: c.Sent + d.Sent, Attempts: c.Attempts + d.Attempts, Acked: c.Acked + d.Acked, Refused: c.Refused + d.Refused,
		Retried: c.Retried + d.Retried, Lost: c.Lost + d.Lost, Challenges: c.Challenges + d.Challenges,
		Duplicated: c.Duplicated + d.Duplicated, Dropped: c.Dropped + d.Dropped, Waiting: c.Waiting + d.Waiting, Retrying: c.Retrying + d.Retrying,
	}
}

type counters struct {
	sent, attempts, acked, refused, retried, lost, challenges, duplicated, dropped atomic.Int64
}

func (c *counters) snapshot() Counts {
	return Counts{
		Sent: c.sent.Load(), Attempts: c.attempts.Load(), Acked: c.acked.Load(), Refused: c.refused.Load(), Retried: c.retried.Load(),
		Lost: c.lost.Load(), Challenges: c.challenges.Load(), Duplicated: c.duplicated.Load(), Dropped: c.dropped.Load(),
	}
}
