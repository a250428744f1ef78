package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/running"
	"github.com/earshot/earshot/zoom"
)

const (
	// crowdStaff is how many people a company has of whom Zoom reports on some 50,000 at once.
	crowdStaff = 112_000
	// crowdRun is the whole run, making the world included.
	crowdRun = 220 * time.Second
)

// crowd runs Zoom's side of 50,000 participants at once at real time: the world, signing, and sending over TCP to a handler in a
// process of its own. It measures how far behind its clock the emulator falls, and what it costs.
func crowd(ctx context.Context) (err error) {
	address := running.FreeAddress()
	hook, stop, err := startProcess(ctx, "hook", address)
	if err != nil {
		return err
	}
	defer stop()
	m := &crowdMeter{behind: math.Inf(1)}
	from := time.Now().UTC().Truncate(time.Second)
	e, err := emulator.New(emulator.Options{
		Target: "http://" + address + "/webhook", Secret: secret, People: crowdStaff, Seed: 2, From: from, Duration: crowdRun,
		Progress: time.Second, Logger: slog.New(m),
	})
	if err != nil {
		return err
	}
	m.counts = e.Counts
	people := make(chan int, 1)
	go func() {
		wait, cancel := context.WithTimeout(ctx, crowdRun*3/4)
		defer cancel()
		select {
		case <-wait.Done():
		case <-time.After(crowdRun / 2):
		}
		n := 0
		if view, err := e.Look(wait); err == nil {
			for _, room := range view.Rooms {
				n += len(room.People)
			}
		}
		people <- n
	}()
	err = e.Run(ctx)
	m.print(<-people, e.Counts())
	stop()
	if s := hook.ProcessState; s != nil {
		fmt.Printf("  the handler took %.1f CPU s beside it\n", (s.UserTime() + s.SystemTime()).Seconds())
	}
	return err
}

// crowdMeter is a log handler that takes a sample whenever the emulator logs its progress.
type crowdMeter struct {
	counts func() emulator.Counts
	mu     sync.Mutex // guards what follows
	first  crowdSample
	last   crowdSample
	behind float64 // seconds of wall time after simulated time, at best
	lags   []float64
	queued int64
	rss    int64
}

type crowdSample struct {
	wall  time.Time
	cpu   time.Duration
	acked int64
}

func (m *crowdMeter) Enabled(context.Context, slog.Level) bool { return true }
func (m *crowdMeter) WithAttrs([]slog.Attr) slog.Handler       { return m }
func (m *crowdMeter) WithGroup(string) slog.Handler            { return m }

// Handle implements slog.Handler.
func (m *crowdMeter) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		fmt.Printf("  the emulator says: %s\n", r.Message)
	}
	var simulated time.Time
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "simulated" {
			simulated = a.Value.Time()
		}
		return true
	})
	if simulated.IsZero() || simulated.Unix() == 0 {
		return nil
	}
	now, c := time.Now(), m.counts()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = crowdSample{now, ownCPU(), c.Acked}
	if m.first.wall.IsZero() {
		m.first = m.last
	}
	lag := now.Sub(simulated).Seconds()
	m.behind = min(m.behind, lag)
	m.lags = append(m.lags, lag)
	m.queued, m.rss = max(m.queued, c.Waiting), max(m.rss, ownResident())
	return nil
}

// print says what was measured. The lag is that of the newest event that was handed to a connection, in excess of the best sample:
// the beginning of the clock is not to be seen from outside, and an emulator that keeps up stays at the best one.
func (m *crowdMeter) print(people int, c emulator.Counts) {
	m.mu.Lock()
	defer m.mu.Unlock()
	took := m.last.wall.Sub(m.first.wall)
	if took <= 0 {
		fmt.Println("  nothing was measured")
		return
	}
	worst, sum := 0.0, 0.0
	for _, lag := range m.lags {
		worst, sum = max(worst, lag-m.behind), sum+lag-m.behind
	}
	minutes := took.Minutes()
	fmt.Printf("  %d people in meetings and calls at once; %.0f events/s signed, sent and answered for %v\n", people, float64(m.last.acked-m.first.acked)/took.Seconds(), took.Round(time.Second))
	fmt.Printf("  behind the clock: %.3f s on average, %.3f s at worst; at most %d events waited for a connection; refused %d, retried %d, lost %d\n",
		sum/float64(len(m.lags)), worst, m.queued, c.Refused, c.Retried, c.Lost)
	fmt.Printf("  %.1f CPU s per minute (%.2f cores), %.0f MB resident; %.1f CPU s to begin\n",
		(m.last.cpu-m.first.cpu).Seconds()/minutes, (m.last.cpu-m.first.cpu).Seconds()/took.Seconds(), float64(m.rss)/1e6, m.first.cpu.Seconds())
}

// ownCPU is the CPU time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ownResident is the resident memory of this process in bytes.
func ownResident() int64 {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// hookServer is the bare handler that also passes Zoom's challenge.
func hookServer(address string) error {
	const challenge = 300 // bytes: notifications are longer
	return (&http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > challenge {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				w.WriteHeader(http.StatusBadRequest)
			}
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, challenge))
		var dec zoom.Decoder
		var ev zoom.Event
		if err := errors.Join(err, dec.Decode(body, &ev)); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if ev.Class != zoom.ClassURLValidation {
			return
		}
		answer, err := zoom.Answer(secret, ev.PlainToken)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = w.Write(answer) // the emulator says what it lacks
	})}).ListenAndServe()
}
