package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/earshot/earshot/internal/daemon"
)

type exportCmd struct {
	dataFlags
	What      string `arg:"" enum:"minutes,segments,meetings,calls,incidents,samples" help:"minutes, segments, meetings, calls, incidents or samples."`
	From      string `help:"Not before: a time such as 2026-11-20T09:00Z, a day, or an age such as 24h or 30d." default:"24h"`
	To        string `help:"Before; left out: now." placeholder:"TIME"`
	Site      string `help:"Id or name of a site (minutes, samples, incidents)."`
	Account   string `help:"Id of an account." placeholder:"ID"`
	Person    string `help:"Id of a person." placeholder:"ID"`
	Meeting   string `help:"Id of a meeting (not of calls)." placeholder:"ID"`
	Grade     string `help:"good, fair, poor or bad (minutes, calls)."`
	Names     bool   `help:"Join names, e-mail addresses, numbers and topics: personal data."`
	Format    string `enum:"csv,jsonl,parquet" default:"csv" help:"csv, jsonl or parquet."`
	Out       string `short:"o" help:"File; it appears when it is whole, and what was interrupted goes on. - is standard output." default:"-"`
	URL       string `help:"Address of the monitor; left out: the one that runs on the data folder." placeholder:"URL"`
	TokenFile string `help:"File with the monitor's EARSHOT_API_TOKEN, for --url; left out: the environment." type:"existingfile" placeholder:"FILE"`
}

// Help adds to the help.
func (*exportCmd) Help() string {
	return `Examples:
    earshot export minutes --from 30d --format parquet --out minutes.parquet
    earshot export calls --from 2026-11-01 --to 2026-12-01 --grade bad --names --out bad-calls.csv`
}

// Run downloads rows.
func (c *exportCmd) Run(ctx context.Context) error {
	request := daemon.ExportRequest{
		What: c.What, From: c.From, To: c.To, Format: c.Format, Out: c.Out, Names: c.Names, URL: c.URL, TokenFile: c.TokenFile, Token: os.Getenv("EARSHOT_API_TOKEN"),
		Filters: given("site", c.Site, "account", c.Account, "person", c.Person, "meeting", c.Meeting, "grade", c.Grade), Now: time.Now(),
	}
	if c.URL == "" {
		cfg, _, err := load(c.Config, given("--data", c.Data), true)
		if err != nil {
			return err
		}
		request.Data = cfg.DataDir
	}
	p, err := daemon.Export(ctx, request, os.Stdout, os.Stderr)
	if err != nil {
		return err
	}
	if c.Out != "-" {
		fmt.Fprintf(os.Stderr, "%d rows in %s\n", p.Rows, c.Out)
	}
	return nil
}
