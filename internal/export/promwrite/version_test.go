package promwrite_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/exp/api/remote"
	"github.com/prometheus/prometheus/model/labels"
	premote "github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/promwrite"
)

// TestBothVersionsReachPrometheus writes to Prometheus' own handler and database, behind a doorkeeper.
func TestBothVersionsReachPrometheus(t *testing.T) {
	for name, message := range map[string]string{"1": "prometheus.WriteRequest", "2": promwrite.Version2} {
		t.Run("version "+name, func(t *testing.T) {
			o := tsdb.DefaultOptions()
			o.OutOfOrderTimeWindow = time.Hour.Milliseconds()
			db, err := tsdb.Open(t.TempDir(), slog.New(slog.DiscardHandler), nil, o, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			handler := premote.NewWriteHandler(slog.New(slog.DiscardHandler), nil, db, remote.MessageTypes{remote.WriteV1MessageType, remote.WriteV2MessageType}, false, false, true)
			s := httptest.NewServer(handler)
			defer s.Close()
			door := exporttest.NewDoorkeeper(t, s.Listener.Addr().String())
			d, err := promwrite.New(t.Context(), promwrite.Options{Keys: map[string]any{"endpoint": door.URL, "protobuf_message": message}})
			if err != nil {
				t.Fatal(err)
			}
			w := exporttest.New(t, 60)
			spec := export.Spec{Name: "prom", FromOldest: true, BatchRecords: 25, Metrics: []export.Kind{export.KindMinute}}
			exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}), func(x *export.Exporter) bool {
				st := x.Status()[0]
				return st.Sent >= 60 && st.Lag == 0
			})
			if n := series(t, db, "zoom_qos_minute_grade"); n != 60 {
				t.Errorf("%d series with one sample each, want 60", n)
			}
		})
	}
}

// A receiver of version 1 finds no samples in a message of version 2, says yes and keeps nothing: that is no yes.
func TestAReceiverThatDoesNotKnowVersion2IsFoundOut(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer s.Close()
	one := &export.Batch{Metrics: []*export.Record{{ID: "m-1", Kind: export.KindMinute, At: 1, Values: []export.Value{{Metric: export.MinuteGrade, Number: 1}}}}}
	for message, known := range map[string]bool{"prometheus.WriteRequest": true, promwrite.Version2: false} {
		d, err := promwrite.New(t.Context(), promwrite.Options{Keys: map[string]any{"endpoint": s.URL, "protobuf_message": message}})
		if err != nil {
			t.Fatal(err)
		}
		_, checked := d.Check(t.Context())
		for _, err := range []error{checked, d.Send(t.Context(), one)} {
			var refused *export.RefusedError
			if (err == nil) != known || err != nil && (!errors.As(err, &refused) || !strings.Contains(err.Error(), "leave protobuf_message out")) {
				t.Errorf("%s: %v", message, err)
			}
		}
		_ = d.Close()
	}
}

// series counts series of a metric that hold exactly one sample.
func series(t *testing.T, db *tsdb.DB, name string) (n int) {
	t.Helper()
	q, err := db.Querier(0, time.Now().Add(time.Hour).UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	set := q.Select(t.Context(), false, nil, labels.MustNewMatcher(labels.MatchEqual, "__name__", name))
	for set.Next() {
		samples := 0
		for it := set.At().Iterator(nil); it.Next() != chunkenc.ValNone; {
			samples++
		}
		if samples == 1 {
			n++
		}
	}
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
