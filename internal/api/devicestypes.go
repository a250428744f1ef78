package api

import "time"

// Devices are the groups of people by what they use.
type Devices struct {
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
	Total    Measured      `json:"total"`
	Versions []DeviceGroup `json:"versions" doc:"of Zoom's client; newest first seen first"`
	Devices  []DeviceGroup `json:"devices" doc:"as Zoom spells them; worst first, as the next ones"`
	Networks []DeviceGroup `json:"networks"`
}

// Gear is what people's devices say of themselves, of each join the last that was told.
type Gear struct {
	From        time.Time     `json:"from" doc:"later than asked for when there was too much"`
	To          time.Time     `json:"to"`
	Total       Measured      `json:"total"`
	Systems     []DeviceGroup `json:"systems"`
	Microphones []DeviceGroup `json:"microphones" doc:"most people first, as the next ones; at most 100"`
	Speakers    []DeviceGroup `json:"speakers"`
	Cameras     []DeviceGroup `json:"cameras"`
}

// DeviceGroup is everybody with one version, device or network, compared with everybody else.
type DeviceGroup struct {
	Name string `json:"name" doc:"empty: Zoom did not say"`
	Measured
	Low        *float64   `json:"low,omitempty" doc:"of the 95 % interval of bad_pct, percent; people are the units, since the minutes of one are not independent"`
	High       *float64   `json:"high,omitempty"`
	RestBadPct *float64   `json:"rest_bad_pct,omitempty" doc:"of all others"`
	RestPeople int        `json:"rest_people"`
	Compared   string     `json:"compared" enum:"worse,better,alike,too-few" doc:"with the rest, at 99 %"`
	BeforePct  *float64   `json:"before_pct,omitempty" doc:"bad_pct in the span of the same length before; absent where that had too few people or minutes"`
	FirstSeen  *time.Time `json:"first_seen,omitempty" doc:"versions: the first day (UTC) of the last 31 with minutes; absent when that was the first of them"`
}

// Behind are the people and meetings behind a group.
type Behind struct {
	From     time.Time       `json:"from" doc:"later than asked for when there was too much"`
	To       time.Time       `json:"to"`
	People   []BehindPerson  `json:"people" doc:"most bad minutes first; at most 50, as of meetings"`
	PeopleOf int             `json:"people_of"`
	Meetings []BehindMeeting `json:"meetings"`
	Of       int             `json:"meetings_of"`
}

// BehindPerson is one person's part.
type BehindPerson struct {
	Person  PersonRef  `json:"person"`
	Minutes GradeCount `json:"minutes"`
	BadPct  *float64   `json:"bad_pct,omitempty"`
}

// BehindMeeting is one meeting's part.
type BehindMeeting struct {
	Meeting MeetingRef `json:"meeting"`
	Minutes GradeCount `json:"minutes"`
	People  int        `json:"people"`
	BadPct  *float64   `json:"bad_pct,omitempty"`
}
