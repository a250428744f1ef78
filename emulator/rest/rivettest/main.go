// Command rivettest runs Zoom's own REST client against the emulator: it lets a world live for half an hour, serves its history
// on a loopback port and starts check.mjs in the folder given, where npm has installed @zoom/rivet. It fails if that fails.
// scripts/rivet.sh calls it; it has no state and may run several times at once.
package main

import (
	"context"
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

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rivettest FOLDER   (with check.mjs and node_modules)")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "rivettest:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	begin := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	w, err := emulator.NewWorld(emulator.Options{People: 200, Meetings: 15, Seed: 5, From: begin})
	if err != nil {
		return err
	}
	history := emulator.NewHistory(emulator.HistoryOptions{})
	for w.Now().Before(begin.Add(30 * time.Minute)) {
		history.Observe(w, w.Step())
	}
	server, err := rest.New(rest.Options{
		History: history, Apps: []rest.App{{ClientID: "rivet-id", ClientSecret: "rivet-secret"}}, Unlimited: true,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	zoom := &http.Server{Handler: server, ReadHeaderTimeout: 5 * time.Second}
	go zoom.Serve(listener) //nolint:errcheck // ends with Close
	defer zoom.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	check := exec.CommandContext(ctx, "node", "check.mjs")
	check.Dir, check.Stdout, check.Stderr = folder, os.Stdout, os.Stderr
	check.Env = append(os.Environ(), "EMULATOR=http://"+listener.Addr().String(), "ACCOUNT="+history.AccountID(), "FROM=2026-11-11", "TO=2026-11-12")
	if err := check.Run(); err != nil {
		return fmt.Errorf("check.mjs: %w", err)
	}
	return nil
}
