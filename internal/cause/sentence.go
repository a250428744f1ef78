package cause

import (
	"fmt"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// Names resolves what a verdict names by id. The names come from the registry: nothing personal is in a verdict, and a
// sentence is made only for somebody who may read them. An unknown id gives "".
type Names interface {
	Site(id earshot.ID) string
	// Person names the person behind a segment.
	Person(segment earshot.ID) string
	// Zone is the time zone in which times are told; nil is UTC.
	Zone() *time.Location
}

// Sentence says a verdict in words: who and where, how many of how many people, which way, compared with whom, since when.
// It never gives minutes without people, nor a share without numbers. The zero verdict has no sentence.
func Sentence(v earshot.Verdict, names Names) string {
	var s string
	switch {
	case v.Cause == earshot.CauseNone:
		return ""
	case v.Cause == earshot.CauseUnknown:
		s = unknownSentence(v, names)
	case v.Cell.Scope == earshot.ScopePerson:
		s = hedge(v, ownCause(v)) + innocents(v)
	case v.Cell.Scope == earshot.ScopeSender, v.Cell.Scope == earshot.ScopeMeeting:
		s = remoteSentence(v, names)
	default:
		s = sharedSentence(v, names)
	}
	return s
}

// hedge puts a cause at the head of a sentence, with a word for how sure it is.
func hedge(v earshot.Verdict, what string) string {
	switch {
	case v.Confidence >= 90:
		return "Caused by " + what + "."
	case v.Confidence >= 70:
		return "Most likely " + what + "."
	}
	return "Probably " + what + "."
}

// ownCause names a cause that is the person's own, with what was read.
func ownCause(v earshot.Verdict) string {
	reading := readingOf(v)
	switch v.Cause {
	case earshot.CauseDevice:
		switch v.Metric {
		case earshot.CPUSystemMaxPct, earshot.PressureMax:
			return "a busy computer" + reading
		case earshot.FrameRateFPS:
			return "their camera: the network was clean" + reading
		case earshot.JitterMs, earshot.LossAvgPct:
			return "their headset or microphone: the network was clean" + reading
		}
		return "their computer" + reading
	case earshot.CauseWifi:
		return "their own Wi-Fi" + reading
	case earshot.CauseISP:
		return "their own line" + reading
	case earshot.CauseVPN:
		return "the way through the VPN" + reading
	case earshot.CauseLocalNetwork:
		return "their network, which lets no UDP through" + reading
	}
	return v.Cause.String() + reading
}

// readingOf tells the direct evidence: ", signal -81 dBm".
func readingOf(v earshot.Verdict) string {
	switch v.Metric {
	case earshot.CPUSystemMaxPct:
		return fmt.Sprintf(", CPU %.0f %%", v.Value)
	case earshot.PressureMax:
		return fmt.Sprintf(", pressure %.0f of 4", v.Value)
	case earshot.RSSIAvgDBm:
		return fmt.Sprintf(", signal %.0f dBm", v.Value)
	case earshot.JitterMs:
		return fmt.Sprintf(", jitter %.0f ms", v.Value)
	case earshot.LossAvgPct:
		return fmt.Sprintf(", %.1f %% lost", v.Value)
	case earshot.FrameRateFPS:
		return fmt.Sprintf(", %.0f pictures a second", v.Value)
	case earshot.LatencyMs:
		return fmt.Sprintf(", %.0f ms there and back", v.Value)
	}
	return ""
}

var causeWords = [earshot.CauseCount]string{
	earshot.CauseDevice: "their computers", earshot.CauseWifi: "the Wi-Fi there", earshot.CauseLocalNetwork: "the network there",
	earshot.CauseISP: "the carrier", earshot.CauseZoomEdge: "Zoom's data centre", earshot.CauseRemote: "somebody who sends badly",
	earshot.CauseClientVersion: "the client version", earshot.CauseVPN: "the VPN",
}

// sharedSentence is about a group of people.
func sharedSentence(v earshot.Verdict, names Names) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d people %s %s%s", v.Inside.Bad, v.Inside.Of, cellWords(v.Cell, names), badly(v.Direction), since(v, names))
	if v.Elsewhere.Of > 0 {
		fmt.Fprintf(&b, "; %d of %d elsewhere", v.Elsewhere.Bad, v.Elsewhere.Of)
	}
	b.WriteString(". ")
	b.WriteString(hedge(v, causeWords[v.Cause]))
	return b.String()
}

