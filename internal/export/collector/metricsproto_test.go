package collector

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
)

// record draws one with any numbers and attributes.
func record(t *rapid.T) *export.Record {
	r := &export.Record{At: earshot.Instant(rapid.Int64Range(0, 4e12).Draw(t, "at"))}
	for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z.]{1,200}`), 0, 6, rapid.ID).Draw(t, "keys") {
		r.Attributes = append(r.Attributes, export.Attribute{Key: key, Value: rapid.StringN(1, 300, -1).Draw(t, "value")})
	}
	for range rapid.IntRange(0, 8).Draw(t, "values") {
		r.Values = append(r.Values, export.Value{
			Metric: export.Metric(rapid.IntRange(0, len(export.Metrics())-1).Draw(t, "metric")), Number: rapid.Float64().Draw(t, "number"),
			Media: rapid.SampledFrom([]earshot.Media{earshot.MediaNone, earshot.MediaAudio}).Draw(t, "media"), Direction: rapid.SampledFrom([]earshot.Direction{earshot.DirectionNone, earshot.DirectionSend}).Draw(t, "direction"),
		})
	}
	return r
}

// TestTheEncoderWritesWhatTheCollectorWould reads what it wrote by the Collector's own decoder. One encoder writes several batches.
func TestTheEncoderWritesWhatTheCollectorWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e MetricsEncoder
		for range rapid.IntRange(1, 3).Draw(t, "batches") {
			var s Shape
			if rapid.Bool().Draw(t, "resource") {
				s.Resource = map[string]string{"com.example.index": rapid.StringN(1, 300, -1).Draw(t, "index")}
			}
			all := make([]*export.Record, rapid.IntRange(0, 20).Draw(t, "records"))
			for i := range all {
				all[i] = record(t)
			}
			want := s.Metrics(all)
			got := pmetricotlp.NewExportRequest()
			if err := got.UnmarshalProto(e.Encode(&s, all)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text(t, pmetricotlp.NewExportRequestFromMetrics(want)), text(t, got)); diff != "" {
				t.Fatalf("other than the Collector's (-want +got):\n%s", diff)
			}
		}
	})
}

func text(t *rapid.T, r pmetricotlp.ExportRequest) string {
	raw, err := r.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func BenchmarkMetricsProto(b *testing.B) {
	all := make([]*export.Record, 1000)
	for i := range all {
		all[i] = &export.Record{At: 1_767_778_440_000, Attributes: []export.Attribute{
			{Key: "zoom.account.id", Value: "acc"}, {Key: "zoom.event.name", Value: "meeting.participant_qos"}, {Key: "zoom.meeting.uuid", Value: "4444AAAiAAAAAiAiAiiAii=="},
			{Key: "zoom.participant.id", Value: "16778240"}, {Key: "enduser.id", Value: "z8yCxjsdR7qvbXsFUWUCGi"}, {Key: "zoom.stream", Value: "audio_input"},
		}, Values: []export.Value{{Metric: 0, Number: 30}, {Metric: 1, Number: 80}, {Metric: 2, Number: 4}, {Metric: 3, Number: 1}}}
	}
	var e MetricsEncoder
	for b.Loop() {
		e.Encode(&Shape{}, all)
	}
}
