package earshot

import "fmt"

// Cause is what made a minute bad.
type Cause uint8

// The causes. The numbers are stored; never renumber.
const (
	CauseNone          Cause = 0 // the minute is not bad: nothing to explain
	CauseUnknown       Cause = 1 // bad, and the evidence is too thin to blame anything
	CauseDevice        Cause = 2 // the person's computer, headset or camera
	CauseWifi          Cause = 3 // their radio, or an access point that several share
	CauseLocalNetwork  Cause = 4 // subnet, site, the site's link, its firewall
	CauseISP           Cause = 5
	CauseZoomEdge      Cause = 6 // a Zoom data centre
	CauseRemote        Cause = 7 // somebody else in the meeting sends badly
	CauseClientVersion Cause = 8
	CauseVPN           Cause = 9

	CauseCount = 10
)

var causeNames = [CauseCount]string{"", "unknown", "device", "wifi", "local-network", "isp", "zoom-edge", "remote", "client-version", "vpn"}

// String returns the cause's word, "" for CauseNone.
func (c Cause) String() string { return nameOf(causeNames[:], uint8(c)) }

// MarshalText implements encoding.TextMarshaler.
func (c Cause) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ParseCause returns the cause with the given word, and whether there is one; "" is CauseNone.
func ParseCause(s string) (Cause, bool) {
	for i, n := range causeNames {
		if n == s {
			return Cause(i), true
		}
	}
	return CauseNone, false
}

// Shared reports whether the cause is one that several people have in common.
func (c Cause) Shared() bool {
	switch c {
	case CauseWifi, CauseLocalNetwork, CauseISP, CauseZoomEdge, CauseClientVersion, CauseVPN:
		return true
	}
	return false
}

// Scope is what sort of thing a cause sits in: which group of people was compared with everybody else.
type Scope uint8

// The scopes. The numbers are stored; never renumber.
const (
	ScopeNone       Scope = 0
	ScopePerson     Scope = 1 // this person alone
	ScopeSubnet     Scope = 2
	ScopeSubnetWifi Scope = 3 // the Wi-Fi half of a subnet: stands in for access points, which Zoom does not name
	ScopeSite       Scope = 4
	ScopeSiteWifi   Scope = 5
	ScopeISP        Scope = 6
	ScopeDataCenter Scope = 7
	ScopeVersion    Scope = 8
	ScopeVPN        Scope = 9
	ScopeMeeting    Scope = 10 // everybody in the meeting receives badly, the sender is not known
	ScopeSender     Scope = 11 // one segment that sends badly
	ScopeTransport  Scope = 12 // the people of a site whose traffic fell back from UDP

	ScopeCount = 13
)

var scopeNames = [ScopeCount]string{
	"", "person", "subnet", "subnet-wifi", "site", "site-wifi", "isp", "data-center", "client-version", "vpn", "meeting", "sender", "transport",
}

// String returns the scope's word, "" for none.
func (s Scope) String() string { return nameOf(scopeNames[:], uint8(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Cell is a group of people that can fail together, or one person or sender. It is comparable. It holds nothing personal.
type Cell struct {
	Scope Scope
	// ID is the site of site cells and of cells inside a site, else the sender's segment, the meeting or the person.
	ID ID
	// Name is what Zoom or the site table calls the rest: "10.20.4.0/24", "Orange", "FR", "6.5.1", a VPN pool. "" where ID
	// says it all.
	Name string
}

// String is for logs and tests.
func (c Cell) String() string {
	if c.Name != "" {
		return fmt.Sprintf("%s %s", c.Scope, c.Name)
	}
	return fmt.Sprintf("%s %s", c.Scope, c.ID)
}

// Count is people (never minutes) in whom something was seen, of those about whom anything was known.
type Count struct{ Bad, Of int }

// Verdict says what made a minute bad, and what speaks for it. The zero Verdict is that of a minute that is not bad.
type Verdict struct {
	Cause Cause
	// Confidence is the share of the explanation that the cause carries, in percent. It is kept for CauseUnknown too: that
	// of the best candidate.
	Confidence uint8
	// Candidate is the best guess where Cause is CauseUnknown, else CauseNone.
	Candidate Cause
	// Cell is where the cause sits; ScopePerson for device, Wi-Fi and unknown trouble of one person.
	Cell Cell
	// Direction is which way the minute was bad, DirectionNone for both or neither (a busy computer).
	Direction Direction
	// Inside counts the people of the cell around the minute, Elsewhere everybody else of the account.
	Inside, Elsewhere Count
	// Metric and Value are the direct evidence, where there is one: CPU 97 %, RSSI -81 dBm. MetricCount is none.
	Metric Metric
	Value  float32
	// Ruled says what was looked at and found innocent.
	Ruled RuledOut
	// Since is the first bad minute of the trouble, 0 where it is not known.
	Since Instant
}

// RuledOut is a set of things that were looked at and found innocent: half the value of an "unknown".
type RuledOut uint8

// The things.
const (
	RuledCPU     RuledOut = 1 << iota // CPU and pressure were reported and low
	RuledSignal                       // RSSI was reported and good, or the person is on wire
	RuledSite                         // others on the same site were fine
	RuledISP                          // others on the same carrier were fine
	RuledCenter                       // others on the same data centre were fine
	RuledMeeting                      // others in the meeting were fine
	RuledVersion                      // others with the same client version were fine
)
