package pull

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// Format is how rows are written.
type Format string

// The formats.
const (
	CSV     Format = "csv"     // RFC 4180 in UTF-8 with a mark, cells that cannot become formulas
	JSONL   Format = "jsonl"   // an object a line; what is absent is left out
	Parquet Format = "parquet" // zstd, a row group for each part
)

// Formats are all formats.
func Formats() []Format { return []Format{CSV, JSONL, Parquet} }

// MediaType is what HTTP calls the format.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case JSONL:
		return "application/x-ndjson"
	}
	return "application/vnd.apache.parquet"
}

// Encoder writes parts of one question. After an error what was written is not whole.
type Encoder interface {
	// Part writes the rows of a part.
	Part(p *Part) error
	// Close ends the file; Parquet is none before. It does not close the writer.
	Close() error
}

// NewEncoder returns an encoder of parts with these columns. With heads, CSV begins with the names of the columns; parts that go on
// a file are without.
func NewEncoder(w io.Writer, f Format, columns []Column, heads bool) (Encoder, error) {
	switch f {
	case CSV:
		return newCSV(w, columns, heads)
	case JSONL:
		return &jsonLines{w: bufio.NewWriterSize(w, 64<<10), columns: columns}, nil
	case Parquet:
		return newParquet(w, columns), nil
	}
	return nil, &QuestionError{"format", fmt.Sprintf("want one of %v", Formats())}
}

type csvEncoder struct {
	w       *csv.Writer
	columns []Column
	record  []string
}

func newCSV(w io.Writer, columns []Column, heads bool) (*csvEncoder, error) {
	e := &csvEncoder{csv.NewWriter(w), columns, make([]string, len(columns))}
	e.w.UseCRLF = true
	if !heads {
		return e, nil
	}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil { // spreadsheets need it to see that it is UTF-8
		return nil, err
	}
	for i, c := range columns {
		e.record[i] = c.Name
	}
	return e, e.w.Write(e.record)
}

func (e *csvEncoder) Part(p *Part) error {
	for _, r := range p.rows {
		for i := range r {
			e.record[i] = cellOf(e.columns[i].Kind, r[i])
		}
		if err := e.w.Write(e.record); err != nil {
			return err
		}
	}
	e.w.Flush()
	return e.w.Error()
}

func (e *csvEncoder) Close() error {
	e.w.Flush()
	return e.w.Error()
}

func cellOf(k Kind, v Value) string {
	if !v.set {
		return ""
	}
	switch k {
	case Number:
		return decimal(v.number)
	case Count:
		return strconv.FormatInt(v.count, 10)
	case Moment:
		return v.time().Format(time.RFC3339Nano)
	case Flag:
		return strconv.FormatBool(v.count != 0)
	}
	return CellText(v.text)
}

// decimal writes a number without the digits that a float32 never had; what is no number is absent.
func decimal(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, bitsOf(v))
}

// bitsOf is 32 for a number that came as a float32.
func bitsOf(v float64) int {
	if float64(float32(v)) == v {
		return 32
	}
	return 64
}

type jsonLines struct {
	w       *bufio.Writer
	columns []Column
	line    []byte
}

func (e *jsonLines) Part(p *Part) error {
	for _, r := range p.rows {
		e.line = append(e.line[:0], '{')
		for i := range r {
			if !r[i].set {
				continue
			}
			cell, err := jsonOf(e.columns[i].Kind, r[i])
			if err != nil {
				return err
			}
			if cell == "" {
				continue
			}
			if len(e.line) > 1 {
				e.line = append(e.line, ',')
			}
			e.line = append(append(append(e.line, '"'), e.columns[i].Name...), '"', ':')
			e.line = append(e.line, cell...)
		}
		if _, err := e.w.Write(append(e.line, '}', '\n')); err != nil {
			return err
		}
	}
	return e.w.Flush()
}

func (e *jsonLines) Close() error { return e.w.Flush() }

// jsonOf writes a value; "" for a number that is none.
func jsonOf(k Kind, v Value) (string, error) {
	switch k {
	case Number, Count, Flag:
		return cellOf(k, v), nil
	case Moment:
		return `"` + cellOf(k, v) + `"`, nil
	}
	raw, err := json.Marshal(v.text)
	return string(raw), err
}
