package deliver

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot/internal/alert"
)

// ServiceNowConfig keeps one incident (Table API) or event (Event Management's em_event table) for each alert: made when it is
// raised, updated when it changes, resolved when it is over. It is found again by its correlation id, which is the alert's, so
// that a restart makes no second one.
type ServiceNowConfig struct {
	InstanceURL  string `yaml:"instance_url"` // https://example.service-now.com
	Mode         string `yaml:"mode"`         // incident (the default), event
	Username     string `yaml:"username"`     // with password_file; or
	PasswordFile string `yaml:"password_file"`
	TokenFile    string `yaml:"token_file"` // a bearer token
	// Table is where incidents are kept; "" is incident.
	Table string `yaml:"table"`
	// Fields are set on a new incident as they stand: assignment_group, category, caller_id.
	Fields map[string]string `yaml:"fields"`
	// ResolvedState and CloseCode are set when it is over; "" are 6 and "Solution provided", as a fresh instance has them.
	ResolvedState string `yaml:"resolved_state"`
	CloseCode     string `yaml:"close_code"`
	// Source is the source of events; "" is earshot.
	Source string `yaml:"source"`
}

var tableName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,79}$`)

func (c *ServiceNowConfig) validate() error {
	var all []error
	all = append(all, checkURL("instance_url", c.InstanceURL))
	if c.Mode != "" && c.Mode != "incident" && c.Mode != "event" {
		all = append(all, fmt.Errorf("mode is %q; want incident or event", c.Mode))
	}
	if c.Table != "" && !tableName.MatchString(c.Table) {
		all = append(all, fmt.Errorf("table is %q; want the name of a table such as incident", c.Table))
	}
	if (c.Username == "" || c.PasswordFile == "") == (c.TokenFile == "") {
		all = append(all, errors.New("want either username and password_file, or token_file"))
	}
	return errors.Join(all...)
}

type serviceNow struct {
	c    *ServiceNowConfig
	post *poster
	tmpl *template.Template
}

func newServiceNow(c *ServiceNowConfig, g *Guard, tmpl *template.Template) *serviceNow {
	return &serviceNow{c, newPoster(g), tmpl}
}

// Notify implements notify.Notifier. All alerts are tried; the first error counts.
func (s *serviceNow) Notify(ctx context.Context, alerts ...*amalert.Alert) (retry bool, err error) {
	h, err := s.header()
	if err != nil {
		return true, err
	}
	for _, a := range alerts {
		tell := s.incident
		if s.c.Mode == "event" {
			tell = s.event
		}
		again, one := tell(ctx, h, a)
		if one != nil && err == nil {
			retry, err = again, one
		}
	}
	return retry, err
}

func (s *serviceNow) header() (http.Header, error) {
	h := http.Header{"Accept": {"application/json"}}
	if s.c.TokenFile != "" {
		token, err := secret(s.c.TokenFile)
		h.Set("Authorization", "Bearer "+token)
		return h, err
	}
	password, err := secret(s.c.PasswordFile)
	h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.c.Username+":"+password)))
	return h, err
}

func (s *serviceNow) address(path string) string {
	return strings.TrimRight(s.c.InstanceURL, "/") + path
}

// correlation is the alert's id, else its fingerprint.
func correlation(a *amalert.Alert) string {
	if id := a.Labels[alert.LabelID]; id != "" {
		return "earshot-" + string(id)
	}
	return "earshot-" + a.Fingerprint().String()
}

// urgencies are ServiceNow's 1 (high) to 3.
var urgencies = map[model.LabelValue]string{model.LabelValue(alert.Critical): "1", model.LabelValue(alert.Warning): "2", model.LabelValue(alert.Info): "3"}

// found is an incident that is not closed.
type found struct {
	SysID string `json:"sys_id"`
	State string `json:"state"`
}

// incident creates, updates or resolves.
func (s *serviceNow) incident(ctx context.Context, h http.Header, a *amalert.Alert) (bool, error) {
	table := s.c.Table
	if table == "" {
		table = "incident"
	}
	base := s.address("/api/now/table/" + table)
	q := url.Values{
		"sysparm_query": {"correlation_id=" + correlation(a) + "^active=true^ORDERBYDESCsys_created_on"}, "sysparm_limit": {"1"}, "sysparm_fields": {"sys_id,state"},
	}
	raw, retry, err := s.post.do(ctx, http.MethodGet, base+"?"+q.Encode(), h, nil)
	if err != nil {
		return retry, fmt.Errorf("look for the incident: %w", err)
	}
	var answer struct {
		Result []found `json:"result"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return false, errors.New("look for the incident: the answer is no JSON with a list called result")
	}
	fields := s.fields(a)
	switch {
	case len(answer.Result) == 0 && a.Resolved():
		return false, nil // somebody closed it already, or it never came to be
	case len(answer.Result) == 0:
		for k, v := range s.c.Fields {
			fields[k] = v
		}
		fields["correlation_id"], fields["correlation_display"] = correlation(a), "Earshot"
		return s.send(ctx, http.MethodPost, base, h, fields, "create the incident")
	case a.Resolved():
		fields = map[string]string{"state": orElse(s.c.ResolvedState, "6"), "close_code": orElse(s.c.CloseCode, "Solution provided"),
			"close_notes": text(a) + "\nEarshot saw it end at " + a.EndsAt.UTC().Format("2006-01-02 15:04 MST") + "."}
		return s.send(ctx, http.MethodPatch, base+"/"+url.PathEscape(answer.Result[0].SysID), h, fields, "resolve the incident")
	}
	fields["work_notes"] = text(a)
	delete(fields, "description")
	return s.send(ctx, http.MethodPatch, base+"/"+url.PathEscape(answer.Result[0].SysID), h, fields, "update the incident")
}

