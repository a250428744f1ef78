package main

import (
	"context"
	"errors"
	"os"

	"github.com/earshot/earshot/internal/running"
)

// earshot is a running earshot serve or earshot receive on a data folder of its own.
type earshot struct {
	*running.Program
	data    string
	webhook string // address
}

// start runs the binary with fresh data and waits until it answers. args come after the subcommand.
func start(ctx context.Context, bin, subcommand string, args ...string) (*earshot, error) {
	data, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return nil, err
	}
	o := running.Options{
		Program: bin, Subcommand: subcommand, Args: args, Data: data, Webhook: running.FreeAddress(), Secret: secret, Token: "bench-api-token-of-one-run",
	}
	if subcommand == "serve" {
		o.Web = running.FreeAddress()
	}
	p, err := running.Start(ctx, o)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	return &earshot{Program: p, data: data, webhook: o.Webhook}, nil
}

// discard ends the program and removes its data.
func (e *earshot) discard() error { return errors.Join(e.Stop(), os.RemoveAll(e.data)) }
