package pull

import (
	"io"
	"math"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// pageBytes is how large a page of a column becomes.
const pageBytes = 256 << 10

// parquetEncoder writes flat rows of optional columns.
type parquetEncoder struct {
	w       *parquet.GenericWriter[any]
	columns []Column
	rows    []parquet.Row
	cells   []parquet.Value
}

// newParquet writes a file with the columns in their order.
func newParquet(w io.Writer, columns []Column) *parquetEncoder {
	return &parquetEncoder{w: parquet.NewGenericWriter[any](w, SchemaOf(columns), parquet.PageBufferSize(pageBytes), parquet.CreatedBy("earshot", "", "")), columns: columns}
}

// SchemaOf is the schema of a file with these columns. All are optional; moments are milliseconds in UTC.
func SchemaOf(columns []Column) *parquet.Schema {
	fields := make([]reflect.StructField, len(columns))
	for i, c := range columns {
		// A struct is the only way to have columns in an order of one's own. Its fields' names are never seen.
		f := reflect.StructField{Name: "F" + c.Name, Type: reflect.TypeFor[*string](), Tag: reflect.StructTag(`parquet:"` + c.Name + `,optional,dict,zstd"`)}
		switch c.Kind {
		case Number:
			f.Type, f.Tag = reflect.TypeFor[*float64](), reflect.StructTag(`parquet:"`+c.Name+`,optional,zstd"`)
		case Count:
			f.Type, f.Tag = reflect.TypeFor[*int64](), reflect.StructTag(`parquet:"`+c.Name+`,optional,zstd"`)
		case Flag:
			f.Type, f.Tag = reflect.TypeFor[*bool](), reflect.StructTag(`parquet:"`+c.Name+`,optional,zstd"`)
		case Moment:
			f.Type, f.Tag = reflect.TypeFor[*int64](), reflect.StructTag(`parquet:"`+c.Name+`,optional,timestamp(millisecond:utc),zstd"`)
		}
		fields[i] = f
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

// Part writes a row group.
func (e *parquetEncoder) Part(p *Part) error {
	if len(p.rows) == 0 {
		return nil
	}
	e.cells, e.rows = e.cells[:0], e.rows[:0]
	for _, r := range p.rows {
		for i := range r {
			e.cells = append(e.cells, parquetOf(e.columns[i].Kind, r[i], i))
		}
	}
	for i := range p.rows {
		e.rows = append(e.rows, parquet.Row(e.cells[i*len(e.columns):(i+1)*len(e.columns)]))
	}
	if _, err := e.w.WriteRows(e.rows); err != nil {
		return err
	}
	return e.w.Flush()
}

// Close writes the footer.
func (e *parquetEncoder) Close() error { return e.w.Close() }

// parquetOf is a cell of a column; level 1 says that it is there.
func parquetOf(k Kind, v Value, column int) parquet.Value {
	if !v.set || k == Number && (math.IsNaN(v.number) || math.IsInf(v.number, 0)) {
		return parquet.NullValue().Level(0, 0, column)
	}
	var out parquet.Value
	switch k {
	case Number:
		out = parquet.DoubleValue(v.number)
	case Count, Moment:
		out = parquet.Int64Value(v.count)
	case Flag:
		out = parquet.BooleanValue(v.count != 0)
	default:
		out = parquet.ByteArrayValue([]byte(v.text))
	}
	return out.Level(0, 1, column)
}
