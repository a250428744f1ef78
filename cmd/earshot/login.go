package main

import (
	"context"
	"fmt"
	"net"

	"github.com/earshot/earshot/internal/daemon"
)

type loginCmd struct{ dataFlags }

// Run asks the running monitor for a token. Who can read the data folder may log in.
func (c *loginCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	token, err := daemon.LoginToken(ctx, cfg.DataDir)
	if err != nil {
		return err
	}
	base := cfg.Web.PublicURL
	if base == "" {
		_, port, err := net.SplitHostPort(cfg.Web.Listen)
		if err != nil {
			return fmt.Errorf("web address %q: %w", cfg.Web.Listen, err)
		}
		base = "http://localhost:" + port
	}
	fmt.Println(base + "/login?once=" + token)
	return nil
}
