package registry

import (
	"fmt"
	"net/netip"
	"strings"
)

// SoughtKind is what somebody's text was taken for.
type SoughtKind uint8

// The kinds.
const (
	SoughtText    SoughtKind = iota // a name, a topic, a host name, a uuid
	SoughtAddress                   // one IP address
	SoughtSubnet                    // a range of addresses
	SoughtMAC                       // a MAC address, or the beginning of one
	SoughtEmail
	SoughtNumber // of a meeting, a telephone, a call
)

var soughtNames = [...]string{"text", "address", "subnet", "mac", "email", "number"}

// String returns the kind's word.
func (k SoughtKind) String() string { return soughtNames[k] }

// sought is what somebody is looking for.
type sought struct {
	needle
	kind   SoughtKind
	prefix netip.Prefix // of SoughtSubnet, masked
}

// newSought reads what somebody typed or copied from a ticket; ok is false when that was nothing.
func newSought(q string) (s sought, ok bool) {
	n, ok := newNeedle(q)
	if !ok {
		return sought{}, false
	}
	s.needle = n
	switch {
	case isAddress(n.lower):
		s.kind = SoughtAddress
	case s.readSubnet(n.lower):
		s.kind = SoughtSubnet
	case isMAC(n.lower):
		s.kind = SoughtMAC
	case strings.Contains(n.lower, "@"):
		s.kind = SoughtEmail
	case len(bareDigits(n.lower)) >= minNumber:
		s.kind = SoughtNumber
	}
	return s, true
}

// minNumber is how many digits make a number: Zoom's shortest meeting numbers have nine, extensions fewer than six.
const minNumber = 6

func isAddress(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(s)
	return err == nil
}

// readSubnet reads "10.20.4.0/22", and what people write for whole octets: "10.20.4.*", "10.20.4.", "10.20.4".
func (s *sought) readSubnet(text string) bool {
	if p, err := netip.ParsePrefix(text); err == nil {
		s.prefix = p.Masked()
		return true
	}
	open := strings.TrimSuffix(strings.TrimSuffix(text, "*"), ".")
	octets := strings.Split(open, ".")
	// Two octets alone could be a time of day or a version: they need the full stop or the star.
	if len(octets) > 3 || len(octets) < 3 && open == text {
		return false
	}
	p, err := netip.ParsePrefix(open + strings.Repeat(".0", 4-len(octets)) + [...]string{"", "/8", "/16", "/24"}[len(octets)])
	if err != nil {
		return false
	}
	s.prefix = p
	return true
}

// isMAC reports whether s is a MAC or at least three octets of one: "00:00:5e:00:53:2a", "00-00-5e", "0000.5e00.532a", or twelve
// hexadecimal digits of which one is a letter.
func isMAC(s string) bool {
	bare := macKey(s)
	if len(bare) < 6 || len(bare) > 12 || strings.Trim(bare, "0123456789abcdef") != "" {
		return false
	}
	if bare == s {
		return len(bare) == 12 && strings.Trim(bare, "0123456789") != ""
	}
	for _, form := range []struct {
		separator string
		digits    int
	}{{":", 2}, {"-", 2}, {".", 4}} {
		parts := strings.Split(s, form.separator)
		right := len(parts) > 1
		for _, p := range parts {
			right = right && len(p) == form.digits
		}
		if right {
			return true
		}
	}
	return false
}

// holds reports whether a mark is one that is looked for.
func (s *sought) holds(value string) bool {
	switch s.kind {
	case SoughtAddress:
		return value == addressKey(s.lower)
	case SoughtSubnet:
		a, err := netip.ParseAddr(value)
		return err == nil && s.prefix.Contains(a)
	case SoughtMAC:
		return strings.HasPrefix(value, macKey(s.lower))
	}
	return strings.HasPrefix(value, s.text)
}

// markPrefix is what every mark that is looked for begins with.
func (s *sought) markPrefix() string {
	switch s.kind {
	case SoughtAddress:
		return addressKey(s.lower)
	case SoughtSubnet:
		return commonText(s.prefix)
	case SoughtMAC:
		return macKey(s.lower)
	}
	return s.text
}

// commonText is a beginning that the texts of all addresses of a range share: its whole octets; of IPv6 its whole groups up to
// the first that is zero, since zeros are where a text is shortened (RFC 5952).
func commonText(p netip.Prefix) string {
	var b strings.Builder
	if p.Addr().Is4() {
		octets := strings.SplitAfter(p.Addr().String(), ".") // with their full stops
		return strings.Join(octets[:p.Bits()/8], "")
	}
	raw := p.Addr().As16()
	for i := 0; (i+1)*16 <= p.Bits(); i++ {
		group := uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		if group == 0 || i == 7 {
			break
		}
		fmt.Fprintf(&b, "%x:", group)
	}
	return b.String()
}
