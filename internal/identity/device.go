package identity

import (
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// What *_data events say is partial: an entry holds only what changed. The snapshots of a segment are the fold over all its
// partials in the order of event time. A field that nothing has told yet has the first value that anything tells later, so a
// segment whose only full entry is the summary at its end still has a network from its beginning.
//
// Partials are not kept beside the snapshots: one is its time and the set of its fields, and its values are those of the
// snapshot in effect at its time. One that changed nothing has no snapshot of its own.

// maxPartials bounds the partials of one segment. The first ones are kept; all later ones are collapsed into the last.
const maxPartials = 64

// gear is what must be remembered to fold a late partial in.
type gear struct {
	marks []deviceMark
	// late holds the times of the last partial's fields when several were collapsed into it.
	late *[deviceFields]earshot.Instant
}

// deviceMark is one partial.
type deviceMark struct {
	at     earshot.Instant
	fields uint32 // bit i: it has field i
	shown  bool   // it changed something: it has a snapshot
}

// partial is a deviceMark with its values.
type partial struct {
	at     earshot.Instant
	fields uint32
	v      earshot.DeviceSnapshot
	late   *[deviceFields]earshot.Instant // nil: all fields are from at
}

const deviceFields = 18

// deviceField returns a pointer to the i-th field. The order is part of the snapshot's format.
func deviceField(d *earshot.DeviceSnapshot, i int) *string {
	return [deviceFields]*string{
		&d.Device, &d.DeviceDetail, &d.Client, &d.ClientVersion, &d.NetworkType, &d.ConnectionType, &d.DataCenter, &d.Location,
		&d.Microphone, &d.Speaker, &d.Camera, &d.PCName, &d.Domain, &d.MAC, &d.DiskID, &d.PublicIP, &d.InternalIP, &d.Destination,
	}[i]
}

// sharedFields are those whose values many segments have in common.
const sharedFields = 1<<11 - 1 | 1<<12 | 1<<17

// partialOf reads the entries of one event into one partial; later entries of the array win.
func (s *State) partialOf(data []zoom.Data, at earshot.Instant) partial {
	p := partial{at: at}
	for i := range data {
		d := &data[i]
		for f, value := range [deviceFields]string{
			d.Device, d.DeviceDetail, d.Client, d.Version, d.NetworkType, d.ConnectionType, d.DataCenter, d.Location,
			d.Microphone, d.Speaker, d.Camera, d.PCName, d.Domain, d.MAC, d.DiskID, d.SignalingIP, internalIP(d), destination(d),
		} {
			if value == "" {
				continue
			}
			if sharedFields&(1<<f) != 0 {
				value = s.words.intern(value)
			}
			p.fields |= 1 << f
			*deviceField(&p.v, f) = value
		}
	}
	return p
}

// internalIP returns the address within the participant's own network: signalling's, else audio's, video's, sharing's.
func internalIP(d *zoom.Data) string {
	for _, a := range [...]string{d.SignalingInternalIP, d.AudioInternalIP, d.VideoInternalIP, d.ShareInternalIP} {
		if a != "" {
			return a
		}
	}
	return ""
}

func destination(d *zoom.Data) string {
	switch {
	case d.DestinationDomain == "" || d.DestinationPort == "":
		return d.DestinationDomain
	case strings.Contains(d.DestinationDomain, ":"):
		return "[" + d.DestinationDomain + "]:" + d.DestinationPort
	}
	return d.DestinationDomain + ":" + d.DestinationPort
}

// learnDevice folds the entries of one event in and reports whether the snapshots changed.
func (s *State) learnDevice(g *segment, data []zoom.Data, at earshot.Instant) bool {
	p := s.partialOf(data, at)
	if p.fields == 0 {
		return false
	}
	if g.gear == nil {
		g.gear = &gear{}
	}
	old := g.view.Devices
	partials := s.fold(g.gear.expand(make([]partial, 0, len(g.gear.marks)+1), old), p)
	devices := g.gear.collapse(partials)
	if slices.Equal(old, devices) {
		return false
	}
	g.view.Devices = devices
	s.changed.segments.touch(g, hard)
	if from, to, ok := movedSpan(old, devices, g.view.FirstReport, g.view.LastReport); ok {
		s.move(g, from, to)
	}
	return true
}

// expand appends the partials behind the snapshots.
func (g *gear) expand(partials []partial, devices []earshot.DeviceSnapshot) []partial {
	k := -1
	for _, m := range g.marks {
		if m.shown {
			k++
		}
		partials = append(partials, partial{at: m.at, fields: m.fields, v: devices[k]})
	}
	if g.late != nil {
		late := *g.late
		partials[len(partials)-1].late = &late
	}
	return partials
}

// fold adds one partial in order of time.
func (s *State) fold(list []partial, p partial) []partial {
	if n := len(list); n > 0 && list[n-1].late != nil && p.at >= list[n-1].at {
		list[n-1].absorb(&p)
		s.collapsed++
		return list
	}
	i, found := slices.BinarySearchFunc(list, p.at, func(e partial, at earshot.Instant) int {
		switch {
		case e.at < at:
			return -1
		case e.at > at:
			return 1
		}
		return 0
	})
	if found {
		list[i].absorb(&p)
		return list
	}
	list = slices.Insert(list, i, p)
	if n := len(list); n > maxPartials {
		list[n-2].absorb(&list[n-1])
		list = list[:n-1]
		s.collapsed++
	}
	return list
}

// absorb merges another partial: of each field the newer value stays, of two as old the greater.
func (p *partial) absorb(o *partial) {
	if p.at != o.at && p.late == nil {
		p.late = new([deviceFields]earshot.Instant)
		for f := range p.late {
			p.late[f] = p.at
		}
	}
	for f := range deviceFields {
		if o.fields&(1<<f) == 0 {
			continue
		}
		mine, theirs := deviceField(&p.v, f), deviceField(&o.v, f)
		r := text{p.time(f), *mine}
		if p.fields&(1<<f) == 0 {
			r = text{}
		}
		r.set(o.time(f), *theirs)
		*mine = r.value
		p.fields |= 1 << f
		if p.late != nil {
			p.late[f] = r.at
		}
	}
	p.at = min(p.at, o.at)
}

func (p *partial) time(f int) earshot.Instant {
	if p.late != nil {
		return p.late[f]
	}
	return p.at
}

// collapse computes the snapshots of partials and remembers what it needs to go back. It makes new snapshots, since views of
// the old ones may still be in use.
func (g *gear) collapse(partials []partial) []earshot.DeviceSnapshot {
	var now earshot.DeviceSnapshot
	var known uint32
	for i := range partials {
		overlay(&now, &partials[i], partials[i].fields&^known)
		known |= partials[i].fields
	}
	marks := make([]deviceMark, len(partials))
	states := make([]earshot.DeviceSnapshot, 0, min(len(partials), 4))
	for i := range partials {
		p := &partials[i]
		next := now
		overlay(&next, p, p.fields)
		marks[i] = deviceMark{p.at, p.fields, i == 0 || next != now}
		if marks[i].shown {
			now = next
			next.At = p.at
			states = append(states, next)
		}
	}
	g.marks = marks
	g.late = partials[len(partials)-1].late
	if len(states) == cap(states) {
		return states
	}
	return slices.Clip(slices.Clone(states)) // most segments have one, and keep it for hours
}

// overlay writes some of a partial's fields over a state.
func overlay(d *earshot.DeviceSnapshot, p *partial, fields uint32) {
	for f := range deviceFields {
		if fields&(1<<f) != 0 {
			*deviceField(d, f) = *deviceField(&p.v, f)
		}
	}
}

// movedSpan returns the times between first and last for which two histories disagree on what minutes copy.
func movedSpan(old, now []earshot.DeviceSnapshot, first, last earshot.Instant) (from, to earshot.Instant, ok bool) {
	if first == 0 {
		return 0, 0, false
	}
	edges := []earshot.Instant{first}
	for _, list := range [...][]earshot.DeviceSnapshot{old, now} {
		for i := range list {
			if at := list[i].At; at > first && at <= last {
				edges = append(edges, at)
			}
		}
	}
	slices.Sort(edges)
	for i, at := range edges {
		if copied(old, at) == copied(now, at) {
			continue
		}
		if !ok {
			from, ok = at, true
		}
		to = last
		if i+1 < len(edges) {
			to = edges[i+1]
		}
	}
	return from, to, ok
}

// copied returns what minutes copy, or derive a site or ISP from, at a time.
func copied(devices []earshot.DeviceSnapshot, at earshot.Instant) [7]string {
	d := (&earshot.Segment{Devices: devices}).Device(at)
	if d == nil {
		return [7]string{}
	}
	return [...]string{d.Device, d.ClientVersion, d.NetworkType, d.ConnectionType, d.DataCenter, d.PublicIP, d.InternalIP}
}
