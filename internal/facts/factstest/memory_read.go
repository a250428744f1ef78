package factstest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

func within(f *facts.Filter, at earshot.Instant) bool {
	return (f.From == 0 || at >= f.From) && (f.To == 0 || at < f.To)
}

func is(want, got earshot.ID) bool { return want == 0 || want == got }

func limited[T any](rows []T, limit int) []T {
	if limit > 0 && len(rows) > limit {
		return rows[:limit]
	}
	return rows
}

// Samples implements [facts.Store].
func (m *Memory) Samples(ctx context.Context, f facts.Filter) (out []facts.Sample, err error) {
	err = m.with(ctx, func() error {
		for _, s := range m.samples() {
			if within(&f, s.At) && is(f.Account, s.Account) && is(f.Meeting, s.Meeting) && is(f.Segment, s.Segment) {
				out = append(out, s)
			}
		}
		return nil
	})
	return limited(out, f.Limit), err
}

// Minutes implements [facts.Store].
func (m *Memory) Minutes(ctx context.Context, f facts.Filter) (out []earshot.Minute, err error) {
	err = m.with(ctx, func() error { out = m.minutes(&f); return nil })
	return limited(out, f.Limit), err
}

func (m *Memory) minutes(f *facts.Filter) (out []earshot.Minute) {
	for i := range m.d.Minutes {
		x := &m.d.Minutes[i].Row
		if within(f, x.At) && is(f.Account, x.Account) && is(f.Meeting, x.Meeting) && is(f.Segment, x.Segment) && is(f.Person, x.Person) {
			out = append(out, *x)
		}
	}
	slices.SortStableFunc(out, func(a, b earshot.Minute) int { return facts.CompareMinutes(&a, &b) })
	return out
}

// Summaries implements [facts.Store].
func (m *Memory) Summaries(ctx context.Context, f facts.Filter) (out []earshot.Summary, err error) {
	err = m.with(ctx, func() error { out = m.summaries(&f); return nil })
	return limited(out, f.Limit), err
}

func (m *Memory) summaries(f *facts.Filter) (out []earshot.Summary) {
	meeting := map[earshot.ID]bool{} // segments of f.Meeting
	for i := range m.d.Samples {
		if m.d.Samples[i].Meeting == f.Meeting {
			meeting[m.d.Samples[i].Segment] = true
		}
	}
	type key struct {
		segment earshot.ID
		wire    earshot.Wire
	}
	newest := map[key]earshot.Summary{}
	for _, t := range m.d.Summaries {
		k := key{t.Row.Segment, t.Row.Wire}
		if had, ok := newest[k]; !ok || t.Row.At >= had.At {
			newest[k] = t.Row
		}
	}
	for _, x := range newest {
		if within(f, x.At) && is(f.Account, x.Account) && is(f.Segment, x.Segment) && (f.Meeting == 0 || meeting[x.Segment]) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b earshot.Summary) int { return facts.CompareSummaries(&a, &b) })
	return out
}

// Notifications implements [facts.Store].
func (m *Memory) Notifications(ctx context.Context, f facts.Filter) (out []earshot.Notification, err error) {
	err = m.with(ctx, func() error { out = m.notifications(&f); return nil })
	return limited(out, f.Limit), err
}

func (m *Memory) notifications(f *facts.Filter) (out []earshot.Notification) {
	for _, n := range m.d.Notifications {
		if within(f, n.At) && is(f.Account, n.Account) && is(f.Meeting, n.Meeting) && is(f.Segment, n.Segment) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b earshot.Notification) int { return facts.CompareNotifications(&a, &b) })
	return slices.CompactFunc(out, func(a, b earshot.Notification) bool { return facts.CompareNotifications(&a, &b) == 0 })
}

// CallSamples implements [facts.Store].
func (m *Memory) CallSamples(ctx context.Context, call earshot.ID) (out []earshot.CallSample, err error) {
	err = m.with(ctx, func() error { out = m.callSamples(call); return nil })
	return out, err
}

// callSamples returns one call's, or with 0 every call's.
func (m *Memory) callSamples(call earshot.ID) (out []earshot.CallSample) {
	all := slices.Clone(m.d.CallSamples)
	slices.SortFunc(all, func(a, b earshot.CallSample) int { return facts.CompareCallSamples(&a, &b) })
	for i := range all {
		if call != 0 && all[i].Call != call {
			continue
		}
		if n := len(out); n > 0 && facts.CompareCallSamples(&out[n-1], &all[i]) == 0 {
			facts.MergeCallSamples(&out[n-1], &all[i])
			continue
		}
		out = append(out, all[i])
	}
	return out
}

