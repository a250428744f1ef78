package export

import (
	"strings"
	"time"

	"github.com/grafana/regexp"

	"github.com/earshot/earshot"
)

// State is how a destination does.
type State string

// The states, best first.
const (
	StateOK        State = "ok"        // everything was taken, or is being sent
	StateWaiting   State = "waiting"   // what is read from, or written to here, does not answer
	StateThrottled State = "throttled" // the destination asked for a pause
	StateRetrying  State = "retrying"  // it does not answer, or says that it cannot
	StateRefused   State = "refused"   // it refuses us: credentials, path, everything
)

// worse orders states.
var worse = map[State]int{StateOK: 0, StateWaiting: 1, StateThrottled: 2, StateRetrying: 3, StateRefused: 4}

// Status is how one destination does.
type Status struct {
	Name, Type string
	Kinds      []Kind
	State      State
	Since      time.Time // when it got into trouble; zero for none
	// Lag is how long the oldest record that is not delivered has waited; 0 when none waits.
	Lag time.Duration
	// Backlog counts entries of the queues that are not delivered: events, outbox entries (seconds of minutes), incidents.
	Backlog uint64
	Totals
	AsideHeld int  // records that the file of those set aside holds
	AsideFull bool // and that no more fit
	LastError string
	ErrorAt   time.Time // zero: none since the start
	SentAt    time.Time // zero: nothing since the start
	Warnings  []string  // what lets less leave than it seems to, though nothing fails: names of a filter that nobody has
}

// Untried reports whether nothing was ever sent: then nobody knows whether the destination takes anything.
func (s *Status) Untried() bool { return s.State == StateOK && s.Sent+s.Aside+s.TooOld == 0 }

func (r *runner) status(now time.Time) Status {
	s := Status{Name: r.spec.Name, Type: r.spec.Type, Kinds: r.spec.kinds(), State: StateOK, Totals: r.progress.totals(), AsideHeld: r.aside.held()}
	r.mu.Lock()
	s.LastError, s.ErrorAt, s.SentAt, s.AsideFull = r.lastError, r.errorAt, r.sentAt, r.full
	s.Warnings = r.warnings
	for _, t := range r.trouble {
		if worse[t.state] > worse[s.State] {
			s.State = t.state
		}
		if s.Since.IsZero() || t.since.Before(s.Since) {
			s.Since = t.since
		}
	}
	r.mu.Unlock()
	for _, st := range r.streams {
		st.mu.Lock()
		s.Backlog += st.backlog
		if st.oldest != 0 {
			s.Lag = max(s.Lag, earshot.InstantOf(now).Sub(st.oldest))
		}
		st.mu.Unlock()
	}
	return s
}

var (
	urlInText = regexp.MustCompile(`(https?://)([^/\s"'@]*@)?([^/\s"'?]+)[^\s"']*`)
)

// Scrub takes out of an error what may be secret or personal: paths, queries and users of addresses (some are secrets), e-mail
// addresses. Hosts stay: who reads it needs them.
func Scrub(text string) string {
	text = urlInText.ReplaceAllString(text, "$1$3")
	if strings.Contains(text, "@") {
		text = looksLikeEmail.ReplaceAllString(text, "…@…")
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	const most = 300
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
