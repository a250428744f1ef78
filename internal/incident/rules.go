package incident

import "time"

// Rules are the numbers by which incidents open, join, merge and close. [DefaultRules] has Earshot's. Where no other source
// is named they were found by simulation of 2,050 people over eight-hour days with and without faults (docs/incidents.md).
type Rules struct {
	// A shared cell opens an incident when it was held to be faulty in Persist of the last Window minutes. A minute counts
	// when the cell was faulty at half of its evaluations or more.
	Persist, Window int
	// SurePct is the confidence from which an incident bears the cause's name. From SayPct on it opens as unknown, with both
	// candidates; such a one must persist. Percent.
	SurePct, SayPct float64
	// A sure cell opens at once when so many people are bad because of it, its log-odds are that high and it makes that
	// share of its people bad in the last minute. AtOnceScore is 3 above what switches a cell on.
	AtOncePeople int
	AtOnceScore  float64
	AtOnceRate   float64
	// Whatever its score, a shared cell needs MinPeople who are bad because of it now, an ISP, data centre, version or VPN
	// MinPeopleWide, and any with no more than SmallCell people live MinPeopleSmall; and trouble in MinMeetings, a wide one
	// with more than SmallCell people in trouble in MinMeetingsWide. A fault that is seen in one meeting is that meeting's,
	// and one that was there ten minutes ago is over: in the emulator's world that is half of all false incidents.
	// Where the people of a place also send badly, one meeting is enough if it may open at once: nobody sends badly because of
	// what another one sends.
	MinPeople, MinPeopleWide, MinPeopleSmall, SmallCell, MinMeetings, MinMeetingsWide int
	// A fault that makes less than the share MinRate of its people bad in the last minute is told only when MinLift times as
	// many of its people are bad as elsewhere. Else it makes many a little worse, which nobody has to be told of: on scenarios for
	// tuning, all incidents about carriers and data centres without any fault of their sort were such.
	MinRate, MinLift float64
	// A cell with at least this share of its troubled people in one open or quiet incident joins it instead of opening
	// another. Without joining, the simulation had 8 false incidents in 133, with it none.
	KnownShare float64

	// A person's own device, Wi-Fi, line or network opens an incident after PersonBad of PersonWindow classified minutes, when
	// the chance of so many under the person's own base rate is less than PersonTail. A guess does after UnknownBad and below
	// UnknownTail: trouble without a known cause, with one for which nothing was measured, or with one that is not sure (SurePct;
	// a signal above SureDBm). Base rates are taken to lie between the two bounds. Chronic lines belong in a report, not in
	// alerts. SureDBm is what internal/cause calls a very weak signal: a weak one explains a minute, but is too common to be told.
	PersonWindow, PersonBad, UnknownBad int
	PersonTail, UnknownTail             float64
	MinBaseRate, MaxBaseRate            float64
	SureDBm                             float64
	// That is not told before the trouble had PersonLasts bad minutes with a sure cause, a guess UnknownLasts of any sort: most
	// of what is bad for a person is over by then, and who looks at the live view sees it anyhow. When HeardBy others suffer from
	// it, HeardLasts sure ones are enough: spells of three or four minutes come by themselves. On scenarios for tuning, 8 and 3
	// told of three times as many people without a fault, and 15 of a quarter less of those with one.
	PersonLasts, UnknownLasts, HeardBy, HeardLasts int
	// PersonClean classified minutes in a row without trouble calm a personal incident.
	PersonClean int

	// MergeAfter is how long an incident's own cell must be innocent, while a wider one that holds its people is guilty,
	// until it is merged into that one's incident, or takes over the cell that joined it. Cells that were faulty side by
	// side for longer than Together are two faults and stay apart. A joined cell is taken over when it is as strong as one
	// that opens at once, and during RenameWithin after the opening only: later, or weaker, it is what is left of a fault
	// that ended.
	MergeAfter, Together, RenameWithin time.Duration
	// RenameAfter is how long another cause must be named until the incident bears its name.
	RenameAfter time.Duration

	// CloseAfter is how long a cell must be innocent until its incident is quiet; CloseAfterWide the same for ISPs, data
	// centres, client versions and VPNs, which have more people and noise. An incident about which nobody reported for
	// NoDataAfter ends without data. A quiet one is reopened during ReopenWithin, and closed after it.
	CloseAfter, CloseAfterWide, NoDataAfter, ReopenWithin time.Duration

	// An incident is major from so many people and bad participant-minutes on, and critical likewise. It never falls back.
	// Judgement: one person is never more than minor, forty people are major within a minute, critical within ten.
	MajorPeople, MajorMinutes, CriticalPeople, CriticalMinutes int
	// So many people bad at one moment make it major or critical at once, before the minutes have added up: eleven people
	// who cannot be heard are no minor matter in their first minute.
	MajorAtOnce, CriticalAtOnce int
	// GrewPct and GrewPeople say when growth is worth a line in the timeline: both more people than at the last line.
	GrewPct, GrewPeople int

	// MaxTimeline, MaxPeople and MaxMeetings bound what an incident tells, MaxAffected and MaxTallied what is remembered to
	// count people and meetings, MaxLive the incidents that are open or quiet at once.
	MaxTimeline, MaxPeople, MaxMeetings, MaxAffected, MaxTallied, MaxLive int
}

// DefaultRules returns Earshot's rules.
func DefaultRules() Rules {
	return Rules{
		Persist: 3, Window: 5,
		SurePct: 75, SayPct: 50,
		AtOncePeople: 4, AtOnceScore: 8, AtOnceRate: 0.3,
		MinPeople: 3, MinPeopleWide: 4, MinPeopleSmall: 2, SmallCell: 4, MinMeetings: 2, MinMeetingsWide: 3,
		MinRate: 0.1, MinLift: 1.5,
		KnownShare: 0.6,

		PersonWindow: 5, PersonBad: 3, UnknownBad: 5,
		PersonTail: 0.002, UnknownTail: 0.0001,
		MinBaseRate: 0.004, MaxBaseRate: 0.9,
		SureDBm:     -77,
		PersonLasts: 10, UnknownLasts: 60, HeardBy: 6, HeardLasts: 5,
		PersonClean: 3,

		MergeAfter: 2 * time.Minute, Together: 3 * time.Minute, RenameWithin: 15 * time.Minute,
		RenameAfter: 2 * time.Minute,

		CloseAfter: 3 * time.Minute, CloseAfterWide: 5 * time.Minute, NoDataAfter: 10 * time.Minute, ReopenWithin: 10 * time.Minute,

		MajorPeople: 3, MajorMinutes: 30, CriticalPeople: 20, CriticalMinutes: 300, MajorAtOnce: 10, CriticalAtOnce: 100,
		GrewPct: 50, GrewPeople: 3,

		MaxTimeline: 100, MaxPeople: 500, MaxMeetings: 50, MaxAffected: 50_000, MaxTallied: 2_000, MaxLive: 5_000,
	}
}
