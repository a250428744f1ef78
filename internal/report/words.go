package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

func (in *Input) zone() *time.Location {
	if in.Zone == nil {
		return time.UTC
	}
	return in.Zone
}

func (in *Input) clock(at earshot.Instant) string {
	if at == 0 {
		return ""
	}
	return at.Time().In(in.zone()).Format("15:04")
}

func (in *Input) clockSeconds(at earshot.Instant) string {
	if at == 0 {
		return ""
	}
	return at.Time().In(in.zone()).Format("2006-01-02 15:04:05")
}

func (in *Input) day(at earshot.Instant) string {
	if at == 0 {
		return ""
	}
	return at.Time().In(in.zone()).Format("2 January 2006")
}

// span is "20 November 2026, 09:41–09:48 CET".
func (in *Input) span(from, to earshot.Instant) string {
	switch {
	case from == 0 && to == 0:
		return "at an unknown time"
	case to == 0:
		return fmt.Sprintf("%s, from %s on", in.day(from), in.clock(from))
	case from == 0:
		return fmt.Sprintf("%s, until %s", in.day(to), in.clock(to))
	case in.day(from) != in.day(to):
		return fmt.Sprintf("%s, %s to %s, %s", in.day(from), in.clock(from), in.day(to), in.clock(to))
	}
	return fmt.Sprintf("%s, %s–%s", in.day(from), in.clock(from), in.clock(to))
}

func mediaWord(m earshot.Media) string {
	switch m {
	case earshot.MediaAudio:
		return "Audio"
	case earshot.MediaVideo:
		return "Video"
	case earshot.MediaShare:
		return "Screen sharing"
	}
	return ""
}

func wayWord(d earshot.Direction) string {
	switch d {
	case earshot.DirectionSend:
		return "sent"
	case earshot.DirectionReceive:
		return "received"
	}
	return "both ways"
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

var causeTitles = [earshot.CauseCount]string{
	earshot.CauseUnknown: "Unknown", earshot.CauseDevice: "The person's own device", earshot.CauseWifi: "Wi-Fi", earshot.CauseLocalNetwork: "Local network",
	earshot.CauseISP: "Internet provider", earshot.CauseZoomEdge: "Zoom's data centre", earshot.CauseRemote: "The sender", earshot.CauseClientVersion: "Client version",
	earshot.CauseVPN: "VPN",
}

func causeTitle(c earshot.Cause) string {
	if int(c) >= len(causeTitles) {
		return ""
	}
	return causeTitles[c]
}

var changeWords = map[earshot.IncidentChange]string{
	earshot.IncidentOpened: "Opened", earshot.IncidentGrew: "Grew", earshot.IncidentRenamed: "Told anew", earshot.IncidentJoined: "Another incident turned out to be a part of it",
	earshot.IncidentCalmed: "Quiet: its cause is not seen any more", earshot.IncidentReopened: "Came back", earshot.IncidentEnded: "Ended",
}

var dropWords = map[string]string{"rejoined": "Fell out and came back", "disconnected": "Was disconnected", "silent": "Stopped reporting while the meeting went on"}

// capital puts a capital letter at the beginning; what is written here is ASCII.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
