package collector

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/earshot/earshot/internal/export"
)

// scope names what made the records.
const scope = "github.com/earshot/earshot"

// The attributes that every log record has beside its own.
const (
	attrRecordID   = "earshot.record.id"
	attrRecordKind = "earshot.record.kind"
)

// Shape makes the Collector's data of records. The zero Shape is OTLP's.
type Shape struct {
	// Resource are attributes of the resource, beside service.name, which is "earshot".
	Resource map[string]string
}

func (s *Shape) resource(r pcommon.Resource) {
	r.Attributes().PutStr("service.name", "earshot")
	for k, v := range s.Resource {
		r.Attributes().PutStr(k, v)
	}
}

// Logs makes log records. The body is text: Zoom's JSON as it is for events, the record's JSON for the others.
func (s *Shape) Logs(all []*export.Record) plog.Logs {
	out := plog.NewLogs()
	rl := out.ResourceLogs().AppendEmpty()
	s.resource(rl.Resource())
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(scope)
	sl.LogRecords().EnsureCapacity(len(all))
	for _, r := range all {
		lr := sl.LogRecords().AppendEmpty()
		lr.SetTimestamp(timestamp(r))
		lr.SetObservedTimestamp(timestamp(r))
		lr.SetEventName(r.Name)
		lr.SetSeverityNumber(plog.SeverityNumberInfo)
		lr.Body().SetStr(r.Text())
		attrs := lr.Attributes()
		attrs.EnsureCapacity(len(r.Attributes) + 2)
		attrs.PutStr(attrRecordID, r.ID)
		attrs.PutStr(attrRecordKind, r.Kind.String())
		for _, a := range r.Attributes {
			attrs.PutStr(a.Key, a.Value)
		}
	}
	return out
}

// Metrics makes gauges: one metric a name, one point a record.
func (s *Shape) Metrics(all []*export.Record) pmetric.Metrics {
	out := pmetric.NewMetrics()
	rm := out.ResourceMetrics().AppendEmpty()
	s.resource(rm.Resource())
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName(scope)
	gauges := map[export.Metric]pmetric.NumberDataPointSlice{}
	for _, r := range all {
		own := attributesOf(r)
		for i := range r.Values {
			v := &r.Values[i]
			points, ok := gauges[v.Metric]
			if !ok {
				m := sm.Metrics().AppendEmpty()
				m.SetName(v.Metric.Name())
				m.SetUnit(v.Metric.Unit())
				points = m.SetEmptyGauge().DataPoints()
				points.EnsureCapacity(len(all))
				gauges[v.Metric] = points
			}
			p := points.AppendEmpty()
			p.SetTimestamp(timestamp(r))
			p.SetDoubleValue(v.Number)
			if i == len(r.Values)-1 {
				own.MoveTo(p.Attributes())
			} else {
				own.CopyTo(p.Attributes())
			}
			for _, a := range v.Attributes() {
				p.Attributes().PutStr(a.Key, a.Value)
			}
		}
	}
	return out
}

// attributesOf returns a record's attributes: copying them is cheaper than adding them again for each of its numbers.
func attributesOf(r *export.Record) pcommon.Map {
	own := pcommon.NewMap()
	own.EnsureCapacity(len(r.Attributes))
	for _, a := range r.Attributes {
		own.PutStr(a.Key, a.Value)
	}
	return own
}

func timestamp(r *export.Record) pcommon.Timestamp { return pcommon.NewTimestampFromTime(r.Time()) }
