package emulator

import (
	"fmt"
	"slices"
	"time"
)

// TroubleKind is what goes wrong.
type TroubleKind string

// The kinds, and what Target may name.
const (
	WeakWiFi    TroubleKind = "weak-wifi"    // person, site, access point: signal 20 dB down: loss and jitter both ways, low RSSI
	BusyCPU     TroubleKind = "busy-cpu"     // person, site: the computer is busy: few frames, late and lost audio, network clean
	BadUplink   TroubleKind = "bad-uplink"   // person: what they send is lossy; all who hear or see them receive badly
	FullLink    TroubleKind = "full-link"    // site: more offered than the line carries: queue and loss for everybody there
	BusyAir     TroubleKind = "busy-air"     // site, access point: the Wi-Fi channels are crowded; wired desks are fine
	ISPLoss     TroubleKind = "isp-loss"     // ISP, "ISP @ city": bursts of loss for most of its customers, homes and sites
	SlowCentre  TroubleKind = "slow-centre"  // data centre: every meeting that it carries
	BusyVPN     TroubleKind = "busy-vpn"     // the VPN or no target: the VPN concentrator is overloaded
	VPNDetour   TroubleKind = "vpn-detour"   // person, site: media takes the way through a concentrator far away: 180 ms more
	BlockedUDP  TroubleKind = "blocked-udp"  // person, site: media falls back to TCP through a proxy: no loss, late and uneven
	BadVersion  TroubleKind = "bad-version"  // client version: everybody who has it: late, uneven, a busy CPU
	BadHeadset  TroubleKind = "bad-headset"  // person, microphone model: the audio sent stutters; network and video clean
	BadCamera   TroubleKind = "bad-camera"   // person, camera model: 640*480 at a few pictures per second; network and audio clean
	LostNetwork TroubleKind = "lost-network" // person: falls out of the meeting and comes back under a new in-meeting id
)

var troubleKinds = []TroubleKind{
	WeakWiFi, BusyCPU, BadUplink, FullLink, BusyAir, ISPLoss, SlowCentre, BusyVPN, VPNDetour, BlockedUDP, BadVersion, BadHeadset, BadCamera,
	LostNetwork,
}

// directed reports whether the kind can be limited to one way.
func (k TroubleKind) directed() bool { return k == FullLink || k == ISPLoss || k == BusyVPN }

// alone reports whether the kind can only hit one person.
func (k TroubleKind) alone() bool { return k == BadUplink || k == LostNetwork }

// Direction limits a trouble to one way; the zero Direction is both.
type Direction string

// The directions, seen from the person or the site.
const (
	BothWays Direction = ""
	Up       Direction = "up"
	Down     Direction = "down"
)

// Trouble is something that goes wrong in the world for a while.
type Trouble struct {
	Kind TroubleKind
	// Target is a person's e-mail, a site's, access point's, ISP's or data centre's name, a client version or the model of a
	// device: see the kinds. "" lets the world choose something that is in use when the trouble starts; [World.Active] tells
	// what it chose. A target that the world does not have is an error.
	Target string
	// Start and End are simulated time after Options.From. A Start before 0 has begun already.
	Start, End time.Duration
	// Strength is 1 for clearly bad, 0.3 for barely felt, 2 for unusable. 0 is no trouble at all.
	Strength  float64
	Direction Direction // FullLink, BusyVPN and ISPLoss only
	// Share is how many of the people of a target that is no person feel it, above 0 to 1; the same ones while it lasts. 0 is
	// all of them, of a provider's customers seven in ten.
	Share float64
}

func (t Trouble) check() error {
	switch {
	case !slices.Contains(troubleKinds, t.Kind):
		return fmt.Errorf("trouble kind %q: want one of %q", t.Kind, troubleKinds)
	case t.End <= t.Start:
		return fmt.Errorf("trouble %s: ends at %v, not after its start at %v", t.Kind, t.End, t.Start)
	case t.Strength < 0 || t.Strength > 5:
		return fmt.Errorf("trouble %s: strength %v: want 0 to 5", t.Kind, t.Strength)
	case t.Direction != BothWays && t.Direction != Up && t.Direction != Down:
		return fmt.Errorf("trouble %s: direction %q: want %q, %q or none", t.Kind, t.Direction, Up, Down)
	case t.Direction != BothWays && !t.Kind.directed():
		return fmt.Errorf("trouble %s: takes no direction", t.Kind)
	case !(t.Share >= 0 && t.Share <= 1):
		return fmt.Errorf("trouble %s: share %v: want above 0, at most 1, or none for all", t.Kind, t.Share)
	case t.Share > 0 && t.Kind.alone():
		return fmt.Errorf("trouble %s: is one person's, takes no share", t.Kind)
	}
	return nil
}

func (t Trouble) up() float64 {
	if t.Direction == Down {
		return 0
	}
	return t.Strength
}

func (t Trouble) down() float64 {
	if t.Direction == Up {
		return 0
	}
	return t.Strength
}

// DefaultTroubles is the schedule of a world that was given none: from the first second one example of each personal
// trouble and, a moment later, a site whose line is full; then, for a day, somebody new every three minutes and something that
// many people share every eight. It is the same for every seed; whom it hits is not.
func DefaultTroubles() []Trouble {
	const m = time.Minute
	list := []Trouble{
		{Kind: WeakWiFi, Start: -2 * m, End: 9 * m, Strength: 1},
		{Kind: BusyCPU, Start: -2 * m, End: 7 * m, Strength: 1},
		{Kind: BadUplink, Start: -1 * m, End: 8 * m, Strength: 1.2},
		{Kind: WeakWiFi, Start: -1 * m, End: 5 * m, Strength: 0.9},
		{Kind: FullLink, Start: 20 * time.Second, End: 6 * m, Strength: 1},
		{Kind: BadHeadset, Start: 2 * m, End: 12 * m, Strength: 1},
		{Kind: LostNetwork, Start: 150 * time.Second, End: 151 * time.Second, Strength: 1},
	}
	personal := []Trouble{
		{Kind: WeakWiFi, Strength: 1}, {Kind: BadUplink, Strength: 1}, {Kind: BusyCPU, Strength: 1.1}, {Kind: WeakWiFi, Strength: 1.1},
		{Kind: LostNetwork, Strength: 1}, {Kind: BadUplink, Strength: 1.2}, {Kind: BadHeadset, Strength: 1}, {Kind: BusyCPU, Strength: 1.3},
	}
	shared := []Trouble{
		{Kind: ISPLoss, Strength: 0.9}, {Kind: FullLink, Strength: 0.9, Direction: Down}, {Kind: BusyAir, Strength: 1},
		{Kind: FullLink, Strength: 0.7, Direction: Up}, {Kind: SlowCentre, Strength: 1}, {Kind: BusyVPN, Strength: 1}, {Kind: FullLink, Strength: 0.8},
	}
	list = append(list, rotate(personal, 5*m, 3*m, 7*m)...)
	return append(list, rotate(shared, 8*m, 8*m, 5*m)...)
}

// rotate repeats a cycle of troubles for a day: one every so often, each for a while.
func rotate(cycle []Trouble, first, every, length time.Duration) []Trouble {
	var list []Trouble
	for i := 0; ; i++ {
		t := cycle[i%len(cycle)]
		t.Start = first + time.Duration(i)*every
		t.End = t.Start + length
		if t.Start > 24*time.Hour {
			return list
		}
		list = append(list, t)
	}
}
