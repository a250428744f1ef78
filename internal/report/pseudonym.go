package report

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"net/netip"
	"regexp"
	"strings"

	"github.com/earshot/earshot"
)

// namer gives the words for what identifies somebody: the words themselves, or pseudonyms.
type namer struct {
	redact bool
	key    []byte
}

// code is the pseudonym of a value: "address 4k2mq7". Equal values of one kind have equal codes. "" stays "".
func (n *namer) code(kind, value string) string {
	if value == "" {
		return ""
	}
	mac := hmac.New(sha256.New, n.key)
	mac.Write([]byte(kind))
	mac.Write([]byte{0})
	mac.Write([]byte(value))
	return kind + " " + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:7])
}

// secret is a value that identifies somebody, or its pseudonym.
func (n *namer) secret(kind, value string) string {
	if !n.redact {
		return value
	}
	return n.code(kind, value)
}

// person names somebody. The pseudonym is that of the person where one is known, so that it is the same in all meetings.
func (n *namer) person(who Who) string {
	if !n.redact {
		if who.Name != "" {
			return who.Name
		}
		if who.External {
			return "an external person"
		}
		return "somebody without a name"
	}
	if who.Person != 0 {
		return n.code("person", who.Person.String())
	}
	return n.code("person", who.Segment.String())
}

// site names a place. Places that somebody configured keep their names; one that stands for an address does not.
func (n *namer) site(s *earshot.Site) string {
	if s == nil {
		return ""
	}
	if n.redact && s.Derived {
		return n.code("network", s.Name)
	}
	return n.place(s.Name)
}

// place is the name of a carrier, data centre, version, VPN or site, which is nobody's; an address among them is.
func (n *namer) place(name string) string {
	if n.redact && addressIn.MatchString(name) {
		return n.code("network", name)
	}
	return name
}

// addressIn finds what could be an address, with or without its prefix's length, in any notation.
var addressIn = regexp.MustCompile(`(?i)\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{0,4}:[0-9a-f]{0,4}:|([0-9a-f]{2}[:-]){5}[0-9a-f]{2}|@`)

// cell is a cell without addresses in its name.
func (n *namer) cell(c earshot.Cell) earshot.Cell {
	if n.redact && (c.Scope == earshot.ScopeSubnet || c.Scope == earshot.ScopeSubnetWifi) {
		c.Name = n.code("network", c.Name)
		return c
	}
	c.Name = n.place(c.Name)
	return c
}

// zoomsEnd is the host and port that media went to. It is Zoom's and worth telling, unless it is somebody's own proxy.
func (n *namer) zoomsEnd(s string) string {
	if !n.redact {
		return s
	}
	host, _, _ := strings.Cut(s, ":")
	if zoomHost.MatchString(host) {
		return host
	}
	if _, err := netip.ParseAddr(host); err == nil || s != "" {
		return n.code("address", s)
	}
	return ""
}

var zoomHost = regexp.MustCompile(`^[a-z0-9-]{1,40}(\.[a-z0-9-]{1,20})?\.zoom\.(us|com)$`)

// term is a word of Zoom's vocabulary when it is one of a list, compared without case; else other.
func (n *namer) term(s, other string, known ...string) string {
	if !n.redact || s == "" {
		return s
	}
	for _, k := range known {
		if strings.EqualFold(s, k) {
			return k
		}
	}
	return other
}

func (n *namer) networkType(s string) string {
	return n.term(s, "other", "Wired", "Wifi", "PPP", "Cellular", "3G", "Others", "LAN", "VPN")
}

func (n *namer) connectionType(s string) string {
	return n.term(s, "other", "P2P", "TCP", "UDP", "Reliable UDP", "SSL", "HTTP", "TLS", "TCP+Proxy", "UDP+Proxy", "Reliable+Proxy", "SSL+Proxy", "HTTP+Proxy")
}

// device is the sort of device; the name that somebody gave it is not.
func (n *namer) device(s string) string {
	if !n.redact || s == "" {
		return s
	}
	for _, k := range [...]string{"Windows", "Mac", "iOS", "Android", "Linux", "ChromeOS", "Zoom Rooms", "Web Browser", "H.323/SIP", "Phone"} {
		if len(s) >= len(k) && strings.EqualFold(s[:len(k)], k) {
			return k
		}
	}
	if len(s) >= 3 && strings.EqualFold(s[:3], "win") {
		return "Windows"
	}
	return "other"
}

var versionIn = regexp.MustCompile(`^\d{1,3}(\.\d{1,6}){1,4}`)

// version is the number at the beginning of a client's version.
func (n *namer) version(s string) string {
	if !n.redact {
		return s
	}
	return versionIn.FindString(s)
}

// leaveReasons are Zoom's words for why somebody left, which follow the name of who did.
var leaveReasons = []string{
	"got disconnected from the meeting", "Host ended the meeting", "Host closed the meeting", "Host started a new meeting", "Network connection error",
	"Host did not join", "Exceeded free meeting minutes limit", "Removed by host", "Unknown reason", "Leave waiting room", "left the meeting",
}

func (n *namer) leaveReason(s string) string {
	if !n.redact {
		return s
	}
	for _, r := range leaveReasons {
		if strings.Contains(s, r) {
			return r
		}
	}
	return ""
}

// notices are Zoom's words in notifications and alerts.
var notices = []string{
	"network bandwidth low", "internet connection unstable", "Unstable audio quality", "Unstable video quality", "Unstable screen share quality",
	"High CPU occupation", "Call Reconnection",
}

func (n *namer) notice(s string) string { return n.term(s, "another notice", notices...) }
