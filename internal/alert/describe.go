package alert

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
)

// Names are the words that ids stand for. They come from the registry; "" is unknown.
type Names interface {
	Site(id earshot.ID) string
	// Person names a person (not a segment).
	Person(id earshot.ID) string
	Meeting(id earshot.ID) string
	Series(id earshot.ID) string
	// Zone is that of a site; nil is UTC.
	Zone(site earshot.ID) *time.Location
}

// Words are an alert for people.
type Words struct {
	Title    string // one line: what, how many people, since when
	Evidence string // what speaks for it, with counts; "" where the title says all
}

// Describe says an alert in words. The texts hold names: they are for whoever may read them, and are text, never markup.
func Describe(a *Alert, n Names) Words {
	switch a.Kind {
	case KindIncident:
		return describeIncident(a, n)
	case KindAbsence:
		return describeHealth(a)
	}
	subject := a.subject(n)
	since := clock(a.Began, n.Zone(siteOf(a.Cell)))
	w := Words{Title: subject}
	switch a.Kind {
	case KindPerson:
		w.Title = fmt.Sprintf("%s could not hear or be heard well for %s, since %s", subject, plural(int(a.Value), "minute", "minutes"), since)
	case KindShare:
		w.Title = fmt.Sprintf("%s: %s %% of participant-minutes are bad, %d of %d people, since %s", subject, number(a.Value), a.Inside.Bad, a.Inside.Of, since)
		w.Evidence = fmt.Sprintf("%d bad participant-minutes; the rule begins at %s %%.", a.Minutes, number(a.Bound))
	case KindDrops:
		w.Title = fmt.Sprintf("%s: %d of %d people fell out of their meetings", subject, a.Inside.Bad, a.Inside.Of)
		w.Evidence = fmt.Sprintf("%s %%; the rule begins at %s %%.", number(a.Value), number(a.Bound))
	case KindPhone:
		w.Title = fmt.Sprintf("%d of %d phone calls had a MOS below %s", a.Inside.Bad, a.Inside.Of, a.Text)
	case KindBurn:
		w.Title = fmt.Sprintf("%s: the budget of poor and bad minutes is used up %s times too fast", subject, number(a.Value))
		w.Evidence = fmt.Sprintf("%d poor or bad participant-minutes of %s in the last %s; the rule begins at %s times.", a.Minutes, plural(a.Affected, "person", "people"), a.Text, number(a.Bound))
	case KindVersion:
		w.Title = fmt.Sprintf("Zoom client %s is new here, with %s", a.Subject.Name, plural(a.Affected, "person", "people"))
	case KindPromQL:
		w.Title = fmt.Sprintf("%s %s is %s", a.Rule, a.Subject.Name, number(a.Value))
		w.Evidence = a.Text
	}
	return w
}

func describeIncident(a *Alert, n Names) Words {
	i := a.incident()
	names := incident.Names{Site: n.Site(siteOf(a.Cell)), Zone: n.Zone(siteOf(a.Cell))}
	if a.Cell.Scope == earshot.ScopePerson {
		names.Person = n.Person(a.Cell.ID)
	}
	w := Words{Title: incident.Headline(&i, names)}
	if !i.Personal() {
		v := earshot.Verdict{
			Cause: i.Cause, Confidence: i.Confidence, Cell: i.Cell, Direction: i.Direction, Inside: i.Inside, Elsewhere: i.Elsewhere,
			Metric: earshot.MetricCount, Since: i.Start,
		}
		if i.End != 0 {
			v.Since = 0 // the title has both times
		}
		if i.Cause == earshot.CauseUnknown && len(i.Candidates) > 0 {
			v.Candidate = i.Candidates[0]
		}
		w.Evidence = cause.Sentence(v, causeNames{n, siteOf(a.Cell)})
	}
	return w
}

// incident is what an alert holds of its incident.
func (a *Alert) incident() earshot.Incident {
	i := earshot.Incident{
		ID: a.Incident, Cause: a.Cause, Candidates: a.Candidates, Cell: a.Cell, Start: a.Began, Direction: a.Direction, Confidence: a.Confidence,
		Inside: a.Inside, Elsewhere: a.Elsewhere, Affected: a.Affected, Minutes: a.Minutes,
	}
	// The title of one whose incident is quiet says until when, though the alert still fires.
	i.End = cmp.Or(a.Over, a.Ended)
	return i
}

// causeNames are names in the words of package cause.
type causeNames struct {
	Names
	site earshot.ID
}

// Person would name the person behind a segment: no incident is about one.
func (causeNames) Person(earshot.ID) string { return "" }

// Zone is that of the alert's site.
func (n causeNames) Zone() *time.Location { return n.Names.Zone(n.site) }

var healthTitles = map[What]string{
	WhatNoEvents: "No event from Zoom for %s minutes while meetings run", WhatChallenge: "Zoom has not checked the endpoint for %s hours",
	WhatCertificate: "A certificate ends in %s days", WhatClock: "The clock is off by %s seconds", WhatLag: "Earshot is %s seconds behind what it receives",
	WhatJournal: "The journal is %s %% full", WhatExporter: "An exporter is %s minutes behind", WhatReceiver: "The receiver has not answered for %s minutes",
	WhatDelivery: "A receiver of alerts has not taken them for %s minutes",
}

func describeHealth(a *Alert) Words {
	what, which, _ := strings.Cut(a.Subject.Name, "/")
	w := Words{Title: fmt.Sprintf(healthTitles[What(what)], number(a.Value)), Evidence: a.Text}
	if which != "" {
		w.Title += ": " + which
	}
	return w
}

// subject names what an alert is about.
func (a *Alert) subject(n Names) string {
	s := a.Subject
	switch s.Kind {
	case OfPerson:
		return cmp.Or(n.Person(s.ID), "Somebody without a name")
	case OfMeeting:
		return "Meeting " + cmp.Or(n.Meeting(s.ID), s.ID.String())
	case OfSeries:
		return "Meeting series " + cmp.Or(n.Series(s.ID), s.ID.String())
	case OfSite:
		return cmp.Or(n.Site(s.ID), "A site without a name")
	case OfDataCenter:
		return "Zoom data centre " + s.Name
	case OfVersion:
		return "Zoom client " + s.Name
	}
	return "All meetings"
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func clock(t earshot.Instant, zone *time.Location) string {
	if zone == nil {
		return t.Time().Format("15:04") + " UTC"
	}
	return t.Time().In(zone).Format("15:04")
}

// Title names what an alert would be about, for a rule that is tried on the past.
func Title(a *Alert, n Names) string {
	if a.Subject.Kind == OfIncident {
		i := a.incident()
		names := incident.Names{Site: n.Site(siteOf(a.Cell))}
		if i.Personal() {
			names.Person = n.Person(a.Cell.ID)
		}
		return incident.Place(&i, names)
	}
	return a.subject(n)
}
