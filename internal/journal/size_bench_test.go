package journal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

// BenchmarkStoredBytes reports what an event of a meeting's QoS occupies in Pebble, compacted, its dedup key and the log
// not counted apart, and in the archive.
func BenchmarkStoredBytes(b *testing.B) {
	j, err := Open(Options{Dir: b.TempDir(), Heartbeat: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	rng := rand.New(rand.NewPCG(1, 2))
	var bodyBytes int
	var mu sync.Mutex
	var wg sync.WaitGroup
	at := earshot.InstantOf(time.Now()).Hour()
	for range 64 {
		wg.Go(func() {
			for {
				mu.Lock()
				if bodyBytes/1600 > b.N {
					mu.Unlock()
					return
				}
				r := Record{Kind: KindEvent, ReceivedAt: at, RequestID: requestID(rng), Body: qosBody(rng)}
				bodyBytes += len(r.Body)
				mu.Unlock()
				if _, err := j.Append(context.Background(), r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	n := float64(j.Tail())
	if err := j.db.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := j.db.Compact(context.Background(), []byte{0}, []byte{255}, false); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(bodyBytes)/n, "body-B")
	b.ReportMetric(float64(j.db.Metrics().Total().TablesSize)/n, "pebble-B")
	start := time.Now()
	rolled, err := j.rollHour(context.Background(), j.Tail())
	if err != nil || rolled != j.Tail() {
		b.Fatalf("rolled %d of %d: %v", rolled, j.Tail(), err)
	}
	b.ReportMetric(float64(j.archive.bytes())/n, "archive-B")
	b.ReportMetric(n/time.Since(start).Seconds(), "rolled/s")
	start = time.Now()
	for after := uint64(0); after < j.Tail(); {
		records, err := j.Read(after, 0, 0)
		if err != nil {
			b.Fatal(err)
		}
		after = records[len(records)-1].Seq
	}
	b.ReportMetric(n/time.Since(start).Seconds(), "archive-read/s")
}

func requestID(rng *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-9%03x-%012x", rng.Uint32(), rng.IntN(1<<16), rng.IntN(1<<12), rng.IntN(1<<12), rng.Uint64N(1<<48))
}

// qosBody has one participant's seven streams; a third of them idle, as in life.
func qosBody(rng *rand.Rand) []byte {
	b := fmt.Appendf(nil, `{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"AbCdEfGhIjKlMnOpQrStUv","object":{"id":"%d","uuid":"%016x%06x==","participant":{"user_id":"%d","participant_uuid":"%016X","qos":[`,
		1763629200000+rng.Int64N(3_600_000), 80000000000+rng.Int64N(300), rng.Uint64N(300), 7, 16778240+rng.IntN(3000), rng.Uint64N(3000))
	for i, kind := range []string{"audio_input", "audio_output", "video_input", "video_output", "as_input", "as_output", "cpu_usage"} {
		if i > 0 {
			b = append(b, ',')
		}
		if i >= 4 {
			b = fmt.Appendf(b, `{"type":%q,"details":{"bitrate":"","latency":"","jitter":"","avg_loss":"","max_loss":"","resolution":"","frame_rate":""}}`, kind)
			continue
		}
		b = fmt.Appendf(b, `{"type":%q,"details":{"bitrate":"%d.%02d kbps","latency":"%d ms","jitter":"%d ms","avg_loss":"%d.%d%%","max_loss":"%d.%d%%","resolution":"1280*720","frame_rate":"%d fps"}}`,
			kind, 40+rng.IntN(30), rng.IntN(100), 20+rng.IntN(40), rng.IntN(12), rng.IntN(2), rng.IntN(10), rng.IntN(4), rng.IntN(10), 20+rng.IntN(10))
	}
	return append(b, `],"date_time":"2025-11-20T09:00:00Z"}}}}`...)
}
