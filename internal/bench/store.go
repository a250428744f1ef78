package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// storeFlags say what to fill and where.
type storeFlags struct {
	dir        string
	days       int
	sampleDays int
	people     int
	seed       uint64
}

func parseStoreFlags(args []string) (f storeFlags, err error) {
	set := flag.NewFlagSet("store", flag.ContinueOnError)
	set.StringVar(&f.dir, "dir", "", "data folder; facts and registry are made in it")
	set.IntVar(&f.days, "days", 30, "days, the last one ending at 15:30 UTC; nobody meets on Saturday and Sunday")
	set.IntVar(&f.sampleDays, "sample-days", 1, "newest days that also get samples: they are nine tenths of the work")
	set.IntVar(&f.people, "people", 5000, "people")
	set.Uint64Var(&f.seed, "seed", 1, "the same seed gives the same company")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if f.dir == "" || f.days < 1 || f.people < teamSize {
		return f, fmt.Errorf("want --dir DIR, --days of at least 1 and --people of at least %d", teamSize)
	}
	return f, nil
}

// filler writes the days of a company into stores.
type filler struct {
	*office
	facts    *duckdb.Store
	registry *registry.Registry
	seq      uint64
	rows     struct{ meetings, segments, minutes, samples, calls, incidents int }
}

const madeJournal = "made-up"

// fillStore fills a data folder with a month of a company, through the stores' own Apply.
func fillStore(ctx context.Context, args []string) (err error) {
	f, err := parseStoreFlags(args)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	until := time.Date(now.Year(), now.Month(), now.Day(), 15, 30, 0, 0, time.UTC)
	for until.After(now) || until.Weekday() == time.Saturday || until.Weekday() == time.Sunday {
		until = until.AddDate(0, 0, -1)
	}
	w := &filler{office: newOffice(f.people, f.seed, domain.InstantOf(until))}
	if w.facts, err = duckdb.Open(duckdb.Options{Dir: filepath.Join(f.dir, "facts")}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.facts.Close()) }()
	if w.registry, err = registry.Open(registry.Options{Dir: filepath.Join(f.dir, "registry")}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.registry.Close()) }()
	if _, begun, err := w.facts.Applied(ctx, facts.CursorFold, madeJournal); err != nil || begun {
		return errors.Join(err, fmt.Errorf("%s is filled already: choose an empty folder", f.dir))
	}
	begun := time.Now()
	if err := w.begin(ctx); err != nil {
		return err
	}
	for d := f.days - 1; d >= 0; d-- {
		day := until.AddDate(0, 0, -d).Truncate(24 * time.Hour)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		if err := w.fillDay(ctx, domain.InstantOf(day), d < f.sampleDays); err != nil {
			return err
		}
		fmt.Printf("  %s  %d meetings, %d minutes, %d samples, after %v\n", day.Format(time.DateOnly), w.rows.meetings, w.rows.minutes, w.rows.samples, time.Since(begun).Round(time.Second))
	}
	if err := w.facts.Maintain(ctx, w.until, facts.Retention{}); err != nil {
		return err
	}
	st, err := w.facts.Stats(ctx)
	fmt.Printf("  filled in %v: %+v; facts %d MB\n", time.Since(begun).Round(time.Second), w.rows, st.FileBytes>>20)
	return err
}

// begin stores who and where.
func (w *filler) begin(ctx context.Context) error {
	c := identity.Changes{Accounts: []domain.Account{{ID: w.account, ZoomID: "made-up-account"}}, Series: w.series, Persons: w.guests}
	for i := range w.people {
		c.Persons = append(c.Persons, w.people[i].Person)
	}
	if err := w.registry.PutSites(ctx, w.sites[:offices]); err != nil {
		return err
	}
	return w.apply(ctx, &registry.Changes{Changes: c, Sites: w.sites[offices:]})
}

func (w *filler) apply(ctx context.Context, c *registry.Changes) error {
	c.Journal, c.From, c.To = madeJournal, w.seq, w.seq+1
	return w.registry.Apply(ctx, c)
}

// store applies a batch of facts as the next record.
func (w *filler) store(ctx context.Context, b *facts.Batch) error {
	b.Cursor, b.Journal, b.From, b.To = facts.CursorFold, madeJournal, w.seq, w.seq+1
	w.seq++
	w.rows.minutes += len(b.Minutes)
	w.rows.samples += len(b.Samples)
	return w.facts.Apply(ctx, b)
}

