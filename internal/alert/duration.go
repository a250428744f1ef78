package alert

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a span that people write: "90s", "15m", "1h30m", "30d". 0 is "not set".
type Duration time.Duration

const day = 24 * time.Hour

// String returns it as people write it, "" for 0.
func (d Duration) String() string {
	t := time.Duration(d)
	if t == 0 {
		return ""
	}
	if t%day == 0 {
		return strconv.FormatInt(int64(t/day), 10) + "d"
	}
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. "" is 0.
func (d *Duration) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if s == "" {
		*d = 0
		return nil
	}
	var days time.Duration
	if n, rest, ok := strings.Cut(s, "d"); ok {
		v, err := strconv.ParseUint(n, 10, 16)
		if err != nil {
			return fmt.Errorf("%q: want a time such as 90s, 15m, 2h or 30d", s)
		}
		days, s = time.Duration(v)*day, rest
		if s == "" {
			*d = Duration(days)
			return nil
		}
	}
	t, err := time.ParseDuration(s)
	if err != nil || t < 0 || t > 400*day {
		return fmt.Errorf("%q: want a time such as 90s, 15m, 2h or 30d", string(text))
	}
	*d = Duration(days + t)
	return nil
}

func (d Duration) or(other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return time.Duration(d)
}
