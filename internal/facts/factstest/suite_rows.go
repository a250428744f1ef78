package factstest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

func testRoundTrip(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	b.Samples = oddSamples()
	b.Minutes = oddMinutes()
	b.Summaries = []earshot.Summary{{Segment: 4, Account: otherAccount, At: hour + 137, Wire: earshot.WireASOutput}, fullSummary()}
	b.Notifications = []earshot.Notification{
		{Account: account, Meeting: 3, Segment: 0, At: hour + 1, Code: "Unstable audio quality"},
		{Account: otherAccount, Meeting: ^earshot.ID(0), Segment: 4, At: hour + 2, Code: "'; DROP TABLE minute; --"},
		{Account: otherAccount, Meeting: 3, Segment: 5, At: hour + 3, Code: ""},
	}
	b.CallSamples = []earshot.CallSample{
		{Call: 9, Account: account, At: hour, Side: earshot.SideCaller, Direction: earshot.DirectionSend},
		{
			Call: 9, Account: account, At: hour + 1, Side: earshot.SideCallee, Direction: earshot.DirectionReceive, BitrateKbps: earshot.Some(27.15),
			LossAvgPct: earshot.Some(0), LossMaxPct: earshot.Some(0.01), JitterMs: earshot.Some(1e9), NetworkDelayMs: earshot.Some(12), MOS: earshot.Some(4.37),
		},
	}
	must(t, s.Apply(ctx, b))
	for _, when := range []string{"as stored", "after maintenance"} {
		byHour := cmpopts.SortSlices(func(a, b facts.Sample) bool { return facts.CompareSamples(&a, &b) < 0 })
		if d := cmp.Diff(b.Samples, get(s.Samples(ctx, facts.Filter{}))(t), byHour); d != "" {
			t.Errorf("samples %s: -want +got:\n%s", when, d)
		}
		byMinute := cmpopts.SortSlices(func(a, b earshot.Minute) bool { return facts.CompareMinutes(&a, &b) < 0 })
		if d := cmp.Diff(b.Minutes, get(s.Minutes(ctx, facts.Filter{}))(t), byMinute); d != "" {
			t.Errorf("minutes %s: -want +got:\n%s", when, d)
		}
		same(t, get(s.Summaries(ctx, facts.Filter{}))(t), b.Summaries)
		same(t, get(s.Notifications(ctx, facts.Filter{}))(t), b.Notifications)
		same(t, get(s.CallSamples(ctx, 9))(t), b.CallSamples)
		if got := get(s.CallSamples(ctx, 10))(t); len(got) != 0 {
			t.Errorf("samples of a call that never was: %v", got)
		}
		must(t, s.Maintain(ctx, hour, facts.Retention{}))
	}
}

// oddSamples holds every metric, wire type and range that has surprised a store: ids beyond the signed range, zero against
// absent, numbers that no binary fraction holds, times before 1970.
func oddSamples() []facts.Sample {
	var all []facts.Sample
	for w := range earshot.Wire(earshot.WireCount) {
		s := sample(^earshot.ID(0)-1, hour, w, 0)
		s.Account, s.Site, s.NetworkType, s.DataCenter = otherAccount, ^earshot.ID(0), "Wifi", "Zürich 'Süd'"
		for m := range earshot.Metric(w) {
			if m < earshot.MetricCount {
				s.Set(m, []float64{0, 0.1, 27.15, -67, 0.01, 1e9, 99.99, 16777216}[(int(m)+int(w))%8])
			}
		}
		all = append(all, s)
	}
	nothing := sample(5, hour+1000, earshot.WireVideoInput, 0)
	nothing.Values = earshot.Values{}
	old := sample(5, -86_400_000, earshot.WireVideoInput, 3)
	epoch := sample(5, 1000, earshot.WireVideoInput, 3)
	moved := sample(5, hour+2000, earshot.WireVideoInput, 3)
	moved.NetworkType, moved.DataCenter, moved.Site = "Wired", "Denver", 7
	return append(all, nothing, old, epoch, moved)
}

