package registry

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/earshot/earshot"
)

// mark is one thing that a segment can be found by, and since when.
type mark struct {
	value string
	at    earshot.Instant
}

// deviceMarks returns what a segment can be found by, each once, with the first time that its devices said it: addresses, MACs
// and host names.
func deviceMarks(devices []earshot.DeviceSnapshot) []mark {
	var marks []mark
	for i := range devices {
		for _, k := range deviceKeys(&devices[i]) {
			if !slices.ContainsFunc(marks, func(m mark) bool { return m.value == k }) {
				marks = append(marks, mark{k, devices[i].At})
			}
		}
	}
	return marks
}

// deviceKeys returns the addresses, MACs and host name of one snapshot; none is empty.
func deviceKeys(d *earshot.DeviceSnapshot) []string {
	keys := []string{addressKey(d.PublicIP), addressKey(d.InternalIP), foldText(d.PCName)}
	// Some clients name the MACs of all their adapters.
	for _, mac := range strings.FieldsFunc(d.MAC, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		keys = append(keys, macKey(mac))
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" })
}

// addressKey spells an IP address in its one canonical way, without zone and port; other text is folded.
func addressKey(s string) string {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Unmap().WithZone("").String()
	}
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr().Unmap().WithZone("").String()
	}
	return foldText(s)
}

// macKey spells a MAC address as bare lower-case digits: "00:00:5E:00:53:2A", "00-00-5e…" and "0000.5e00…" are the same.
func macKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
}

// keyPrefixes returns the prefixes under which segment_marks may hold what somebody typed.
func keyPrefixes(n needle) []string {
	prefixes := []string{n.text}
	if a := addressKey(n.lower); a != n.text {
		prefixes = append(prefixes, a)
	}
	// A MAC, or the beginning of one, as people copy it: only hexadecimal digits and separators, at least four digits.
	if m := macKey(n.lower); m != n.text && len(m) >= 4 && strings.Trim(m, "0123456789abcdef") == "" {
		prefixes = append(prefixes, m)
	}
	return prefixes
}

// prefixEnd returns the least text that is greater than every text beginning with prefix, in SQLite's order (bytes).
func prefixEnd(prefix string) string {
	// U+10FFFF is no character, so nothing that was folded holds it.
	return prefix + "\U0010FFFF"
}
