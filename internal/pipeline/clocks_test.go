package pipeline

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/live"
)

// odd feeds a fold one event after the other, ten seconds apart, beside the heartbeats of a quiet receiver.
type odd struct {
	*Fold
	now earshot.Instant
}

func newOdd() *odd {
	o := &odd{NewFold(testRules()), earshot.InstantOf(testStart)}
	for range 12 { // event time is there
		o.qos("known", 0, 0)
	}
	o.Take()
	o.LiveUpdate(o.now)
	return o
}

func (o *odd) say(body string) {
	o.now += 10_000
	o.Apply(&journal.Record{Seq: o.seq + 1, Kind: journal.KindEvent, ReceivedAt: o.now, Body: []byte(body)})
}

// qos reports of a participant; times of 0 are now.
func (o *odd) qos(who string, eventMs, dateMs earshot.Instant) {
	if eventMs == 0 {
		eventMs = o.now + 10_000
	}
	if dateMs == 0 {
		dateMs = o.now
	}
	o.say(fmt.Sprintf(`{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u","participant":{"user_id":%q,
		"qos":[{"date_time":%q,"type":"audio_input","details":{"bitrate":"60 kbps","avg_loss":"0.0%%","latency":"20 ms","jitter":"3 ms"}}]}}}}`,
		eventMs, who, dateMs.Time().Format("2006-01-02T15:04:05Z")))
}

// TestEventsOfBrokenClocks: an event_ts of another age neither stretches a stay, each hour of which would be computed again, nor
// keeps a meeting running.
func TestEventsOfBrokenClocks(t *testing.T) {
	for name, ts := range map[string]earshot.Instant{
		"1970": 1, "1999": earshot.InstantOf(time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)), "2001": earshot.InstantOf(time.Date(2001, 9, 9, 0, 0, 0, 0, time.UTC)),
		"2090": earshot.InstantOf(time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)), "9999": 253402300799000,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOdd()
			o.qos("one", 0, 0)
			o.qos("one", ts, 0)
			o.qos("one", 0, 0)
			// Who it is comes last: then all minutes of the stay are somebody else's.
			o.say(fmt.Sprintf(`{"event":"meeting.participant_joined","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u","participant":{"user_id":"one","id":"zoom-user","user_name":"One"}}}}`, o.now))
			out := o.Take()
			if len(out.Dirty) > 1 {
				t.Errorf("%d hours to compute again, want one at most", len(out.Dirty))
			}
			for i := range out.Samples {
				if s := &out.Samples[i]; apart(s.At, o.now) > 120_000 {
					t.Errorf("a sample of %v", s.At.Time())
				}
			}
			s := live.New(live.Options{})
			s.Apply(o.LiveUpdate(o.now))
			for range 60 {
				o.now += 10_000
				o.Apply(&journal.Record{Seq: o.seq + 1, Kind: journal.KindHeartbeat, ReceivedAt: o.now})
			}
			s.Apply(o.LiveUpdate(o.now))
			if n := s.Status().Meetings; n != 0 {
				t.Errorf("%d meetings run ten minutes after the last event", n)
			}
			if d := o.drift.take(); len(d) != 1 || d[0].Key != "event_ts!far" || d[0].Count != 1 {
				t.Errorf("drift %v, want the time", d)
			}
		})
	}
}

