package file

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/pull"
)

// rowGroup is how many rows of a file lie together; those of one group are in memory while it is written.
const rowGroup = 10_000

// row is a line of the spool: a record as [export.Record.JSON] writes it.
type row struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Time       string             `json:"time"`
	Revised    bool               `json:"revised"`
	Attributes map[string]string  `json:"attributes"`
	Values     map[string]float64 `json:"values"`
}

// column is one of a file, and the cell of a row in it; absent where ok is false.
type column struct {
	pull.Column
	of func(r *row) (v parquet.Value, ok bool)
}

// columnsOf are those of a kind: id, time, revised, then the attributes and metrics of docs/export.md with "_" in place of "." and "/".
func columnsOf(k export.Kind) []column {
	all := []column{
		{pull.Column{Name: "id", Kind: pull.Text}, func(r *row) (parquet.Value, bool) { return text(r.ID) }},
		{pull.Column{Name: "time", Kind: pull.Moment}, func(r *row) (parquet.Value, bool) {
			at, err := time.Parse(time.RFC3339Nano, r.Time)
			return parquet.Int64Value(at.UnixMilli()), err == nil
		}},
	}
	if k == export.KindMinute {
		all = append(all, column{pull.Column{Name: "revised", Kind: pull.Flag}, func(r *row) (parquet.Value, bool) { return parquet.BooleanValue(r.Revised), true }})
	}
	attributes, values := export.KeysOf(k)
	for _, key := range attributes {
		all = append(all, column{pull.Column{Name: snake(key), Kind: pull.Text}, func(r *row) (parquet.Value, bool) { return text(r.Attributes[key]) }})
	}
	for _, key := range values {
		all = append(all, column{pull.Column{Name: snake(key), Kind: pull.Number}, func(r *row) (parquet.Value, bool) {
			v, ok := r.Values[key]
			return parquet.DoubleValue(v), ok
		}})
	}
	return all
}

func text(s string) (parquet.Value, bool) { return parquet.ByteArrayValue([]byte(s)), s != "" }

// snake makes a name that SQL takes without quotes.
func snake(key string) string {
	out := []byte(key)
	for i, c := range out {
		if c == '.' || c == '/' {
			out[i] = '_'
		}
	}
	return string(out)
}

// encode writes a group's lines as Parquet.
func encode(to io.Writer, spool *os.File, g *group) error {
	columns := columnsOf(g.kind)
	names := make([]pull.Column, len(columns))
	for i, c := range columns {
		names[i] = c.Column
	}
	w := parquet.NewGenericWriter[any](to, pull.SchemaOf(names), parquet.CreatedBy("earshot", "", ""))
	var raw []byte
	cells := make([]parquet.Value, len(columns))
	for n, l := range g.lines {
		if cap(raw) < l.length {
			raw = make([]byte, l.length)
		}
		raw = raw[:l.length]
		if _, err := spool.ReadAt(raw, l.offset); err != nil {
			return err
		}
		var r row
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("byte %d of the file of lines: %w", l.offset, err)
		}
		for i, c := range columns {
			if v, ok := c.of(&r); ok {
				cells[i] = v.Level(0, 1, i)
			} else {
				cells[i] = parquet.NullValue().Level(0, 0, i)
			}
		}
		if _, err := w.WriteRows([]parquet.Row{cells}); err != nil {
			return err
		}
		if (n+1)%rowGroup == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	return w.Close()
}
