// Command earshot tells who could not hear or be heard in Zoom meetings and calls, when, and why. See earshot --help, and
// the README.
//
// main turns signals into a context and arguments into a call; one file per subcommand does the rest.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // hosts without zone files have sites with zones, too

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Serve   serveCmd   `cmd:"" help:"Receive webhooks and serve the web: receiver and monitor as two supervised processes."`
	Receive receiveCmd `cmd:"" help:"Only the receiver: webhooks into the journal."`
	Monitor monitorCmd `cmd:"" help:"Only the monitor: the journal into the web."`
	Emulate emulateCmd `cmd:"" help:"Zoom's side: people in meetings, and signed webhooks about them."`
	Demo    demoCmd    `cmd:"" help:"Everything at once in a temporary folder, with the emulator as Zoom."`
	Check   checkCmd   `cmd:"" help:"Read the configuration and say what holds, or everything that is wrong with it."`
	Journal journalCmd `cmd:"" help:"Look into the journal of raw events."`
	Backup  backupCmd  `cmd:"" help:"Copy what cannot be rebuilt into a folder, while the monitor runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup in place of the present stores, which are moved aside."`
	Regrade regradeCmd `cmd:"" help:"Grade the past again from its samples, while the monitor runs."`
	Alert   alertCmd   `cmd:"" help:"Alerts: send a sample to a receiver, list what fires, try a rule on the past, while the monitor runs."`
	Export  exportCmd  `cmd:"" help:"Download minutes, segments, meetings, calls, incidents or samples as CSV, JSON lines or Parquet, while the monitor runs."`
	SQL     sqlCmd     `cmd:"" name:"sql" help:"Ask the facts in SQL: read-only, on a snapshot, in a sandbox."`
	User    userCmd    `cmd:"" help:"Who may log in: add, list, change the password or role of, and remove users."`
	Login   loginCmd   `cmd:"" help:"Print an address that logs an admin in, once."`
	Openapi openapiCmd `cmd:"" help:"Print the API's OpenAPI document."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("earshot"), kong.UsageOnError(),
		kong.Description("Who could not hear or be heard in your Zoom meetings and calls, when, and why."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "earshot:", err)
		os.Exit(1)
	}
}

// version returns the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	out := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (out == "" || out == "(devel)") {
			out = s.Value
		}
	}
	if out == "" || out == "(devel)" {
		out = "development"
	}
	return out
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Println(version())
	return nil
}
