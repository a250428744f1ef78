package obs_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot/internal/obs"
)

// What takes a second or more is told, with how far it is; what does not leaves no line.
func TestSlow(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		want  []string
	}{
		{900 * time.Millisecond, nil},
		{1500 * time.Millisecond, []string{"still counting for=1s rows=1000", "done counting took=1.5s"}},
		{12 * time.Second, []string{"still counting for=1s rows=1000", "still counting for=11s rows=11000", "done counting took=12s"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var b bytes.Buffer
			l := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
					return slog.Attr{}
				}
				return a
			}}))
			begun := time.Now()
			done := obs.Slow(l, "counting", func() []any { return []any{"rows", time.Since(begun).Milliseconds()} })
			time.Sleep(c.takes)
			done()
			done() // a defer beside an early end
			got := strings.Split(strings.NewReplacer("msg=", "", `"`, "").Replace(b.String()), "\n")
			if got = got[:len(got)-1]; strings.Join(got, "; ") != strings.Join(c.want, "; ") {
				t.Errorf("after %s: %q, want %q", c.takes, got, c.want)
			}
		})
	}
}
