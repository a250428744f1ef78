package duckdb

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// TestSampleTables stores samples of every wire type, with the metrics that it has, with all there are, and with none, as few and
// as many at once, and looks that each is found again, before it is sorted and after, and lies where its wire type belongs.
func TestSampleTables(t *testing.T) {
	for name, l := range map[string]limits{"few": defaultLimits, "many": {sortRows: 1 << 40, checkpointBytes: 1 << 40, directRows: 1}} {
		t.Run(name, func(t *testing.T) {
			s, err := open(Options{Dir: t.TempDir()}, l, migrations)
			must(t, err)
			model := factstest.NewMemory()
			b := facts.Batch{Cursor: facts.CursorFold, Journal: "j", To: 1}
			odd := 0
			for w := range earshot.Wire(earshot.WireCount) {
				for n, mask := range []uint32{home(w).mask, 1<<earshot.MetricCount - 1, 0} {
					x := facts.Sample{Account: 1, Meeting: 2}
					x.Segment, x.Wire, x.At = 3, w, earshot.Instant(1772438400_000+n*1000)
					for m := range earshot.Metric(earshot.MetricCount) {
						if mask&(1<<m) != 0 {
							x.Set(m, float64(w)+float64(m)/4)
						}
					}
					b.Samples = append(b.Samples, x)
					if home(w) != sortedSamples && mask&^home(w).mask != 0 {
						odd++
					}
				}
			}
			must(t, model.Apply(t.Context(), &b))
			must(t, s.Apply(t.Context(), &b))
			for _, when := range []string{"before", "after"} {
				if d := cmp.Diff(digests(t, model), digests(t, s)); d != "" {
					t.Errorf("%s sorting: -model +store\n%s", when, d)
				}
				must(t, s.change(t.Context(), "sort", func(ctx context.Context, c *conn) error {
					_, err := sortRecent(ctx, c)
					return err
				}))
			}
			want := map[*sampleTable]int{recentSamples: 0, streamSamples: 18 * 2, deviceSamples: 2 * 2, sortedSamples: (earshot.WireCount-20)*3 + odd}
			for table, rows := range want {
				if n := ask1(t, s, fmt.Sprintf("SELECT count(*) FROM %s", table.name)); n != int64(rows) {
					t.Errorf("%d rows in %s, want %d", n, table.name, rows)
				}
			}
			must(t, s.Close())
		})
	}
}
