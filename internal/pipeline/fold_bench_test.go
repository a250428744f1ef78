package pipeline

import (
	"testing"
	"time"
)

// BenchmarkFold folds a busy hour of 2,000 people; it reports what an event costs, the looks for causes included.
func BenchmarkFold(b *testing.B) {
	records := traffic(b, 2000, 20*time.Minute, 3)
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for b.Loop() {
		f := NewFold(testRules())
		for i := range records {
			f.Apply(&records[i])
			if n++; n%1000 == 0 {
				f.LiveUpdate(records[i].ReceivedAt)
				f.Take()
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
}
