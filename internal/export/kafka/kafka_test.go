package kafka_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/kafka"
)

func cluster(t *testing.T) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "zoom"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestABrokerGetsEverything(t *testing.T) {
	c := cluster(t)
	w := exporttest.New(t, 100)
	w.AddSummaries(t, 60)
	d, err := kafka.New(map[string]any{"brokers": c.ListenAddrs(), "topic": "zoom"})
	if err != nil {
		t.Fatal(err)
	}
	spec := export.Spec{Name: "kafka", FromOldest: true, BatchRecords: 40, Logs: []export.Kind{export.KindEvent, export.KindSample, export.KindMinute, export.KindSummary, export.KindIncident}}
	want := w.IDs(spec.Logs...)
	exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}), exporttest.AllSent(uint64(len(want))))
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics("zoom"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	got := map[string]bool{}
	for len(got) < len(want) && ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			got[string(r.Key)] = true
			if !want[string(r.Key)] || !strings.Contains(string(r.Value), string(r.Key)) {
				t.Errorf("message %s: %s", r.Key, r.Value)
			}
			for _, p := range exporttest.Personal {
				if strings.Contains(string(r.Value), p) {
					t.Errorf("%q left: %s", p, r.Value)
				}
			}
		})
	}
	if len(got) != len(want) {
		t.Errorf("%d of %d arrived", len(got), len(want))
	}
}

func TestCheckSaysWhatWasAnswered(t *testing.T) {
	c := cluster(t)
	for topic, want := range map[string]string{"zoom": "", "zooom": "UNKNOWN_TOPIC"} {
		d, err := kafka.New(map[string]any{"brokers": c.ListenAddrs(), "topic": topic})
		if err != nil {
			t.Fatal(err)
		}
		said, err := d.Check(t.Context())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", topic, said, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWrongKeysAreNamed(t *testing.T) {
	for want, keys := range map[string]map[string]any{
		"brokers is empty":       {"topic": "a"},
		"topic is empty":         {"brokers": []any{"a:1"}},
		"producer.required_acks": {"brokers": []any{"a:1"}, "topic": "a", "producer": map[string]any{"required_acks": 0}},
		"auth.sasl.mechanism":    {"brokers": []any{"a:1"}, "topic": "a", "auth": map[string]any{"sasl": map[string]any{"username": "u", "password": "p", "mechanism": "X"}}},
		"broker":                 {"broker": "a:1"},
	} {
		if _, err := kafka.New(keys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}
