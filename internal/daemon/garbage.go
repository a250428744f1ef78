package daemon

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A monitor holds the open minutes of everybody in a meeting: 120 MB with ten thousand people. Go lets as much garbage grow
// as there is held, which is little for the few, who then collect all the time when much comes in at once, and a lot for the
// many. So the room for garbage is about the same for all.
const (
	garbageBytes   = 80 << 20
	leastGCPercent = 60
	mostGCPercent  = 400
	garbageEvery   = 5 * time.Second
)

// gcPercent returns how much garbage may grow over so many bytes that are held, as Go wants to be told.
func gcPercent(held uint64) int {
	return int(min(max(garbageBytes*100/max(held, 1), leastGCPercent), mostGCPercent))
}

// boundGarbage tells Go anew when what is held has changed, until ctx ends. Who sets GOGC decides instead.
func boundGarbage(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	held := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	t := time.NewTicker(garbageEvery)
	defer t.Stop()
	for told := 0; ; {
		metrics.Read(held)
		if percent := gcPercent(held[0].Value.Uint64()); percent > told+told/10 || percent < told-told/10 {
			told = percent
			debug.SetGCPercent(told) // it stops the world for a moment
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
