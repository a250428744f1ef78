package incident_test

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/incident"
)

func TestHeadline(t *testing.T) {
	paris := time.FixedZone("CET", 3600)
	start := at(-19, 0) // 08:41 UTC
	for want, tt := range map[string]struct {
		i earshot.Incident
		n incident.Names
	}{
		"Lyon office link, 41 people, since 09:41 CET": {
			earshot.Incident{Cell: lyon, Cause: earshot.CauseLocalNetwork, Affected: 41, Start: start}, incident.Names{Site: "Lyon office", Zone: paris}},
		"network 10.20.4.0/24 in Lyon, 17 people, 08:41–08:48 UTC": {
			earshot.Incident{Cell: subnet, Cause: earshot.CauseLocalNetwork, Affected: 17, Start: start, End: start + 420_000}, incident.Names{Site: "Lyon"}},
		"Lyon link, cause unknown: local network or ISP, 9 people, since 08:41 UTC": {
			earshot.Incident{Cell: lyon, Cause: earshot.CauseUnknown, Candidates: []earshot.Cause{earshot.CauseLocalNetwork, earshot.CauseISP}, Affected: 9, Start: start}, incident.Names{Site: "Lyon"}},
		"carrier Orange, 31 people, since 08:41 UTC":          {earshot.Incident{Cell: orange, Cause: earshot.CauseISP, Affected: 31, Start: start}, incident.Names{}},
		"Zoom data centre FR, 288 people, since 08:41 UTC":    {earshot.Incident{Cell: fr, Cause: earshot.CauseZoomEdge, Affected: 288, Start: start}, incident.Names{}},
		"Zoom client 6.5.1, 1 person, since 08:41 UTC":        {earshot.Incident{Cell: version, Cause: earshot.CauseClientVersion, Affected: 1, Start: start}, incident.Names{}},
		"Berlin VPN, 5 people, since 08:41 UTC":               {earshot.Incident{Cell: pool, Cause: earshot.CauseVPN, Affected: 5, Start: start}, incident.Names{}},
		"VPN Berlin, 5 people, since 08:41 UTC":               {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopeVPN, Name: "Berlin"}, Cause: earshot.CauseVPN, Affected: 5, Start: start}, incident.Names{}},
		"unnamed site link, 5 people, since 08:41 UTC":        {earshot.Incident{Cell: lyon, Cause: earshot.CauseLocalNetwork, Affected: 5, Start: start}, incident.Names{}},
		"Wi-Fi of Lyon, 5 people, since 08:41 UTC":            {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopeSiteWifi}, Cause: earshot.CauseWifi, Affected: 5, Start: start}, incident.Names{Site: "Lyon"}},
		"Lyon, UDP blocked, 5 people, since 08:41 UTC":        {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopeTransport}, Cause: earshot.CauseLocalNetwork, Affected: 5, Start: start}, incident.Names{Site: "Lyon"}},
		"Ana, own Wi-Fi, 12 people, since 08:41 UTC":          {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseWifi, Affected: 12, Start: start}, incident.Names{Person: "Ana"}},
		"Bo, own computer or headset, since 08:41 UTC":        {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseDevice, Affected: 1, Start: start}, incident.Names{Person: "Bo"}},
		"Bo, cause unknown, since 08:41 UTC":                  {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseUnknown, Affected: 1, Start: start}, incident.Names{Person: "Bo"}},
		"Bo, cause unknown, perhaps Wi-Fi, since 08:41 UTC":   {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseUnknown, Candidates: []earshot.Cause{earshot.CauseWifi}, Affected: 1, Start: start}, incident.Names{Person: "Bo"}},
		"Bo, own line, since 08:41 UTC":                       {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseISP, Affected: 1, Start: start}, incident.Names{Person: "Bo"}},
		"Bo, way through the VPN, since 08:41 UTC":            {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseVPN, Affected: 1, Start: start}, incident.Names{Person: "Bo"}},
		"Bo, own network, since 08:41 UTC":                    {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseLocalNetwork, Affected: 1, Start: start}, incident.Names{Person: "Bo"}},
		"somebody without a name, own Wi-Fi, since 08:41 UTC": {earshot.Incident{Cell: earshot.Cell{Scope: earshot.ScopePerson}, Cause: earshot.CauseWifi, Affected: 1, Start: start}, incident.Names{}},
	} {
		if got := incident.Headline(&tt.i, tt.n); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
