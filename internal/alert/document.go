package alert

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Document is a file of rules.
type Document struct {
	// Defaults says whether the rules of [Defaults] hold as well, unless one of Rules has the name; nil is yes.
	Defaults *bool `json:"defaults,omitempty"`
	Rules    []Rule
	// Maintenance are spans in which nobody is told.
	Maintenance []Maintenance
	// Lists name people: e-mail addresses or ids, for scope.groups.
	Lists map[string][]string
}

// ParseDocument reads YAML. Keys that it does not know are an error; the rules are not validated: see [Document.Validate].
func ParseDocument(text []byte) (doc *Document, err error) {
	// The parser is not ours and the text is anybody's.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("the rules cannot be read as YAML")
		}
	}()
	doc = &Document{}
	if err := yaml.UnmarshalWithOptions(text, doc, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the rules: %s", yaml.FormatError(err, false, false))
	}
	return doc, nil
}

// Validate returns nothing, or an [*Error] with everything that is wrong.
func (d *Document) Validate(promql bool) error {
	var all []Problem
	seen := map[string]bool{}
	for i := range d.Rules {
		prefix := fmt.Sprintf("rules[%d].", i)
		if err, ok := d.Rules[i].Validate(prefix, promql).(*Error); ok {
			all = append(all, err.Problems...)
		}
		if name := d.Rules[i].Name; seen[name] {
			all = append(all, Problem{prefix + "name", fmt.Sprintf("%q", name), "a name that no other rule has"})
		}
		seen[d.Rules[i].Name] = true
	}
	spans := map[string]bool{}
	for i := range d.Maintenance {
		prefix := fmt.Sprintf("maintenance[%d].", i)
		if err, ok := d.Maintenance[i].Validate(prefix).(*Error); ok {
			all = append(all, err.Problems...)
		}
		if name := d.Maintenance[i].Name; spans[name] {
			all = append(all, Problem{prefix + "name", fmt.Sprintf("%q", name), "a name that no other span has"})
		}
		spans[d.Maintenance[i].Name] = true
	}
	if len(all) > 0 {
		return &Error{all}
	}
	return nil
}
