package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// top lists the keys of a scenario file.
func (s *scenario) top() []key {
	o := &s.o
	return []key{
		{"about", s.text(func(string) {})}, // for readers
		{"seed", s.seed},
		{"from", s.from},
		{"span", s.duration(&o.Span, time.Minute)},
		{"cadence", s.duration(&o.Cadence, 10*time.Second)},
		{"dialect", oneOf(s, &o.Dialect, InputReceived, InputSent)},
		{"population", func(n ast.Node, path string) {
			s.section(n, path, []key{{"people", s.whole(&o.People, 2, 200_000)}, {"meetings", s.whole(&o.Meetings, 1, 200_000)}})
		}},
		{"schedule", s.schedule},
		{"chance", func(n ast.Node, path string) {
			chance := false
			s.yesNo(&chance)(n, path)
			o.Calm = !chance
		}},
		{"life", s.life},
		{"faults", s.faults},
	}
}

func (s *scenario) life(n ast.Node, path string) {
	l := &s.o.Life
	s.section(n, path, []key{
		{"outposts", s.whole(&l.Outposts, 0, mostOutposts)}, {"movers", s.number(&l.Movers, 0, 1)}, {"stale", s.duration(&l.Stale, 0)},
		{"chronic", s.number(&l.Chronic, 0, 1)}, {"blips", s.number(&l.Blips, 0, 20)}, {"no-data", s.number(&l.NoData, 0, 1)},
		{"no-centre", s.number(&l.NoCentre, 0, 1)}, {"no-signal", s.number(&l.NoSignal, 0, 1)}, {"no-cpu", s.number(&l.NoCPU, 0, 1)},
	})
}

func (s *scenario) seed(n ast.Node, path string) {
	t, _ := scalar(n)
	x, err := strconv.ParseUint(t, 10, 64)
	if err != nil {
		s.wrong(n, "%s: got %s, want a whole number, 0 or more", path, got(n))
		return
	}
	s.o.Seed = x
}

func (s *scenario) from(n ast.Node, path string) {
	t, _ := scalar(n)
	at, err := time.Parse(time.RFC3339, t)
	if err != nil || at.Year() < 2000 || at.Year() > 2200 {
		s.wrong(n, "%s: got %s, want a time such as 2026-11-20T09:00:00Z", path, got(n))
		return
	}
	s.o.From = at
}

func (s *scenario) schedule(n ast.Node, path string) {
	const constant ScheduleKind = "constant" // the file's word
	c := &s.o.Schedule
	s.section(n, path, []key{
		{"kind", oneOf(s, &c.Kind, WorkingHours, constant)},
		{"begin", s.clock(&c.Begin)}, {"end", s.clock(&c.End)}, {"weekends", s.yesNo(&c.Weekends)},
	})
	if c.Kind == constant {
		c.Kind = Constant
	}
	if c.Kind == WorkingHours && (c.Begin == 0) != (c.End == 0) && c.End == 0 {
		s.wrong(n, "%s: want both begin and end, or neither", path)
		return
	}
	if err := c.withDefaults().check(); err != nil {
		s.wrong(n, "%s: %v", path, err)
	}
}

func (s *scenario) faults(n ast.Node, path string) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		s.wrong(n, "%s: got %s, want a list of faults", path, got(n))
		return
	}
	for i, item := range list.Values {
		s.fault(item, fmt.Sprintf("%s[%d]", path, i))
	}
}

// writtenFault is a fault as the file has it, of the world or of delivery: the kind says which.
type writtenFault struct {
	trouble Trouble // all that both have, and what only the world's have
	kind    string
	share   float64
	delay   time.Duration
	given   map[string]ast.Node // the keys that are there
}

func (f *writtenFault) ofDelivery() bool { return slices.Contains(deliveryKinds, DeliveryKind(f.kind)) }

// fault reads one fault.
func (s *scenario) fault(n ast.Node, path string) {
	f, ok := s.readFault(n, path)
	if !ok {
		return
	}
	var err error
	if f.ofDelivery() {
		d := DeliveryFault{Kind: DeliveryKind(f.kind), Start: f.trouble.Start, End: f.trouble.End, Share: f.share, Delay: f.delay}
		err = d.check()
		s.o.Delivery = append(s.o.Delivery, d)
	} else {
		t, target := f.trouble, n
		t.Kind = TroubleKind(f.kind)
		if f.given["share"] != nil {
			if t.Share = f.share; f.share == 0 {
				t.Strength = 0 // nobody feels it
			}
		}
		err = t.check()
		if f.given["target"] != nil {
			target = f.given["target"]
		}
		s.o.Troubles, s.targets = append(s.o.Troubles, t), append(s.targets, target)
	}
	if err != nil {
		s.wrong(n, "%s: %v", path, err)
	}
}

// readFault reads the keys of a fault; false where one is missing, wrong, or none of its kind.
func (s *scenario) readFault(n ast.Node, path string) (*writtenFault, bool) {
	before := len(s.problems)
	var kinds []string
	for _, k := range troubleKinds {
		kinds = append(kinds, string(k))
	}
	for _, k := range deliveryKinds {
		kinds = append(kinds, string(k))
	}
	f := &writtenFault{trouble: Trouble{Strength: 1}, share: 1, given: map[string]ast.Node{}}
	note := func(name string, read func(ast.Node, string)) key {
		return key{name, func(n ast.Node, path string) {
			f.given[name] = n
			read(n, path)
		}}
	}
	t := &f.trouble
	s.section(n, path, []key{
		note("kind", oneOf(s, &f.kind, kinds...)),
		note("target", s.text(func(x string) { t.Target = x })),
		note("start", s.duration(&t.Start, -24*time.Hour)),
		note("end", s.duration(&t.End, -24*time.Hour)),
		note("strength", s.number(&t.Strength, 0, 5)),
		note("direction", oneOf(s, &t.Direction, Up, Down)),
		note("share", s.number(&f.share, 0, 1)),
		note("delay", s.duration(&f.delay, 0)),
	})
	for _, need := range []string{"kind", "end"} {
		if f.given[need] == nil && len(s.problems) == before {
			s.wrong(n, "%s: %s is missing", path, need)
		}
	}
	if len(s.problems) > before {
		return nil, false
	}
	for _, name := range []string{"delay", "target", "strength", "direction"} {
		if isDelivery := name == "delay"; f.given[name] != nil && isDelivery != f.ofDelivery() {
			s.wrong(f.given[name], "%s.%s: a fault of kind %s has no %s", path, name, f.kind, name)
			return nil, false
		}
	}
	return f, true
}

// complete checks what needs the whole file: the options together, and the targets in the world that they make.
func (s *scenario) complete() {
	o := s.o
	o.Troubles = nil
	o, err := o.withDefaults(time.Now())
	if err != nil {
		s.wrong(nil, "%v", err)
		return
	}
	var p *population
	for i, t := range s.o.Troubles {
		if t.Target == "" {
			continue
		}
		if p == nil {
			p = newPopulation(o.Seed, o.People, &o.Life)
		}
		if _, err := p.aim(t.Kind, t.Target); err != nil {
			s.wrong(s.targets[i], "faults: %v", err)
		}
	}
}
