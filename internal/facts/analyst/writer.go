package analyst

import (
	"database/sql/driver"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// Writer takes an answer.
type Writer interface {
	Head(columns []string) error
	Row(values []driver.Value) error
	Close() error
}

// shownRows is how many rows a table shows; more are nothing to look at.
const shownRows = 1000

// NewWriter returns a writer of a format: table, csv or jsonl. cell makes the text of a cell of CSV safe for spreadsheets.
func NewWriter(w io.Writer, format string, cell func(string) string) (Writer, error) {
	switch format {
	case "table":
		return &table{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), out: w}, nil
	case "csv":
		return &commas{w: csv.NewWriter(w), cell: cell}, nil
	case "jsonl":
		return &lines{w: json.NewEncoder(w)}, nil
	}
	return nil, fmt.Errorf("format %q: want table, csv or jsonl", format)
}

// plain is a value as people read it, "" for NULL. Control characters are left out: names of things come from outside.
func plain(v driver.Value) string {
	switch x := v.(type) {
	case nil:
		return ""
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case float32:
		return fmt.Sprint(x)
	case []byte:
		return fmt.Sprintf("%x", x)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, fmt.Sprint(v))
}

type table struct {
	w    *tabwriter.Writer
	out  io.Writer
	rows int
}

func (t *table) Head(columns []string) error {
	_, err := fmt.Fprintln(t.w, strings.Join(columns, "\t"))
	return err
}

func (t *table) Row(values []driver.Value) error {
	if t.rows++; t.rows > shownRows {
		return nil
	}
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = plain(v)
	}
	_, err := fmt.Fprintln(t.w, strings.Join(cells, "\t"))
	return err
}

func (t *table) Close() error {
	if err := t.w.Flush(); err != nil {
		return err
	}
	if t.rows > shownRows {
		_, err := fmt.Fprintf(t.out, "… %d more rows; --format csv or jsonl gives all\n", t.rows-shownRows)
		return err
	}
	return nil
}

type commas struct {
	w    *csv.Writer
	cell func(string) string
}

func (c *commas) Head(columns []string) error {
	cells := make([]string, len(columns))
	for i := range columns {
		cells[i] = c.cell(columns[i])
	}
	return c.w.Write(cells)
}

func (c *commas) Row(values []driver.Value) error {
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = plain(v)
		switch v.(type) {
		case nil, time.Time, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64, bool:
		default:
			cells[i] = c.cell(cells[i])
		}
	}
	return c.w.Write(cells)
}

func (c *commas) Close() error {
	c.w.Flush()
	return c.w.Error()
}

type lines struct {
	w       *json.Encoder
	columns []string
}

func (l *lines) Head(columns []string) error {
	l.columns = columns
	return nil
}

func (l *lines) Row(values []driver.Value) error {
	row := make(map[string]any, len(values))
	for i, v := range values {
		switch x := v.(type) {
		case nil, bool, string, int8, int16, int32, int64, uint8, uint16, uint32, float32, float64:
			row[l.columns[i]] = x
		default:
			row[l.columns[i]] = plain(v)
		}
	}
	return l.w.Encode(row)
}

func (*lines) Close() error { return nil }
