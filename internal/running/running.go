// Package running runs the built Earshot as a process for those who measure it (internal/bench) and those who torment it
// (internal/chaos): it starts it on a data folder, waits until it answers, asks its API, finds its children, and ends it.
//
// A [Program] that [Start] returned answers; one that did not come up is ended, and the error holds what it wrote. It may be asked by
// several goroutines; Stop is for one. The data folder belongs to the caller, and stays. It reads /proc, so that children and memory are
// known on Linux only. Its test runs a program that only pretends to be Earshot.
package running

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

const (
	// mostStart is how long a program may take until it answers.
	mostStart = time.Minute
	// mostStop is how long it may take to end when its context does.
	mostStop = 30 * time.Second
)

// Options say what is run. Program, Subcommand, Data and Webhook are required.
type Options struct {
	Program    string   // path of the binary
	Subcommand string   // "serve", or "receive" for the receiver alone
	Args       []string // after the subcommand and what the other fields say
	Data       string   // data folder, which exists
	Webhook    string   // address that Zoom's notifications come to
	Web        string   // address of the API; "" for the receiver alone
	Secret     string   // Zoom's, which notifications are signed with
	Token      string   // the API's
}

// Program is a running Earshot.
type Program struct {
	o   Options
	cmd *exec.Cmd
	log *os.File
}

// Start runs a program and waits until it answers. It is asked to end when ctx does.
func Start(ctx context.Context, o Options) (*Program, error) {
	log, err := os.OpenFile(filepath.Join(o.Data, "program.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	args := []string{o.Subcommand, "--data", o.Data, "--webhook-listen", o.Webhook}
	if o.Web != "" {
		args = append(args, "--web-listen", o.Web)
	}
	p := &Program{o: o, log: log, cmd: exec.CommandContext(ctx, o.Program, append(args, o.Args...)...)}
	p.cmd.Env = append(os.Environ(), "ZOOM_WEBHOOK_SECRET_TOKEN="+o.Secret, "EARSHOT_API_TOKEN="+o.Token)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = mostStop
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s %s: %w", o.Program, o.Subcommand, err), log.Close())
	}
	if err := p.wait(ctx); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// wait returns when both addresses answer, and the monitor is ready.
func (p *Program) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, mostStart)
	defer cancel()
	for {
		if c, err := net.Dial("tcp", p.o.Webhook); err == nil {
			_ = c.Close()
			if p.o.Web == "" || p.ready(ctx) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			raw, _ := os.ReadFile(p.log.Name())
			return fmt.Errorf("earshot %s did not come up:\n%s", p.o.Subcommand, raw)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *Program) ready(ctx context.Context) bool {
	_, err := p.Get(ctx, "/readyz")
	return err == nil
}

// Stop asks the program to end and waits until it has. A second call does nothing.
func (p *Program) Stop() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return errors.Join(fmt.Errorf("stop earshot: %w", err), p.log.Close())
	}
	if err := p.cmd.Wait(); err != nil {
		return errors.Join(fmt.Errorf("earshot ended: %w", err), p.log.Close())
	}
	return p.log.Close()
}

// PID is the process id of the program itself.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Request makes a request of the program's web address that carries the token.
func (p *Program) Request(ctx context.Context, path string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.o.Web+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+p.o.Token)
	return req, nil
}

// Get reads a path of the program's web address. Another answer than 200 is an error.
func (p *Program) Get(ctx context.Context, path string) ([]byte, error) {
	req, err := p.Request(ctx, path)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s: %s", path, resp.Status, raw)
	}
	return raw, nil
}

// GetJSON reads a path of the API into v.
func (p *Program) GetJSON(ctx context.Context, path string, v any) error {
	raw, err := p.Get(ctx, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// Metric reads one of the monitor's own figures, by its name with its labels.
func (p *Program) Metric(ctx context.Context, name string) (float64, error) {
	raw, err := p.Get(ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// FreeAddress returns a loopback address that was free a moment ago. Its port is none of those that the kernel gives to who wants any: one of
// them may be somebody else's, of a connection that goes out even, before it is used.
func FreeAddress() string {
	const first, many = 12_000, 20_000
	var err error
	for range 1000 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(many)))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	panic("no free port: " + err.Error())
}
