package deliver

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/prometheus/alertmanager/config"
	amcommon "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot/internal/alert"
)

// nobody is the receiver of an installation without a file: alerts are in the UI only.
const nobody = "nobody"

// The keys of a receiver that Alertmanager does not have.
const (
	keyServiceNow    = "servicenow_configs"
	keySignedWebhook = "signed_webhook_configs"
	keySyslog        = "syslog_configs"
)

// own are a receiver's configurations that Alertmanager does not have.
type own struct {
	serviceNow    []*ServiceNowConfig
	signedWebhook []*SignedWebhookConfig
	syslog        []*SyslogConfig
}

// Setup is who is told what: Alertmanager's configuration and ours beside it.
type Setup struct {
	am   *config.Config
	own  map[string]*own // by receiver
	none bool            // there is no file: the one receiver is nobody
}

// Receivers are the names of the receivers, sorted; none of an installation without a file.
func (s *Setup) Receivers() []string {
	var names []string
	if s.none {
		return names
	}
	for _, r := range s.am.Receivers {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

// ParseSetup reads a file in Alertmanager's syntax, with our receivers beside Alertmanager's. An empty text is the setup of
// an installation that tells nobody. Secrets that it names as files are read when they are used.
func ParseSetup(text []byte) (s *Setup, err error) {
	// The parser is not ours and the text is anybody's.
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, errors.New("the receivers cannot be read as YAML")
		}
	}()
	s = &Setup{own: map[string]*own{}}
	if strings.TrimSpace(string(text)) == "" {
		s.none = true
		text = []byte("route: {receiver: " + nobody + "}\nreceivers: [{name: " + nobody + "}]\n")
	}
	rest, err := s.takeOwn(text)
	if err != nil {
		return nil, err
	}
	if s.am, err = config.Load(rest); err != nil {
		return nil, fmt.Errorf("read the receivers: %w", err)
	}
	s.defaults()
	return s, nil
}

// takeOwn takes our keys out of the receivers and returns the text without them.
func (s *Setup) takeOwn(text []byte) (string, error) {
	if !strings.Contains(string(text), keyServiceNow) && !strings.Contains(string(text), keySignedWebhook) && !strings.Contains(string(text), keySyslog) {
		return string(text), nil
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return "", fmt.Errorf("read the receivers: %s", yaml.FormatError(err, false, false))
	}
	for _, doc := range file.Docs {
		root, ok := doc.Body.(*ast.MappingNode)
		if !ok {
			continue
		}
		for _, section := range root.Values {
			list, isList := section.Value.(*ast.SequenceNode)
			if section.Key.String() != "receivers" || !isList {
				continue
			}
			for i, v := range list.Values {
				if list.Values[i], err = s.takeReceiver(v); err != nil {
					return "", err
				}
			}
		}
	}
	return file.String(), nil
}

func (s *Setup) takeReceiver(n ast.Node) (ast.Node, error) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return n, nil
	}
	name, mine := "", &own{}
	var kept []*ast.MappingValueNode
	for _, v := range m.Values {
		var to any
		switch v.Key.String() {
		case keyServiceNow:
			to = &mine.serviceNow
		case keySignedWebhook:
			to = &mine.signedWebhook
		case keySyslog:
			to = &mine.syslog
		case "name":
			if err := yaml.NodeToValue(v.Value, &name); err != nil {
				return nil, fmt.Errorf("read the receivers: %s", yaml.FormatError(err, false, false))
			}
		}
		if to == nil {
			kept = append(kept, v)
			continue
		}
		if err := yaml.NodeToValue(v.Value, to, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("read %s: %s", v.Key, yaml.FormatError(err, false, false))
		}
	}
	if len(kept) == len(m.Values) {
		return n, nil
	}
	s.own[name] = mine
	m.Values = kept
	return m, errors.Join(mine.validate(name)...)
}

func (o *own) validate(name string) (all []error) {
	for i, c := range o.serviceNow {
		all = append(all, wrapKey(c.validate(), name, keyServiceNow, i))
	}
	for i, c := range o.signedWebhook {
		all = append(all, wrapKey(c.validate(), name, keySignedWebhook, i))
	}
	for i, c := range o.syslog {
		all = append(all, wrapKey(c.validate(), name, keySyslog, i))
	}
	return all
}

func wrapKey(err error, name, key string, i int) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("receiver %q, %s[%d]: %w", name, key, i, err)
}

// defaults fills what the route leaves open, so that the first message comes within seconds, gives mail a part in plain text
// where the file names none, and adds the rules of inhibition.
func (s *Setup) defaults() {
	for _, r := range s.am.Receivers {
		for _, c := range r.EmailConfigs {
			if c.Text == "" {
				c.Text = mailText
			}
		}
	}
	r := s.am.Route
	set := func(to **model.Duration, d time.Duration) {
		if *to == nil {
			v := model.Duration(d)
			*to = &v
		}
	}
	set(&r.GroupWait, 2*time.Second)
	set(&r.GroupInterval, time.Minute)
	set(&r.RepeatInterval, 12*time.Hour)
	if len(r.GroupBy) == 0 && !r.GroupByAll {
		r.GroupBy = []model.LabelName{alert.LabelName, alert.LabelSite}
		r.GroupByStr = []string{alert.LabelName, alert.LabelSite}
	}
	for _, rule := range alert.InhibitRules() {
		s.am.InhibitRules = append(s.am.InhibitRules, amcommon.InhibitRule{
			Name: rule.Name, SourceMatchers: matchers(rule.Source), TargetMatchers: matchers(rule.Target), Equal: rule.Equal,
		})
	}
}

func matchers(equal map[string]string) amcommon.Matchers {
	var all amcommon.Matchers
	for _, k := range slices.Sorted(maps.Keys(equal)) {
		all = append(all, &labels.Matcher{Type: labels.MatchEqual, Name: k, Value: equal[k]})
	}
	return all
}
