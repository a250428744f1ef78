package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/datadog"
	"github.com/earshot/earshot/internal/export/file"
	"github.com/earshot/earshot/internal/export/kafka"
	"github.com/earshot/earshot/internal/export/otlp"
	"github.com/earshot/earshot/internal/export/promwrite"
	"github.com/earshot/earshot/internal/export/splunk"
	"github.com/earshot/earshot/internal/export/webhook"
	"github.com/earshot/earshot/internal/journal"
)

// exportEvents is how many events each destination gets; each holds five samples that say something.
const exportEvents = 20_000

// taking answers every request with success, and reads it.
func taking() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"text":"Success","code":0}`)
	})
}

type memoryJournal struct{ journal.Source }

func (memoryJournal) Close() error { return nil }

// exporting drives a backlog of events through each kind of destination, one after the other: read, decoded, redacted, encoded, sent,
// positions synced. A server in this process takes everything, but for gRPC and Kafka, whose servers are a process of their own.
func exporting(ctx context.Context) error {
	j, err := filledJournal(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = j.Close() }()
	s := httptest.NewServer(taking())
	defer s.Close()
	all, _, _, stop, err := startPeers(ctx)
	if err != nil {
		return err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "earshot-bench-export")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("s"), 0o600); err != nil {
		return err
	}
	for _, d := range exported(ctx, s.URL, &all, dir) {
		to, err := d.make()
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		d.spec.Name, d.spec.FromOldest = "bench", true
		if err := exportOnce(ctx, j, filepath.Join(dir, d.name), d.name, d.spec, to); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

// filledJournal is a journal in memory with the events.
func filledJournal(ctx context.Context) (*journal.Journal, error) {
	j, err := journal.Open(journal.Options{Dir: "journal", FS: vfs.NewMem(), Heartbeat: -1, MinFreeBytes: -1})
	if err != nil {
		return nil, err
	}
	done := make(chan error, 64)
	bodies := qosBodies(exportEvents, people, time.Now().Add(-10*time.Minute))
	for k := range cap(done) {
		go func() {
			var err error
			for i := k; i < len(bodies) && err == nil; i += cap(done) {
				_, err = j.Append(ctx, journal.Record{Kind: journal.KindEvent, ReceivedAt: domain.InstantOf(time.Now()), Body: bodies[i]})
			}
			done <- err
		}()
	}
	for range cap(done) {
		err = errors.Join(err, <-done)
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// exportCase is a kind of destination with what it is sent.
type exportCase struct {
	name string
	spec export.Spec
	make func() (export.Destination, error)
}

// exported are all kinds: those over HTTP send to url, gRPC and Kafka to the peers, files go into dir, where a secret is as well.
func exported(ctx context.Context, url string, all *peers, dir string) []exportCase {
	asMetrics := export.Spec{Metrics: []export.Kind{export.KindSample}}
	asLogs := export.Spec{Logs: []export.Kind{export.KindSample}}
	raw := export.Spec{Logs: []export.Kind{export.KindEvent}}
	endpoint := map[string]any{"endpoint": url}
	hec := map[string]any{"endpoint": url, "token": "T"}
	grpc := map[string]any{"endpoint": all.OTLPGRPC, "tls": map[string]any{"insecure": true}}
	here := &deliver.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	return []exportCase{
		{"splunk_hec, metrics", asMetrics, func() (export.Destination, error) { return splunk.New(ctx, splunk.Options{Keys: hec, Metrics: true}) }},
		{"splunk_hec, raw events", raw, func() (export.Destination, error) { return splunk.New(ctx, splunk.Options{Keys: hec, Logs: true}) }},
		{"otlp_http, metrics", asMetrics, func() (export.Destination, error) { return otlp.New(ctx, otlp.Options{Keys: endpoint, Metrics: true}) }},
		{"otlp_http, logs", asLogs, func() (export.Destination, error) { return otlp.New(ctx, otlp.Options{Keys: endpoint, Logs: true}) }},
		{"prometheus_remote_write", asMetrics, func() (export.Destination, error) { return promwrite.New(ctx, promwrite.Options{Keys: endpoint}) }},
		{"datadog, series", asMetrics, func() (export.Destination, error) {
			return datadog.New(map[string]any{"api": map[string]any{"key": "k"}, "metrics": endpoint, "logs": endpoint})
		}},
		{"otlp_grpc, metrics", asMetrics, func() (export.Destination, error) {
			return otlp.New(ctx, otlp.Options{GRPC: true, Keys: grpc, Metrics: true})
		}},
		{"otlp_grpc, logs", asLogs, func() (export.Destination, error) {
			return otlp.New(ctx, otlp.Options{GRPC: true, Keys: grpc, Logs: true})
		}},
		{"kafka", asLogs, func() (export.Destination, error) {
			return kafka.New(map[string]any{"brokers": []any{all.Kafka}, "topic": "zoom"})
		}},
		{"webhook", asLogs, func() (export.Destination, error) {
			return webhook.New("bench", map[string]any{"url": url, "secret_file": filepath.Join(dir, "secret")}, here)
		}},
		{"file, lines of JSON", asLogs, func() (export.Destination, error) {
			return file.New(map[string]any{"path": filepath.Join(dir, "out.jsonl")}, asLogs.Logs)
		}},
	}
}

func exportOnce(ctx context.Context, j *journal.Journal, dir, name string, spec export.Spec, to export.Destination) error {
	x, err := export.New(export.Options{
		Dir: dir, Key: []byte("key"), Targets: []export.Target{{Spec: spec, Destination: to}},
		Journal: func() (export.Journal, error) { return memoryJournal{journal.NewSource(j)}, nil },
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	defer stop()
	ended := make(chan struct{})
	begun, cpu := time.Now(), processorTime()
	go func() { defer close(ended); _ = x.Run(ctx) }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	want := uint64(exportEvents)
	if len(spec.Metrics) > 0 || spec.Logs[0] == export.KindSample {
		want *= 5
	}
	for x.Status()[0].Sent < want {
		select {
		case <-ctx.Done():
			return fmt.Errorf("not done: %+v", x.Status()[0])
		case <-tick.C:
		}
	}
	took, used := time.Since(begun), processorTime()-cpu
	stop()
	<-ended
	// Raw events carry as many samples as the others.
	samples := float64(exportEvents * 5)
	fmt.Printf("  %-26s %9.0f samples/s of one core (at least 10,000)   %.0f/s by the clock, server included\n", name, samples/used.Seconds(), samples/took.Seconds())
	return errors.Join(x.Close())
}
