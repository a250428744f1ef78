package zoom

// ParseLevel reads a word of Zoom's quality ladder (good, fair, poor, bad) or of its pressure ladder (normal, fair, serious,
// critical), in any case. "" and "-" are 0 and ok; an unknown word is 0 and not ok.
func ParseLevel(s string) (l Level, ok bool) { return parseLevel([]byte(s)) }

func parseLevel(s []byte) (Level, bool) {
	s = trim(s)
	if isAbsent(s) {
		return 0, true
	}
	var low [8]byte
	if len(s) > len(low) {
		return 0, false
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	switch string(low[:len(s)]) {
	case "good", "normal":
		return 1, true
	case "fair":
		return 2, true
	case "poor", "serious":
		return 3, true
	case "bad", "critical":
		return 4, true
	}
	return 0, false
}

// Quality returns the level's word on the quality ladder: good, fair, poor or bad; "" for 0.
func (l Level) Quality() string { return l.word("good", "fair", "poor", "bad") }

// Pressure returns the level's word on the pressure ladder: normal, fair, serious or critical; "" for 0.
func (l Level) Pressure() string { return l.word("normal", "fair", "serious", "critical") }

func (l Level) word(words ...string) string {
	if l == 0 || int(l) > len(words) {
		return ""
	}
	return words[l-1]
}
