package cause

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

// crowd is a large account: 50,000 people in meetings of eight, at 200 sites and at home, three in a hundred of their minutes
// fair or worse.
type crowd struct {
	n      int
	from   earshot.Instant
	r      *rand.Rand
	outage func(o *Observation) bool
}

func (c *crowd) observation(p, minute int) Observation {
	at := c.from + earshot.Instant(minute)*minuteMs
	nan := math.NaN()
	o := Observation{
		Segment: mix(1, p), Person: mix(2, p), Meeting: mix(3, p/8), At: at, First: at + earshot.Instant(p%60)*1000,
		Send: earshot.Good, Receive: earshot.Good, Grade: earshot.Good, Device: earshot.Good,
		Cells: Cells{
			NetworkType: []string{"Wifi", "Wired"}[p%2], ISP: fmt.Sprintf("isp %d", p%40), DataCenter: fmt.Sprintf("dc %d", p%12),
			ClientVersion: fmt.Sprintf("6.%d.0", p%7), Transport: "UDP",
		},
		Direct: Direct{CPUSystemMaxPct: 30, Pressure: nan, RSSIAvgDBm: -55, Talking: p%8 == 0, TalkKnown: true, LatencyMs: 60},
	}
	o.Last = o.First
	if p%3 > 0 {
		o.Cells.Site, o.Cells.Subnet = siteID(p%200), fmt.Sprintf("10.0.%d.0/24", p%5)
	}
	switch x := c.r.Float64(); {
	case x < .008:
		o.Receive, o.Grade = earshot.Poor, earshot.Poor
	case x < .03:
		o.Receive, o.Grade = earshot.Fair, earshot.Fair
	}
	if c.outage != nil && c.outage(&o) {
		o.Receive, o.Send, o.Grade = earshot.Bad, earshot.Bad, earshot.Bad
	}
	return o
}

// fill plays ten minutes.
func (c *crowd) fill(e *Engine) (now earshot.Instant) {
	for m := range 10 {
		for p := range c.n {
			o := c.observation(p, m)
			e.Put(&o)
		}
		e.Evaluate(c.from + earshot.Instant(m+1)*minuteMs)
	}
	return c.from + 10*minuteMs
}

func newCrowd(n int) *crowd {
	return &crowd{n: n, from: earshot.InstantOf(time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)), r: rand.New(rand.NewPCG(1, 2))}
}

// BenchmarkTick is ten seconds of life at 50,000 live: a sixth of them report, then one evaluation.
func BenchmarkTick(b *testing.B) {
	for name, outage := range map[string]func(*Observation) bool{
		"ordinary": nil,
		"one-data-center-down": func(o *Observation) bool {
			return o.Cells.DataCenter == "dc 3"
		},
		"a-third-down": func(o *Observation) bool { return o.Cells.DataCenter < "dc 3" },
	} {
		b.Run(name, func(b *testing.B) {
			c := newCrowd(50_000)
			c.outage = outage
			e := New(DefaultParams())
			now := c.fill(e)
			var put, evaluate time.Duration
			minute, part := 10, 0
			for b.Loop() {
				b.StopTimer()
				var batch []Observation
				for p := range c.n {
					if p%60/10 == part {
						batch = append(batch, c.observation(p, minute))
					}
				}
				b.StartTimer()
				start := time.Now()
				for i := range batch {
					e.Put(&batch[i])
				}
				put += time.Since(start)
				now += 10_000
				start = time.Now()
				e.Evaluate(now)
				evaluate += time.Since(start)
				if part++; part == 6 {
					minute, part = minute+1, 0
				}
			}
			b.ReportMetric(float64(evaluate.Milliseconds())/float64(b.N), "ms/evaluate")
			b.ReportMetric(float64(put.Nanoseconds())/float64(b.N)/float64(c.n/6), "ns/put")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkExplain explains the bad minutes of one minute while a data centre is down.
func BenchmarkExplain(b *testing.B) {
	c := newCrowd(50_000)
	c.outage = func(o *Observation) bool { return o.Cells.DataCenter == "dc 3" }
	e := New(DefaultParams())
	c.fill(e)
	var keys []earshot.MinuteKey
	for _, k := range e.Bad() {
		if k.At == c.from+8*minuteMs {
			keys = append(keys, k)
		}
	}
	for b.Loop() {
		for _, k := range keys {
			e.Explain(k)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(keys)), "ns/minute")
	b.ReportMetric(float64(len(keys)), "minutes")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSnapshot writes and restores an engine of 50,000 live.
func BenchmarkSnapshot(b *testing.B) {
	c := newCrowd(50_000)
	e := New(DefaultParams())
	c.fill(e)
	var buf []byte
	for b.Loop() {
		buf, _ = e.AppendBinary(buf[:0])
	}
	b.ReportMetric(float64(len(buf))/1e6, "MB")
}
