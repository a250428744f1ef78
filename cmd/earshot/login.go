package main

import (
	"context"
	"fmt"

	"github.com/earshot/earshot/internal/daemon"
)

type loginCmd struct{ dataFlags }

// Run asks the running monitor for an address: it knows where it listens, whatever it was told at its start. Who can read the data folder
// may log in.
func (c *loginCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	address, err := daemon.LoginAddress(ctx, cfg.DataDir)
	if err != nil {
		return err
	}
	fmt.Println(address)
	return nil
}
