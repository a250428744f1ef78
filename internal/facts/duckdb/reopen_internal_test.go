package duckdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// A question that several threads work on is interrupted by reopening, again and again: the file opens each time. Without the statement
// in conn.close it mostly stops doing so within twenty times, and whoever reads or writes waits for ever.
func TestReopeningWhileQuestionsAreAsked(t *testing.T) {
	s, err := Open(Options{Dir: t.TempDir(), Threads: 4, Readers: 4})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		var asking sync.WaitGroup
		round, stop := context.WithCancel(t.Context()) // for who asks the file that is open again
		answered := make(chan struct{}, 4)
		for i := range 4 {
			asking.Go(func() {
				for err := error(nil); err == nil; {
					err = s.read(round, "count", func(ctx context.Context, c *conn) error {
						_, err := c.one(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT hash(range) %% 100000 AS g, count(*) FROM range(%d) GROUP BY 1 ORDER BY 2)", 100_000*(i+1)))
						return err
					})
					select {
					case answered <- struct{}{}:
					default:
					}
				}
			})
		}
		<-answered // the others are at it
		reopened := make(chan struct{})
		go func() {
			defer close(reopened)
			s.writing.Lock()
			defer s.writing.Unlock()
			s.reopen(errors.New("an error for the test"))
		}()
		select {
		case <-reopened:
		case <-time.After(3 * time.Minute):
			t.Fatalf("the file does not open again after %d times", n)
		}
		stop()
		asking.Wait()
		if s.current() == nil {
			t.Fatal("the file is not open")
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