// TestTimesWithinAnEventOfBrokenClocks: what an event tells of other times is left out where it cannot be.
func TestTimesWithinAnEventOfBrokenClocks(t *testing.T) {
	for _, when := range []string{"0001-01-01T00:00:00Z", "1970-01-01T00:00:01Z", "9999-12-31T23:59:59-23:59"} {
		t.Run(when[:4], func(t *testing.T) {
			o := newOdd()
			o.say(fmt.Sprintf(`{"event":"meeting.participant_left","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u","start_time":%q,"participant":{"user_id":"known","join_time":%q,"leave_time":%q}}}}`, o.now, when, when, when))
			left := o.now - 10_000
			o.say(fmt.Sprintf(`{"event":"meeting.ended","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u","start_time":%q,"end_time":%q}}}`, o.now, when, when))
			o.say(fmt.Sprintf(`{"event":"phone.callee_ended","event_ts":%d,"payload":{"account_id":"a","object":{"call_id":"c","ringing_start_time":%[2]q,"answer_start_time":%[2]q,"call_end_time":%[2]q}}}`, o.now, when))
			o.say(fmt.Sprintf(`{"event":"phone.call_qos","event_ts":%d,"payload":{"account_id":"a","object":{"call_id":"d","call_start_time":%[2]q,"call_qos":{"type":"caller","id":"x","qos":{"date_time":%[2]q,"type":"sending","details":{"mos":"4.2"}}}}}}`, o.now, when))
			g := o.identity.Segment(o.rules.Keys.Segment("u", "known"))
			if g.Join != 0 && apart(g.Join, o.now) > believableStay || g.Leave != left {
				t.Errorf("joined %v, left %v; want a join that can be or none, and %v", g.Join.Time(), g.Leave.Time(), left.Time())
			}
			m := o.identity.Meeting(o.rules.Keys.Meeting("u"))
			if m.Start != 0 || m.End != left+10_000 {
				t.Errorf("meeting from %v to %v", m.Start.Time(), m.End.Time())
			}
			c := o.identity.Call(o.rules.Keys.Call("c"))
			if c.Start != 0 || c.Connected != 0 || apart(c.End, o.now) > 60_000 {
				t.Errorf("call from %v, connected %v, to %v", c.Start.Time(), c.Connected.Time(), c.End.Time())
			}
			out := o.Take()
			if n := len(out.CallSamples); n != 1 || apart(out.CallSamples[0].At, o.now) > 60_000 {
				t.Errorf("call samples %+v", out.CallSamples)
			}
		})
	}
}

// TestEventTimeJumps: a stream that really is of another year becomes event time, once it is more than a few events.
func TestEventTimeJumps(t *testing.T) {
	o := newOdd()
	later := o.now.Add(3 * 365 * 24 * time.Hour)
	for i := range 40 {
		o.qos("later", later+earshot.Instant(i)*1000, later+earshot.Instant(i)*1000)
	}
	if o.mark.Now < later {
		t.Fatalf("event time %v, want three years on", o.mark.Now.Time())
	}
	o.Take()
	o.qos("later", later+60_000, later+60_000)
	if out := o.Take(); len(out.Samples) != 1 || out.Samples[0].At != later+60_000 {
		t.Errorf("%+v, want the sample at its own time", out.Samples)
	}
}

// TestNumbersThatCannotBe: no store, and no JSON, takes an infinite number, which 1e300 is as a float32.
func TestNumbersThatCannotBe(t *testing.T) {
	o := newOdd()
	body := fmt.Sprintf(`{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u","participant":{"user_id":"one",
		"qos":[{"date_time":%q,"type":"audio_input","details":{"bitrate":"1e300 kbps","avg_loss":"3.0%%","latency":"1e39 ms"}}]}}}}`, o.now, o.now.Time().Format("2006-01-02T15:04:05Z"))
	o.say(body)
	o.say(strings.NewReplacer("participant_qos", "participant_qos_summary", `"bitrate"`, `"avg_bitrate"`, `"latency"`, `"system_max_cpu_usage"`, "1e39 ms", "1e39%", "user_id", "participant_id").Replace(body))
	out := o.Take()
	if len(out.Samples) != 1 || len(out.Summaries) != 1 {
		t.Fatalf("%d samples, %d summaries; want one each", len(out.Samples), len(out.Summaries))
	}
	for _, v := range []*earshot.Values{&out.Samples[0].Values, &out.Summaries[0].Values} {
		for m := range earshot.Metric(earshot.MetricCount) {
			if x, ok := v.Get(m); ok && (math.IsInf(x, 0) || x > mostMetric) {
				t.Errorf("%v is %v", m, x)
			}
		}
	}
	if loss, _ := out.Samples[0].Get(earshot.LossAvgPct); loss != 3 {
		t.Errorf("loss %v, want what was said beside it", loss)
	}
	if b := out.Summaries[0].Bitrate; b.Avg.Present {
		t.Errorf("summary's bit rate %v", b)
	}
}
