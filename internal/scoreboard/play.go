package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/internal/site"
)

const (
	// quietAfter is when the receiver writes a heartbeat, so that time goes on while nothing arrives.
	quietAfter = earshot.Instant(10_000)
	// earlyAfter is when the first answer about a bad minute is asked for.
	earlyAfter = earshot.Instant(30_000)
	// tail is how long after the last event time goes on, so that the last minutes are sealed.
	tail = 6 * time.Minute
)

// player lives through one scenario: the emulated world on one side, Earshot's own fold with its grades, causes and
// incidents on the other. Between them are only the bodies of the notifications, in the order in which they arrive.
type player struct {
	name    string
	o       emulator.Options
	keys    identity.Keys
	fold    *pipeline.Fold
	watch   watch
	seq     uint64
	events  int
	looked  earshot.Instant
	now     earshot.Instant // receive time
	ticks   []time.Duration
	rows    map[earshot.MinuteKey]sealedRow
	said    map[earshot.MinuteKey]earshot.Verdict // of sealed minutes
	early   map[earshot.MinuteKey]*earlyAnswer
	waiting []earshot.MinuteKey // for their early answer, by since
	persons map[earshot.ID]bool
	minutes int
	truth   emulator.Truth
	alerts  *alertPlayer // nil: nobody asks for alerts
}

// sealedRow is what is kept of a minute's row.
type sealedRow struct {
	person earshot.ID
	grade  earshot.Grade
}

// earlyAnswer is when a minute was first known to be bad, and what was said of it half a minute later.
type earlyAnswer struct {
	since   earshot.Instant
	verdict earshot.Verdict // the newest until then
	known   bool
}

// play runs one scenario, with rules about alerts or with none.
func play(name string, o emulator.Options, params cause.Params, rules []alert.Rule) (*run, error) {
	begun := time.Now()
	o.Truth = io.Discard // the world keeps it for us
	if o.Span == 0 {
		o.Span = 30 * time.Minute
	}
	w, err := emulator.NewWorld(o)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	p := &player{
		name: name, o: o, keys: identity.NewKeys([16]byte{'s', 'c', 'o', 'r', 'e'}), watch: newWatch(),
		rows: map[earshot.MinuteKey]sealedRow{}, said: map[earshot.MinuteKey]earshot.Verdict{},
		early: map[earshot.MinuteKey]*earlyAnswer{}, persons: map[earshot.ID]bool{},
	}
	if err := p.prepare(w, params, rules); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	wire := emulator.NewPlayback(o)
	for end := w.Now().Add(o.Span); w.Now().Before(end); {
		for _, ev := range w.Step() {
			wire.Add(ev)
		}
		p.learn(w.Truth())
		p.receive(wire, w.Now())
	}
	p.learn(w.EndTruth())
	p.finish(wire, w.Now())
	r := p.result()
	r.Took = time.Since(begun)
	return r, nil
}

// prepare makes the fold, with the sites and providers of the world.
func (p *player) prepare(w *emulator.World, params cause.Params, rules []alert.Rule) error {
	table, err := sitesOf(w, p.keys)
	if err != nil {
		return err
	}
	if rules != nil {
		p.alerts = newAlertPlayer(table, rules)
	}
	input := earshot.InputReceived
	if p.o.Dialect == emulator.InputSent {
		input = earshot.InputSent
	}
	p.fold = pipeline.NewFold(pipeline.Rules{
		Keys: p.keys, Profile: grade.Earshot(), Causes: params, Sites: func() *site.Table { return table },
		Input: func(earshot.ID) (audio, video earshot.InputMeaning) { return input, input },
	})
	return nil
}

// sitesOf reads the world's places as an administrator would: from a CSV file and an ASN database.
func sitesOf(w *emulator.World, keys identity.Keys) (*site.Table, error) {
	dir, err := os.MkdirTemp("", "scoreboard-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the sites: %w", err)
	}
	defer os.RemoveAll(dir)
	files := map[string]func(io.Writer) error{"sites.csv": w.SitesCSV, "asn.mmdb": w.ASNDatabase}
	for name, write := range files {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			return nil, fmt.Errorf("write the world's places: %w", err)
		}
	}
	return site.Load(filepath.Join(dir, "sites.csv"), filepath.Join(dir, "asn.mmdb"), keys.Site)
}

// learn collects the truth.
func (p *player) learn(t emulator.Truth) {
	p.truth.Minutes = append(p.truth.Minutes, t.Minutes...)
	p.truth.Faults = append(p.truth.Faults, t.Faults...)
}

// receive folds what arrives before a time, and a heartbeat where nothing does, as the receiver writes them.
func (p *player) receive(wire *emulator.Playback, until time.Time) {
	for {
		a, ok := wire.Next(until)
		if !ok {
			break
		}
		p.events++
		p.apply(journal.Record{Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(a.At), Body: a.Body})
	}
	if quiet := earshot.InstantOf(until); quiet-p.now >= quietAfter {
		p.apply(journal.Record{Kind: journal.KindHeartbeat, ReceivedAt: quiet})
	}
}

func (p *player) apply(r journal.Record) {
	p.seq++
	r.Seq = p.seq
	p.now = max(p.now, r.ReceivedAt)
	begun := time.Now()
	p.fold.Apply(&r)
	took := time.Since(begun)
	at, incidents := p.fold.Looked()
	if at == p.looked {
		return
	}
	p.looked = at
	p.ticks = append(p.ticks, took)
	p.watch.look(p.fold.Watermark(), incidents)
	p.note(incidents)
}

// finish lets time go on until the last minutes are sealed.
func (p *player) finish(wire *emulator.Playback, from time.Time) {
	for t := from; !t.After(from.Add(tail)); t = t.Add(5 * time.Second) {
		p.receive(wire, t)
	}
}