// cellWords says where a group is: "on 10.20.4.0/22 in Lyon".
func cellWords(c earshot.Cell, names Names) string {
	site := ""
	if c.ID != 0 {
		if site = names.Site(c.ID); site == "" {
			site = "one place"
		}
	}
	switch c.Scope {
	case earshot.ScopeSubnet:
		return "on " + c.Name + " in " + site
	case earshot.ScopeSubnetWifi:
		return "on the Wi-Fi of " + c.Name + " in " + site
	case earshot.ScopeSite:
		return "in " + site
	case earshot.ScopeSiteWifi:
		return "on the Wi-Fi in " + site
	case earshot.ScopeTransport:
		return "in " + site + " whose media goes over " + c.Name
	case earshot.ScopeISP:
		return "on " + c.Name
	case earshot.ScopeDataCenter:
		return "connected to " + c.Name
	case earshot.ScopeVersion:
		return "with client " + c.Name
	case earshot.ScopeVPN:
		return "behind " + c.Name
	}
	return "in " + c.String()
}

func badly(d earshot.Direction) string {
	switch d {
	case earshot.DirectionReceive:
		return "received badly"
	case earshot.DirectionSend:
		return "sent badly"
	}
	return "had trouble both ways"
}

// since tells when the trouble began, by a clock that it names: the reader's may be another.
func since(v earshot.Verdict, names Names) string {
	if v.Since == 0 {
		return ""
	}
	zone := names.Zone()
	if zone == nil {
		zone = time.UTC
	}
	return " since " + v.Since.Time().In(zone).Format("15:04 MST")
}

// remoteSentence is about somebody else in the meeting who sends badly.
func remoteSentence(v earshot.Verdict, names Names) string {
	heard := fmt.Sprintf("%d of %d listeners", v.Inside.Bad, v.Inside.Of)
	if v.Cell.Scope == earshot.ScopeMeeting {
		return fmt.Sprintf("%s in the meeting received badly%s. %s", heard, since(v, names), hedge(v, "somebody in it who sends badly"))
	}
	who := names.Person(v.Cell.ID)
	if who == "" {
		who = "another participant"
	}
	return fmt.Sprintf("%s received badly what %s sent%s. %s", heard, who, since(v, names), hedge(v, who+"'s sending"))
}

// unknownSentence says who was in trouble, what was ruled out, and the best guess where there is one.
func unknownSentence(v earshot.Verdict, names Names) string {
	var b strings.Builder
	b.WriteString("Unknown")
	if v.Cell.Scope == earshot.ScopePerson {
		fmt.Fprintf(&b, ": one person %s%s", badly(v.Direction), since(v, names))
	} else {
		fmt.Fprintf(&b, ": %d of %d people %s %s%s", v.Inside.Bad, v.Inside.Of, cellWords(v.Cell, names), badly(v.Direction), since(v, names))
	}
	if v.Elsewhere.Of > 0 {
		fmt.Fprintf(&b, ", %d of %d others", v.Elsewhere.Bad, v.Elsewhere.Of)
	}
	b.WriteString(".")
	b.WriteString(innocents(v))
	if causeWords[v.Candidate] != "" && v.Confidence >= 25 {
		fmt.Fprintf(&b, " Perhaps %s, but too little speaks for it.", causeWords[v.Candidate])
	}
	return b.String()
}

// innocents lists what was ruled out: " Not the computer, not the signal; others in the office were fine."
func innocents(v earshot.Verdict) string {
	var own, others []string
	for _, x := range [...]struct {
		rule earshot.RuledOut
		own  string
		with string
	}{
		{earshot.RuledCPU, "not the computer", ""}, {earshot.RuledSignal, "not the signal", ""}, {earshot.RuledMeeting, "", "in the meeting"},
		{earshot.RuledSite, "", "in the same place"}, {earshot.RuledISP, "", "on the same carrier"},
		{earshot.RuledCenter, "", "on the same data centre"}, {earshot.RuledVersion, "", "with the same client"},
	} {
		switch {
		case v.Ruled&x.rule == 0:
		case x.own != "":
			own = append(own, x.own)
		default:
			others = append(others, x.with)
		}
	}
	var parts []string
	if len(own) > 0 {
		own[0] = "N" + own[0][1:]
		parts = append(parts, strings.Join(own, ", "))
	}
	if len(others) > 0 {
		word := "others "
		if len(own) == 0 {
			word = "Others "
		}
		parts = append(parts, word+strings.Join(others, ", ")+" were fine")
	}
	if len(parts) == 0 {
		return ""
	}
	return " " + strings.Join(parts, "; ") + "."
}
