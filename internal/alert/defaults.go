package alert

import "time"

// Defaults are the rules that hold from the start: what nobody would switch off, and no more. People stop reading what tells
// them of every bad minute; so an incident is told once, what people feel without a known cause only when many do, and
// Earshot's own troubles before they lose anything.
func Defaults() []Rule {
	m := func(n int) Duration { return Duration(time.Duration(n) * time.Minute) }
	return []Rule{
		{Name: "Incident", Kind: KindIncident, People: 3, About: "Several people are in trouble for one reason: a site, a provider, a data centre, a version."},
		{Name: "PersonalIncident", Kind: KindIncident, Personal: true, Severity: Info, Disabled: true,
			About: "One person's own device, Wi-Fi or line is worse than usual for a quarter of an hour. Off at first: in a large company it is a list, not a message."},
		{Name: "MeetingBad", Kind: KindShare, Per: PerMeeting, Window: m(10), SharePct: 40, People: 8,
			About: "A large meeting goes badly for most, and no incident says why."},
		{Name: "SiteBad", Kind: KindShare, Per: PerSite, Window: m(15), SharePct: 30, People: 10,
			About: "A place goes badly for many, and no incident says why."},
		{Name: "PeopleDropped", Kind: KindDrops, Per: PerSite, Window: m(10), SharePct: 50, People: 20,
			About: "Many people of a place fall out of their meetings at once."},
		{Name: "PhoneQuality", Kind: KindPhone, Window: m(30), MOS: 3.2, Calls: 8, About: "Many calls in half an hour sound bad (MOS under 3.2)."},
		{Name: "BudgetBurn", Kind: KindBurn, Per: PerEverything, ObjectivePct: 95, People: 20,
			Burns: []Burn{{Duration(time.Hour), m(5), 8}, {Duration(6 * time.Hour), m(30), 4}},
			About: "The month's budget of poor and bad minutes is used up far too fast."},
		{Name: "NoEvents", Kind: KindAbsence, What: WhatNoEvents, Severity: Critical, About: "Meetings run and Zoom sends nothing: the subscription, the way in or the certificate is broken."},
		{Name: "ReceiverDown", Kind: KindAbsence, What: WhatReceiver, Severity: Critical, About: "Nothing takes in what Zoom sends; Zoom tries for 85 minutes."},
		{Name: "ChallengeOverdue", Kind: KindAbsence, What: WhatChallenge, About: "Zoom checks an endpoint every 72 hours, and disables one that it cannot reach."},
		{Name: "CertificateEnds", Kind: KindAbsence, What: WhatCertificate, About: "Zoom stops delivering when the certificate has ended."},
		{Name: "ClockOff", Kind: KindAbsence, What: WhatClock, For: m(5), About: "A wrong clock makes good signatures look old."},
		{Name: "Lag", Kind: KindAbsence, What: WhatLag, For: m(5), About: "What is shown as now is not now."},
		{Name: "JournalFull", Kind: KindAbsence, What: WhatJournal, Severity: Critical, About: "A full journal answers Zoom with 503."},
		{Name: "ExporterBehind", Kind: KindAbsence, What: WhatExporter, About: "A destination does not take what is sent to it."},
		{Name: "DeliveryFails", Kind: KindAbsence, What: WhatDelivery, About: "A receiver of alerts does not take them."},
		{Name: "NewClientVersion", Kind: KindVersion, Severity: Info, People: 3, About: "A client version that was never seen is in use by several people."},
	}
}
