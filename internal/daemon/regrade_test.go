package daemon_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/daemon"
)

// TestAChangeOfProfileReachesThePast: at the next start with another profile, the stored minutes become what that one makes of
// their samples; back with the first, they are what they were. Asking for it by hand changes nothing more.
func TestAChangeOfProfileReachesThePast(t *testing.T) {
	p, from, sent := newPast(t)
	first := p.pastMeetings(from)

	restart := func(profile string) {
		p.stopOne("monitor")
		p.cfg.Grades.Profile = profile
		p.startMonitor()
		p.settle(sent + seals)
	}
	restart("google-meet")
	var second string
	p.await("the past is graded again", func() bool {
		second = p.pastMeetings(from)
		return second != first
	})
	p.noHourWaits()
	second = p.pastMeetings(from)
	answer, err := daemon.RunRegrade(t.Context(), p.cfg.DataDir, daemon.RegradeRequest{Profile: "google-meet", From: from, To: from.Add(time.Hour)})
	if err != nil || answer.Hours == 0 || answer.Profile != "google-meet" {
		t.Errorf("asked by hand: %+v, %v", answer, err)
	}
	p.noHourWaits()
	if got := p.pastMeetings(from); got != second {
		t.Errorf("graded twice:\n%s\nonce:\n%s", got, second)
	}
	_, err = daemon.RunRegrade(t.Context(), p.cfg.DataDir, daemon.RegradeRequest{Profile: "twilio"})
	if err == nil || !strings.Contains(err.Error(), `profile "twilio": the monitor grades by "google-meet"; set grades.profile to twilio and restart it`) {
		t.Errorf("another profile by hand: %v", err)
	}
	p.stopOne("monitor")
	rows := digests(t, p.cfg.DataDir)
	p.startMonitor()
	p.settle(sent + seals)
	p.stopOne("monitor")
	if got := digests(t, p.cfg.DataDir); !maps.Equal(got, rows) {
		t.Errorf("the same profile at the next start changes rows: %v, before %v", got, rows)
	}
}