// note takes what is said after a look: the last word on sealed minutes, and the first on open ones.
func (p *player) note(changed []earshot.Incident) {
	now := p.fold.Watermark()
	update := p.fold.LiveUpdate(p.now)
	if p.alerts != nil {
		p.alerts.look(now, update, changed)
	}
	for i := range update.Minutes {
		m := &update.Minutes[i]
		if !m.Open || m.Grade < earshot.Poor {
			continue
		}
		e := p.early[m.Key()]
		if e == nil {
			e = &earlyAnswer{since: now}
			p.early[m.Key()] = e
			p.waiting = append(p.waiting, m.Key())
		}
		if !e.known {
			e.verdict = m.Verdict
		}
	}
	for len(p.waiting) > 0 && now >= p.early[p.waiting[0]].since+earlyAfter {
		p.early[p.waiting[0]].known = true
		p.waiting = p.waiting[1:]
	}
	sealed := p.fold.Take().Minutes
	for i := range sealed {
		m := &sealed[i]
		if p.alerts != nil {
			p.alerts.seal(m)
		}
		p.rows[m.Key()] = sealedRow{m.Person, m.Grade}
		p.persons[m.Person] = true
		if m.Grade != earshot.Unclassified {
			p.minutes++
		}
		if m.Grade >= earshot.Poor {
			p.said[m.Key()] = m.Verdict
		}
	}
}

// result puts truth and answers together.
func (p *player) result() *run {
	r := &run{
		Name: p.name, Persons: len(p.persons), Span: p.o.Span, PersonMinutes: p.minutes, Ticks: p.ticks, Events: p.events,
	}
	for _, o := range p.watch.list {
		r.Incidents = append(r.Incidents, *o)
	}
	if p.alerts != nil {
		r.Alerts = p.alerts.list
	}
	slices.SortStableFunc(r.Incidents, func(a, b opened) int { return int(a.At - b.At) })
	known := map[earshot.MinuteKey]bool{}
	for i := range p.truth.Minutes {
		t := &p.truth.Minutes[i]
		key := earshot.MinuteKey{Segment: p.keys.Segment(t.Meeting, t.UserID), At: earshot.InstantOf(t.Minute)}
		row, arrived := p.rows[key]
		if t.Dropped || !arrived || known[key] {
			continue // nothing was reported, or the report did not arrive in time
		}
		known[key] = true
		r.Minutes = append(r.Minutes, p.minute(key, row, t))
	}
	for key, row := range p.rows {
		if row.grade >= earshot.Poor && !known[key] {
			r.Minutes = append(r.Minutes, p.minute(key, row, &emulator.TruthMinute{}))
		}
	}
	slices.SortFunc(r.Minutes, func(a, b minute) int {
		if a.Key.At != b.Key.At {
			return int(a.Key.At - b.Key.At)
		}
		if a.Key.Segment < b.Key.Segment {
			return -1
		}
		return 1
	})
	for i := range p.truth.Faults {
		if f, ok := p.fault(&p.truth.Faults[i]); ok {
			r.Faults = append(r.Faults, f)
		}
	}
	return r
}

func (p *player) minute(key earshot.MinuteKey, row sealedRow, t *emulator.TruthMinute) minute {
	g, _ := earshot.ParseGrade(t.Grade)
	without, _ := earshot.ParseGrade(t.Without)
	m := minute{
		Key: key, Person: row.person, Truly: g >= earshot.Poor && g > without, Ordinary: t.Ordinary,
		Graded: row.grade >= earshot.Poor, Said: p.said[key],
	}
	for _, c := range t.Causes {
		said, _ := earshot.ParseCause(c.Cause)
		m.Parts = append(m.Parts, part{Cause: said, Fault: c.Fault, Share: c.Share})
	}
	if e := p.early[key]; e != nil && e.known {
		m.Early, m.EarlyKnown = e.verdict, true
	}
	return m
}

// fault translates a trouble of the truth into what can be found: a cause and a place that several people share.
func (p *player) fault(t *emulator.TruthFault) (fault, bool) {
	said, _ := earshot.ParseCause(t.Cause)
	f := fault{
		Number: t.Fault, Kind: t.Kind, Cause: said, Target: t.Target, Strength: t.Strength,
		Start: earshot.InstantOf(t.Start), End: earshot.InstantOf(t.End),
	}
	f.Onset = max(f.Start, earshot.InstantOf(t.FirstFelt))
	name := t.Target
	switch emulator.TroubleKind(t.Kind) {
	case emulator.FullLink, emulator.BusyAir:
		f.Place.Site = p.keys.Site(officeOf(name))
	case emulator.WeakWiFi, emulator.BlockedUDP:
		if strings.Contains(name, "@") {
			return f, false // one person's
		}
		f.Place.Site = p.keys.Site(officeOf(name))
	case emulator.ISPLoss:
		f.Place.Name, _, _ = strings.Cut(name, " @ ")
	case emulator.SlowCentre:
		f.Place.Name = name
	case emulator.BadVersion:
		f.Place.Name = releaseOf(name)
	case emulator.BusyVPN:
		f.Place.Any = true
	case emulator.VPNDetour:
		f.Place.Any = true
		return f, !strings.Contains(name, "@")
	default:
		return f, false
	}
	return f, true
}

// officeOf is the site that an access point hangs in: "Lisbon office" of "Lisbon office ap 2".
func officeOf(target string) string {
	if i := strings.LastIndex(target, " ap "); i > 0 {
		return target[:i]
	}
	return target
}

// releaseOf cuts the build off a version, as Earshot does.
func releaseOf(version string) string {
	parts := strings.Split(version, ".")
	return strings.Join(parts[:min(3, len(parts))], ".")
}
