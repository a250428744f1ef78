package zoom

import "math"

// parseDate reads a date and time into milliseconds since the epoch: "2026-01-07T09:36:00Z" as Zoom documents it, also with a
// fraction of a second, another zone or none (which is UTC), a space for the T, and a number of milliseconds. "" and "-" are
// 0 and ok, whatever else cannot be read is 0 and not ok: Zoom's own documents contain dates that are none
// ("2022-09-09T08:11:387Z"). It is written by hand because time.Parse costs more than the rest of an entry.
func parseDate(s []byte) (ms int64, ok bool) {
	s = trim(s)
	if isAbsent(s) {
		return 0, true
	}
	if len(s) < len("2026-01-07T09:36:00") || s[4] != '-' {
		v, n := parseNumber(s)
		if n == 0 || n != len(s) {
			return 0, false
		}
		return epochMillis(v)
	}
	if s[7] != '-' || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	century, ok1 := twoDigits(s[0:])
	year, ok2 := twoDigits(s[2:])
	month, ok3 := twoDigits(s[5:])
	day, ok4 := twoDigits(s[8:])
	hour, ok5 := twoDigits(s[11:])
	minute, ok6 := twoDigits(s[14:])
	second, ok7 := twoDigits(s[17:])
	fraction, n, ok8 := parseFraction(s[19:])
	offset, ok9 := parseZone(s[19+n:])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7 && ok8 && ok9) {
		return 0, false
	}
	year += 100 * century
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	minutes := (daysSinceEpoch(year, month, day)*24+hour)*60 + minute - offset
	return (minutes*60+second)*1000 + fraction, true
}

// epochMillis reads a time that is a number: milliseconds since the epoch, or seconds where milliseconds would be before
// 1973, which no clock of Zoom's has seen.
func epochMillis(v float64) (ms int64, ok bool) {
	const maxMillis = 253402300799999 // the end of the year 9999
	switch {
	case math.IsNaN(v) || v <= 0 || v > maxMillis:
		return 0, v == 0
	case v < 1e11:
		v *= 1000
	}
	return int64(v), true
}

func twoDigits(s []byte) (int64, bool) {
	a, b := s[0]-'0', s[1]-'0'
	return int64(a)*10 + int64(b), a <= 9 && b <= 9
}

// parseFraction reads the fraction of a second that s may begin with, to the millisecond, and returns how many bytes it took.
func parseFraction(s []byte) (ms int64, n int, ok bool) {
	if len(s) == 0 || s[0] != '.' {
		return 0, 0, true
	}
	scale := int64(100)
	for n = 1; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		ms += int64(s[n]-'0') * scale
		scale /= 10
	}
	return ms, n, n > 1
}

// parseZone reads all of s as "Z", "+01:00", "+0100" or nothing, into minutes east of UTC.
func parseZone(s []byte) (minutes int64, ok bool) {
	if len(s) == 0 || len(s) == 1 && s[0] == 'Z' {
		return 0, true
	}
	if len(s) == 6 && s[3] == ':' {
		s = []byte{s[0], s[1], s[2], s[4], s[5]}
	}
	if len(s) != 5 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, ok1 := twoDigits(s[1:])
	m, ok2 := twoDigits(s[3:])
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	if minutes = h*60 + m; s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSinceEpoch counts the days from 1970-01-01 to a date of the Gregorian calendar from the year 1 on, with years that begin
// in March so that the leap day is the last of its year.
func daysSinceEpoch(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}
