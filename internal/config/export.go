package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/earshot/earshot"
)

// Export is a destination that records are sent to. What is beyond names and numbers is checked by the packages that send.
type Export struct {
	Name, Type string
	// Logs and Metrics are kinds of records: "events", "samples", "minutes", "summaries", "incidents".
	Logs, Metrics []string
	Events        []string // names that pass, * standing for any letters; none: all
	Accounts      []string // Zoom's ids that pass; none: all
	Sites         []string
	Grades        []earshot.Grade
	// Names, Emails and Addresses say what becomes of them: "hash", "keep" or "drop".
	Names, Emails, Addresses string
	Begin                    string // "now" or "oldest"

	BatchRecords int64 // 0: the default, as for all below
	BatchBytes   int64
	Linger       time.Duration
	MaxBacklog   time.Duration
	MaxAge       time.Duration
	Timeout      time.Duration
	Config       map[string]any // the exporter's own keys, with variables and files filled in: it holds secrets
	Where        string         // in the file
}

// ExportTypes are the types of destinations, in the order of the documentation.
func ExportTypes() []string {
	return []string{"splunk_hec", "otlp_http", "otlp_grpc", "prometheus_remote_write", "datadog", "kafka", "file", "webhook"}
}

// The words that stand in lists and choices of a destination.
var (
	exportKinds      = []string{"events", "samples", "minutes", "summaries", "incidents"}
	exportTreatments = []string{"hash", "keep", "drop"}
	exportName       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
)

// readExports reads the list of destinations.
func (l *loader) readExports(n ast.Node, path string) {
	if _, null := n.(*ast.NullNode); null || n == nil {
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		l.problems.add(l.at(n), "%s is %s; want a list of destinations, each beginning with \"- name:\"", path, kindOf(n))
		return
	}
	for i, v := range list.Values {
		e := l.readExport(v, fmt.Sprintf("%s[%d]", path, i))
		if slices.ContainsFunc(l.config.Exports, func(o Export) bool { return o.Name == e.Name }) {
			l.problems.add(l.at(v), "%s[%d].name is %s, which another destination has; want different names", path, i, clip(e.Name))
		}
		l.config.Exports = append(l.config.Exports, e)
	}
}

func (l *loader) readExport(n ast.Node, path string) Export {
	e := Export{Where: l.at(n), Names: "hash", Emails: "hash", Addresses: "hash", Begin: "now"}
	before := len(l.problems)
	b := newBranch()
	l.leaves(b, path,
		setting{path: "name", want: "1 to 64 letters, digits, - and _", set: func(text string) bool { e.Name = text; return exportName.MatchString(text) }},
		oneOf("type", "", "", &e.Type, ExportTypes()...),
		words("logs", &e.Logs, exportKinds), words("metrics", &e.Metrics, exportKinds),
		oneOf("begin", "", "", &e.Begin, "now", "oldest"),
		duration("max_backlog", "at least 1m", time.Minute, &e.MaxBacklog),
		duration("max_age", "at least 1m", time.Minute, &e.MaxAge),
		duration("timeout", "at least 1s", time.Second, &e.Timeout))
	b.add("filter", func(n ast.Node, path string) {
		f := newBranch()
		l.leaves(f, path, words("events", &e.Events, nil), words("accounts", &e.Accounts, nil), words("sites", &e.Sites, nil), exportGrades(&e.Grades))
		l.section(n, path, f)
	})
	b.add("redact", func(n ast.Node, path string) {
		f := newBranch()
		l.leaves(f, path, oneOf("names", "", "", &e.Names, exportTreatments...), oneOf("emails", "", "", &e.Emails, exportTreatments...),
			oneOf("addresses", "", "", &e.Addresses, exportTreatments...))
		l.section(n, path, f)
	})
	b.add("batch", func(n ast.Node, path string) {
		f := newBranch()
		l.leaves(f, path, count("records", 1, 50_000, &e.BatchRecords), bytesSetting("bytes", "at least 4 KiB", 4<<10, &e.BatchBytes),
			duration("linger", "at least 10ms", 10*time.Millisecond, &e.Linger))
		l.section(n, path, f)
	})
	b.add("config", func(n ast.Node, path string) { e.Config, _ = l.plainValue(n, path).(map[string]any) })
	l.section(n, path, b)
	l.resolveFiles(e.Config)
	if name, ok := e.Config["path"].(string); ok && e.Type == "file" {
		e.Config["path"] = l.resolvePath(name)
	}
	for _, k := range []struct{ key, value, want string }{
		{"name", e.Name, "a name of letters, digits, - and _"}, {"type", e.Type, "one of " + strings.Join(ExportTypes(), ", ")},
	} {
		if len(l.problems) == before && k.value == "" {
			l.problems.add(l.at(n), "%s has no %s; want %s", path, k.key, k.want)
		}
	}
	return e
}

