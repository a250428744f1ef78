package emulator

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/earshot/earshot/zoom"
)

// maxSubscriptionBytes bounds a file of subscriptions.
const maxSubscriptionBytes = 1 << 20

// ReadSubscriptions reads subscriptions from YAML; name is what errors call it. Secrets are not in the file: where one is wanted,
// the file has $NAME, which env looks up. The error names every problem with its line, what is there and what is wanted, and
// prints no secret. docs/emulator-delivery.md describes the format.
func ReadSubscriptions(r io.Reader, name string, env func(name string) (string, bool)) ([]Subscription, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSubscriptionBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read subscriptions %s: %w", name, err)
	}
	if len(text) > maxSubscriptionBytes {
		return nil, fmt.Errorf("subscriptions %s: more than %d bytes", name, maxSubscriptionBytes)
	}
	f := &subscriptionFile{scenario: scenario{name: name}, env: env}
	if root := f.parse(text); root != nil {
		f.section(root, "", []key{{"subscriptions", f.subscriptions}})
	}
	if len(f.problems) == 0 && len(f.list) == 0 {
		f.wrong(nil, "got no subscriptions, want a list under subscriptions:")
	}
	if len(f.problems) == 0 {
		return f.list, nil
	}
	slices.SortStableFunc(f.problems, func(a, b problem) int { return a.line - b.line })
	var lines []string
	for _, p := range f.problems {
		lines = append(lines, p.text)
	}
	return nil, fmt.Errorf("subscriptions: %w", errors.New(strings.Join(lines, "\n")))
}

// subscriptionFile is a file while it is read, with the tools of a scenario's.
type subscriptionFile struct {
	scenario
	env  func(string) (string, bool)
	list []Subscription
}

func (f *subscriptionFile) subscriptions(n ast.Node, path string) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		f.wrong(n, "%s: got %s, want a list", path, got(n))
		return
	}
	for i, one := range list.Values {
		f.subscription(one, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (f *subscriptionFile) subscription(n ast.Node, path string) {
	sub, before := Subscription{Scope: ScopeMaster}, len(f.problems)
	f.section(n, path, []key{
		{"name", f.text(func(t string) { sub.Name = t })},
		{"id", f.text(func(t string) { sub.ID = t })},
		{"target", f.text(func(t string) { sub.Target = t })},
		{"websocket", f.yesNo(&sub.WebSocket)},
		{"secret", f.secret(&sub.Secret)},
		{"events", f.words(&sub.Events, "an event's name")},
		{"scope", oneOf(&f.scenario, &sub.Scope, ScopeMaster, ScopeAccount, ScopeUser)},
		{"account", f.text(func(t string) { sub.Account = t })},
		{"users", f.words(&sub.Users, "a user's e-mail or id")},
		{"header", f.header(&sub.Header)},
		{"forwarded_for", f.address(&sub.ForwardedFor)},
	})
	if len(f.problems) > before {
		return
	}
	checked := sub
	setDefault(&checked.Secret, "of the options") // those are checked with the options
	setDefault(&checked.Account, OwnAccount)
	if err := checked.check(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			f.wrong(n, "%s: %s", path, line)
		}
	}
	f.list = append(f.list, sub)
}

// secret reads $NAME and looks it up. What is there instead may be a secret and is not repeated.
func (f *subscriptionFile) secret(to *zoom.Secret) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		text, _ := scalar(n)
		name, ok := strings.CutPrefix(text, "$")
		if !ok || name == "" {
			f.wrong(n, "%s: want the name of an environment variable, such as $MY_SECRET: secrets do not belong into this file", path)
			return
		}
		value, ok := f.env(name)
		if !ok || value == "" {
			f.wrong(n, "%s: the environment has no %s, or it is empty", path, name)
			return
		}
		*to = zoom.Secret(value)
	}
}

func (f *subscriptionFile) words(to *[]string, what string) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			f.wrong(n, "%s: got %s, want a list", path, got(n))
			return
		}
		for i, one := range list.Values {
			text, ok := scalar(one)
			if !ok || text == "" {
				f.wrong(one, "%s[%d]: got %s, want %s", path, i, got(one), what)
				continue
			}
			*to = append(*to, text)
		}
	}
}

func (f *subscriptionFile) address(to *netip.Addr) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		text, _ := scalar(n)
		a, err := netip.ParseAddr(text)
		if err != nil {
			f.wrong(n, "%s: got %s, want an IP address such as 192.0.2.10", path, got(n))
			return
		}
		*to = a
	}
}

// header reads the one way in which requests identify themselves beside the signature.
func (f *subscriptionFile) header(to *OwnHeader) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		ways := 0
		mode := func(m HeaderMode, keys ...key) func(ast.Node, string) {
			return func(n ast.Node, path string) {
				to.Mode = m
				ways++
				f.section(n, path, keys)
			}
		}
		text := func(to *string) func(ast.Node, string) { return f.text(func(t string) { *to = t }) }
		f.section(n, path, []key{
			{"verification_token", func(n ast.Node, path string) { ways++; f.secret(&to.VerificationToken)(n, path) }},
			{"basic", mode(HeaderBasic, key{"user", text(&to.Username)}, key{"password", f.secret(&to.Password)}, key{"client_id", text(&to.ClientID)})},
			{"oauth", mode(HeaderOAuth, key{"client_id", text(&to.ClientID)}, key{"client_secret", f.secret(&to.ClientSecret)},
				key{"token_url", text(&to.TokenURL)}, key{"scope", text(&to.Scope)}, key{"state", text(&to.State)},
				key{"client_in", oneOf(&f.scenario, &to.ClientIn, ClientInHeader, ClientInBody)})},
			{"custom", mode(HeaderCustom, key{"key", text(&to.Key)}, key{"value", f.secret(&to.Value)})},
		})
		if ways != 1 {
			f.wrong(n, "%s: got %d ways, want one of verification_token, basic, oauth, custom", path, ways)
		}
	}
}
