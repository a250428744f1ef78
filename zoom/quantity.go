package zoom

import (
	"math"
	"strconv"
)

// Quantity is a number that may be absent. The zero Quantity is absent: Zoom sends "" for an idle stream, and absent is
// never zero.
type Quantity struct {
	Value   float64
	Present bool
}

// Of returns a quantity that is present.
func Of(v float64) Quantity { return Quantity{Value: v, Present: true} }

// ParseQuantity reads a number with an optional unit, as Zoom writes them in webhooks and in REST answers: "63 kbps",
// "27.15Kbps", "134 ms", "0.0%", "12 fps", "-64", "4.31". Units are recognised in any case, with or without a space, and
// converted to the one this package uses for their kind:
//
//	bit rate     bps, kbps, mbps, gbps  ->  kbps (factor 1000)
//	time         us, ms, s              ->  ms
//	share        %                      ->  percent
//	frames       fps                    ->  frames a second
//	signal       dBm                    ->  dBm
//
// A number without a unit is taken to be in the unit that this package uses for the field it stands in.
//
// "", "-" and white space are absent and ok. What is no such number (other words, an unknown unit, a number that is infinite
// or not a number) is absent and not ok: a count of those is a measure of drift, and a wrong number would be worse. Only
// dBm and bare numbers may be negative.
func ParseQuantity(s string) (q Quantity, ok bool) { return parseQuantity([]byte(s), anyUnit) }

// unit is the canonical unit that a field is in.
type unit uint8

const (
	anyUnit unit = iota
	kbps
	millis
	percent
	fps
	dbm
	score // no unit: MOS and quality scores
)

// parseQuantity is ParseQuantity for a field in unit want: a number in the unit of another kind ("63 ms" for a bit rate) is
// not ok.
func parseQuantity(s []byte, want unit) (Quantity, bool) {
	s = trim(s)
	if isAbsent(s) {
		return Quantity{}, true
	}
	v, n := parseNumber(s)
	if n == 0 {
		return Quantity{}, false
	}
	kind, factor := parseUnit(s[n:])
	if factor == 0 || !fits(kind, want) {
		return Quantity{}, false
	}
	if v < 0 && (kind != anyUnit && kind != dbm || want != anyUnit && want != dbm) {
		return Quantity{}, false
	}
	if factor != 1 {
		v *= factor
		if math.IsInf(v, 0) {
			return Quantity{}, false
		}
	}
	return Quantity{Value: v, Present: true}, true
}

func fits(kind, want unit) bool { return kind == want || kind == anyUnit || want == anyUnit }

// isAbsent tells whether s, which is trimmed, is one of the ways to write "nothing".
func isAbsent(s []byte) bool { return len(s) == 0 || len(s) == 1 && s[0] == '-' }

// pow10 holds the powers of ten that are exact in a float64 and that the fast path needs.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// parseNumber reads the decimal number that s begins with and returns how many bytes it took; 0 if there is none or if it
// is not finite.
func parseNumber(s []byte) (v float64, n int) {
	i := 0
	if s[0] == '-' || s[0] == '+' {
		i++
	}
	var mantissa uint64
	digits, decimals, dot := 0, 0, false
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !dot {
			dot = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits++
		if dot {
			decimals++
		}
		if digits <= 15 {
			mantissa = mantissa*10 + uint64(c-'0')
		}
	}
	if digits == 0 {
		return 0, 0
	}
	end := i + exponentLen(s[i:])
	if end > i || digits > 15 {
		// Rare: leave rounding and range to strconv.
		v, err := strconv.ParseFloat(string(s[:end]), 64)
		if err != nil {
			return 0, 0
		}
		return v, end
	}
	// Both operands are exact in a float64, so the quotient is correctly rounded.
	v = float64(mantissa) / pow10[decimals]
	if s[0] == '-' && mantissa != 0 { // there is no use for a negative zero
		v = -v
	}
	return v, i
}

// exponentLen returns the length of the exponent ("e3", "E-07") that s begins with, 0 if there is none.
func exponentLen(s []byte) int {
	if len(s) < 2 || s[0]|0x20 != 'e' {
		return 0
	}
	i := 1
	if s[i] == '+' || s[i] == '-' {
		i++
	}
	digits := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == digits {
		return 0
	}
	return i
}

// parseUnit reads what follows a number. factor converts to the canonical unit of its kind; 0 says that it is no unit.
func parseUnit(s []byte) (kind unit, factor float64) {
	s = trim(s)
	switch string(s) { // as Zoom writes them almost always
	case "":
		return anyUnit, 1
	case "kbps":
		return kbps, 1
	case "ms":
		return millis, 1
	case "%":
		return percent, 1
	case "fps":
		return fps, 1
	}
	var low [4]byte
	if len(s) > len(low) {
		return anyUnit, 0
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	switch string(low[:len(s)]) {
	case "kbps":
		return kbps, 1
	case "ms":
		return millis, 1
	case "fps":
		return fps, 1
	case "dbm":
		return dbm, 1
	case "bps":
		return kbps, 1e-3
	case "mbps":
		return kbps, 1e3
	case "gbps":
		return kbps, 1e6
	case "s":
		return millis, 1e3
	case "us":
		return millis, 1e-3
	}
	return anyUnit, 0
}

// ParseResolution reads "1280*720" (also "1280x720") into pixels. "", "-" and "0*0", which Zoom sends for idle video, are
// absent and ok; what is no resolution is absent and not ok.
func ParseResolution(s string) (width, height Quantity, ok bool) { return parseResolution([]byte(s)) }

func parseResolution(s []byte) (width, height Quantity, ok bool) {
	s = trim(s)
	if isAbsent(s) {
		return width, height, true
	}
	w, n := parsePixels(s)
	if n == 0 || n >= len(s) || s[n] != '*' && s[n]|0x20 != 'x' {
		return width, height, false
	}
	s = s[n+1:]
	h, n := parsePixels(s)
	if n == 0 || n != len(s) {
		return width, height, false
	}
	if w == 0 || h == 0 {
		return width, height, true
	}
	return Of(float64(w)), Of(float64(h)), true
}

// parsePixels reads up to six digits and returns how many bytes it took.
func parsePixels(s []byte) (v, n int) {
	for n < len(s) && n < 6 && s[n] >= '0' && s[n] <= '9' {
		v = v*10 + int(s[n]-'0')
		n++
	}
	return v, n
}

// trim returns s without leading and trailing ASCII white space.
func trim(s []byte) []byte {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}
