// Package registry keeps who and where: accounts, series, meetings, persons, segments with their devices, calls, sites,
// users and schema drift; and incidents, which name them. Everything personal that Earshot knows is in here and in the journal, nowhere else.
//
// What it promises: a [Changes] is stored whole or not at all, together with the journal position it came from; one below
// that position is ignored (one at it is not: states that were held back until then may follow). An upsert never forgets:
// an empty field does not overwrite a known one, first and last times only widen, a person only becomes better known, so
// that a late event about something that the fold has already put out of memory does no harm.
//
// The implementation is SQLite (see [Open]). Any number of goroutines may read and write: writers take turns, readers see the
// last commit and wait for nobody. A file that is damaged is moved aside, never deleted, and one of a newer version is not
// touched. The journal brings back who and where; users, audit log, sites with what people typed about them, and incidents are brought back from a backup
// ([Registry.AdoptTyped]). Incidents are made once: a fold that runs again neither changes nor doubles them. What is older than it is to
// be kept is dropped on request ([Registry.SweepIncidents], [Registry.SweepPeople]), never while something that stays names it.
//
// The tests open real files in temporary directories: they damage them, kill processes that write them, and restore every
// backup that they make.
package registry

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
)

// Changes is what the fold changed for the records in (From, To]: the whole present state of each thing touched.
type Changes struct {
	Journal  string
	From, To uint64
	Now      earshot.Instant // event time at To: when the persons in it were told of

	identity.Changes
	Sites []earshot.Site  // derived ones
	Drift []earshot.Drift // absolute counts
	// Incidents that changed, each whole. A state that is older than the stored one (by Updated) is left out. So is an incident
	// that is not stored while another one of its cell and time is: a fold that runs again, from elsewhere than the first,
	// tells the same story a little differently.
	Incidents []earshot.Incident
}

// Empty reports whether nothing changed; the position is stored all the same.
func (c *Changes) Empty() bool {
	return c.Changes.Empty() && len(c.Sites)+len(c.Drift)+len(c.Incidents) == 0
}

// MeetingQuery selects meetings. Zero fields do not narrow.
type MeetingQuery struct {
	From, To earshot.Instant // overlapping [From, To) by first and last seen
	Account  earshot.ID
	Series   earshot.ID
	Person   earshot.ID      // had a segment in it
	Search   string          // part of the topic or of a participant's name, or the beginning of number or uuid
	Host     string          // part of the host's name or e-mail address
	Only     []earshot.ID    // among these; nil does not narrow, an empty list leaves none
	EndedBy  earshot.Instant // only those not live at that event time; 0 does not narrow
	After    string          // cursor: the last page's Next
	Limit    int             // at most; 0 means 50
}

// PersonQuery selects persons. Zero fields do not narrow.
type PersonQuery struct {
	Account earshot.ID
	Search  string // part of name, e-mail or Zoom user id
	After   string
	Limit   int
}

// CallQuery selects calls, newest first.
type CallQuery struct {
	From, To earshot.Instant
	Account  earshot.ID
	Person   earshot.ID
	Search   string
	After    string
	Limit    int
}