const batchMinutes = 20

func (w *filler) fillDay(ctx context.Context, day domain.Instant, samples bool) error {
	all := w.day(day)
	changes := &registry.Changes{}
	for i := range all {
		g := &all[i]
		changes.Meetings = append(changes.Meetings, g.Meeting)
		changes.Series = append(changes.Series, domain.Series{ID: g.Series, Account: w.account, Number: g.Number, Topic: g.Topic})
		for k := range g.joins {
			changes.Segments = append(changes.Segments, g.joins[k].Segment)
		}
	}
	var calls facts.Batch
	changes.Calls = w.calls(day, &calls)
	changes.Incidents = w.incidents(day, all)
	w.rows.meetings += len(changes.Meetings)
	w.rows.segments += len(changes.Segments)
	w.rows.calls += len(changes.Calls)
	w.rows.incidents += len(changes.Incidents)
	if err := w.apply(ctx, changes); err != nil {
		return err
	}
	if err := w.alert(ctx, changes.Incidents); err != nil {
		return err
	}
	if err := w.store(ctx, &calls); err != nil {
		return err
	}
	for from := 0; from < 24*60; from += batchMinutes {
		b := &facts.Batch{}
		for i := range all {
			w.rowsOf(b, &all[i], day, from, from+batchMinutes, samples)
		}
		if b.Empty() {
			continue
		}
		if err := w.store(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf adds what a meeting reported between two minutes of the day.
func (w *filler) rowsOf(b *facts.Batch, g *gathering, day domain.Instant, from, to int, samples bool) {
	for i := range g.joins {
		j := &g.joins[i]
		if j.who == nil || j.from >= to || j.to <= from {
			continue
		}
		for m := max(from, j.from); m < min(to, j.to); m++ {
			at := day.Add(time.Duration(m) * time.Minute)
			if at >= w.until {
				return
			}
			row := w.minute(j, m, at)
			b.Minutes = append(b.Minutes, row)
			if samples {
				w.samples(b, j, &row)
			}
		}
		if j.to <= to && j.Leave != 0 {
			for _, wire := range []domain.Wire{domain.WireAudioInput, domain.WireAudioOutput} {
				b.Summaries = append(b.Summaries, domain.Summary{
					Segment: j.ID, Account: j.Account, At: j.Leave, Wire: wire, Bitrate: domain.SummaryStat{Avg: domain.Some(62)}, Latency: domain.SummaryStat{Avg: domain.Some(31)},
				})
			}
		}
	}
}

func (w *filler) minute(j *join, m int, at domain.Instant) domain.Minute {
	row := domain.Minute{
		Segment: j.ID, Meeting: j.Meeting, Person: j.Person, Account: j.Account, At: at, Kind: domain.KindMeeting, Dimensions: j.who.dims,
		Grade: domain.Good, Reports: 1, ZoomAudio: domain.Good,
	}
	if j.idle {
		row.Grade, row.Why, row.ZoomAudio = domain.Unclassified, domain.WhyIdle, domain.Unclassified
		return row
	}
	for s := range row.Slots {
		row.Slots[s] = domain.Good
	}
	if j.bad != 0 && m >= j.bad && m < j.calm {
		row.Grade = j.grade
	} else if w.r.IntN(50) == 0 {
		row.Grade = domain.Fair
	}
	if row.Grade == domain.Good {
		return row
	}
	row.Slots[domain.SlotAudioReceive] = row.Grade
	row.Reason = domain.Reason{
		Wire: domain.WireAudioInput, Direction: domain.DirectionReceive, Metric: domain.LossAvgPct, Value: float32(int(row.Grade)*40+w.r.IntN(40)) / 10, Bound: float32(row.Grade), Set: true,
	}
	if row.Grade >= domain.Poor {
		row.Verdict = domain.Verdict{
			Cause: max(j.cause, domain.CauseUnknown), Confidence: uint8(50 + w.r.IntN(50)), Cell: domain.Cell{Scope: domain.ScopePerson, ID: j.Person},
			Direction: domain.DirectionReceive, Inside: domain.Count{Bad: 1, Of: 1}, Elsewhere: domain.Count{Bad: 3, Of: 400}, Metric: domain.MetricCount, Since: at,
		}
	}
	return row
}
