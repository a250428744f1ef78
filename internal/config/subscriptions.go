package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/earshot/earshot/zoom"
)

// defaultSubscription is the name, in the file, of the subscription at /webhook itself.
const defaultSubscription = "default"

// subscriptionName is what may stand in a path without being escaped.
var subscriptionName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// placed is a secret's source with its place in the file.
type placed struct {
	secretSource
	path, where string
}

func (p placed) set() bool { return p.where != "" }

// subscriptionSource is a subscription as the file has it, before its secrets are looked up.
type subscriptionSource struct {
	name              string // "" is /webhook
	secrets           []placed
	verificationToken placed
	basicUser         string
	basicPassword     placed
	basicWhere        string
	bearer            placed
	headerName        string
	headerValue       placed
	headerWhere       string
}

// readSubscriptions reads webhook.subscriptions.
func (l *loader) readSubscriptions(n ast.Node, path string) {
	l.entries(n, path, func(name string, k, v ast.Node) {
		if !subscriptionName.MatchString(name) {
			l.problems.add(l.at(k), "subscription %s: want a name of letters, digits, - and _ (it stands in /webhook/NAME), or %s for /webhook", clip(name), defaultSubscription)
			return
		}
		path := joinPath(path, name)
		s := subscriptionSource{name: name}
		if name == defaultSubscription {
			s.name = ""
		}
		b := newBranch()
		b.add("secrets", func(n ast.Node, path string) { s.secrets = l.secretList(n, path) })
		b.add("verification_token", func(n ast.Node, path string) { s.verificationToken = l.secret(n, path) })
		b.add("basic", func(n ast.Node, path string) {
			s.basicWhere = l.at(n)
			l.section(n, path, l.named("user", &s.basicUser, "a user name", "password", &s.basicPassword))
		})
		b.add("bearer", func(n ast.Node, path string) { s.bearer = l.secret(n, path) })
		b.add("header", func(n ast.Node, path string) {
			s.headerWhere = l.at(n)
			l.section(n, path, l.named("name", &s.headerName, "the name of a header", "value", &s.headerValue))
		})
		l.section(v, path, b)
		if len(s.secrets) == 0 && s.name != "" {
			l.problems.add(l.at(k), "%s has no secrets; want a list of the app's secret token, such as: secrets: [{env: ZOOM_SECRET_%s}]", path,
				strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
		}
		l.subscriptions = append(l.subscriptions, s)
	})
}

// named is a section of a plain text and a secret.
func (l *loader) named(textName string, text *string, want, secretName string, secret *placed) *branch {
	b := newBranch()
	b.add(textName, func(n ast.Node, path string) {
		l.value(n, setting{path: path, want: want, set: setText(text)})
	})
	b.add(secretName, func(n ast.Node, path string) { *secret = l.secret(n, path) })
	return b
}

// secretList reads a list of sources, or one.
func (l *loader) secretList(n ast.Node, path string) []placed {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if s := l.secret(n, path); s.set() {
			return []placed{s}
		}
		return nil
	}
	var all []placed
	for _, v := range list.Values {
		if s := l.secret(v, path); s.set() {
			all = append(all, s)
		}
	}
	return all
}

// secret reads where a secret is. A secret that stands in the file itself is refused, and not repeated.
func (l *loader) secret(n ast.Node, path string) placed {
	if _, null := n.(*ast.NullNode); null || n == nil {
		return placed{}
	}
	const want = "want {env: NAME_OF_A_VARIABLE} or {file: PATH_OF_A_FILE}"
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		l.problems.add(l.at(n), "%s: secrets do not belong in this file; %s", path, want)
		return placed{}
	}
	var s secretSource
	b := newBranch()
	b.add("env", func(n ast.Node, path string) {
		l.value(n, setting{path: path, want: "the name of a variable", set: setText(&s.env)})
	})
	b.add("file", func(n ast.Node, path string) {
		l.value(n, setting{path: path, want: "the path of a file", set: setText(&s.file), file: true})
	})
	before := len(l.problems)
	l.section(n, path, b)
	if (s.env == "") == (s.file == "") {
		if len(l.problems) == before { // else it was said already
			l.problems.add(l.at(n), "%s: %s", path, want)
		}
		return placed{}
	}
	return placed{secretSource: s, path: path, where: l.at(n)}
}

// resolveSubscriptions looks the secrets up, and adds those of the environment to /webhook.
func (l *loader) resolveSubscriptions() {
	byName := map[string]*Subscription{}
	for _, s := range l.subscriptions {
		r := &Subscription{Name: s.name}
		byName[s.name] = r
		if l.sources.WithoutWebhook {
			continue
		}
		for _, p := range s.secrets {
			if secret, ok := l.lookUp(p); ok {
				r.Secrets = append(r.Secrets, secret)
			}
		}
		l.resolveCredentials(s, r)
	}
	if !l.sources.WithoutWebhook {
		for _, name := range []string{EnvSecret, EnvPreviousSecret} {
			text, _ := l.sources.Environment(name)
			secrets := splitSecrets(text)
			if len(secrets) == 0 {
				continue
			}
			if byName[""] == nil {
				byName[""] = &Subscription{}
			}
			for _, secret := range secrets {
				if !slices.Contains(byName[""].Secrets, secret) {
					byName[""].Secrets = append(byName[""].Secrets, secret)
				}
			}
			l.config.origin["webhook.subscriptions."+defaultSubscription] = "environment variable " + EnvSecret
		}
	}
	for _, name := range sortedNames(byName) {
		l.config.Webhook.Subscriptions = append(l.config.Webhook.Subscriptions, *byName[name])
	}
}

func (l *loader) resolveCredentials(s subscriptionSource, r *Subscription) {
	add := func(proof, where string, make func() (zoom.Credential, error)) {
		c, err := make()
		if err != nil {
			l.problems.add(where, "%s of subscription %q: %v", proof, s.name, err)
			return
		}
		r.Credentials, r.Proofs = append(r.Credentials, c), append(r.Proofs, proof)
	}
	if secret, ok := l.lookUp(s.verificationToken); ok {
		add("verification token", s.verificationToken.where, func() (zoom.Credential, error) { return zoom.LegacyToken(secret) })
	}
	if secret, ok := l.lookUp(s.bearer); ok {
		add("bearer", s.bearer.where, func() (zoom.Credential, error) { return zoom.BearerCredential(secret) })
	}
	if s.basicWhere != "" {
		if s.basicUser == "" || !s.basicPassword.set() {
			l.problems.add(s.basicWhere, "basic of subscription %q: want user and password", s.name)
		} else if secret, ok := l.lookUp(s.basicPassword); ok {
			add("basic", s.basicWhere, func() (zoom.Credential, error) { return zoom.BasicCredential(s.basicUser, secret) })
		}
	}
	if s.headerWhere != "" {
		if s.headerName == "" || !s.headerValue.set() {
			l.problems.add(s.headerWhere, "header of subscription %q: want name and value", s.name)
		} else if secret, ok := l.lookUp(s.headerValue); ok {
			add(fmt.Sprintf("header %s", s.headerName), s.headerWhere, func() (zoom.Credential, error) { return zoom.HeaderCredential(s.headerName, secret) })
		}
	}
}

// lookUp reads a secret; false when there is none to read, or when it is a problem that is now noted.
func (l *loader) lookUp(p placed) (zoom.Secret, bool) {
	if !p.set() {
		return "", false
	}
	secret, err := p.read(l.sources.Environment)
	if err != nil {
		l.problems.add(p.where, "%s: %v", p.path, err)
		return "", false
	}
	return secret, true
}
