package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	driverduckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/earshot/earshot"
)

// conn is one connection. It is used below database/sql: reading a row costs a third of what Scan does, and the store must
// know anyway which connection writes. It serves one goroutine at a time.
type conn struct{ c *driverduckdb.Conn }

// row is one row of an answer. It is valid until the next one is read.
type row []driver.Value

func named(args []any) []driver.NamedValue {
	ns := make([]driver.NamedValue, len(args))
	for i, a := range args {
		ns[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return ns
}

// exec runs a constant statement; args fill its placeholders.
func (c *conn) exec(ctx context.Context, statement string, args ...any) error {
	_, err := c.c.ExecContext(ctx, statement, named(args))
	return err
}

// close ends the connection, which nobody may be using. Its last statement may have been interrupted while several threads worked on it.
// DuckDB 1.5.5 then leaves that statement's tasks in its queue; they hold the connection, which holds the file, and whoever opens
// the file again in this process waits for ever. One more statement on the connection clears them away, whatever it answers.
func (c *conn) close() error {
	_ = c.exec(context.Background(), "SELECT 1")
	return c.c.Close()
}

// errStop ends a query early without an error.
var errStop = errors.New("stop")

// query runs a constant question and hands over each row.
func (c *conn) query(ctx context.Context, question string, args []any, each func(row) error) (err error) {
	rows, err := c.c.QueryContext(ctx, question, named(args))
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	r := make(row, len(rows.Columns()))
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		switch err := rows.Next(r); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch err := each(r); {
		case errors.Is(err, errStop):
			return nil
		case err != nil:
			return err
		}
	}
}

// one asks for a single number; NULL and no row are 0.
func (c *conn) one(ctx context.Context, question string, args ...any) (n int64, err error) {
	err = c.query(ctx, question, args, func(r row) error {
		n = r.i64(0)
		return nil
	})
	return n, err
}

// appendRows appends n rows to a table through DuckDB's appender, within the transaction that the connection is in. fill
// sets every column of row i.
func (c *conn) appendRows(table string, columns, n int, fill func(i int, r row)) (err error) {
	if n == 0 {
		return nil
	}
	a, err := driverduckdb.NewAppenderFromConn(c.c, "", table)
	if err != nil {
		return fmt.Errorf("append to %s: %w", table, err)
	}
	r := make(row, columns)
	for i := range n {
		fill(i, r)
		if err = a.AppendRow(r...); err != nil {
			break
		}
	}
	// Closing on every path: an appender that is left open leaks, and keeps the connection busy.
	if err = errors.Join(err, a.Close()); err != nil {
		return fmt.Errorf("append to %s: %w", table, err)
	}
	return nil
}

func (r row) null(i int) bool { return r[i] == nil }

func (r row) i64(i int) int64 {
	switch v := r[i].(type) {
	case int64:
		return v
	case uint64:
		return int64(v)
	}
	return 0
}

func (r row) u64(i int) uint64 { v, _ := r[i].(uint64); return v }

func (r row) id(i int) earshot.ID { return earshot.ID(r.u64(i)) }

func (r row) u32(i int) uint32 { v, _ := r[i].(uint32); return v }

func (r row) u8(i int) uint8 { v, _ := r[i].(uint8); return v }

func (r row) f32(i int) float32 { v, _ := r[i].(float32); return v }

func (r row) text(i int) string { v, _ := r[i].(string); return v }

func (r row) flag(i int) bool { v, _ := r[i].(bool); return v }

func (r row) opt(i int) earshot.Opt {
	v, ok := r[i].(float64)
	return earshot.Opt{Value: v, Present: ok}
}

// values reads the metrics from column i on.
func (r row) values(i int, v *earshot.Values) {
	v.Mask = 0
	for m := range earshot.MetricCount {
		x, ok := r[i+m].(float32)
		v.V[m] = x
		if ok {
			v.Mask |= 1 << m
		}
	}
}

func (r row) setValues(i int, v *earshot.Values) {
	for m := range earshot.MetricCount {
		r[i+m] = nil
		if v.Mask&(1<<m) != 0 {
			r[i+m] = v.V[m]
		}
	}
}

func (r row) setOpt(i int, o earshot.Opt) {
	r[i] = nil
	if o.Present {
		r[i] = o.Value
	}
}

// text makes a string that DuckDB takes: VARCHAR is UTF-8 and data from outside need not be.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// seconds floors an Instant to seconds.
func seconds(i earshot.Instant) int64 {
	s := int64(i) / 1000
	if int64(i)%1000 < 0 {
		s--
	}
	return s
}

func fromSeconds(s int64) earshot.Instant { return earshot.Instant(s * 1000) }

// bounds gives [from, to) in seconds; a zero end is open. A sample at 08:00:00 is within [.., 08:00:00.5), so ends round up.
func bounds(from, to earshot.Instant) (int64, int64) {
	lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
	if from != 0 {
		lo = seconds(from + 999)
	}
	if to != 0 {
		hi = seconds(to + 999)
	}
	return lo, hi
}

func boundsMs(from, to earshot.Instant) (int64, int64) {
	lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
	if from != 0 {
		lo = int64(from)
	}
	if to != 0 {
		hi = int64(to)
	}
	return lo, hi
}
