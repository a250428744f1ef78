package zoom

import (
	"math"
	"time"
)

// dateLayouts are tried, in this order, for dates that are not in the one form that Zoom documents. Fractions of a second
// need no layout of their own: time.Parse accepts them after the seconds.
var dateLayouts = [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700"}

// parseDate reads a date and time into milliseconds since the epoch. A date without a zone is UTC. "" and "-" are 0 and ok,
// whatever else cannot be read is 0 and not ok: Zoom's own documents contain dates that are none ("2022-09-09T08:11:387Z").
func parseDate(s []byte) (ms int64, ok bool) {
	s = trim(s)
	if isAbsent(s) {
		return 0, true
	}
	if ms, ok := parseZulu(s); ok {
		return ms, true
	}
	if v, n := parseNumber(s); n == len(s) {
		return epochMillis(v)
	}
	if len(s) > 40 {
		return 0, false
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, string(s)); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
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

// parseZulu reads "2026-01-07T09:36:00Z", the form of almost every date that Zoom sends, without the cost of time.Parse.
func parseZulu(s []byte) (ms int64, ok bool) {
	if len(s) != 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != 'Z' {
		return 0, false
	}
	year, ok1 := twoDigits(s[0], s[1])
	y2, ok2 := twoDigits(s[2], s[3])
	month, ok3 := twoDigits(s[5], s[6])
	day, ok4 := twoDigits(s[8], s[9])
	hour, ok5 := twoDigits(s[11], s[12])
	minute, ok6 := twoDigits(s[14], s[15])
	second, ok7 := twoDigits(s[17], s[18])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) {
		return 0, false
	}
	year = year*100 + y2
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return (daysSinceEpoch(year, month, day)*86400 + hour*3600 + minute*60 + second) * 1000, true
}

func twoDigits(a, b byte) (int64, bool) {
	a, b = a-'0', b-'0'
	return int64(a)*10 + int64(b), a <= 9 && b <= 9
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

// daysSinceEpoch counts the days from 1970-01-01 to a date of the proleptic Gregorian calendar, with years that begin in
// March so that the leap day is the last of its year.
func daysSinceEpoch(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return 365*year + floorDiv(year, 4) - floorDiv(year, 100) + floorDiv(year, 400) + (153*(month-3)+2)/5 + day - 1 - 719468
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
