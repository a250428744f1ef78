package emulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// ErrNotRunning is what a control says when there is no world to act on.
var ErrNotRunning = errors.New("emulator: not running")

// control carries out what somebody wants of a running world, between two of its steps: a world serves one goroutine.
type control struct {
	orders chan order
}

type order struct {
	do   func(*World)
	done chan struct{}
}

func newControl() control { return control{orders: make(chan order)} }

// give waits until the world's goroutine has done something.
func (c *control) give(ctx context.Context, do func(*World)) error {
	o := order{do: do, done: make(chan struct{})}
	select {
	case c.orders <- o:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrNotRunning, ctx.Err())
	}
	<-o.done
	return nil
}

func (o order) carryOut(w *World) {
	defer close(o.done)
	o.do(w)
}

// BeginTrouble lets something go wrong from now on in the world of a running [Emulator.Run], for as long as the trouble's span;
// Start only gives the span its length. A trouble without a target hits something that is in use. The context bounds how long
// to wait for a world.
func (e *Emulator) BeginTrouble(ctx context.Context, t Trouble) error {
	var wrong error
	if err := e.control.give(ctx, func(w *World) { wrong = w.beginTrouble(t) }); err != nil {
		return err
	}
	return wrong
}

// EndTrouble ends, with the next step, the troubles of a kind at a target that go on now. It returns how many there were.
func (e *Emulator) EndTrouble(ctx context.Context, kind TroubleKind, target string) (int, error) {
	n := 0
	err := e.control.give(ctx, func(w *World) { n = w.endTrouble(kind, target) })
	return n, err
}

// Look tells what is happening in the world of a running [Emulator.Run].
func (e *Emulator) Look(ctx context.Context) (View, error) {
	var v View
	err := e.control.give(ctx, func(w *World) { v = w.look() })
	return v, err
}

// beginTrouble adds a trouble that somebody wants now; the error is a target that this world does not have.
func (w *World) beginTrouble(t Trouble) error {
	if err := t.check(); err != nil {
		return err
	}
	if t.Target != "" {
		if _, err := w.people.aim(t.Kind, t.Target); err != nil {
			return err
		}
	}
	at := w.now.Sub(w.from)
	t.Start, t.End = at, at+t.End-t.Start
	w.troubles = append(w.troubles, &activeTrouble{Trouble: t, origin: "hand"})
	return nil
}

func (w *World) endTrouble(kind TroubleKind, target string) int {
	n := 0
	at := w.now.Sub(w.from)
	for _, t := range w.troubles {
		if t.resolved && !t.over && t.Kind == kind && t.Target == target {
			t.End = at
			n++
		}
	}
	return n
}

// View is a world at one moment.
type View struct {
	Time     time.Time // simulated
	Rooms    []Room    // the fullest first
	Calls    int       // telephone calls
	Troubles []Trouble // with the targets that the world chose
	Sites    []string  // whose lines can fill up
	ISPs     []string
	Centres  []string
}

// Room is a meeting, webinar, session or breakout room that is open.
type Room struct {
	Kind     string // "meeting", "webinar", "session"
	Topic    string
	UUID     string
	Number   int64 // 0 for sessions
	Breakout bool
	Start    time.Time
	People   []Presence
}

// Presence is somebody who is in a room.
type Presence struct {
	Name    string
	Email   string // "" for guests
	Where   string // the office, or the city
	Network string
	Camera  bool
	Talking bool
	Sharing bool
	Since   time.Time
}

func (w *World) look() View {
	v := View{Time: w.Now(), Calls: len(w.calls), Troubles: w.Active()}
	for _, m := range w.meetings {
		r := Room{
			Kind: m.head.kind.String(), Topic: m.head.topic, UUID: m.head.qosUUID(), Number: m.head.number, Breakout: m.parent != nil,
			Start: m.head.start.Time(),
		}
		if m.head.kind == earshot.KindSession {
			r.Number = 0
		}
		for _, s := range m.segs {
			if s.away {
				continue
			}
			p := Presence{
				Name: s.who.name, Email: s.who.email, Where: s.p.city.name, Network: s.p.networkType(), Camera: s.camera,
				Talking: s.talk > .3, Sharing: m.sharer == s, Since: s.joined.Time(),
			}
			if s.p.office != nil {
				p.Where = s.p.office.name
			}
			r.People = append(r.People, p)
		}
		v.Rooms = append(v.Rooms, r)
	}
	slices.SortStableFunc(v.Rooms, func(a, b Room) int {
		return cmp.Or(cmp.Compare(len(b.People), len(a.People)), cmp.Compare(a.Topic, b.Topic))
	})
	for _, s := range w.people.sites {
		if !s.vpn {
			v.Sites = append(v.Sites, s.name)
		}
	}
	for _, p := range w.people.isps {
		v.ISPs = append(v.ISPs, p.name)
	}
	for _, c := range w.people.centres {
		v.Centres = append(v.Centres, c.name)
	}
	return v
}

// TroubleKinds lists what can go wrong.
func TroubleKinds() []TroubleKind { return slices.Clone(troubleKinds) }
