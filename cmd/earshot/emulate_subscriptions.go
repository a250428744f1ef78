package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/config"
)

// emulateSubscriptions are the flags of further subscriptions.
type emulateSubscriptions struct {
	Subscription  []string `help:"A further webhook: its address and, after a space, the events that it wants, separated by commas (none is all). May be repeated." sep:"none" placeholder:"'URL EVENTS'" group:"Delivery"`
	Subscriptions string   `help:"Further subscriptions from a YAML file, with own headers, accounts, users and WebSockets; see above." placeholder:"FILE" group:"Delivery"`
}

// read adds the subscriptions that the flags ask for. The target is only needed where there are none.
func (c *emulateCmd) read(o *emulator.Options, env config.Environment) error {
	for _, text := range c.Subscription {
		url, events, _ := strings.Cut(strings.TrimSpace(text), " ")
		sub := emulator.Subscription{Target: url}
		for name := range strings.SplitSeq(events, ",") {
			if name = strings.TrimSpace(name); name != "" {
				sub.Events = append(sub.Events, name)
			}
		}
		o.Subscriptions = append(o.Subscriptions, sub)
	}
	if c.Subscriptions != "" {
		file, err := os.Open(c.Subscriptions)
		if err != nil {
			return fmt.Errorf("open the subscriptions: %w", err)
		}
		defer file.Close()
		list, err := emulator.ReadSubscriptions(file, filepath.Base(c.Subscriptions), env)
		if err != nil {
			return err
		}
		o.Subscriptions = append(o.Subscriptions, list...)
	}
	if o.Target == "" && len(o.Subscriptions) == 0 {
		o.Target = defaultTarget
	}
	return nil
}
