package emulator

import (
	"errors"
	"fmt"
	"time"
)

// fate is what the faults do to one event's delivery.
type fate struct {
	dropped bool
	late    time.Duration // simulated
	again   bool          // comes twice
	gap     time.Duration // simulated, between the two
}

// nearlyTogether is how far apart the two deliveries of an event are where a fault names no delay.
const nearlyTogether = 200 * time.Millisecond

// injector decides which deliveries the faults hit: by the seed, the fault's position and the event's id alone, so that the
// same seed hits the same events. It keeps no state and serves many goroutines.
type injector struct {
	seed   uint64
	from   time.Time // of the faults' spans
	faults []DeliveryFault
}

// fate tells what happens to an event that is due at its Time.
func (in *injector) fate(ev *Event) fate {
	var f fate
	if len(in.faults) == 0 {
		return f
	}
	at := ev.Time.Sub(in.from)
	for i, fault := range in.faults {
		if !fault.at(at) || in.draw(i, ev.ID, 0) >= fault.Share {
			continue
		}
		switch fault.Kind {
		case DropDelivery:
			f.dropped = true
		case DelayDelivery:
			f.late += fault.Delay
		case ReorderDelivery:
			f.late += time.Duration(in.draw(i, ev.ID, 1) * float64(fault.Delay))
		case DuplicateDelivery:
			f.again, f.gap = true, max(fault.Delay, nearlyTogether)
		}
	}
	return f
}

// away reports whether an attempt at a simulated time finds no receiver.
func (in *injector) away(id string, attempt int, at time.Time) bool {
	for i, fault := range in.faults {
		if fault.Kind == ReceiverOutage && fault.at(at.Sub(in.from)) && in.draw(i, id, uint64(attempt)+2) < fault.Share {
			return true
		}
	}
	return false
}

// noLease reports whether an attempt first fails because Zoom itself has no connection for it.
func (in *injector) noLease(id string, attempt int, at time.Time) bool {
	for i, fault := range in.faults {
		if fault.Kind == LeaseTimeout && fault.at(at.Sub(in.from)) && in.draw(i, id, uint64(attempt)+16) < fault.Share {
			return true
		}
	}
	return false
}

// draw is a number from [0, 1) for one fault, event and purpose.
func (in *injector) draw(fault int, id string, purpose uint64) float64 {
	h := splitmix(in.seed ^ splitmix(uint64(fault)<<8|purpose))
	return float64(splitmix(h^textHash(id))>>11) / (1 << 53)
}

// textHash is FNV-1a.
func textHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// derivedID is the request id under which a further subscription is sent an event: as unlike the first as any other.
func derivedID(id, subscription string) string {
	return requestID(textHash(id), textHash(subscription))
}

// errNoLease is what an attempt meets during a LeaseTimeout: nothing was sent, and it is made again at once.
var errNoLease = errors.New("emulated: no connection was free in time")

// errOutage is what an attempt meets during a ReceiverOutage.
var errOutage = fmt.Errorf("emulated outage: %w", errRefused)
