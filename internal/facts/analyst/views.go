package analyst

import (
	"fmt"
	"strings"

	"github.com/earshot/earshot"
)

// words makes SQL that says the words of an enumeration: NULL where the word is empty.
func words[T fmt.Stringer](column string, all ...T) string {
	quoted := make([]string, len(all))
	for i, x := range all {
		quoted[i] = "'" + x.String() + "'"
	}
	return fmt.Sprintf("nullif([%s][%s + 1], '')", strings.Join(quoted, ", "), column)
}

// through returns the first n values of an enumeration.
func through[T ~uint8](n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = T(i)
	}
	return out
}

func gradeWord(column string) string { return words(column, through[earshot.Grade](5)...) }

// wires, scopes, causes are as many as there are words.
func wireWord(column string) string {
	return words(column, named[earshot.Wire]()...)
}

// named returns an enumeration's values as long as they have words.
func named[T interface {
	~uint8
	fmt.Stringer
}]() (out []T) {
	for i := range 255 {
		x := T(i)
		if strings.HasPrefix(x.String(), "unknown(") {
			return out
		}
		out = append(out, x)
	}
	return out
}

func id(column string) string {
	return fmt.Sprintf("CASE WHEN %s <> 0 THEN format('{:016x}', %s) END AS %s", column, column, column)
}

func text(column string) string { return fmt.Sprintf("nullif(%s, '') AS %s", column, column) }

func as(expression, name string) string { return expression + " AS " + name }

// metrics are the columns of all metrics.
func metrics() (out []string) {
	for m := range earshot.Metric(earshot.MetricCount) {
		out = append(out, m.String())
	}
	return out
}

// view is one of the schema that docs/sql.md describes.
type view struct {
	name    string
	columns []string
	from    string
}

func views() []view {
	seconds, millis := as("make_timestamp(at_s * 1000000)", "ts"), as("make_timestamp(at_ms * 1000)", "ts")
	minute := []string{
		seconds, id("account"), id("meeting"), id("segment"), id("person"), as(words("kind", named[earshot.Kind]()...), "kind"), id("site"),
		text("network_type"), text("data_center"), text("client_version"), text("device_class"), text("isp"), text("transport"), as(gradeWord("grade"), "grade"),
		as(words("why", named[earshot.Why]()...), "why"), as("CASE WHEN reason_set THEN "+wireWord("reason_wire")+" END", "reason_wire"),
		as("CASE WHEN reason_set THEN "+words("reason_metric", named[earshot.Metric]()...)+" END", "reason_metric"),
		as("CASE WHEN reason_set THEN reason_value END", "reason_value"), as("CASE WHEN reason_set THEN reason_bound END", "reason_bound"),
	}
	for s := range earshot.StreamSlot(earshot.SlotCount) {
		minute = append(minute, as(gradeWord(s.String()), "grade_"+s.String()))
	}
	minute = append(minute, "spike", "reports", as(gradeWord("zoom_audio"), "zoom_audio"), as(gradeWord("zoom_video"), "zoom_video"), as(gradeWord("zoom_share"), "zoom_share"),
		as(words("cause", named[earshot.Cause]()...), "cause"), as("confidence", "confidence_pct"), as(words("candidate", named[earshot.Cause]()...), "candidate"),
		as(words("scope", named[earshot.Scope]()...), "scope"), id("cell"), as("nullif(cell_label, '')", "cell_name"), "inside_bad", "inside_of", "elsewhere_bad", "elsewhere_of")
	direction := as(words("direction", named[earshot.Direction]()...), "direction")
	return []view{
		{"minutes", minute, "facts.minute_row"},
		{"samples", append([]string{
			as("reported_at", "ts"), id("account"), id("meeting"), id("segment"), id("site"), text("network_type"), text("data_center"), as(wireWord("wire"), "wire"),
		}, metrics()...), "facts.sample"},
		{"summaries", append([]string{
			millis, id("account"), id("segment"), as(wireWord("wire"), "wire"), "bitrate_avg_kbps", "latency_avg_ms", "latency_max_ms", "jitter_avg_ms", "jitter_max_ms",
			as("loss_avg_of_pct", "loss_avg_pct"), as("loss_max_of_pct", "loss_max_pct"),
		}, "quality_score"), "facts.summary"},
		{"notifications", []string{millis, id("account"), id("meeting"), id("segment"), "code"}, "facts.notification"},
		{"call_reports", []string{
			millis, id("account"), id("call"), as(words("side", named[earshot.CallSide]()...), "side"), direction, "mos", "jitter_ms", "network_delay_ms", "loss_avg_pct", "loss_max_pct", "bitrate_kbps",
		}, "facts.call_sample"},
	}
}

func (v *view) sql() string {
	return fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM %s", v.name, strings.Join(v.columns, ", "), v.from)
}
