package journal_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
)

// body makes a distinct webhook body of about 1.6 KB whose parts vary as those of Zoom do.
func body(rng *rand.Rand) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"AbCdEfGhIjKlMnOp","object":{"id":"%d","uuid":"%016x%08x==","participant":{"user_id":"%d","participant_uuid":"%016X","qos":[`,
		1760000000000+rng.Int64N(1e9), 80000000000+rng.Int64N(1000), rng.Uint64N(500), 7, 16778240+rng.IntN(9999), rng.Uint64())
	for i, kind := range []string{"audio_input", "audio_output", "video_input", "video_output", "as_input", "as_output", "cpu_usage"} {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"%s","details":{"avg_bitrate":"%.2f kbps","max_bitrate":"%d kbps","avg_latency":"%d ms","max_latency":"%d ms","avg_jitter":"%d ms","avg_loss":"%.1f %%","resolution":"1280*720","avg_frame_rate":"%d fps"}}`,
			kind, rng.Float64()*900, rng.IntN(2000), rng.IntN(200), rng.IntN(500), rng.IntN(40), rng.Float64()*5, rng.IntN(30))
	}
	b.WriteString(`],"date_time":"2026-11-20T09:00:00Z"}}}}`)
	return []byte(b.String())
}

// BenchmarkAppend has 128 callers with distinct bodies on a real disk; it reports records a second and the bytes that an
// event occupies in Pebble (compacted) and in the archive.
func BenchmarkAppend(b *testing.B) {
	j, err := journal.Open(journal.Options{Dir: b.TempDir(), Heartbeat: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	const callers = 128
	bodies := make([][]byte, b.N)
	rng := rand.New(rand.NewPCG(1, 2))
	total := 0
	for i := range bodies {
		bodies[i] = body(rng)
		total += len(bodies[i])
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	b.SetBytes(int64(total / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) {
					return
				}
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				_, err := j.Append(ctx, journal.Record{Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(time.Now()), Body: bodies[i], RequestID: "d9a4cf3e-0f2c-4a0b-9b1d-2f3e4d5c6b7a"})
				cancel()
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "rec/s")
	b.ReportMetric(float64(b.N)/float64(max(j.Stats().Commits, 1)), "rec/commit")
	b.ReportMetric(float64(total)/float64(b.N), "body-B")
}

func newRand(seed int) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 4)) }
