package incident

import (
	"fmt"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// Names are the words of an incident that its ids stand for. They come from the registry; "" is unknown.
type Names struct {
	Site   string // of the cell, and of cells inside a site
	Person string // of a personal incident
	// Zone is in which times are told; nil means UTC.
	Zone *time.Location
}

// Headline says an incident in one line: what, how many people, since when. "Lyon office link, 41 people, since 09:41 CET".
func Headline(i *earshot.Incident, n Names) string {
	parts := []string{Place(i, n)}
	if i.Cause == earshot.CauseUnknown {
		parts[0] += ", " + doubt(i.Candidates)
	}
	if i.Affected == 1 && i.Cell.Scope != earshot.ScopePerson {
		parts = append(parts, "1 person")
	} else if i.Affected > 1 {
		parts = append(parts, fmt.Sprintf("%d people", i.Affected))
	}
	return strings.Join(append(parts, times(i, n.Zone)), ", ")
}

// Place names what an incident sits in.
func Place(i *earshot.Incident, n Names) string {
	cell := i.Cell
	in := ""
	if n.Site != "" {
		in = " in " + n.Site
	}
	switch cell.Scope {
	case earshot.ScopePerson:
		return personal(i.Cause, orElse(n.Person, "somebody without a name"))
	case earshot.ScopeSubnet:
		return "network " + cell.Name + in
	case earshot.ScopeSubnetWifi:
		return "Wi-Fi of " + cell.Name + in
	case earshot.ScopeSite:
		return orElse(n.Site, "unnamed site") + " link"
	case earshot.ScopeSiteWifi:
		return "Wi-Fi of " + orElse(n.Site, "an unnamed site")
	case earshot.ScopeTransport:
		return orElse(n.Site, "unnamed site") + ", UDP blocked"
	case earshot.ScopeISP:
		return "carrier " + cell.Name
	case earshot.ScopeDataCenter:
		return "Zoom data centre " + cell.Name
	case earshot.ScopeVersion:
		return "Zoom client " + cell.Name
	case earshot.ScopeVPN:
		if strings.Contains(strings.ToUpper(cell.Name), "VPN") {
			return cell.Name // many pools say in their name what they are
		}
		return "VPN " + cell.Name
	}
	return cell.Scope.String()
}

func personal(c earshot.Cause, name string) string {
	switch c {
	case earshot.CauseDevice:
		return name + ", own computer or headset"
	case earshot.CauseWifi:
		return name + ", own Wi-Fi"
	case earshot.CauseISP:
		return name + ", own line"
	case earshot.CauseVPN:
		return name + ", way through the VPN"
	case earshot.CauseLocalNetwork:
		return name + ", own network"
	}
	return name
}

// doubt names what the evidence cannot choose between.
func doubt(candidates []earshot.Cause) string {
	if len(candidates) == 0 {
		return "cause unknown"
	}
	words := make([]string, len(candidates))
	for k, c := range candidates {
		words[k] = causeWord(c)
	}
	if len(words) == 1 {
		return "cause unknown, perhaps " + words[0]
	}
	return "cause unknown: " + strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// causeWord is a cause in the middle of a line: only names have capitals.
func causeWord(c earshot.Cause) string {
	switch c {
	case earshot.CauseISP:
		return "ISP"
	case earshot.CauseWifi:
		return "Wi-Fi"
	case earshot.CauseVPN:
		return "VPN"
	case earshot.CauseZoomEdge:
		return "Zoom data centre"
	case earshot.CauseRemote:
		return "another sender"
	}
	return strings.ReplaceAll(c.String(), "-", " ")
}

// times tells from when to when, by the clock of a place, which it names: the reader's may be another.
func times(i *earshot.Incident, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	clock := func(t earshot.Instant, layout string) string { return t.Time().In(zone).Format(layout) }
	if i.End == 0 {
		return "since " + clock(i.Start, "15:04 MST")
	}
	return clock(i.Start, "15:04") + "–" + clock(i.End, "15:04 MST")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
