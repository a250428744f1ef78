package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
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
	serve   *exec.Cmd
	log     *os.File
}

func (c *chaos) run(ctx context.Context) error {
	var err error
	if c.data, err = os.MkdirTemp("", "earshot-chaos-"); err != nil {
		return err
	}
	c.webhook, c.web = freeAddress(), freeAddress()
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
func (c *chaos) up(ctx context.Context) error {
	var err error
	if c.log, err = os.OpenFile(filepath.Join(c.data, "chaos.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	c.serve = exec.CommandContext(ctx, binary, "serve", "--data", c.data, "--webhook-listen", c.webhook, "--web-listen", c.web)
	if c.config != "" {
		c.serve.Args = append(c.serve.Args, "--config", c.config)
	}
	c.serve.Env = append(os.Environ(), "ZOOM_WEBHOOK_SECRET_TOKEN="+secret, "EARSHOT_API_TOKEN="+secret)
	c.serve.Stdout, c.serve.Stderr = c.log, c.log
	if err := c.serve.Start(); err != nil {
		return err
	}
	return c.eventually(ctx, time.Minute, "earshot is ready", func() (bool, error) {
		resp, err := http.Get("http://" + c.web + "/readyz")
		if err != nil {
			return false, nil
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK, nil
	})
}

func (c *chaos) down() error {
	if err := c.serve.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return errors.Join(c.serve.Wait(), c.log.Close())
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
		pid, err := c.find(which)
		if err != nil {
			return killed, err
		}
		if pid == 0 {
			continue // being started again
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return killed, err
		}
		killed[which]++
	}
	return killed, nil
}

// find returns the process id of a child by its subcommand, 0 when it does not run.
func (c *chaos) find(subcommand string) (int, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", c.serve.Process.Pid))
	if err != nil || len(tasks) == 0 {
		return 0, fmt.Errorf("the supervisor is gone: %w", err)
	}
	for _, t := range tasks {
		raw, err := os.ReadFile(t)
		if err != nil {
			continue // the thread ended meanwhile
		}
		for _, f := range strings.Fields(string(raw)) {
			line, err := os.ReadFile("/proc/" + f + "/cmdline")
			if err != nil {
				continue
			}
			if args := strings.Split(string(line), "\x00"); len(args) > 1 && args[1] == subcommand {
				return strconv.Atoi(f)
			}
		}
	}
	return 0, nil
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
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+c.web+"/api/v1/ingest", nil)
		if err != nil {
			return false, err
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false, nil
		}
		defer resp.Body.Close()
		var in ingest
		if json.NewDecoder(resp.Body).Decode(&in) != nil {
			return false, nil
		}
		return in.Journal.Tail > 0 && in.Applied.Facts >= in.Journal.Tail && in.Applied.Rebuilding == nil, nil
	})
}

func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("no free port: " + err.Error())
	}
	defer l.Close()
	return l.Addr().String()
}
