package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot/internal/running"
)

// troubled is a company in which four things that many share go wrong one after the other and are over; the rest of the time is
// for their incidents to close.
const troubled = `
seed: 11
from: 2026-11-20T09:00:00Z
span: 42m
population: {people: 600, meetings: 60}
faults:
  - {kind: full-link, target: Leipzig headquarters, start: 3m, end: 10m, strength: 1.3}
  - {kind: full-link, target: Lisbon office, start: 5m, end: 11m, strength: 1.2, direction: up}
  - {kind: slow-centre, start: 8m, end: 14m, strength: 1.2}
  - {kind: full-link, target: Austin office, start: 9m, end: 16m, strength: 1.4}
`

const (
	// alertSpeed is how much faster than life the emulated company lives.
	alertSpeed = 15
	// alertPauses are between two kills: long enough for the monitor to come up and tell something, or just not.
	alertPauseLeast, alertPauseMost = 700 * time.Millisecond, 7 * time.Second
)

// runAlerts kills the monitor at random moments while incidents open, grow and close, and asks the receiver of their alerts what
// it was told.
func (c *chaos) runAlerts(ctx context.Context) error {
	var err error
	if c.data, err = os.MkdirTemp("", "earshot-chaos-"); err != nil {
		return err
	}
	h, err := newHook(c.rng)
	if err != nil {
		return err
	}
	scenario, err := c.alertFiles(ctx, h.url)
	if err != nil {
		return err
	}
	c.webhook, c.web = running.FreeAddress(), running.FreeAddress()
	if err := c.up(ctx); err != nil {
		return err
	}
	zoom := c.emulator(ctx, "--scenario", scenario, "--target", "http://"+c.webhook+"/webhook", "--speed", strconv.Itoa(alertSpeed))
	if err := zoom.Start(); err != nil {
		return err
	}
	begun, ended := time.Now(), make(chan error, 1)
	go func() { ended <- zoom.Wait() }()
	kills, err := c.killUntil(ctx, ended)
	if err != nil {
		return err
	}
	fmt.Printf("killed the monitor %d times in %v\n", kills, time.Since(begun).Round(time.Second))
	return errors.Join(c.judgeAlerts(ctx, h, kills), c.serve.Stop())
}

// alertFiles writes the company, its places and who is told.
func (c *chaos) alertFiles(ctx context.Context, hook string) (scenario string, err error) {
	at := func(name string) string { return filepath.Join(c.data, name) }
	files := map[string]string{
		"scenario.yaml": troubled, "secret": secret,
		"receivers.yml": "route: {receiver: x, group_wait: 500ms, group_interval: 1s}\nreceivers:\n  - name: x\n    webhook_configs: [{url: '" + hook + "/plain'}]\n" +
			"    signed_webhook_configs: [{url: '" + hook + "/signed', secret_file: '" + at("secret") + "'}]\n",
		"earshot.yaml": "sites: {file: '" + at("sites.csv") + "', asn: '" + at("asn.mmdb") + "'}\nalerts: {receivers: '" + at("receivers.yml") + "', allow_networks: [127.0.0.0/8]}\n",
	}
	for name, text := range files {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	c.config = at("earshot.yaml")
	if out, err := c.emulator(ctx, "--scenario", at("scenario.yaml"), "--sites-csv", at("sites.csv"), "--asn", at("asn.mmdb")).CombinedOutput(); err != nil {
		return "", fmt.Errorf("write the places: %w: %s", err, out)
	}
	return at("scenario.yaml"), nil
}

func (c *chaos) emulator(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, append([]string{"emulate"}, args...)...)
	cmd.Env = append(os.Environ(), "ZOOM_WEBHOOK_SECRET_TOKEN="+secret)
	return cmd
}

// killUntil kills the monitor until the emulator has ended.
func (c *chaos) killUntil(ctx context.Context, ended <-chan error) (kills int, err error) {
	for {
		select {
		case <-ctx.Done():
			return kills, ctx.Err()
		case err := <-ended:
			return kills, err
		case <-time.After(alertPauseLeast + time.Duration(c.rng.Int64N(int64(alertPauseMost-alertPauseLeast)))):
		}
		done, err := c.serve.Kill("monitor")
		if err != nil {
			return kills, err
		}
		if done {
			kills++
		}
	}
}

// alertRow is what the judge reads of GET /api/v1/alerts.
type alertRow struct {
	ID        string            `json:"id"`
	Title     string            `json:"title"`
	Kind      string            `json:"kind"`
	State     string            `json:"state"`
	Explained bool              `json:"explained"`
	Labels    map[string]string `json:"labels"`
}

// judgeAlerts compares what the receiver took with Earshot's own list.
func (c *chaos) judgeAlerts(ctx context.Context, h *hook, kills int) error {
	var all []alertRow
	err := c.eventually(ctx, 3*time.Minute, "every incident's alert is over", func() (bool, error) {
		var ok bool
		all, ok = c.alerts(ctx)
		return ok && len(all) > 0 && !slices.ContainsFunc(all, func(a alertRow) bool { return a.Kind == "incident" && a.State == "firing" }), nil
	})
	if err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // the last messages
	wrong := h.wrong
	for _, path := range []string{"/plain", "/signed"} {
		seen, repeats, bad := h.judge(path)
		wrong = append(wrong, bad...)
		if repeats > kills {
			wrong = append(wrong, fmt.Sprintf("%s: %d repeats, more than there were kills", path, repeats))
		}
		told := 0
		for i := range all {
			ok, text := all[i].told(seen)
			if !ok {
				wrong = append(wrong, path+": "+text)
			}
			if text == "" && !all[i].Explained {
				told++
			}
		}
		fmt.Printf("%s: %d messages about %d alerts, each raised and cleared once; %d repeats of a message whose answer was not noted\n",
			path, len(h.messages[path]), told, repeats)
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "\n"))
	}
	return nil
}

// told reports whether a receiver that saw this was told of an alert what it should have been.
func (a *alertRow) told(seen map[string]*history) (bool, string) {
	x := seen[(&toldAlert{Labels: a.Labels}).identity()]
	for _, k := range slices.Sorted(maps.Keys(seen)) { // with the labels that it had before
		if x == nil && strings.HasPrefix(k, "alert="+a.ID+",") {
			x = seen[k]
		}
	}
	switch {
	case a.Explained:
		return true, ""
	case x == nil:
		return false, fmt.Sprintf("never told: %s %q (%s)", a.Kind, a.Title, a.State)
	case a.State == "resolved" && x.over != 1:
		return false, fmt.Sprintf("told %d times that it is over: %s %q", x.over, a.Kind, a.Title)
	case a.State == "firing" && x.over != 0:
		return false, fmt.Sprintf("told that it is over, and it is not: %s %q", a.Kind, a.Title)
	}
	return true, ""
}

// alerts lists all alerts; false when the monitor does not answer.
func (c *chaos) alerts(ctx context.Context) ([]alertRow, bool) {
	var out []alertRow
	for cursor := ""; ; {
		var page struct {
			Items []alertRow `json:"items"`
			Next  string     `json:"next_cursor"`
		}
		if c.serve.GetJSON(ctx, "/api/v1/alerts?state=past&limit=200&cursor="+url.QueryEscape(cursor), &page) != nil {
			return nil, false
		}
		out = append(out, page.Items...)
		if cursor = page.Next; cursor == "" {
			return out, true
		}
	}
}
