package alert

import (
	"github.com/earshot/earshot"
)

// The labels of alerts, which routes, silences and inhibition match.
const (
	LabelName     = "alertname" // the rule
	LabelID       = "alert"     // the alert's id: stable as long as it fires
	LabelSeverity = "severity"
	LabelKind     = "kind"
	LabelRole     = "role" // cause or symptom
	LabelIncident = "incident"
	LabelCause    = "cause"
	LabelScope    = "scope"
	LabelSite     = "site"
	LabelSubject  = "subject" // what it is about, where that is no site and no person: 10.20.4.0/24, a carrier, a version
)

// The roles.
const (
	RoleCause   = "cause"
	RoleSymptom = "symptom" // explained by an incident that is told of itself
)

// Labels returns an alert's labels. They name places, never people: labels end up in the logs of other systems.
func Labels(a *Alert, n Names) map[string]string {
	l := map[string]string{
		LabelName: a.Rule, LabelID: a.ID.String(), LabelSeverity: string(a.Severity), LabelKind: string(a.Kind),
		LabelScope: a.Cell.Scope.String(), LabelSite: n.Site(siteOf(a.Cell)), LabelCause: a.Cause.String(),
	}
	switch {
	case a.Kind == KindIncident:
		l[LabelRole] = RoleCause
	case a.Explained:
		l[LabelRole] = RoleSymptom
	}
	if a.Incident != 0 {
		l[LabelIncident] = a.Incident.String()
	}
	switch {
	case a.Cell.Scope == earshot.ScopePerson:
	case a.Cell.Name != "":
		l[LabelSubject] = a.Cell.Name
	case a.Subject.Kind == OfHealth || a.Subject.Kind == OfSeriesSet:
		l[LabelSubject] = a.Subject.Name
	}
	for k, v := range l {
		if v == "" {
			delete(l, k)
		}
	}
	return l
}

// InhibitRule is one rule of inhibition in Alertmanager's terms: while an alert with the source's labels fires, those with the
// target's and the same value of Equal are not told.
type InhibitRule struct {
	Name           string
	Source, Target map[string]string
	Equal          []string
}

// InhibitRules keep symptoms quiet while their cause is told.
func InhibitRules() []InhibitRule {
	return []InhibitRule{
		{
			Name:   "earshot: the cause is told, its symptoms are not",
			Source: map[string]string{LabelRole: RoleCause}, Target: map[string]string{LabelRole: RoleSymptom}, Equal: []string{LabelIncident},
		},
	}
}