// MeetingGrades implements [facts.Store].
func (m *Memory) MeetingGrades(ctx context.Context, meetings []earshot.ID, from, to earshot.Instant) (out []facts.MeetingGrades, err error) {
	err = m.with(ctx, func() error {
		unique := slices.Clone(meetings)
		slices.Sort(unique)
		for _, id := range slices.Compact(unique) {
			g := facts.MeetingGrades{Meeting: id}
			worst := map[earshot.ID]earshot.Grade{}
			for _, x := range m.minutes(&facts.Filter{From: from, To: to}) {
				if x.Meeting == id {
					g.Minutes.Add(x.Grade)
					worst[x.Person] = max(worst[x.Person], x.Grade)
				}
			}
			for _, w := range worst {
				g.People++
				switch w {
				case earshot.Bad:
					g.AffectedBad++
				case earshot.Poor:
					g.AffectedPoor++
				}
			}
			if g.People > 0 {
				out = append(out, g)
			}
		}
		return nil
	})
	return out, err
}

// OutboxTail implements [facts.Store].
func (m *Memory) OutboxTail(ctx context.Context) (tail uint64, err error) {
	err = m.with(ctx, func() error {
		if n := len(m.d.Outbox); n > 0 {
			tail = m.d.Outbox[n-1].Seq
		}
		return nil
	})
	return tail, err
}

// Outbox implements [facts.Store].
func (m *Memory) Outbox(ctx context.Context, after facts.OutboxPlace, rows int) (out []facts.OutboxEntry, err error) {
	err = m.with(ctx, func() error {
		held := 0
		first, _ := slices.BinarySearchFunc(m.d.Outbox, after.Seq, func(e entry, seq uint64) int { return cmp.Compare(e.Seq, seq) })
		for _, e := range m.d.Outbox[first:] {
			within := e.Seq == after.Seq && after.Within != (facts.OutboxRow{})
			if e.Seq <= after.Seq && !within {
				continue
			}
			o := m.outboxEntry(&e)
			if within {
				o.Minutes = slices.DeleteFunc(o.Minutes, func(x earshot.Minute) bool { return !after.Within.Before(&x) })
			}
			if n := len(o.Minutes) + len(o.Summaries); rows > 0 && (within || e.Replaced != nil || held+n > rows) {
				if len(out) > 0 {
					return nil
				}
				if len(o.Minutes) > rows {
					o.Minutes, o.Summaries, o.More = o.Minutes[:rows], nil, true
				}
				out = append(out, o)
				return nil
			}
			held += len(o.Minutes) + len(o.Summaries)
			out = append(out, o)
		}
		return nil
	})
	return out, err
}

// outboxEntry returns all of an entry.
func (m *Memory) outboxEntry(e *entry) facts.OutboxEntry {
	o := facts.OutboxEntry{Seq: e.Seq}
	if e.Replaced != nil {
		h := *e.Replaced
		o.Replaced = &h
		o.Minutes = m.minutes(&facts.Filter{From: h.Hour, To: h.Hour + 3_600_000, Account: h.Account})
		return o
	}
	for _, t := range m.d.Minutes {
		if t.Seq == e.Seq {
			o.Minutes = append(o.Minutes, t.Row)
		}
	}
	for _, t := range m.d.Summaries {
		if t.Seq == e.Seq {
			o.Summaries = append(o.Summaries, t.Row)
		}
	}
	slices.SortStableFunc(o.Minutes, func(a, b earshot.Minute) int { return facts.CompareMinutes(&a, &b) })
	slices.SortStableFunc(o.Summaries, func(a, b earshot.Summary) int { return facts.CompareSummaries(&a, &b) })
	return o
}

// Digest implements [facts.Store].
func (m *Memory) Digest(ctx context.Context, table string) (sum string, err error) {
	err = m.with(ctx, func() error {
		d := facts.NewDigest()
		var all facts.Filter
		switch table {
		case facts.TableSample:
			for _, x := range m.samples() {
				d.Sample(&x)
			}
		case facts.TableMinute:
			for _, x := range m.minutes(&all) {
				d.Minute(&x)
			}
		case facts.TableSummary:
			for _, x := range m.summaries(&all) {
				d.Summary(&x)
			}
		case facts.TableNotification:
			for _, x := range m.notifications(&all) {
				d.Notification(&x)
			}
		case facts.TableCallSample:
			for _, x := range m.callSamples(0) {
				d.CallSample(&x)
			}
		case facts.TableDirty:
			for _, h := range m.dirtyHours() {
				d.DirtyHour(h)
			}
		default:
			return fmt.Errorf("unknown table %q: want one of %v", table, facts.Tables)
		}
		sum = d.Sum()
		return nil
	})
	return sum, err
}