func oddMinutes() []earshot.Minute {
	full := earshot.Minute{
		Segment: ^earshot.ID(0), Meeting: 1 << 63, Person: 1<<63 + 1, Account: otherAccount, At: hour + 60_000, Kind: earshot.KindSession,
		Dimensions: earshot.Dimensions{
			Site: 1<<63 + 2, NetworkType: "Cellular", DataCenter: "東京", ClientVersion: "6.2.5 (77)", DeviceClass: "Mac", ISP: "O'Net", Transport: "SSL",
		},
		Grade: earshot.Bad, Why: earshot.WhyNone,
		Reason: earshot.Reason{Wire: earshot.WireWifiRSSI, Direction: earshot.DirectionReceive, Metric: earshot.RSSIMaxDBm, Value: -82.25, Bound: -80, Set: true},
		Slots:  [earshot.SlotCount]earshot.Grade{1, 2, 3, 4, 0, 1, 2, 3},
		Spike:  true, Reports: 255, ZoomAudio: earshot.Poor, ZoomVideo: earshot.Fair, ZoomShare: earshot.Good,
	}
	idle := minute(1, hour, earshot.Unclassified)
	idle.Why = earshot.WhyIdle
	return []earshot.Minute{full, idle, minute(1, -60_000, earshot.Good), {Segment: 2, Account: account, At: hour}}
}

func fullSummary() earshot.Summary {
	s := earshot.Summary{Segment: 1 << 63, Account: account, At: hour + 138, Wire: earshot.WireAudioInput}
	n := 0.1
	for _, st := range []*earshot.SummaryStat{&s.Bitrate, &s.Latency, &s.Jitter, &s.Loss, &s.FrameRate, &s.RSSI} {
		*st = earshot.SummaryStat{Min: earshot.Some(n), Avg: earshot.Some(-n * 3), Max: earshot.Some(0)}
		n++
	}
	s.Latency.Avg = earshot.Opt{}
	for m := range earshot.Metric(earshot.MetricCount) {
		s.Set(m, float64(m)+0.25)
	}
	return s
}

func testFilters(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	for i := range 40 {
		segment := earshot.ID(1 + i%20)
		at := hour + earshot.Instant(i)*60_000
		x := sample(segment, at, earshot.WireAudioInput, float64(i))
		m := minute(segment, at, earshot.Good)
		n := earshot.Notification{Account: account, Meeting: x.Meeting, Segment: segment, At: at, Code: "c"}
		u := earshot.Summary{Account: account, Segment: segment, At: at, Wire: earshot.Wire(1 + i/20)}
		if i%20 >= 15 { // segments of another account
			x.Account, m.Account, n.Account, u.Account = otherAccount, otherAccount, otherAccount, otherAccount
		}
		b.Samples, b.Minutes = append(b.Samples, x), append(b.Minutes, m)
		b.Notifications, b.Summaries = append(b.Notifications, n), append(b.Summaries, u)
	}
	must(t, s.Apply(ctx, b))
	for _, f := range []facts.Filter{
		{}, {From: hour + 600_000}, {To: hour + 600_000}, {From: hour + 599_001, To: hour + 660_001}, {Account: otherAccount}, {Account: 77},
		{Meeting: 1001}, {Segment: 7}, {Segment: 7, From: hour + 1_000_000}, {Limit: 3}, {From: hour + 300_000, Account: account, Limit: 5},
		{From: hour, To: hour}, {From: hour + 1, To: hour + 1000}, {Segment: 7, Meeting: 1001},
	} {
		wantS := keep(b.Samples, f, func(x facts.Sample) (earshot.Instant, earshot.ID, earshot.ID, earshot.ID) {
			return x.At, x.Account, x.Meeting, x.Segment
		})
		same(t, get(s.Samples(ctx, f))(t), wantS)
		wantM := keep(b.Minutes, f, func(x earshot.Minute) (earshot.Instant, earshot.ID, earshot.ID, earshot.ID) {
			return x.At, x.Account, x.Meeting, x.Segment
		})
		same(t, get(s.Minutes(ctx, f))(t), wantM)
		wantN := keep(b.Notifications, f, func(x earshot.Notification) (earshot.Instant, earshot.ID, earshot.ID, earshot.ID) {
			return x.At, x.Account, x.Meeting, x.Segment
		})
		same(t, get(s.Notifications(ctx, f))(t), wantN)
		wantU := keep(b.Summaries, f, func(x earshot.Summary) (earshot.Instant, earshot.ID, earshot.ID, earshot.ID) {
			return x.At, x.Account, x.Segment/10 + 1000, x.Segment
		})
		same(t, get(s.Summaries(ctx, f))(t), wantU)
	}
	same(t, len(get(s.Minutes(ctx, facts.Filter{Person: 507}))(t)), 2)
	same(t, len(get(s.Minutes(ctx, facts.Filter{Person: 507, Segment: 8}))(t)), 0)
}

