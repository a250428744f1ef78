package registry

import (
	"net/netip"
	"strings"

	"github.com/earshot/earshot"
)

// deviceKeys returns what a segment can be looked up by, each once: addresses, MACs and host names of its devices.
func deviceKeys(devices []earshot.DeviceSnapshot) []string {
	var keys []string
	add := func(k string) {
		if k == "" {
			return
		}
		for _, have := range keys {
			if have == k {
				return
			}
		}
		keys = append(keys, k)
	}
	for i := range devices {
		d := &devices[i]
		add(addressKey(d.PublicIP))
		add(addressKey(d.InternalIP))
		add(foldText(d.PCName))
		// Some clients name the MACs of all their adapters.
		for _, mac := range strings.FieldsFunc(d.MAC, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
			add(macKey(mac))
		}
	}
	return keys
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

// keyPrefixes returns the prefixes under which segment_keys may hold what somebody typed.
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
