package api

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/pull"
)

// cell is one value of a CSV file, already safe to stand in it. Make them with text, number, count and moment only: what is
// not text is written by us and cannot be a formula, so that a negative number stays one.
type cell string

// text makes a cell of words that somebody else chose; see [pull.CellText].
func text(s string) cell { return cell(pull.CellText(s)) }

// number writes a measured value, without digits that it never had; "" for nil.
func number(x *float64) cell {
	if x == nil {
		return ""
	}
	return cell(strconv.FormatFloat(*x, 'f', -1, 64))
}

func metricCell(v *earshot.Values, m earshot.Metric) cell {
	if !v.Has(m) {
		return ""
	}
	x := decimal(v.V[m])
	return number(&x)
}

func count(n int) cell { return cell(strconv.Itoa(n)) }

// moment writes a time as RFC 3339 in UTC; "" for none.
func moment(t *time.Time) cell {
	if t == nil || t.IsZero() {
		return ""
	}
	return cell(t.UTC().Format(time.RFC3339))
}

// word is a word of ours: a grade, a cause. "unclassified" and none are empty cells: a spreadsheet counts them as nothing.
func word(s fmt.Stringer) cell {
	if s == earshot.Unclassified {
		return ""
	}
	return cell(s.String())
}

// table writes rows of cells as RFC 4180 says: quoted where needed, lines ended by CR LF, and in UTF-8 with the mark that
// spreadsheets need to see that it is.
type table struct {
	csv     *csv.Writer
	columns int
}

func newTable(w io.Writer, head ...cell) (*table, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, err
	}
	t := &table{csv: csv.NewWriter(w), columns: len(head)}
	t.csv.UseCRLF = true
	return t, t.row(head...)
}

// row writes one line. Every row of a table is as long as its head.
func (t *table) row(cells ...cell) error {
	if len(cells) != t.columns {
		return fmt.Errorf("write a row of %d cells into a table of %d columns", len(cells), t.columns)
	}
	record := make([]string, len(cells))
	for i, c := range cells {
		record[i] = string(c)
	}
	return t.csv.Write(record)
}

func (t *table) flush() error {
	t.csv.Flush()
	return t.csv.Error()
}
