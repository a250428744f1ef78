package otlp_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"google.golang.org/grpc"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/otlp"
)

// halfOfLogs and halfOfMetrics say that one log record was refused, and two points.
func halfOfLogs() plogotlp.ExportResponse {
	out := plogotlp.NewExportResponse()
	out.PartialSuccess().SetRejectedLogRecords(1)
	out.PartialSuccess().SetErrorMessage("a log is too long")
	return out
}

func halfOfMetrics() pmetricotlp.ExportResponse {
	out := pmetricotlp.NewExportResponse()
	out.PartialSuccess().SetRejectedDataPoints(2)
	out.PartialSuccess().SetErrorMessage("points have no unit")
	return out
}

type halfLogs struct {
	plogotlp.UnimplementedGRPCServer
}

func (halfLogs) Export(context.Context, plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	return halfOfLogs(), nil
}

type halfMetrics struct {
	pmetricotlp.UnimplementedGRPCServer
}

func (halfMetrics) Export(context.Context, pmetricotlp.ExportRequest) (pmetricotlp.ExportResponse, error) {
	return halfOfMetrics(), nil
}

func overHTTP(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := halfOfLogs().MarshalProto()
		if r.URL.Path == "/v1/metrics" {
			body, err = halfOfMetrics().MarshalProto()
		}
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func overGRPC(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	plogotlp.RegisterGRPCServer(s, &halfLogs{})
	pmetricotlp.RegisterGRPCServer(s, &halfMetrics{})
	go func() { _ = s.Serve(l) }()
	t.Cleanup(s.Stop)
	return l.Addr().String()
}

// A receiver that says yes and refuses a part is heard: what it refused is no success.
func TestAPartialSuccessIsHeard(t *testing.T) {
	rec := &export.Record{ID: "m-1", Kind: export.KindMinute, At: 1, Name: "earshot.minute", Values: []export.Value{{Metric: export.MinuteGrade, Number: float64(earshot.Bad)}}}
	for name, o := range map[string]otlp.Options{
		"http": {Keys: map[string]any{"endpoint": overHTTP(t)}},
		"grpc": {GRPC: true, Keys: map[string]any{"endpoint": overGRPC(t), "tls": map[string]any{"insecure": true}}},
	} {
		o.Logs, o.Metrics = true, true
		d, err := otlp.New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range []struct {
			batch   export.Batch
			refused int
			said    string
		}{
			{export.Batch{Logs: []*export.Record{rec}}, 1, "a log is too long"},
			{export.Batch{Metrics: []*export.Record{rec}}, 2, "points have no unit"},
			{export.Batch{Logs: []*export.Record{rec}, Metrics: []*export.Record{rec}}, 3, "points have no unit"},
			{export.Batch{}, -1, ""},
		} {
			err := d.Send(t.Context(), &b.batch)
			var partial *export.PartialError
			if errors.As(err, &partial) != (b.refused >= 0) || partial != nil && (partial.Refused != b.refused || !strings.Contains(err.Error(), b.said)) {
				t.Errorf("%s: %v, want %d refused: %s", name, err, b.refused, b.said)
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}
