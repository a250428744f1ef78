package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/registry"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Make a user. The password is asked for twice."`
	List     userListCmd     `cmd:"" help:"Who may log in, and what they may do."`
	Password userPasswordCmd `cmd:"" help:"Give a user another password; they are logged out everywhere."`
	Role     userRoleCmd     `cmd:"" help:"Give a user another role; they are logged out everywhere."`
	Remove   userRemoveCmd   `cmd:"" help:"Remove a user; they are logged out everywhere."`
}

// passwordFlags say where a password comes from. It is no argument: every process of the machine can read those of all others.
type passwordFlags struct {
	PasswordFile string `help:"Read the password from the first line of a file, - for standard input, instead of asking for it." placeholder:"FILE"`
}

type userAddCmd struct {
	dataFlags
	passwordFlags
	Name string        `arg:"" help:"What they log in with."`
	Role registry.Role `enum:"admin,viewer" required:"" help:"admin may change everything, viewer may look at everything (docs/operating.md)." placeholder:"admin|viewer"`
}

// Run makes a user.
func (c *userAddCmd) Run(ctx context.Context) error {
	return c.edit(ctx, &c.passwordFlags, daemon.UserEdit{Do: daemon.UserAdd, Name: c.Name, Role: c.Role}, fmt.Sprintf("%s may log in as %s", c.Name, c.Role))
}

type userPasswordCmd struct {
	dataFlags
	passwordFlags
	Name string `arg:"" help:"Whose."`
}

// Run changes a password.
func (c *userPasswordCmd) Run(ctx context.Context) error {
	return c.edit(ctx, &c.passwordFlags, daemon.UserEdit{Do: daemon.UserPassword, Name: c.Name}, c.Name+" has another password, and is logged out everywhere")
}

type userRoleCmd struct {
	dataFlags
	Name string        `arg:"" help:"Whose."`
	Role registry.Role `arg:"" enum:"admin,viewer" help:"admin or viewer."`
}

// Run changes a role.
func (c *userRoleCmd) Run(ctx context.Context) error {
	return c.edit(ctx, nil, daemon.UserEdit{Do: daemon.UserRole, Name: c.Name, Role: c.Role}, fmt.Sprintf("%s is %s", c.Name, c.Role))
}

type userRemoveCmd struct {
	dataFlags
	Name string `arg:"" help:"Whom."`
}

// Run removes a user.
func (c *userRemoveCmd) Run(ctx context.Context) error {
	return c.edit(ctx, nil, daemon.UserEdit{Do: daemon.UserRemove, Name: c.Name}, c.Name+" is removed, and logged out everywhere")
}

// edit makes one edit, and says what is so now. With from, it needs a password.
func (c *dataFlags) edit(ctx context.Context, from *passwordFlags, e daemon.UserEdit, done string) error {
	cfg, log, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	if from != nil {
		if e.Password, err = from.password(ctx, e.Name); err != nil {
			return err
		}
	}
	e.Account = account()
	if err := daemon.EditUsers(ctx, daemon.Options{Config: cfg, Logger: log, Version: version()}, e); err != nil {
		return err
	}
	fmt.Println(done)
	return nil
}

// account is who sits at the machine, also behind sudo.
func account() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

type userListCmd struct{ dataFlags }

// Run lists the users.
func (c *userListCmd) Run(ctx context.Context) error {
	cfg, log, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	all, err := daemon.ListUsers(ctx, daemon.Options{Config: cfg, Logger: log, Version: version()})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Println("there is nobody yet: the first start of the monitor makes admin")
		return nil
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tROLE\tMADE\tPASSWORD OR ROLE CHANGED")
	for _, u := range all {
		changed := "-"
		if u.Changed != u.Created {
			changed = u.Changed.Time().Format(time.RFC3339)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.Created.Time().Format(time.RFC3339), changed)
	}
	return t.Flush()
}

// password reads a password from where the flags say, or asks for it.
func (f *passwordFlags) password(ctx context.Context, name string) (string, error) {
	switch f.PasswordFile {
	case "":
		return askTwice(name, func(prompt string) (string, error) { return readHidden(ctx, prompt) })
	case "-":
		return firstLine(os.Stdin, "standard input")
	}
	file, err := os.Open(f.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	return firstLine(file, f.PasswordFile)
}

// firstLine reads a password without the end of its line.
func firstLine(from io.Reader, where string) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(from, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password from %s: %w", where, err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", fmt.Errorf("the first line of %s is empty; want the password there", where)
	}
	return line, nil
}

// askTwice asks for a password until it was typed the same way twice.
func askTwice(name string, ask func(prompt string) (string, error)) (string, error) {
	first, err := ask("Password for " + name + ": ")
	if err != nil {
		return "", err
	}
	again, err := ask("The same again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two are not the same; nothing was changed")
	}
	return first, nil
}

// readHidden reads a line that is not shown from the terminal, wherever standard input and output lead.
func readHidden(ctx context.Context, prompt string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errors.New("there is no terminal to ask for the password at: give --password-file FILE, or --password-file - for standard input")
	}
	defer tty.Close() //nolint:errcheck // nothing is lost
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	fmt.Fprint(tty, prompt)
	type typed struct {
		text []byte
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		done <- typed{text, err}
	}()
	select {
	case t := <-done:
		fmt.Fprintln(tty)
		if t.err != nil {
			return "", fmt.Errorf("ask for the password: %w", t.err)
		}
		return string(t.text), nil
	case <-ctx.Done(): // the read would wait on for its line
		fmt.Fprintln(tty)
		return "", errors.Join(errors.New("nothing was changed"), term.Restore(fd, before))
	}
}