// keep is the filter in plain words; rows are in order of time already.
func keep[T any](rows []T, f facts.Filter, of func(T) (at earshot.Instant, account, meeting, segment earshot.ID)) []T {
	var out []T
	for _, x := range rows {
		at, account, meeting, segment := of(x)
		if (f.From == 0 || at >= f.From) && (f.To == 0 || at < f.To) && is(f.Account, account) && is(f.Meeting, meeting) && is(f.Segment, segment) {
			out = append(out, x)
		}
	}
	return limited(out, f.Limit)
}

func testDoubles(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	a, b := sample(7, hour, earshot.WireAudioInput, 5), sample(7, hour, earshot.WireAudioInput, 9)
	a.Set(earshot.JitterMs, 3)
	b.Set(earshot.LatencyMs, 40)
	a.NetworkType, b.NetworkType = "Wifi", "Wired" // another context: still the same key
	want := a
	facts.MergeSamples(&want, &b)
	other := sample(7, hour, earshot.WireAudioOutput, 1)

	first, second := batch(0, 1), batch(1, 2)
	first.Samples, second.Samples = []facts.Sample{a, other, a}, []facts.Sample{b}
	note := earshot.Notification{Account: account, Meeting: 1, Segment: 2, At: hour, Code: "x"}
	first.Notifications, second.Notifications = []earshot.Notification{note}, []earshot.Notification{note}
	call := earshot.CallSample{Call: 1, Account: account, At: hour, Side: earshot.SideCaller, Direction: earshot.DirectionSend, MOS: earshot.Some(4)}
	again := call
	again.MOS, again.JitterMs = earshot.Some(3), earshot.Some(7)
	first.CallSamples, second.CallSamples = []earshot.CallSample{call}, []earshot.CallSample{again}
	must(t, s.Apply(ctx, first))
	must(t, s.Maintain(ctx, hour, facts.Retention{})) // so that the doubles are not neighbours in the store
	must(t, s.Apply(ctx, second))

	same(t, get(s.Samples(ctx, facts.Filter{}))(t), []facts.Sample{want, other})
	same(t, get(s.Samples(ctx, facts.Filter{Limit: 1}))(t), []facts.Sample{want})
	same(t, get(s.HourSamples(ctx, earshot.DirtyHour{Account: account, Hour: hour}))(t), []facts.Sample{want, other})
	same(t, get(s.Notifications(ctx, facts.Filter{}))(t), []earshot.Notification{note})
	again.MOS = earshot.Some(4)
	same(t, get(s.CallSamples(ctx, 1))(t), []earshot.CallSample{again})
}

func testSummaries(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	early := earshot.Summary{Account: account, Segment: 1, At: hour, Wire: earshot.WireAudioInput, Jitter: earshot.SummaryStat{Avg: earshot.Some(9)}}
	late := early
	late.At, late.Jitter.Avg = hour+60_000, earshot.Some(2)
	for i, x := range []earshot.Summary{late, early} { // the later by its time, not by when it came
		b := batch(uint64(i), uint64(i+1))
		b.Summaries = []earshot.Summary{x}
		must(t, s.Apply(ctx, b))
	}
	same(t, get(s.Summaries(ctx, facts.Filter{}))(t), []earshot.Summary{late})
	if got := get(s.Summaries(ctx, facts.Filter{To: hour + 1}))(t); len(got) != 0 {
		t.Fatalf("a replaced summary is answered: %+v", got)
	}
}
