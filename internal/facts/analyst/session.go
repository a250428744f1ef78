package analyst

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Options say what to open.
type Options struct {
	File     string // the snapshot: a facts.duckdb that nobody has open for writing
	MemoryMB int    // 0: 512
	Threads  int    // 0: 2
	SpillMB  int    // that may lie on the disk, of what does not fit into the memory; 0: 4096
}

// Session answers questions about one snapshot.
type Session struct {
	connector *duckdb.Connector
	conn      *duckdb.Conn
	spill     string
}

// Open attaches a snapshot and closes the sandbox.
func Open(ctx context.Context, o Options) (_ *Session, err error) {
	if _, err := os.Stat(o.File); err != nil {
		return nil, fmt.Errorf("open the snapshot: %w", err)
	}
	s := &Session{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.spill, err = os.MkdirTemp("", "earshot-sql-"); err != nil {
		return nil, fmt.Errorf("make a folder for what spills: %w", err)
	}
	q := url.Values{}
	for k, v := range map[string]string{
		"threads": strconv.Itoa(orElse(o.Threads, 2)), "memory_limit": strconv.Itoa(orElse(o.MemoryMB, 512)) + "MiB", "temp_directory": s.spill,
		"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "allow_community_extensions": "false",
	} {
		q.Set(k, v)
	}
	if s.connector, err = duckdb.NewConnector(":memory:?"+q.Encode(), nil); err != nil {
		return nil, fmt.Errorf("open the sandbox: %w", err)
	}
	dc, err := s.connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the sandbox: %w", err)
	}
	conn, ok := dc.(*duckdb.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("unexpected connection %T", dc), dc.Close())
	}
	s.conn = conn
	return s, s.furnish(ctx, &o)
}

func orElse(v, otherwise int) int {
	if v <= 0 {
		return otherwise
	}
	return v
}

// furnish attaches the snapshot, makes the views, and locks the door: in this order, since nothing can be attached afterwards.
func (s *Session) furnish(ctx context.Context, o *Options) error {
	statements := []string{
		"ATTACH '" + strings.ReplaceAll(o.File, "'", "''") + "' AS facts (READ_ONLY)", "SET TimeZone = 'UTC'",
		fmt.Sprintf("SET max_temp_directory_size = '%dMiB'", orElse(o.SpillMB, 4096)),
	}
	for _, v := range views() {
		statements = append(statements, v.sql())
	}
	for _, statement := range append(statements, "SET enable_external_access = false", "SET lock_configuration = true") {
		if _, err := s.conn.ExecContext(ctx, statement, nil); err != nil {
			return fmt.Errorf("open the snapshot: %w", err)
		}
	}
	return nil
}

// Ask runs a question and hands its rows to w. The answer lies in a table of its own first, which keeps to the memory and spills: DuckDB's
// own answers are in memory whole, beyond every limit.
func (s *Session) Ask(ctx context.Context, question string, w Writer) (err error) {
	if err := CheckQuestion(question); err != nil {
		return err
	}
	columns, tabular, err := s.read(question)
	if err != nil {
		return err
	}
	if !tabular {
		return s.pass(ctx, question, w)
	}
	if _, err := s.conn.ExecContext(ctx, "CREATE TEMP TABLE "+answer+" AS "+question, nil); err != nil {
		return fmt.Errorf("answer the question: %w", err)
	}
	defer func() {
		_, dropped := s.conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE "+answer, nil)
		err = errors.Join(err, dropped)
	}()
	if err := w.Head(columns); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	told := func([]string) error { return nil }
	for from := 0; ; from += answerRows {
		n, err := s.rows(ctx, fmt.Sprintf("SELECT * FROM %s WHERE rowid BETWEEN %d AND %d", answer, from, from+answerRows-1), told, w)
		if err != nil {
			return err
		}
		if n == 0 {
			return w.Close()
		}
	}
}

const (
	// answer is the table that an answer lies in.
	answer = "__answer"
	// answerRows is how many rows of it are in memory at a time.
	answerRows = 50_000
)

// read says what a question's columns are, and whether its answer can lie in a table: SHOW, DESCRIBE and EXPLAIN cannot, and are short.
func (s *Session) read(question string) (columns []string, tabular bool, err error) {
	// Not PrepareContext, which runs all statements but the last.
	statement, err := s.conn.Prepare(question)
	if err != nil && strings.Contains(err.Error(), "multi-statement") {
		return nil, false, ErrOnlyReads
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the question: %w", err)
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	prepared, ok := statement.(*duckdb.Stmt)
	if !ok {
		return nil, false, fmt.Errorf("unexpected statement %T", statement)
	}
	kind, err := prepared.StatementType()
	if err != nil {
		return nil, false, fmt.Errorf("read the question: %w", err)
	}
	if kind != duckdb.STATEMENT_TYPE_SELECT && kind != duckdb.STATEMENT_TYPE_EXPLAIN {
		return nil, false, ErrOnlyReads
	}
	n, err := prepared.ColumnCount()
	if err != nil {
		return nil, false, fmt.Errorf("read the question: %w", err)
	}
	for i := range n {
		name, err := prepared.ColumnName(i)
		if err != nil {
			return nil, false, fmt.Errorf("read the question: %w", err)
		}
		columns = append(columns, name)
	}
	return columns, kind == duckdb.STATEMENT_TYPE_SELECT && !shortAnswers[firstWord(question)], nil
}

// pass hands the rows of a short answer on.
func (s *Session) pass(ctx context.Context, question string, w Writer) error {
	if _, err := s.rows(ctx, question, w.Head, w); err != nil {
		return err
	}
	return w.Close()
}

// rows hands the columns of a query to head, its rows to w, and returns how many there were.
func (s *Session) rows(ctx context.Context, query string, head func([]string) error, w Writer) (n int, err error) {
	rows, err := s.conn.QueryContext(ctx, query, nil)
	if err != nil {
		return 0, fmt.Errorf("answer the question: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if err := head(rows.Columns()); err != nil {
		return 0, fmt.Errorf("write the answer: %w", err)
	}
	row := make([]driver.Value, len(rows.Columns()))
	for ; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, fmt.Errorf("answer the question: %w", err)
		}
		if err := w.Row(row); err != nil {
			return n, fmt.Errorf("write the answer: %w", err)
		}
	}
}

// Close ends the session and removes what spilled. It may be called more than once.
func (s *Session) Close() error {
	var err error
	if s.conn != nil {
		err = s.conn.Close()
		s.conn = nil
	}
	if s.connector != nil {
		err = errors.Join(err, s.connector.Close())
		s.connector = nil
	}
	if s.spill != "" {
		err = errors.Join(err, os.RemoveAll(s.spill))
		s.spill = ""
	}
	return err
}
