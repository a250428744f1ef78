package earshot

import "time"

// Instant is a moment in milliseconds since the Unix epoch, UTC: the resolution of Zoom's event_ts. 0 means "no time".
// Fact rows and the fold hold Instants rather than time.Time because there are millions of them.
type Instant int64

// InstantOf converts t; the zero time.Time becomes 0.
func InstantOf(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time converts to UTC; 0 becomes the zero time.Time.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// Minute returns the start of the UTC minute that holds i.
func (i Instant) Minute() Instant { return i.truncate(60_000) }

// Hour returns the start of the UTC hour that holds i.
func (i Instant) Hour() Instant { return i.truncate(3_600_000) }

// Add returns i moved by d, to the millisecond.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Sub returns the span from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// truncate rounds towards minus infinity, so that times before 1970, which only a broken clock sends, stay ordered.
func (i Instant) truncate(unit Instant) Instant {
	r := i % unit
	if r < 0 {
		r += unit
	}
	return i - r
}