// resolveFiles makes the files that an exporter's own keys name relative to the configuration, as all others are: secret_file, tls.ca_file.
func (l *loader) resolveFiles(keys map[string]any) {
	for key, v := range keys {
		switch v := v.(type) {
		case string:
			if strings.HasSuffix(key, "_file") {
				keys[key] = l.resolvePath(v)
			}
		case map[string]any:
			l.resolveFiles(v)
		}
	}
}

// words reads a list of words; allowed nil takes any.
func words(path string, to *[]string, allowed []string) setting {
	want := "a list such as [a, b]"
	if allowed != nil {
		want = "a list of " + strings.Join(allowed, ", ")
	}
	setItems := func(items []string) bool {
		all := make([]string, len(items))
		for i, w := range items {
			all[i] = strings.TrimSpace(w)
			if all[i] == "" || allowed != nil && !slices.Contains(allowed, all[i]) {
				return false
			}
		}
		*to = all
		return true
	}
	set := func(text string) bool { return setItems(strings.Split(text, ",")) }
	return setting{path: path, want: want, set: set, setItems: setItems, get: func() string { return strings.Join(*to, ", ") }, list: true}
}

func exportGrades(to *[]earshot.Grade) setting {
	set := func(text string) bool {
		var all []earshot.Grade
		for w := range strings.SplitSeq(text, ",") {
			g, ok := earshot.ParseGrade(strings.TrimSpace(w))
			if !ok {
				return false
			}
			all = append(all, g)
		}
		*to = all
		return true
	}
	return setting{path: "grades", want: "a list of good, fair, poor, bad, unclassified", set: set, list: true}
}

func count(path string, least, most int64, to *int64) setting {
	set := func(text string) bool {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < least || n > most {
			return false
		}
		*to = n
		return true
	}
	return setting{path: path, want: fmt.Sprintf("a number from %d to %d", least, most), set: set, get: func() string { return strconv.FormatInt(*to, 10) }}
}

// secretKey are keys whose values are secrets wherever they stand in an exporter's own keys.
var secretKey = regexp.MustCompile(`(?i)^(token|key|password|secret|api_?key|authorization|x-api-key|dd-api-key|bearer_token)$`)

// reference is a variable or a file in an exporter's own keys, in the Collector's syntax.
var reference = regexp.MustCompile(`\$\{(env|file):([^}]+)\}`)

// plainValue turns a node into plain values, filling in ${env:NAME} and ${file:PATH}.
func (l *loader) plainValue(n ast.Node, path string) any {
	switch n := n.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return nil
	case *ast.MappingNode, *ast.MappingValueNode:
		out := map[string]any{}
		l.entries(n, path, func(key string, _, v ast.Node) {
			p := joinPath(path, key)
			if text, ok := scalarText(v); ok && text != "" && secretKey.MatchString(key) && !reference.MatchString(text) {
				l.problems.add(l.at(v), "%s: secrets do not belong in this file; want ${env:NAME_OF_A_VARIABLE} or ${file:PATH_OF_A_FILE}", p)
				return
			}
			out[key] = l.plainValue(v, p)
		})
		return out
	case *ast.SequenceNode:
		out := []any{}
		for i, v := range n.Values {
			out = append(out, l.plainValue(v, fmt.Sprintf("%s[%d]", path, i)))
		}
		return out
	case *ast.IntegerNode:
		return n.Value
	case *ast.FloatNode:
		return n.Value
	case *ast.BoolNode:
		return n.Value
	}
	text, ok := scalarText(n)
	if !ok {
		l.problems.add(l.at(n), "%s is %s; want a value, a list or keys and values", path, kindOf(n))
		return nil
	}
	return l.filled(text, path, l.at(n))
}

// filled replaces references by what they stand for.
func (l *loader) filled(text, path, where string) string {
	if !l.sources.WithExports {
		return text
	}
	return reference.ReplaceAllStringFunc(text, func(m string) string {
		p := reference.FindStringSubmatch(m)
		source := secretSource{env: p[2]}
		if p[1] == "file" {
			source = secretSource{file: l.resolvePath(p[2])}
		}
		secret, err := source.read(l.sources.Environment)
		if err != nil {
			l.problems.add(where, "%s: %v", path, err)
			return ""
		}
		return string(secret)
	})
}
