package zoom

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON text (RFC 8259) token by token. It exists because the libraries that are strict, keep what came before
// an error and say where it is cost more than the whole budget of Decode; FuzzDecode holds it to encoding/json.
//
// It is always at the first byte of a token or at the end: what reads a token skips the white space behind it. The first
// error stops it for good.
type scanner struct {
	buf []byte
	pos int
	err error // one of the errors that DecodeError wraps
	at  int   // the offset of err
}

// fail stops the scanner at its place.
func (s *scanner) fail(err error) { s.failAt(s.pos, err) }

func (s *scanner) failAt(pos int, err error) {
	if s.err == nil {
		s.err, s.at = err, pos
	}
}

// broken stops the scanner at a byte that must not be there, or at the end.
func (s *scanner) broken(pos int) {
	if pos >= len(s.buf) {
		s.failAt(len(s.buf), ErrTruncated)
		return
	}
	s.failAt(pos, ErrSyntax)
}

// peek returns the byte at which the scanner is, 0 at the end or behind an error. A byte 0 begins no token.
func (s *scanner) peek() byte {
	if s.pos < len(s.buf) && s.err == nil {
		return s.buf[s.pos]
	}
	return 0
}

// space passes over white space. Notifications have none, so only the test for that is inlined.
func (s *scanner) space() {
	if s.pos < len(s.buf) && s.buf[s.pos] <= ' ' {
		s.spaces()
	}
}

func (s *scanner) spaces() {
	for s.pos < len(s.buf) {
		switch s.buf[s.pos] {
		case ' ', '\n', '\t', '\r':
			s.pos++
		default:
			return
		}
	}
}

// accept consumes one structural byte if it is there.
func (s *scanner) accept(c byte) bool {
	if s.pos >= len(s.buf) || s.buf[s.pos] != c || s.err != nil {
		return false
	}
	s.pos++
	s.space()
	return true
}

// expect consumes one structural byte or fails.
func (s *scanner) expect(c byte) bool {
	if s.accept(c) {
		return true
	}
	s.broken(s.pos)
	return false
}

// str reads a string. The result is a part of the text, or a copy where it has escapes.
func (s *scanner) str() []byte {
	if s.peek() != '"' {
		s.broken(s.pos)
		return nil
	}
	start := s.pos + 1
	i := start + plainLen(s.buf[start:])
	switch {
	case i >= len(s.buf):
		s.broken(i)
		return nil
	case s.buf[i] == '"':
		s.pos = i + 1
		s.space()
		return s.buf[start:i]
	case s.buf[i] == '\\':
		return s.escaped(start, i)
	}
	s.broken(i) // a control character
	return nil
}

// plainLen returns how many bytes b begins with that stand for themselves in a string: all but the quote, the backslash and
// control characters. It looks at eight bytes at a time, which is most of the speed of Decode. In each of the three terms the
// lowest byte that has its top bit set is one that was looked for; a borrow can only set wrong bits above it.
func plainLen(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, slash := w^ones*'"', w^ones*'\\'
		if hit := ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & tops; hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}

// escaped reads the rest of a string from its first backslash, which is at i.
func (s *scanner) escaped(start, i int) []byte {
	out := append([]byte(nil), s.buf[start:i]...)
	for i < len(s.buf) && s.buf[i] == '\\' {
		var ok bool
		if out, i, ok = s.escape(out, i+1); !ok {
			return nil
		}
		n := plainLen(s.buf[i:])
		out = append(out, s.buf[i:i+n]...)
		i += n
	}
	if i < len(s.buf) && s.buf[i] == '"' {
		s.pos = i + 1
		s.space()
		return out
	}
	s.broken(i)
	return nil
}

// escape appends what the escape sequence means whose second byte is at i, and returns where it ends.
func (s *scanner) escape(out []byte, i int) ([]byte, int, bool) {
	if i >= len(s.buf) {
		s.broken(i)
		return nil, i, false
	}
	switch c := s.buf[i]; c {
	case '"', '\\', '/':
		return append(out, c), i + 1, true
	case 'b':
		return append(out, '\b'), i + 1, true
	case 'f':
		return append(out, '\f'), i + 1, true
	case 'n':
		return append(out, '\n'), i + 1, true
	case 'r':
		return append(out, '\r'), i + 1, true
	case 't':
		return append(out, '\t'), i + 1, true
	case 'u':
		r, ok := s.hex4(i + 1)
		if !ok {
			return nil, i, false
		}
		i += 5
		if utf16.IsSurrogate(r) {
			// Half a pair alone becomes U+FFFD, and what follows stands for itself.
			pair := rune(utf8.RuneError)
			if i+1 < len(s.buf) && s.buf[i] == '\\' && s.buf[i+1] == 'u' {
				low, ok := s.hex4(i + 2)
				if !ok {
					return nil, i, false
				}
				pair = utf16.DecodeRune(r, low)
			}
			if r = pair; pair != utf8.RuneError {
				i += 6
			}
		}
		return utf8.AppendRune(out, r), i, true
	}
	s.broken(i)
	return nil, i, false
}

// hex4 reads the four digits at i.
func (s *scanner) hex4(i int) (r rune, ok bool) {
	for end := i + 4; i < end; i++ {
		if i >= len(s.buf) {
			s.broken(i)
			return 0, false
		}
		digit := hexDigit(s.buf[i])
		if digit > 15 {
			s.broken(i)
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

// number reads a number and returns its text.
func (s *scanner) number() []byte {
	start, i := s.pos, s.pos
	if i < len(s.buf) && s.buf[i] == '-' {
		i++
	}
	if i < len(s.buf) && s.buf[i] == '0' {
		i++
	} else if i = s.digits(i); s.err != nil {
		return nil
	}
	if i < len(s.buf) && s.buf[i] == '.' {
		if i = s.digits(i + 1); s.err != nil {
			return nil
		}
	}
	if i < len(s.buf) && s.buf[i]|0x20 == 'e' {
		i++
		if i < len(s.buf) && (s.buf[i] == '+' || s.buf[i] == '-') {
			i++
		}
		if i = s.digits(i); s.err != nil {
			return nil
		}
	}
	s.pos = i
	s.space()
	return s.buf[start:i]
}

// digits passes over at least one digit.
func (s *scanner) digits(i int) int {
	start := i
	for i < len(s.buf) && s.buf[i] >= '0' && s.buf[i] <= '9' {
		i++
	}
	if i == start {
		s.broken(i)
	}
	return i
}

// literal reads true, false or null.
func (s *scanner) literal(word string) {
	for i := range len(word) {
		if s.pos+i >= len(s.buf) || s.buf[s.pos+i] != word[i] {
			s.broken(s.pos + i)
			return
		}
	}
	s.pos += len(word)
	s.space()
}
