package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/earshot/earshot/internal/running"
)

// chaos is one run.
type chaos struct {
	rng   *rand.Rand
	kills int
	rate  float64

	data    string
	config  string // a file; "" for none
	webhook string
	web     string
	serve   *running.Program
}

func (c *chaos) run(ctx context.Context) error {
	var err error
	if c.data, err = os.MkdirTemp("", "earshot-chaos-"); err != nil {
		return err
	}
	c.webhook, c.web = running.FreeAddress(), running.FreeAddress()
	if err := c.up(ctx); err != nil {
		return err
	}
	s, err := newSender("http://"+c.webhook+"/webhook", c.rate)
	if err != nil {
		return err
	}
	issuing, stopIssuing := context.WithCancel(ctx)
	trying, stopTrying := context.WithCancel(ctx)
	defer stopTrying()
	done := make(chan struct{})
	go func() { defer close(done); s.run(issuing, trying) }()
	killed, err := c.killAll(ctx)
	stopIssuing()
	if err != nil {
		return err
	}
	select {
	case <-done:
	case <-time.After(time.Minute):
		stopTrying()
		<-done
	}
	l := s.ledger
	fmt.Printf("killed receiver %d and monitor %d times in %v; issued %d, acknowledged %d, attempts without answer %d, answered 5xx %d\n",
		killed["receive"], killed["monitor"], time.Since(s.start).Round(time.Second), len(l.issued), len(l.acked), l.unknown, l.refused)
	return c.judge(ctx, l)
}

// up starts earshot serve on the data folder and waits until it is ready.
func (c *chaos) up(ctx context.Context) (err error) {
	o := running.Options{Program: binary, Subcommand: "serve", Data: c.data, Webhook: c.webhook, Web: c.web, Secret: secret, Token: secret}
	if c.config != "" {
		o.Args = []string{"--config", c.config}
	}
	c.serve, err = running.Start(ctx, o)
	return err
}

// killAll kills both processes as often as asked, in random order, with random pauses.
func (c *chaos) killAll(ctx context.Context) (map[string]int, error) {
	killed := map[string]int{}
	for killed["receive"]+killed["monitor"] < 2*c.kills {
		which := "receive"
		if killed[which] >= c.kills || (killed["monitor"] < c.kills && c.rng.IntN(2) == 0) {
			which = "monitor"
		}
		select {
		case <-ctx.Done():
			return killed, ctx.Err()
		case <-time.After(time.Duration(200+c.rng.IntN(1800)) * time.Millisecond):
		}
		done, err := c.serve.Kill(which)
		if err != nil {
			return killed, err
		}
		if done {
			killed[which]++
		}
	}
	return killed, nil
}

// eventually waits until f says so.
func (c *chaos) eventually(ctx context.Context, most time.Duration, what string, f func() (bool, error)) error {
	for begun := time.Now(); ; {
		ok, err := f()
		if err != nil || ok {
			return err
		}
		if time.Since(begun) > most {
			return fmt.Errorf("waited %v in vain until %s", most, what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ingest is what the judge reads of GET /api/v1/ingest.
type ingest struct {
	Journal struct {
		Tail uint64 `json:"tail"`
	} `json:"journal"`
	Applied struct {
		Facts      uint64 `json:"facts"`
		Rebuilding *struct {
			Seq uint64 `json:"seq"`
		} `json:"rebuilding"`
		DirtyHours int `json:"dirty_hours"`
	} `json:"applied"`
	Facts struct {
		Rows map[string]int64 `json:"rows"`
	} `json:"facts"`
}

// settled waits until the monitor has applied everything and rebuilds nothing.
func (c *chaos) settled(ctx context.Context) error {
	return c.eventually(ctx, 3*time.Minute, "everything is applied", func() (bool, error) {
		var in ingest
		if c.serve.GetJSON(ctx, "/api/v1/ingest", &in) != nil {
			return false, nil // it is being started again
		}
		return in.Journal.Tail > 0 && in.Applied.Facts >= in.Journal.Tail && in.Applied.Rebuilding == nil, nil
	})
}
