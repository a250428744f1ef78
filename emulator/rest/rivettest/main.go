// Command rivettest runs clients that others wrote against the emulator: Zoom's own @zoom/rivet as a REST client and as a receiver of
// webhooks, and zoomapi and ws, which know nothing of Zoom's. It serves two worlds on loopback ports, one that lived for half an hour
// and stands still, and one that runs 120 times as fast as life and delivers, and starts the scripts in the folder given, where npm
// has installed the clients. It fails if one of them fails.
//
// scripts/rivet.sh calls it; it has no state and may run several times at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/emulator/rest"
)

// scripts are what is run, in this order.
var scripts = []string{"rivet_rest.mjs", "rivet_hooks.mjs", "zoomapi.mjs"}

// hookSecret signs the webhooks.
const hookSecret = "a webhook secret of the tests"

var begin = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rivettest FOLDER   (with the scripts and node_modules)")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "rivettest:", err)
		os.Exit(1)
	}
}

func run(folder string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	still, account, err := standing()
	if err != nil {
		return err
	}
	moving, e, err := running()
	if err != nil {
		return err
	}
	ran := make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	go func() { ran <- e.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ran)
	}()
	stillAt, err := serve(ctx, still)
	if err != nil {
		return err
	}
	movingAt, err := serve(ctx, moving)
	if err != nil {
		return err
	}
	for _, script := range scripts {
		node := exec.CommandContext(ctx, "node", script)
		node.Dir, node.Stdout, node.Stderr = folder, os.Stdout, os.Stderr
		node.Env = append(os.Environ(), "EMULATOR=http://"+stillAt, "LIVE=http://"+movingAt, "ACCOUNT="+account, "FROM=2026-11-11", "TO=2026-11-12",
			"LIVE_ACCOUNT="+e.AccountID(), "HOOK_SECRET="+hookSecret)
		if err := node.Run(); err != nil {
			return fmt.Errorf("%s: %w", script, err)
		}
	}
	return nil
}

// options are those of both REST sides.
func options(history *emulator.History) rest.Options {
	return rest.Options{
		History: history, Apps: []rest.App{{ID: "rivet-app", ClientID: "rivet-id", ClientSecret: "rivet-secret"}}, Unlimited: true,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}

// standing is the REST side of a world that has lived for half an hour.
func standing() (handler http.Handler, account string, err error) {
	w, err := emulator.NewWorld(emulator.Options{People: 200, Meetings: 15, Seed: 5, From: begin})
	if err != nil {
		return nil, "", err
	}
	history := emulator.NewHistory(emulator.HistoryOptions{})
	for w.Now().Before(begin.Add(30 * time.Minute)) {
		history.Observe(w, w.Step())
	}
	server, err := rest.New(options(history))
	return server, history.AccountID(), err
}

// running is a world that is about to run, with its REST side and a WebSocket. Nobody has subscribed to its webhooks yet.
func running() (http.Handler, *emulator.Emulator, error) {
	history := emulator.NewHistory(emulator.HistoryOptions{})
	e, err := emulator.New(emulator.Options{
		People: 150, Meetings: 15, Seed: 6, From: begin, Speed: 120, History: history, Secret: hookSecret, Progress: -1, ChallengeWait: time.Millisecond,
		Subscriptions: []emulator.Subscription{{ID: "qss", WebSocket: true, Events: []string{
			"meeting.participant_joined", "meeting.participant_left", "meeting.participant_data", "meeting.participant_qos_summary",
		}}},
	})
	if err != nil {
		return nil, nil, err
	}
	o := options(history)
	o.Deliveries, o.Subscriptions = rest.OfEmulator(e)
	server, err := rest.New(o)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/ws", &emulator.WebSocket{Subscriptions: e.Subscriptions(), Authorize: server.Authorize})
	mux.Handle("/", server)
	return mux, e, nil
}

// serve answers on a free port until the context ends.
func serve(ctx context.Context, handler http.Handler) (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return listener.Addr().String(), nil
}
