package kafka_test

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

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
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	got, partitions := map[string]bool{}, map[string]map[int32]bool{}
	for len(got) < len(want) && ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			got[string(r.Key)] = true
			if meeting := uuid.FindString(string(r.Value)); meeting != "" {
				if partitions[meeting] == nil {
					partitions[meeting] = map[int32]bool{}
				}
				partitions[meeting][r.Partition] = true
			}
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
	used := map[int32]bool{}
	for meeting, in := range partitions {
		maps.Copy(used, in)
		if len(in) != 1 {
			t.Errorf("what is of %s went to partitions %v; want one", meeting, in)
		}
	}
	if len(partitions) > 5 && len(used) < 2 {
		t.Errorf("%d meetings are all in %v", len(partitions), used)
	}
	t.Log(len(partitions), "meetings in", len(used), "partitions")
}

// uuid finds the meeting that a message is of: in Zoom's own words, and in Earshot's.
var uuid = regexp.MustCompile(`uuid":\s*"[^"]+"`)

// A topic that is deleted and made anew has another id, under which the next batch finds it, without a restart.
func TestATopicThatIsMadeAnewIsFound(t *testing.T) {
	c := cluster(t)
	d, err := kafka.New(map[string]any{"brokers": c.ListenAddrs(), "topic": "zoom"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	batch := &export.Batch{Logs: []*export.Record{{ID: "m-1", Kind: export.KindMinute, At: 1}}}
	if err := d.Send(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	admin, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	remove, add := kmsg.NewPtrDeleteTopicsRequest(), kmsg.NewPtrCreateTopicsRequest()
	old, again := kmsg.NewDeleteTopicsRequestTopic(), kmsg.NewCreateTopicsRequestTopic()
	old.Topic, again.Topic, again.NumPartitions, again.ReplicationFactor = kmsg.StringPtr("zoom"), "zoom", 2, 1
	remove.TopicNames, remove.Topics, add.Topics = []string{"zoom"}, append(remove.Topics, old), append(add.Topics, again)
	if _, err := remove.RequestWith(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	if _, err := add.RequestWith(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err = d.Send(t.Context(), batch); err == nil {
			return
		}
	}
	t.Errorf("after five tries: %v", err)
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
