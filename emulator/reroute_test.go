package emulator

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/zoom"
)

// A fallback to TCP and a detour are told on the wire when they begin and when they end, and are felt in between.
func TestReroutedMediaIsTold(t *testing.T) {
	const begin, end = 2 * time.Minute, 5 * time.Minute
	pool := netip.MustParsePrefix("192.0.2.0/27") // the VPN's
	for kind, is := range map[TroubleKind]func(*zoom.Data) (told, rerouted bool){
		BlockedUDP: func(d *zoom.Data) (bool, bool) { return d.ConnectionType != "", d.ConnectionType == "SSL" },
		VPNDetour: func(d *zoom.Data) (bool, bool) {
			a, err := netip.ParseAddr(d.SignalingIP)
			return err == nil, err == nil && pool.Contains(a)
		},
	} {
		o := troubled(0, Trouble{Kind: kind, Target: "Lisbon office", Start: begin, End: end, Strength: 1})
		var d zoom.Decoder
		var ev zoom.Event
		there, back := 0, 0
		for x := range emulatorOf(t, o).Generate(testFrom, testFrom.Add(8*time.Minute)) {
			if err := d.Decode(x.Body, &ev); err != nil {
				t.Fatal(err)
			}
			if ev.Class != zoom.ClassData || len(ev.Data) == 0 || ev.Data[0].Device != "" || strings.Contains(string(x.Body), `"device"`) {
				continue // a full entry tells a join
			}
			told, rerouted := is(&ev.Data[0])
			at := x.Time.Sub(testFrom)
			switch {
			case !told:
			case rerouted && at >= begin && at < begin+time.Minute:
				there++
			case !rerouted && at >= end && at < end+time.Minute:
				back++
			default:
				t.Errorf("%s: told after %v: %s", kind, at, x.Body)
			}
		}
		if there < 3 || back < 3 {
			t.Errorf("%s: %d people told that they take another way, %d that they are back", kind, there, back)
		}
	}
}

// What a driver or a client's version spoils is spoilt for those who have it, and for who watches them.
func TestThingsSpoilTheirOwners(t *testing.T) {
	const minutes = 3
	before, w := observeWorld(t, minutes, nobody)
	camera := "Integrated Camera"
	version := clientVersions[2]
	span := Trouble{Start: -time.Minute, End: time.Hour, Strength: 1}
	cam, old := span, span
	cam.Kind, cam.Target = BadCamera, camera
	old.Kind, old.Target = BadVersion, version
	if _, err := w.people.aim(BadCamera, camera); err != nil {
		t.Fatal(err)
	}
	withCamera, _ := observeWorld(t, minutes, nobody, cam)
	withVersion, _ := observeWorld(t, minutes, nobody, old)
	slow, late := 0, 0
	for key, b := range before {
		p := b.p
		if c := withCamera[key]; b.frames > 10 && c.frames == b.frames {
			was, is := b.mean(b.fps, b.frames), c.mean(c.fps, c.frames)
			switch has := p.computer.camera == camera && slices.Contains([]role{staff, customer}, p.role); {
			case has && is > 9:
				t.Errorf("%s has the camera and sends %.0f pictures a second", p.name, is)
			case has:
				slow++
			case p.computer.camera != camera && is < .8*was:
				t.Errorf("%s has another camera and sends %.0f of %.0f pictures a second", p.name, is, was)
			}
		}
		v := withVersion[key]
		more := v.mean(v.rtt, v.steps) - b.mean(b.rtt, b.steps)
		switch has := p.computer.version == version; {
		case has && more < 40:
			t.Errorf("%s has the version and %.0f ms more", p.name, more)
		case has:
			late++
		case more > 10:
			t.Errorf("%s has another version and %.0f ms more", p.name, more)
		}
	}
	if slow < 5 || late < 5 {
		t.Errorf("%d slow cameras, %d late clients", slow, late)
	}
}
