package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/earshot/earshot/internal/priority"
)

// Each way is measured for a minute, in turns, because a machine that others use changes while it is measured.
const (
	besideRate  = 1000.0
	besideRun   = 15 * time.Second
	besideTurns = 4
)

// way is one way of running: with destinations or without.
type way struct {
	name    string
	config  string  // file, "" for none
	beside  float64 // share of a processor that other work takes
	peers   int     // process whose processor time counts as well, 0 for none
	latency *hdrhistogram.Histogram
	late    *hdrhistogram.Histogram
	memory  map[string]int64 // the most, by process
	cpu     time.Duration    // of Earshot and of the peers
	ofPeers time.Duration
	refused int64
	status  string
	turns   []string
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
	dir, err := os.MkdirTemp("", "earshot-bench-destinations-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	config, err := destinationsConfig(dir, address, all)
	if err != nil {
		return err
	}
	l := sign(qosBodies(int(besideRate*(besideRun.Seconds()+5)), people, time.Now().Add(-2*time.Minute)))
	without, with, control := newWay("without"), newWay("with five"), newWay("other work")
	with.config, with.peers = config, pid
	for range besideTurns {
		for _, w := range []*way{without, with, control} {
			if w == control {
				w.beside = max(.01, with.share(with.cpu)-without.share(without.cpu))
			}
			l.next.Store(0)
			if err := w.run(ctx, l); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	for _, w := range []*way{without, with, control} {
		fmt.Printf("  %-10s acknowledgement p50 %v  p90 %v  p99 %v of %d at %.0f/s (sent late p50 %v, p99 %v), refused %d   monitor %d MB, receiver %d MB   %.2f of a core, %.2f of it the peers   p99 of each turn %s\n",
			w.name, at(w.latency, 50), at(w.latency, 90), at(w.latency, 99), w.latency.TotalCount(), besideRate, at(w.late, 50), at(w.late, 99), w.refused,
			w.memory["monitor"]>>20, w.memory["receive"]>>20, w.share(w.cpu), w.share(w.ofPeers), strings.Join(w.turns, " "))
	}
	over := func(w *way) float64 { return float64(at(with.latency, 99)) / float64(at(w.latency, 99)) }
	fmt.Printf("  p99 with over without: %.2f (at most 1.20); over that beside other work, %.2f of a core: %.2f\n  %s\n", over(without), control.beside, over(control), with.status)
	return nil
}

func newWay(name string) *way {
	return &way{name: name, latency: microseconds(), late: microseconds(), memory: map[string]int64{}}
}

// at returns a quantile.
func at(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return (time.Duration(h.ValueAtQuantile(percent)) * time.Microsecond).Round(10 * time.Microsecond)
}

// share returns processor time as a share of one processor.
func (w *way) share(cpu time.Duration) float64 {
	return cpu.Seconds() / (besideRun.Seconds() * float64(max(1, len(w.turns))))
}

// run sends for a while and adds what was measured.
func (w *way) run(ctx context.Context, l *load) (err error) {
	var args []string
	if w.config != "" {
		args = []string{"--config", w.config}
	}
	e, err := start(ctx, binary, "serve", args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.discard()) }()
	if _, err := l.run(ctx, e.webhook, 32, besideRate, 2*time.Second); err != nil {
		return err
	}
	if w.beside > 0 {
		stop, err := besides(ctx, w.beside)
		if err != nil {
			return err
		}
		defer stop()
	}
	spent := func() (all, ofPeers time.Duration) {
		if w.peers != 0 {
			ofPeers = cpuOf(w.peers)
		}
		return cpuOf(e.PID()) + ofPeers, ofPeers
	}
	if err := realTime(); err != nil {
		fmt.Println(" ", err)
	}
	before, peersBefore := spent()
	r, err := l.run(ctx, e.webhook, 32, besideRate, besideRun)
	if err != nil {
		return err
	}
	all, ofPeers := spent()
	w.cpu, w.ofPeers = w.cpu+all-before, w.ofPeers+ofPeers-peersBefore
	w.latency.Merge(r.latency)
	w.late.Merge(r.late)
	w.turns = append(w.turns, r.p99().Round(100*time.Microsecond).String())
	w.refused += r.refused
	sizes, err := e.Resident()
	if err != nil {
		return err
	}
	for name, size := range sizes {
		w.memory[name] = max(w.memory[name], size)
	}
	if w.config == "" {
		return nil
	}
	w.status, err = e.destinations(ctx)
	return err
}

// destinations says how far each is.
func (e *earshot) destinations(ctx context.Context) (string, error) {
	var page struct {
		Items []struct {
			Name    string  `json:"name"`
			Sent    uint64  `json:"sent"`
			Failed  uint64  `json:"failed"`
			Backlog uint64  `json:"backlog"`
			Lag     float64 `json:"lag_seconds"`
		} `json:"items"`
	}
	if err := e.GetJSON(ctx, "/api/v1/exports", &page); err != nil {
		return "", err
	}
	var all []string
	for _, d := range page.Items {
		if d.Sent == 0 {
			return "", fmt.Errorf("destination %s took nothing", d.Name)
		}
		all = append(all, fmt.Sprintf("%s sent %d, failed %d, %.1f s behind", d.Name, d.Sent, d.Failed, d.Lag))
	}
	return strings.Join(all, "; "), nil
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
