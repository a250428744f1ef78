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

// ErrOnlyReads is returned for what is no question.
var ErrOnlyReads = errors.New("only SELECT and EXPLAIN are answered, one statement at a time")

// Options say what to open.
type Options struct {
	File     string // the snapshot: a facts.duckdb that nobody has open for writing
	MemoryMB int    // 0: 512
	Threads  int    // 0: 2
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
		"max_temp_directory_size": "4GiB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "allow_community_extensions": "false",
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
	return s, s.furnish(ctx, o.File)
}

func orElse(v, otherwise int) int {
	if v <= 0 {
		return otherwise
	}
	return v
}

// furnish attaches the snapshot, makes the views, and locks the door: in this order, since nothing can be attached afterwards.
func (s *Session) furnish(ctx context.Context, file string) error {
	statements := []string{"ATTACH '" + strings.ReplaceAll(file, "'", "''") + "' AS facts (READ_ONLY)", "SET TimeZone = 'UTC'"}
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

// Ask runs a question and hands its rows to w.
func (s *Session) Ask(ctx context.Context, question string, w Writer) (err error) {
	// Not PrepareContext, which runs all statements but the last.
	statement, err := s.conn.Prepare(question)
	if err != nil && strings.Contains(err.Error(), "multi-statement") {
		return ErrOnlyReads
	}
	if err != nil {
		return fmt.Errorf("read the question: %w", err)
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	prepared, ok := statement.(*duckdb.Stmt)
	if !ok {
		return fmt.Errorf("unexpected statement %T", statement)
	}
	kind, err := prepared.StatementType()
	if err != nil {
		return fmt.Errorf("read the question: %w", err)
	}
	if kind != duckdb.STATEMENT_TYPE_SELECT && kind != duckdb.STATEMENT_TYPE_EXPLAIN {
		return ErrOnlyReads
	}
	rows, err := prepared.QueryContext(ctx, nil)
	if err != nil {
		return fmt.Errorf("answer the question: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if err := w.Head(rows.Columns()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return w.Close()
		case err != nil:
			return fmt.Errorf("answer the question: %w", err)
		}
		if err := w.Row(row); err != nil {
			return fmt.Errorf("write the answer: %w", err)
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
