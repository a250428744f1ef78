package emulator

import (
	"fmt"
	"testing"
	"time"
)

func TestPlaybackDeliversAsTheFaultsSay(t *testing.T) {
	t.Parallel()
	const events = 400
	span := func(kind DeliveryKind, share float64, delay time.Duration) DeliveryFault {
		return DeliveryFault{Kind: kind, Start: 2 * time.Minute, End: 4 * time.Minute, Share: share, Delay: delay}
	}
	for _, c := range []struct {
		name    string
		faults  []DeliveryFault
		arrive  [2]int // how many, from and to
		latest  time.Duration
		ordered bool
	}{
		{"no fault", nil, [2]int{events, events}, 0, true},
		{"all come twice", []DeliveryFault{span(DuplicateDelivery, 1, 3*time.Second)}, [2]int{events + 119, events + 121}, 3 * time.Second, false},
		{"all are dropped", []DeliveryFault{span(DropDelivery, 1, 0)}, [2]int{events - 121, events - 119}, 0, true},
		{"half are dropped", []DeliveryFault{span(DropDelivery, .5, 0)}, [2]int{events - 90, events - 30}, 0, true},
		{"all are late", []DeliveryFault{span(DelayDelivery, 1, 90*time.Second)}, [2]int{events, events}, 90 * time.Second, false},
		{"any order", []DeliveryFault{span(ReorderDelivery, .5, 30*time.Second)}, [2]int{events, events}, 30 * time.Second, false},
		{"an outage, then the first retry", []DeliveryFault{span(ReceiverOutage, 1, 0)}, [2]int{events, events}, retryAfter[0], false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPlayback(Options{Seed: 4, From: testFrom, Delivery: c.faults})
			for i := range events {
				p.Add(Event{Time: testFrom.Add(time.Duration(i) * time.Second), ID: fmt.Sprint("event ", i), Body: fmt.Append(nil, i)})
			}
			n, last, ordered, latest := 0, -1, true, time.Duration(0)
			var before time.Time
			for {
				a, ok := p.Next(testFrom.Add(24 * time.Hour))
				if !ok {
					break
				}
				var i int
				if _, err := fmt.Sscan(string(a.Body), &i); err != nil {
					t.Fatal(err)
				}
				n++
				ordered, last = ordered && i > last, i
				latest = max(latest, a.At.Sub(testFrom.Add(time.Duration(i)*time.Second)))
				if a.At.Before(before) {
					t.Fatal("arrivals go back in time")
				}
				before = a.At
			}
			if n < c.arrive[0] || n > c.arrive[1] || latest > c.latest || (c.latest > 0) != (latest > 0) || ordered != c.ordered {
				t.Errorf("%d arrive, the latest %v late, in order: %v; want %v, %v, %v", n, latest, ordered, c.arrive, c.latest, c.ordered)
			}
		})
	}
}

func TestPlaybackWaitsForItsTime(t *testing.T) {
	t.Parallel()
	p := NewPlayback(Options{From: testFrom})
	p.Add(Event{Time: testFrom.Add(time.Second)})
	if a, ok := p.Next(testFrom.Add(time.Second)); ok {
		t.Errorf("%v arrives before its time", a)
	}
	if _, ok := p.Next(testFrom.Add(time.Second + 1)); !ok {
		t.Error("nothing arrives")
	}
}
