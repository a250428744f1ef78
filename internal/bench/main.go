// Command bench measures Earshot's built binary beside a bare net/http handler, in one run on one machine, because only the
// ratios carry over from one machine to another. It prints what it measured and what is asked for; it passes no judgement
// by its exit code, for a noisy machine is no defect of the program.
//
//	go run ./internal/bench [throughput] [lag] [size] [memory] [grading] [recompute] [export] [destinations] [emulator] [emulator-50k]
//	go run ./internal/bench store --dir DIR [--days 30] [--people 5000] [--sample-days 1]
//	go run ./internal/bench routes --dir DIR [--requests 40] [--only TEXT]
//	go run ./internal/bench backtests --dir DIR [--days 30]
//
// Without arguments it runs all of the first line but emulator-50k, which takes four minutes; every load consists of distinct,
// correctly signed bodies that were prepared before. store fills a data folder with the month of a made-up company, through the
// stores' own Apply: it is for measuring and for looking at pages, and takes some minutes. routes asks every route of the API over
// such a folder, as pages ask them, and prints how long that took; what is refused is an error. backtests tries rules of every kind on it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"time"

	"github.com/earshot/earshot/internal/running"
)

const binary = "bin/earshot"

func main() {
	if len(os.Args) == 3 && os.Args[1] == "bare" {
		fail(bareServer(os.Args[2]))
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "peers" {
		fail(peersServer(os.Args[2]))
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "burn" {
		fail(burn(os.Args[2]))
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "hook" {
		fail(hookServer(os.Args[2]))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) > 1 {
		for name, run := range map[string]func(context.Context, []string) error{"store": fillStore, "routes": measureRoutes, "backtests": measureBackTests} {
			if os.Args[1] == name {
				fail(run(ctx, os.Args[2:]))
				return
			}
		}
	}
	steps := []struct {
		name   string
		run    func(context.Context) error
		wanted bool // without being asked for
	}{
		{"throughput", throughput, true}, {"lag", lag, true}, {"size", size, true}, {"memory", memory, true}, {"grading", grading, true},
		{"recompute", recompute, true}, {"export", exporting, true}, {"destinations", beside, true}, {"emulator", sending, true}, {"emulator-50k", crowd, false},
	}
	for _, s := range steps {
		if asked := slices.Contains(os.Args[1:], s.name); !asked && (len(os.Args) > 1 || !s.wanted) {
			continue
		}
		fmt.Printf("\n%s\n", s.name)
		if err := s.run(ctx); err != nil {
			fail(fmt.Errorf("%s: %w", s.name, err))
		}
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// How long each part of the throughput run lasts.
const (
	warmUp    = 2 * time.Second
	closedRun = 10 * time.Second
	pathRun   = 30 * time.Second
	clients   = 128
	people    = 10_000
)

// throughput compares a bare handler, the receiver, and the whole path.
func throughput(ctx context.Context) error {
	fmt.Println("  preparing signed requests ...")
	l := sign(qosBodies(900_000, people, time.Now().Add(-40*time.Minute)))
	l.again = true
	bare, err := measureBare(ctx, l)
	if err != nil {
		return err
	}
	l.again = false
	fmt.Printf("  bare net/http handler              %8.0f /s   p99 %v   %v of processor time each\n",
		bare.perSecond(), bare.p99().Round(100*time.Microsecond), bare.cpu.Round(100*time.Nanosecond))
	l.next.Store(0)

	e, err := start(ctx, binary, "receive")
	if err != nil {
		return err
	}
	received, err := warmAndRun(ctx, l, e.webhook, e.PID())
	if err := errors.Join(err, e.discard()); err != nil {
		return err
	}
	fmt.Printf("  receiver: verified, deduplicated,\n  fsynced, acknowledged              %8.0f /s   p99 %v   %v of processor time each   %.2f of bare (at least 0.40)   refused %d\n",
		received.perSecond(), received.p99().Round(100*time.Microsecond), received.cpu.Round(100*time.Nanosecond), received.perSecond()/bare.perSecond(), received.refused)
	l.next.Store(0)
	return measurePath(ctx, l, bare.perSecond())
}

func measureBare(ctx context.Context, l *load) (*result, error) {
	address := running.FreeAddress()
	cmd, stop, err := startProcess(ctx, "bare", address)
	if err != nil {
		return nil, err
	}
	defer stop()
	return warmAndRun(ctx, l, address, cmd.Process.Pid)
}

// startBare runs the bare handler as a process of its own and returns how to end it.
func startBare(ctx context.Context, address string) (stop func(), err error) {
	_, stop, err = startProcess(ctx, "bare", address)
	return stop, err
}

// startProcess runs one of this program's handlers and returns it with how to end it, which may be called again.
func startProcess(ctx context.Context, role, address string) (cmd *exec.Cmd, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd = exec.CommandContext(ctx, self, role, address)
	if role == "peers" { // they are on other machines in life: here they get what nobody else wants
		cmd = exec.CommandContext(ctx, "chrt", "--idle", "0", self, role, address)
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the %s handler: %w", role, err)
	}
	stop = func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()         // a kill is an error here
	}
	for range 100 {
		if err = reachable(address); err == nil {
			return cmd, stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return nil, nil, err
}

func warmAndRun(ctx context.Context, l *load, address string, pid int) (*result, error) {
	if _, err := l.run(ctx, address, clients, 0, warmUp); err != nil {
		return nil, err
	}
	before := cpuOf(pid)
	r, err := l.run(ctx, address, clients, 0, closedRun)
	if err == nil && r.ok > 0 {
		r.cpu = (cpuOf(pid) - before) / time.Duration(r.ok)
	}
	return r, err
}

// measurePath sends at a fixed rate, a little over what is asked for, and looks whether the rows keep up.
func measurePath(ctx context.Context, l *load, bare float64) error {
	for _, share := range []float64{0.40, 0.33, 0.28, 0.255, 0.20} {
		steady, err := pathAt(ctx, l, bare, share)
		if err != nil {
			return err
		}
		if steady {
			return nil
		}
		l.next.Store(0)
	}
	return nil
}

// pathAt runs the whole path at a share of bare and reports whether the backlog stayed.
func pathAt(ctx context.Context, l *load, bare, share float64) (steady bool, err error) {
	rate := bare * share
	e, err := start(ctx, binary, "serve")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, e.discard()) }()
	var backlogs []uint64
	var rows int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 3 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pathRun / 3):
			}
			if in, err := e.ingest(ctx); err == nil {
				backlogs = append(backlogs, in.Journal.Tail-min(in.Journal.Tail, in.Applied.Facts))
				rows = in.Facts.Rows["sample"]
			}
		}
	}()
	before := cpuOf(e.PID())
	r, err := l.run(ctx, e.webhook, clients, rate, pathRun)
	if err != nil {
		return false, err
	}
	r.cpu = (cpuOf(e.PID()) - before) / time.Duration(max(r.ok, 1))
	<-done
	behind, err := e.settle(ctx)
	if err != nil {
		return false, err
	}
	// Rows are written in batches four times a second: up to half a second of load is always under way.
	steady = len(backlogs) == 3 && float64(backlogs[2]) < rate*1.0 && r.perSecond() > 0.97*rate && r.refused == 0
	verdict := "keeps up"
	if !steady {
		verdict = "does not keep up"
	}
	fmt.Printf("  whole path until rows can be asked %8.0f /s   p99 %v   %v of processor time each   %.2f of bare (at least 0.25)   %s: backlog after 10, 20, 30 s %v events, empty %v later, %d sample rows, refused %d\n",
		r.perSecond(), r.p99().Round(100*time.Microsecond), r.cpu.Round(100*time.Nanosecond), r.perSecond()/bare, verdict, backlogs, behind.Round(10*time.Millisecond), rows, r.refused)
	return steady, nil
}
