package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/earshot/earshot/internal/priority"
)

// Three ways of running are measured in turns of a few seconds, over and over, because a machine that others use changes while it is
// measured: a quarter of an hour of one way and then of the other compares the machine with itself.
const (
	besideTurn   = 5 * time.Second
	besideTurns  = 12
	besideWarmUp = 35 * time.Second        // at warmUpRate: until the journal writes into logs that it has used before
	besideSettle = 1500 * time.Millisecond // for what a turn has left to destinations: batches that wait for company, and what was sent last
)

// warmUpRate is how many events a second an Earshot gets before it is measured. A receiver that was just started appends to its logs
// until there are six of 16 MB, after four minutes of 20,000 people; from then on it writes over those, and the disk has less to do.
const warmUpRate = 4000

// quietBelow is the share of the processors that the machine's host may take away in a turn that counts as quiet. Five percent of a turn
// are two or three pauses of 100 ms, and p99 is those.
const quietBelow = .02

// besideRates are events a second: what 18,000 people cause who are in meetings at once, and what 60,000 do.
var besideRates = []float64{300, 1000}

// way is one way of running: with destinations or without.
type way struct {
	name    string
	args    []string // of earshot serve
	e       *earshot
	beside  float64 // share of a processor that other work takes
	peers   int     // process whose processor time counts as well, 0 for none
	crowd   int     // people: as many as report once a minute, although it is only their Earshot's turn in a part of the time
	sent    int     // bodies so far, for no two of one Earshot to be the same
	latency *hdrhistogram.Histogram
	late    *hdrhistogram.Histogram
	quiet   *hdrhistogram.Histogram // latency in turns that the machine's host left alone
	cpu     time.Duration           // of Earshot and of the peers
	ofPeers time.Duration
	took    time.Duration
	refused int64
	turns   []time.Duration // p99 of each
	stolen  []float64       // share of the machine's processors that its host took away in each turn
}

