package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/emulator/statuspage"
)

// emulateStatus are the flags of the emulator's page, its WebSocket side and its oddities.
type emulateStatus struct {
	StatusListen    string   `help:"Show who is in what, what goes wrong (with buttons to start and stop it) and what is delivered, on this address, such as 127.0.0.1:3101. There is no login." name:"status-listen" placeholder:"ADDR" group:"Watching"`
	WebSocketListen string   `help:"Deliver over WebSocket too: clients connect to this address, /ws?subscriptionId=qss&access_token=TOKEN, with a token of --rest-listen; any will do without it." name:"websocket-listen" placeholder:"ADDR" group:"Delivery"`
	Quirks          []string `help:"Write bodies as some of Zoom's examples and older documents have them, separated by commas, such as device-win,integer-id. A wrong name is answered with the list." placeholder:"QUIRK" group:"World"`
}

// keptLines is how much of the log the page can show.
const keptLines = 500

// prepare adds to the options what the flags ask for; recent is the log's newest lines, nil without a page.
func (c *emulateStatus) prepare(o *emulator.Options) (recent *statuspage.Recent) {
	for _, q := range c.Quirks {
		o.Quirks = append(o.Quirks, emulator.Quirk(strings.TrimSpace(q)))
	}
	if c.WebSocketListen != "" && !slices.ContainsFunc(o.Subscriptions, func(s emulator.Subscription) bool { return s.WebSocket }) {
		o.Subscriptions = append(o.Subscriptions, emulator.Subscription{ID: "qss", Name: "WebSocket", WebSocket: true})
	}
	if c.StatusListen == "" {
		return nil
	}
	recent = statuspage.NewRecent(o.Logger.Handler(), keptLines)
	o.Logger = slog.New(recent)
	return recent
}

// serveStatus answers until stop is called; without flags it does nothing. authorize is for the tokens of WebSockets; nil takes any.
func (c *emulateStatus) serveStatus(e *emulator.Emulator, recent *statuspage.Recent, authorize func(string) bool, log *slog.Logger) (stop func() error, err error) {
	var stops []func() error
	stop = func() error {
		var errs []error
		for _, s := range stops {
			errs = append(errs, s())
		}
		return errors.Join(errs...)
	}
	for _, side := range []struct {
		address, path, what string
		handler             http.Handler
	}{
		{c.StatusListen, "/", "show the emulator's page", statuspage.Handler(statuspage.Options{Source: e, Log: recent, Logger: log.With("part", "status")})},
		{c.WebSocketListen, "/ws", "deliver over WebSocket", &emulator.WebSocket{Subscriptions: e.Subscriptions(), Authorize: authorize, Logger: log.With("part", "websocket")}},
	} {
		if side.address == "" {
			continue
		}
		mux := http.NewServeMux()
		mux.Handle(side.path, side.handler)
		end, err := listen(side.address, mux, side.what, log)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		stops = append(stops, end)
	}
	return stop, nil
}

// listen serves a handler until stop is called.
func listen(address string, handler http.Handler, what string, log *slog.Logger) (stop func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", what, address, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	log.Info("ready to "+what, "url", "http://"+listener.Addr().String())
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close() // a browser that holds on; the listener is closed already
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}, nil
}
