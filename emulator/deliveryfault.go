package emulator

import (
	"fmt"
	"slices"
	"time"
)

// DeliveryKind is what goes wrong between Zoom and the receiver, as opposed to what goes wrong in a meeting.
type DeliveryKind string

// The kinds. None of them changes what happens in the world: the same events are made, only their delivery differs.
const (
	DuplicateDelivery DeliveryKind = "duplicate"       // a share of the events comes twice, under one request id, the second Delay later
	ReorderDelivery   DeliveryKind = "reorder"         // a share of the events comes up to Delay later, so that later ones overtake it
	DelayDelivery     DeliveryKind = "delay"           // a share of the events comes Delay later, all by the same
	DropDelivery      DeliveryKind = "drop"            // a share of the events never comes
	ReceiverOutage    DeliveryKind = "receiver-outage" // a share of the attempts finds nobody there: the schedule of retries follows
	LeaseTimeout      DeliveryKind = "lease-timeout"   // a share of the attempts finds no free connection at Zoom, and is made again at once
)

var deliveryKinds = []DeliveryKind{DuplicateDelivery, ReorderDelivery, DelayDelivery, DropDelivery, ReceiverOutage, LeaseTimeout}

// DeliveryFault is trouble with delivery for a while.
type DeliveryFault struct {
	Kind DeliveryKind
	// Start and End are simulated time after Options.From. A Start before 0 has begun already.
	Start, End time.Duration
	// Share is how many of the events, or for ReceiverOutage and LeaseTimeout of the attempts, are hit: 0 to 1.
	Share float64
	// Delay is simulated time; see the kinds. Needed by ReorderDelivery and DelayDelivery, optional for DuplicateDelivery,
	// without meaning for the others.
	Delay time.Duration
}

func (f DeliveryFault) check() error {
	switch {
	case !slices.Contains(deliveryKinds, f.Kind):
		return fmt.Errorf("delivery fault kind %q: want one of %q", f.Kind, deliveryKinds)
	case f.End <= f.Start:
		return fmt.Errorf("delivery fault %s: ends at %v, not after its start at %v", f.Kind, f.End, f.Start)
	case !(f.Share >= 0 && f.Share <= 1):
		return fmt.Errorf("delivery fault %s: share %v: want 0 to 1", f.Kind, f.Share)
	case f.Delay < 0:
		return fmt.Errorf("delivery fault %s: delay %v: want 0 or more", f.Kind, f.Delay)
	case f.Delay == 0 && (f.Kind == ReorderDelivery || f.Kind == DelayDelivery):
		return fmt.Errorf("delivery fault %s: a delay is needed, such as 20s", f.Kind)
	case f.Delay > 0 && slices.Contains([]DeliveryKind{DropDelivery, ReceiverOutage, LeaseTimeout}, f.Kind):
		return fmt.Errorf("delivery fault %s: takes no delay", f.Kind)
	}
	return nil
}

// at reports whether the fault is going on at a simulated time after Options.From.
func (f DeliveryFault) at(t time.Duration) bool { return t >= f.Start && t < f.End }
