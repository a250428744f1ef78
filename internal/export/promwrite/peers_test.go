//go:build peers

package promwrite_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	promclient "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/promwrite"
	"github.com/earshot/earshot/internal/running"
)

// prometheus runs Debian's Prometheus, which takes remote write.
func prometheus(t *testing.T) string {
	t.Helper()
	dir, address := t.TempDir(), running.FreeAddress()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("storage: {tsdb: {out_of_order_time_window: 1h}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "prometheus", "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--web.enable-remote-write-receiver", "--log.level=error")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if resp, err := http.Get("http://" + address + "/-/ready"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return "http://" + address
			}
		}
		select {
		case <-ctx.Done():
			t.Fatal("Prometheus is not ready after a minute")
		case <-tick.C:
		}
	}
}

// TestPeers writes to Debian's Prometheus by both versions, behind a doorkeeper, with an end in the middle, and asks it with the official
// client what it has.
func TestPeers(t *testing.T) {
	base := prometheus(t)
	client, err := promclient.NewClient(promclient.Config{Address: base})
	if err != nil {
		t.Fatal(err)
	}
	for version, message := range map[int]string{1: "prometheus.WriteRequest", 2: promwrite.Version2} {
		if version == 2 && !takes2(t) {
			t.Log("this Prometheus is older than remote write 2")
			continue
		}
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			door := exporttest.NewDoorkeeper(t, base[len("http://"):])
			w, dir := exporttest.New(t, 100), t.TempDir()
			target := func() export.Target {
				d, err := promwrite.New(t.Context(), promwrite.Options{Keys: map[string]any{
					"endpoint": door.URL + "/api/v1/write", "protobuf_message": message, "external_labels": map[string]any{"version": fmt.Sprint(version)},
				}})
				if err != nil {
					t.Fatal(err)
				}
				return export.Target{Spec: export.Spec{Name: "prom", FromOldest: true, BatchRecords: 20, Metrics: []export.Kind{export.KindMinute, export.KindSample}}, Destination: d}
			}
			exporttest.Follow(t, w.Options(dir, target()), func(x *export.Exporter) bool { return x.Status()[0].Sent > 40 })
			exporttest.Follow(t, w.Options(dir, target()), func(x *export.Exporter) bool {
				s := x.Status()[0]
				return s.Backlog == 0 && s.Lag == 0 && s.Sent >= 300-60 && door.Tries.Load() > 10
			})
			for query, want := range map[string]float64{
				`count(count_over_time(zoom_qos_minute_grade{version="%d"}[30m]))`:                                  100,
				`sum(count_over_time(zoom_qos_minute_grade{version="%d"}[30m]))`:                                    100,
				`count(count_over_time(zoom_qos_jitter_milliseconds{version="%d",zoom_media="audio"}[30m]))`:        100,
				`count(count_over_time(zoom_qos_loss_maximum_percent{version="%d",zoom_direction="receive"}[30m]))`: 100,
			} {
				query = fmt.Sprintf(query, version)
				v, _, err := promv1.NewAPI(client).Query(t.Context(), query, time.Now())
				if err != nil {
					t.Fatal(err)
				}
				vector, ok := v.(model.Vector)
				if !ok || len(vector) != 1 || float64(vector[0].Value) != want {
					t.Errorf("%s: %v, want %v", query, v, want)
				}
			}
			d := target().Destination
			said, err := d.Check(t.Context())
			if err != nil {
				t.Errorf("check: %v", err)
			}
			t.Log("check:", said)
			_ = d.Close()
		})
	}
}

// takes2 reports whether the Prometheus here is 3.0 or later.
func takes2(t *testing.T) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "prometheus", "--version").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	var major int
	_, _ = fmt.Sscanf(string(out), "prometheus, version %d.", &major)
	return major >= 3
}
