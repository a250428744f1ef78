package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon/supervised"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/zoom"
)

type emulateCmd struct {
	Target   string        `help:"Webhook address to send everything to (default http://127.0.0.1:3000/webhook, unless there are other subscriptions)." placeholder:"URL" group:"Delivery"`
	People   int           `help:"People of the company." default:"200" group:"World"`
	Meetings int           `help:"Meetings at once; 0 is a tenth of the people." default:"0" group:"World"`
	Seed     *uint64       `help:"The same seed gives the same traffic (default 1, or the scenario's)." group:"World"`
	Speed    float64       `help:"Simulated seconds per second." default:"1" group:"Time"`
	Duration time.Duration `help:"Wall time to run; 0 is until a signal comes." default:"0s" group:"Time"`
	From     string        `help:"Where simulated time begins (RFC 3339); empty is now." placeholder:"TIME" group:"Time"`
	Empty    bool          `help:"Begin with nobody in a meeting, so that everything is told from its beginning. Without it meetings are under way, as for a subscriber who comes later." group:"Time"`
	CatchUp  bool          `help:"Send what lies between --from and now at once, and go on from now." group:"Time"`
	Cadence  time.Duration `help:"How often Zoom reports on a participant: 60s today, 10s to 15s in older accounts." default:"60s" group:"World"`
	Dialect  string        `help:"What *_input means: received or sent." enum:"received,sent" default:"received" group:"World"`
	Ledger   string        `help:"Write what happened to each event into this file, as lines of JSON." placeholder:"FILE" group:"Watching"`
	SitesCSV string        `help:"Write the world's sites.csv into this file and stop." name:"sites-csv" placeholder:"FILE" group:"World"`
	ASN      string        `help:"Write the world's providers into this file, as the ASN database that sites.asn reads, and stop." name:"asn" placeholder:"FILE" group:"World"`

	emulateSubscriptions
	emulateScenario
	emulateREST
	emulateStatus
}

// defaultTarget is where everything goes when nothing is said about it.
const defaultTarget = "http://127.0.0.1:3000/webhook"

// Help is printed by earshot emulate --help, before the flags.
func (emulateCmd) Help() string {
	return `It makes a company whose people meet, and says of it what Zoom would say: signed webhooks, WebSocket, REST. The receiver and
the emulator share a secret:

    export ZOOM_WEBHOOK_SECRET_TOKEN=any-secret
    earshot emulate --people 300                    webhooks to http://127.0.0.1:3000/webhook, as Zoom sends them
    earshot emulate --scenarios                     what stories are shipped
    earshot emulate --scenario lyon-link --truth truth.jsonl --speed 60
                                                    a line fills up, sixty times as fast; who felt it is in the file
    earshot emulate --status-listen 127.0.0.1:3101  a page: who is in what, faults to start and stop, deliveries

For those who ask instead of listening, Zoom's REST API over the same people:

    export ZOOM_CLIENT_ID=id ZOOM_CLIENT_SECRET=secret
    earshot emulate --rest-listen 127.0.0.1:3100
    curl -X POST -u id:secret 'http://127.0.0.1:3100/oauth/token?grant_type=client_credentials'

An app can have 20 subscriptions, which may overlap. On the command line they have an address and, after a space, what they want; in
a file also headers of their own, accounts, users and WebSockets. Secrets are never in the file: $NAME is looked up in the environment.

    earshot emulate --subscription 'http://127.0.0.1:4000/hook meeting.participant_qos,phone.call_qos'
    earshot emulate --subscriptions subs.yaml

    subscriptions:                                  # subs.yaml
      - {name: all, target: "http://127.0.0.1:3000/webhook"}
      - name: quality
        target: https://second.example.com/hook
        secret: $SECOND_SECRET                      # left out: ZOOM_WEBHOOK_SECRET_TOKEN
        events: [meeting.participant_qos, webinar.participant_qos]
        scope: account                              # master_account (left out), account, user
        account: sub                                # own (left out), sub, or an id; with scope: user, users: [e-mail, ...]
        header: {basic: {user: zoom, password: $HOOK_PASSWORD}}
        # or: {oauth: {client_id: id, client_secret: $CLIENT, token_url: "https://second.example.com/token"}}
        # or: {custom: {key: x-api-key, value: $KEY}}, or: {verification_token: $TOKEN}
      - {id: qss, websocket: true}                  # with --websocket-listen: ws://HOST/ws?subscriptionId=qss&access_token=...

A target must answer Zoom's challenge within half a minute, or nothing is sent. More: docs/emulator-delivery.md, -rest.md, -scenarios.md.`
}

