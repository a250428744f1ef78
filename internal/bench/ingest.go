package main

import (
	"context"
	"errors"
	"net"
	"time"
)

// ingest is what bench reads of GET /api/v1/ingest.
type ingest struct {
	Accepted uint64 `json:"accepted"`
	Journal  struct {
		Tail uint64 `json:"tail"`
	} `json:"journal"`
	Applied struct {
		Facts uint64 `json:"facts"`
	} `json:"applied"`
	Facts struct {
		Rows map[string]int64 `json:"rows"`
	} `json:"facts"`
}

func (e *earshot) ingest(ctx context.Context) (*ingest, error) {
	var in ingest
	return &in, e.GetJSON(ctx, "/api/v1/ingest", &in)
}

// settle waits until every record is in the facts and returns how long that took.
func (e *earshot) settle(ctx context.Context) (time.Duration, error) {
	begun := time.Now()
	for time.Since(begun) < 2*time.Minute {
		in, err := e.ingest(ctx)
		if err == nil && in.Applied.Facts >= in.Journal.Tail {
			return time.Since(begun), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return 0, errors.New("the backlog was not worked off within 2 minutes")
}

func reachable(address string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	return c.Close()
}