// beside measures the acknowledgement of events with five destinations and without: the real processes, and peers that others wrote in a
// process of their own. Both take processor time of the machine that is measured, so there is a third way: without destinations, but
// with other work that takes as much.
func beside(ctx context.Context) error {
	// Who sends is on another machine in life, and waits for nobody here.
	if err := priority.Prompt(); err != nil {
		return err
	}
	all, address, pid, stop, err := startPeers(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for _, rate := range besideRates {
		if err := besideAt(ctx, rate, all, address, pid); err != nil {
			return err
		}
	}
	return nil
}

// besideAt measures at one rate. Each way has an Earshot of its own, and those that are not sent to do next to nothing.
func besideAt(ctx context.Context, rate float64, all peers, address string, pid int) (err error) {
	dir, err := os.MkdirTemp("", "earshot-bench-destinations-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	config, err := destinationsConfig(dir, address, all)
	if err != nil {
		return err
	}
	without, with, control := newWay("without"), newWay("with five", "--config", config), newWay("other work")
	with.peers = pid
	ways := []*way{without, with, control}
	for _, w := range ways {
		if w.e, err = start(ctx, binary, "serve", w.args...); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.e.discard()) }()
		w.crowd = int(rate * 60 / 3 * besideTurn.Seconds() / (besideTurn + besideSettle).Seconds())
		if err := w.warmUp(ctx); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	for turn := range besideTurns {
		for i := range ways { // each follows each other as often
			w := ways[(turn+i)%len(ways)]
			if w == control {
				w.beside = max(.01, with.share(with.cpu)-without.share(without.cpu))
			}
			if err := w.run(ctx, rate, besideTurn); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	return tellBeside(ctx, rate, without, with, control)
}

// tellBeside prints what was measured at one rate.
func tellBeside(ctx context.Context, rate float64, without, with, control *way) error {
	for _, w := range []*way{without, with, control} {
		sizes, err := w.e.Resident()
		if err != nil {
			return err
		}
		fmt.Printf("  %4.0f/s %-10s acknowledgement p50 %v  p90 %v  p99 %v of %d (sent late p50 %v, p99 %v), refused %d   monitor %d MB, receiver %d MB   %.2f of a core, %.2f of it the peers\n",
			rate, w.name, at(w.latency, 50), at(w.latency, 90), at(w.latency, 99), w.latency.TotalCount(), at(w.late, 50), at(w.late, 99), w.refused,
			sizes["monitor"]>>20, sizes["receive"]>>20, w.share(w.cpu), w.share(w.ofPeers))
		fmt.Printf("         p99 by turn %v, stolen %.3f\n", w.turns, w.stolen)
	}
	all, err := with.e.destinations(ctx)
	if err != nil {
		return err
	}
	status, err := tell(all)
	if err != nil {
		return err
	}
	over := func(a, b *hdrhistogram.Histogram) float64 { return float64(at(a, 99)) / float64(at(b, 99)) }
	fmt.Printf("  %4.0f/s p99 with over without: %.2f (at most 1.20), turn by turn in the median %.2f; over that beside other work, %.2f of a core: %.2f\n",
		rate, over(with.latency, without.latency), turnByTurn(with, without), control.beside, over(with.latency, control.latency))
	if with.quiet.TotalCount() > 0 && without.quiet.TotalCount() > 0 {
		fmt.Printf("         in quiet turns: with %v of %d, without %v of %d: %.2f\n",
			at(with.quiet, 99), with.quiet.TotalCount(), at(without.quiet, 99), without.quiet.TotalCount(), over(with.quiet, without.quiet))
	}
	fmt.Println(" ", status)
	return nil
}

// turnByTurn returns the median of a's p99 over b's, each of the same turn.
func turnByTurn(a, b *way) float64 {
	var ratios []float64
	for i := range min(len(a.turns), len(b.turns)) {
		ratios = append(ratios, float64(a.turns[i])/float64(b.turns[i]))
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

func newWay(name string, args ...string) *way {
	w := &way{name: name, args: args}
	w.forget()
	return w
}

// forget drops what was measured so far.
func (w *way) forget() {
	w.latency, w.late, w.quiet = microseconds(), microseconds(), microseconds()
	w.cpu, w.ofPeers, w.took, w.refused, w.turns, w.stolen = 0, 0, 0, 0, nil, nil
}

// at returns a quantile.
func at(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return (time.Duration(h.ValueAtQuantile(percent)) * time.Microsecond).Round(10 * time.Microsecond)
}

// share returns processor time as a share of one processor, while events were sent.
func (w *way) share(cpu time.Duration) float64 { return cpu.Seconds() / max(w.took.Seconds(), 1) }

// run sends for a while, and adds what was measured.
func (w *way) run(ctx context.Context, rate float64, d time.Duration) error {
	l := w.prepare(rate, d)
	if w.beside > 0 {
		stop, err := besides(ctx, w.beside)
		if err != nil {
			return err
		}
		defer stop()
	}
	if err := realTime(); err != nil {
		fmt.Println(" ", err)
	}
	before, peersBefore := w.spent()
	stolen := stolenTime()
	r, err := l.run(ctx, w.e.webhook, 32, rate, d)
	if err != nil {
		return err
	}
	select {
	case <-time.After(besideSettle):
	case <-ctx.Done():
		return ctx.Err()
	}
	after, ofPeers := w.spent()
	w.cpu, w.ofPeers, w.took = w.cpu+after-before, w.ofPeers+ofPeers-peersBefore, w.took+d
	w.latency.Merge(r.latency)
	w.late.Merge(r.late)
	w.turns = append(w.turns, r.p99())
	share := (stolenTime() - stolen).Seconds() / r.took.Seconds() / float64(runtime.NumCPU())
	w.stolen = append(w.stolen, share)
	if share < quietBelow {
		w.quiet.Merge(r.latency)
	}
	w.refused += r.refused
	return nil
}

// warmUp brings Earshot to where one is that has run for a while: its journal writes over old logs, its destinations have caught up.
func (w *way) warmUp(ctx context.Context) error {
	if err := w.run(ctx, warmUpRate, besideWarmUp); err != nil {
		return err
	}
	defer w.forget()
	for {
		status, err := w.e.destinations(ctx)
		if err != nil {
			return err
		}
		behind := slices.ContainsFunc(status, func(d destination) bool { return d.Backlog > 0 && d.Lag > 2 })
		if !behind {
			return nil
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// prepare signs what is sent in a turn, dated now.
func (w *way) prepare(rate float64, d time.Duration) *load {
	minute := time.Now().Add(-2 * time.Minute)
	bodies := make([][]byte, int(rate*(d.Seconds()+1)))
	for i := range bodies {
		bodies[i] = qosBody((w.sent+i)%w.crowd, minute, w.sent+i)
	}
	w.sent += len(bodies)
	return sign(bodies)
}

// spent returns the processor time so far.
func (w *way) spent() (all, ofPeers time.Duration) {
	if w.peers != 0 {
		ofPeers = cpuOf(w.peers)
	}
	return cpuOf(w.e.PID()) + ofPeers, ofPeers
}

// destination is how far one is, as the API tells it.
type destination struct {
	Name    string  `json:"name"`
	Sent    uint64  `json:"sent"`
	Failed  uint64  `json:"failed"`
	Backlog uint64  `json:"backlog"`
	Lag     float64 `json:"lag_seconds"`
}

// destinations asks how far each is.
func (e *earshot) destinations(ctx context.Context) ([]destination, error) {
	var page struct {
		Items []destination `json:"items"`
	}
	err := e.GetJSON(ctx, "/api/v1/exports", &page)
	return page.Items, err
}

// tell returns a line about all, an error when one took nothing.
func tell(all []destination) (string, error) {
	var line []string
	for _, d := range all {
		if d.Sent == 0 {
			return "", fmt.Errorf("destination %s took nothing", d.Name)
		}
		line = append(line, fmt.Sprintf("%s sent %d, failed %d, %.1f s behind", d.Name, d.Sent, d.Failed, d.Lag))
	}
	return strings.Join(line, "; "), nil
}

// destinationsConfig writes a configuration with five destinations.
func destinationsConfig(dir, address string, all peers) (string, error) {
	secretFile, path := filepath.Join(dir, "secret"), filepath.Join(dir, "earshot.yaml")
	if err := os.WriteFile(secretFile, []byte("s"), 0o600); err != nil {
		return "", err
	}
	text := fmt.Sprintf(`alerts:
  allow_networks: [127.0.0.0/8]
export:
  - {name: hec, type: splunk_hec, logs: [events, incidents], config: {endpoint: "http://%s/services/collector", token: "${file:%s}"}}
  - {name: otlp, type: otlp_http, metrics: [samples, minutes], config: {endpoint: "http://%s"}}
  - {name: kafka, type: kafka, logs: [events, minutes], config: {brokers: ["%s"], topic: zoom}}
  - {name: file, type: file, logs: [samples, minutes, summaries], config: {path: "%s/out.jsonl"}}
  - {name: hook, type: webhook, logs: [events, incidents], config: {url: "http://%s/hook", secret_file: "%s"}}
`, all.HEC, secretFile, all.OTLPHTTP, all.Kafka, dir, address, secretFile)
	return path, os.WriteFile(path, []byte(text), 0o600)
}