func (s *serviceNow) fields(a *amalert.Alert) map[string]string {
	title := []rune(string(a.Annotations["summary"]))
	urgency := orElse(urgencies[a.Labels[alert.LabelSeverity]], "2")
	return map[string]string{"short_description": string(title[:min(len(title), 160)]), "description": text(a), "urgency": urgency, "impact": urgency}
}

// event puts a row into em_event: ServiceNow makes alerts of events with the same message_key.
func (s *serviceNow) event(ctx context.Context, h http.Header, a *amalert.Alert) (bool, error) {
	severity := map[model.LabelValue]string{model.LabelValue(alert.Critical): "1", model.LabelValue(alert.Warning): "3", model.LabelValue(alert.Info): "5"}[a.Labels[alert.LabelSeverity]]
	at := a.StartsAt
	if a.Resolved() {
		severity, at = "0", a.EndsAt // 0 is Clear: it closes
	}
	var info []string
	for _, k := range []string{alert.LabelCause, alert.LabelSite, alert.LabelSubject, alert.LabelScope, alert.LabelIncident} {
		if v := string(a.Labels[labelName(k)]); v != "" {
			info = append(info, k+"="+v)
		}
	}
	more, err := json.Marshal(map[string]string{"labels": strings.Join(info, " "), "link": string(a.Annotations["link"])})
	if err != nil {
		return false, fmt.Errorf("encode the event: %w", err)
	}
	fields := map[string]string{
		"source": orElse(s.c.Source, "earshot"), "event_class": "Earshot", "message_key": correlation(a), "severity": orElse(severity, "3"),
		"node": orElse(string(a.Labels[alert.LabelSite]), "zoom"), "resource": string(a.Labels[alert.LabelSubject]), "type": string(a.Labels[alert.LabelName]),
		"metric_name": string(a.Labels[alert.LabelKind]), "description": text(a), "additional_info": string(more),
		"time_of_event": at.UTC().Format("2006-01-02 15:04:05"), "resolution_state": "New",
	}
	if a.Resolved() {
		fields["resolution_state"] = "Closing"
	}
	return s.send(ctx, http.MethodPost, s.address("/api/now/table/em_event"), h, fields, "create the event")
}

func (s *serviceNow) send(ctx context.Context, method, address string, h http.Header, fields map[string]string, what string) (bool, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	if _, retry, err := s.post.do(ctx, method, address, h, body); err != nil {
		return retry, fmt.Errorf("%s: %w", what, err)
	}
	return false, nil
}

// text is the verdict, the evidence and the link.
func text(a *amalert.Alert) string {
	var lines []string
	for _, k := range []model.LabelName{"summary", "description", "link"} {
		if v := string(a.Annotations[k]); v != "" {
			lines = append(lines, v)
		}
	}
	return strings.Join(lines, "\n")
}

func labelName(s string) model.LabelName { return model.LabelName(s) }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
