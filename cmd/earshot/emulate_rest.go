package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/emulator/rest"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/zoom"
)

// emulateREST are the flags of Zoom's REST side.
type emulateREST struct {
	RESTListen string `help:"Answer Zoom's REST API (tokens, Dashboard, phone, webhook logs, event subscriptions) on this address, such as 127.0.0.1:3100. Clients sign in with ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET of the environment." name:"rest-listen" placeholder:"ADDR" group:"REST"`
	RESTPlan   string `help:"The account's plan, which decides rate limits: free, pro, business, or unlimited." name:"rest-plan" enum:"free,pro,business,unlimited" default:"business" group:"REST"`
}

// remember gives the emulator a history to answer from.
func (c *emulateREST) remember(o *emulator.Options) {
	if c.RESTListen != "" {
		o.History = emulator.NewHistory(emulator.HistoryOptions{})
	}
}

// serve answers until stop is called; without --rest-listen it does nothing. authorize tells whether an access token is valid, nil
// when there are none.
func (c *emulateREST) serve(e *emulator.Emulator, history *emulator.History, env config.Environment, log *slog.Logger) (authorize func(string) bool, stop func() error, err error) {
	if c.RESTListen == "" {
		return nil, func() error { return nil }, nil
	}
	id, _ := env("ZOOM_CLIENT_ID")
	secret, _ := env("ZOOM_CLIENT_SECRET")
	if id == "" || secret == "" {
		return nil, nil, errors.New("--rest-listen needs ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET in the environment: any values, the same as the client's")
	}
	log = log.With("part", "rest")
	o := rest.Options{History: history, AccountID: e.AccountID(), Apps: []rest.App{{ClientID: id, ClientSecret: zoom.Secret(secret)}}, Logger: log}
	if o.Unlimited = c.RESTPlan == "unlimited"; !o.Unlimited {
		o.Plan = rest.Plan(c.RESTPlan)
	}
	o.Deliveries, o.Subscriptions = rest.OfEmulator(e)
	server, err := rest.New(o)
	if err != nil {
		return nil, nil, fmt.Errorf("emulate Zoom's REST API: %w", err)
	}
	listener, err := net.Listen("tcp", c.RESTListen)
	if err != nil {
		return nil, nil, fmt.Errorf("emulate Zoom's REST API on %s: %w", c.RESTListen, err)
	}
	api := &http.Server{Handler: server, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(listener) }()
	log.Info("answering Zoom's REST API", "oauth", "http://"+listener.Addr().String()+"/oauth/token", "api", "http://"+listener.Addr().String()+"/v2",
		"account_id", e.AccountID())
	return server.Authorize, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		stopped := api.Shutdown(ctx)
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("answer Zoom's REST API: %w", err)
		}
		return stopped
	}, nil
}
