package duckdb

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
)

func intFrom(tb testing.TB, name string, otherwise int) int {
	tb.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// ask1 asks for one number.
func ask1(tb testing.TB, s *Store, question string, args ...any) (n int64) {
	tb.Helper()
	err := s.read(tb.Context(), "ask", func(ctx context.Context, c *conn) (err error) {
		n, err = c.one(ctx, question, args...)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func blocksOf(tb testing.TB, s *Store, table string) int64 {
	tb.Helper()
	return ask1(tb, s, "SELECT count(DISTINCT block_id) FROM pragma_storage_info(?) WHERE block_id >= 0", table)
}

// rssKiB is the resident memory of this process, 0 where the system does not say.
func rssKiB(tb testing.TB) int64 { return statusKiB(tb, "VmRSS:") }

func statusKiB(tb testing.TB, field string) int64 {
	tb.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == field {
			n, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				tb.Fatal(err)
			}
			return n
		}
	}
	return 0
}
