package emulator

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// What happens in the world arrives in the right stream on the wire: an office whose line up is full loses what its people
// send, not what they receive, in either dialect and for ordinary clients, browsers and rooms alike.
func TestDirectionOnTheWire(t *testing.T) {
	for dialect, meaning := range map[Dialect]earshot.InputMeaning{InputReceived: earshot.InputReceived, InputSent: earshot.InputSent} {
		o := Options{
			People: 300, Meetings: 40, Seed: 6, Dialect: dialect, Calm: true,
			Troubles: []Trouble{{Kind: FullLink, Target: "Lisbon office", Start: -time.Minute, End: time.Hour, Strength: 1, Direction: Up}},
		}
		e := emulatorOf(t, o)
		there := map[string]bool{}
		for _, p := range e.World().people.people {
			there[p.userID] = p.office != nil && p.office.name == "Lisbon office" && !p.tcp
		}
		var lost, n [3]float64
		peers := map[earshot.Peer]int{}
		var d zoom.Decoder
		var ev zoom.Event
		for x := range e.Generate(testFrom.Add(2*time.Minute), testFrom.Add(10*time.Minute)) {
			if err := d.Decode(x.Body, &ev); err != nil {
				t.Fatal(err)
			}
			if ev.Class != zoom.ClassQoS || !there[ev.Participant.ZoomUserID] {
				continue
			}
			for _, q := range ev.QoS {
				wire := earshot.ParseWire(q.Type)
				direction := meaning.Direction(wire)
				if direction == earshot.DirectionNone || !q.Details.AvgLoss.Present {
					continue
				}
				peers[wire.Peer()]++
				lost[direction] += q.Details.AvgLoss.Value
				n[direction]++
			}
		}
		send, receive := lost[earshot.DirectionSend]/n[earshot.DirectionSend], lost[earshot.DirectionReceive]/n[earshot.DirectionReceive]
		t.Logf("%s: %.1f %% lost of what is sent (%.0f entries), %.1f %% of what is received (%.0f)", dialect, send, n[1], receive, n[2])
		if n[1] < 50 || n[2] < 50 || send < 5 || receive > send/3 {
			t.Errorf("%s: %.1f %% lost of what is sent, %.1f %% of what is received, in %.0f and %.0f entries", dialect, send, receive, n[1], n[2])
		}
	}
}

// Sharing is the one thing on which Zoom's documents agree: one participant sends, the others receive.
func TestOneShares(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	sends, receives, both := 0, 0, 0
	for _, x := range busyHours(t) {
		if err := d.Decode(x.Body, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Class != zoom.ClassQoS {
			continue
		}
		send, receive := false, false
		for _, q := range ev.QoS {
			w := earshot.ParseWire(q.Type)
			if w.Media() != earshot.MediaShare || !q.Details.Bitrate.Present {
				continue
			}
			switch earshot.InputReceived.Direction(w) {
			case earshot.DirectionSend:
				send = true
			case earshot.DirectionReceive:
				receive = true
			}
		}
		switch {
		case send && receive:
			both++ // the sharer changed within the report
		case send:
			sends++
		case receive:
			receives++
		}
	}
	if sends < 20 || receives < 2*sends || both > sends/2 {
		t.Errorf("%d reports send a screen, %d receive one, %d do both", sends, receives, both)
	}
}

// BenchmarkWorld tells what one participant costs for one simulated minute, encoding included.
func BenchmarkWorld(b *testing.B) {
	o, err := Options{People: 2000, Meetings: 200, Seed: 1, From: testFrom}.withDefaults(testFrom)
	if err != nil {
		b.Fatal(err)
	}
	w := newWorld(o)
	b.ReportAllocs()
	participants, bytes := 0, 0
	for b.Loop() {
		for _, ev := range w.Step() {
			bytes += len(ev.Body)
		}
		for _, m := range w.meetings {
			participants += m.present
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())*float64(w.perStep)/float64(participants), "ns/participant-minute")
	b.ReportMetric(float64(bytes)*float64(w.perStep)/float64(participants), "B/participant-minute")
}
