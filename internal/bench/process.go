package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

const apiToken = "bench-api-token-of-one-run"

// earshot is a running earshot serve or earshot receive.
type earshot struct {
	cmd     *exec.Cmd
	data    string
	webhook string // address
	web     string // address, "" for the receiver alone
	log     *os.File
}

// start runs the binary with fresh data and waits until it answers. args come after the subcommand.
func start(ctx context.Context, bin, subcommand string, args ...string) (*earshot, error) {
	data, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return nil, err
	}
	e := &earshot{data: data, webhook: freeAddress()}
	args = append([]string{subcommand, "--data", data, "--webhook-listen", e.webhook}, args...)
	if subcommand == "serve" {
		e.web = freeAddress()
		args = append(args, "--web-listen", e.web)
	}
	if e.log, err = os.Create(filepath.Join(data, "bench.log")); err != nil {
		return nil, err
	}
	e.cmd = exec.CommandContext(ctx, bin, args...)
	e.cmd.Env = append(os.Environ(), "ZOOM_WEBHOOK_SECRET_TOKEN="+secret, "EARSHOT_API_TOKEN="+apiToken)
	e.cmd.Stdout, e.cmd.Stderr = e.log, e.log
	e.cmd.Cancel = func() error { return e.cmd.Process.Signal(syscall.SIGTERM) }
	e.cmd.WaitDelay = 30 * time.Second
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s %s: %w", bin, subcommand, err)
	}
	if err := e.wait(ctx); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	return e, nil
}

// wait returns when both addresses answer, and the monitor is ready.
func (e *earshot) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if c, err := net.Dial("tcp", e.webhook); err == nil {
			c.Close()
			if e.web == "" || e.ready(ctx) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			raw, _ := os.ReadFile(e.log.Name())
			return fmt.Errorf("earshot did not come up:\n%s", raw)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (e *earshot) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+e.web+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// get reads a path of the API into v.
func (e *earshot) get(ctx context.Context, path string, v any) error {
	raw, err := e.fetch(ctx, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// metric reads one of the monitor's own figures.
func (e *earshot) metric(ctx context.Context, name string) (float64, error) {
	raw, err := e.fetch(ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

func (e *earshot) fetch(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+e.web+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
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

// stop ends the program and removes its data.
func (e *earshot) stop() error {
	err := e.halt()
	return errors.Join(err, e.log.Close(), os.RemoveAll(e.data))
}

// halt ends the program and leaves its data.
func (e *earshot) halt() error {
	if e.cmd.ProcessState != nil {
		return nil
	}
	if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop earshot: %w", err)
	}
	if err := e.cmd.Wait(); err != nil {
		return fmt.Errorf("earshot ended: %w", err)
	}
	return nil
}

// resident returns the resident memory of the program and of its children in bytes, by the children's subcommand.
func (e *earshot) resident() (map[string]int64, error) {
	out := map[string]int64{}
	pids, err := children(e.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	for _, pid := range append(pids, e.cmd.Process.Pid) {
		name := subcommandOf(pid)
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			return nil, err
		}
		fields := strings.Fields(string(raw))
		pages, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return nil, err
		}
		out[name] += pages * int64(os.Getpagesize())
	}
	return out, nil
}

func children(pid int) ([]int, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil, err
	}
	var out []int
	for _, t := range tasks {
		raw, err := os.ReadFile(t)
		if err != nil {
			continue // the thread ended meanwhile
		}
		for _, f := range strings.Fields(string(raw)) {
			if n, err := strconv.Atoi(f); err == nil {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

func subcommandOf(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "gone"
	}
	args := strings.Split(string(raw), "\x00")
	if len(args) < 2 {
		return "?"
	}
	return args[1]
}

// freeAddress returns a loopback address that was free a moment ago.
func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("no free port: " + err.Error())
	}
	defer l.Close()
	return l.Addr().String()
}

// serveBare answers 200 to everything whose body can be read, with the endpoint's own server settings.
func serveBare(address string, read func(io.Reader) error) error {
	return (&http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := read(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})}).ListenAndServe()
}
