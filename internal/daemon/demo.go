package daemon

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// DemoOptions say what the demo shows.
type DemoOptions struct {
	People, Meetings int
	Seed             uint64
	Speed            float64
	WebListen        string
	Keep             bool
	Past             time.Duration                       // how much has already happened when the page is opened: the emulator sends it at once
	WritePlaces      func(sites, providers string) error // writes the emulated world's sites.csv and ASN database
}

// demoPatience is how long the processes may take to come up.
const demoPatience = time.Minute

// Demo runs receiver, monitor and emulator in a temporary folder, with a secret made for the occasion, and prints an address
// with a one-time login. It returns when ctx ends, and leaves nothing behind.
func Demo(ctx context.Context, o DemoOptions) (err error) {
	data, err := os.MkdirTemp("", "earshot-demo-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	if !o.Keep {
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	config := filepath.Join(data, "earshot.yaml")
	sites, providers := filepath.Join(data, "sites.csv"), filepath.Join(data, "asn.mmdb")
	if err := o.WritePlaces(sites, providers); err != nil {
		return err
	}
	// A destination of its own, so that what shows exports has something to show.
	const demoConfig = "sites:\n  file: %s\n  asn: %s\nexport:\n  - {name: lake, type: file, logs: [minutes, summaries, incidents], config: {path: %s, format: parquet}}\n"
	text := fmt.Appendf(nil, demoConfig, strconv.Quote(sites), strconv.Quote(providers), strconv.Quote(filepath.Join(data, "lake")))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return fmt.Errorf("write the demo's configuration: %w", err)
	}
	logFile, err := os.Create(filepath.Join(data, "earshot.log"))
	if err != nil {
		return fmt.Errorf("create the demo's log: %w", err)
	}
	defer logFile.Close()
	s, webhook, page, err := o.supervisor(data, config, logFile)
	if err != nil {
		return err
	}
	fmt.Printf("Starting Zoom's emulator (%d people, %d meetings) and Earshot in %s\n", o.People, o.Meetings, data)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	if link, err := demoLink(ctx, data, page); err != nil {
		if ctx.Err() == nil {
			raw, _ := os.ReadFile(logFile.Name()) // without it, the error alone must do
			err = fmt.Errorf("%w; the log says:\n%s", err, raw)
		}
		cancel()
		return errors.Join(err, <-ended)
	} else {
		fmt.Printf("\n  Open  %s\n\n  Signed webhooks go to %s. Ctrl-C ends everything.\n", link, webhook)
	}
	return <-ended
}

// supervisor prepares the three processes.
func (o *DemoOptions) supervisor(data, config string, logFile *os.File) (s *Supervisor, webhook, page string, err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, "", "", fmt.Errorf("find the own program: %w", err)
	}
	listen, page, err := freeAddresses("127.0.0.1:0", o.WebListen)
	if err != nil {
		return nil, "", "", err
	}
	webhook = "http://" + listen + "/webhook"
	secret := []string{"ZOOM_WEBHOOK_SECRET_TOKEN=" + rand.Text()}
	return &Supervisor{
		Program: program, Log: logFile, Logger: slog.New(slog.NewTextHandler(logFile, nil)),
		Children: []Child{
			{Name: "receiver", Program: ReceiverProgram(program), Args: []string{"receive", "--data", data, "--config", config, "--webhook-listen", listen}, Env: secret},
			{Name: "monitor", Args: []string{"monitor", "--data", data, "--config", config, "--web-listen", page}, Env: secret},
			{Name: "emulator", Env: secret, Args: []string{
				"emulate", "--target", webhook, "--people", strconv.Itoa(o.People), "--meetings", strconv.Itoa(o.Meetings),
				"--seed", strconv.FormatUint(o.Seed, 10), "--speed", strconv.FormatFloat(o.Speed, 'g', -1, 64),
				"--from", time.Now().Add(-o.Past).UTC().Format(time.RFC3339), "--catch-up", "--empty",
			}},
		},
	}, webhook, page, nil
}

// demoLink waits until the monitor is ready and returns the address that logs in once.
func demoLink(ctx context.Context, data, page string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	for {
		if readyAt(ctx, page) {
			return LoginAddress(ctx, data)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the monitor was not ready within %v", demoPatience)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func readyAt(ctx context.Context, page string) bool {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+page+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// LoginAddress asks the monitor that runs on a data folder for an address that logs the admin in once.
func LoginAddress(ctx context.Context, data string) (string, error) {
	raw, err := ask(ctx, data, "login", nil)
	if err != nil {
		return "", err
	}
	var address string
	if err := json.Unmarshal(raw, &address); err != nil {
		return "", fmt.Errorf("read the monitor's answer: %w", err)
	}
	return address, nil
}

// freeAddresses returns two different addresses: each as it is wanted if that is free, else one that is.
func freeAddresses(wanted, other string) (one, two string, err error) {
	var all [2]net.Listener
	for i, address := range []string{wanted, other} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				return "", "", fmt.Errorf("find a free port: %w", err)
			}
		}
		defer l.Close() // held until both are found
		all[i] = l
	}
	return all[0].Addr().String(), all[1].Addr().String(), nil
}