// Run emulates until a signal comes. It signs with ZOOM_WEBHOOK_SECRET_TOKEN, as the receiver verifies.
func (c *emulateCmd) Run(ctx context.Context) error {
	if c.Scenarios {
		return c.list(os.Stdout)
	}
	env, err := config.ReadEnvironment(".env")
	if err != nil {
		return err
	}
	secret, _ := env("ZOOM_WEBHOOK_SECRET_TOKEN")
	o, err := c.options(secret)
	if err != nil {
		return err
	}
	if c.SitesCSV != "" || c.ASN != "" {
		return c.writePlaces(o)
	}
	if err := c.read(&o, env); err != nil {
		return err
	}
	if secret == "" && c.Subscriptions == "" {
		return fmt.Errorf("ZOOM_WEBHOOK_SECRET_TOKEN is not set: the receiver would refuse every event; give both the same secret")
	}
	if c.Ledger != "" {
		file, err := os.Create(c.Ledger)
		if err != nil {
			return fmt.Errorf("create the ledger: %w", err)
		}
		defer file.Close()
		o.Ledger = file
	}
	truthDone, err := c.openTruth(&o)
	if err != nil {
		return err
	}
	c.remember(&o)
	recent := c.prepare(&o)
	e, err := emulator.New(o)
	if err != nil {
		return errors.Join(err, truthDone())
	}
	authorize, stopREST, err := c.serve(e, o.History, env, o.Logger)
	if err != nil {
		return errors.Join(err, truthDone())
	}
	stopStatus, err := c.serveStatus(e, recent, authorize, o.Logger)
	if err != nil {
		return errors.Join(err, stopREST(), truthDone())
	}
	ctx, cancel := supervised.Watch(ctx)
	defer cancel(nil)
	return errors.Join(e.Run(ctx), stopREST(), stopStatus(), truthDone())
}

// options are what the flags and the scenario say of the world and its time.
func (c *emulateCmd) options(secret string) (emulator.Options, error) {
	log, err := obs.NewLogger(os.Stderr, obs.LogOptions{})
	if err != nil {
		return emulator.Options{}, err
	}
	o := emulator.Options{
		Target: c.Target, Secret: zoom.Secret(secret), People: c.People, Meetings: c.Meetings, Seed: 1, Speed: c.Speed, Duration: c.Duration,
		CatchUp: c.CatchUp, Empty: c.Empty, Cadence: c.Cadence, Dialect: emulator.Dialect(c.Dialect), Logger: log.With("process", "emulator"),
	}
	if c.From != "" {
		if o.From, err = time.Parse(time.RFC3339, c.From); err != nil {
			return o, fmt.Errorf("--from %q: want a time such as 2026-11-12T09:00:00Z", c.From)
		}
	}
	if c.Seed != nil {
		o.Seed = *c.Seed
	}
	err = c.apply(&o, c.Seed != nil)
	return o, err
}

// writePlaces writes what an administrator knows of a world into files: its sites, and whose addresses are whose.
func (c *emulateCmd) writePlaces(o emulator.Options) error {
	e, err := emulator.New(o)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path  string
		write func(io.Writer) error
	}{{c.SitesCSV, e.SitesCSV}, {c.ASN, e.ASNDatabase}} {
		if f.path == "" {
			continue
		}
		file, err := os.Create(f.path)
		if err != nil {
			return fmt.Errorf("create a file of the world's places: %w", err)
		}
		if err := errors.Join(f.write(file), file.Close()); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
	}
	return nil
}
