package rest

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"
)

// The Dashboard writes numbers in its own way: "27.15 kbps", "126 ms", "0.03%", and "" for what is idle. Notifications have whole
// kilobits and tenths of a percent; the digits that they lack are made up here, the same for every question, and never
// contradict the notification.

// fraction is a number from 0 to 1 that depends on the parts alone.
func fraction(parts ...string) float64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// decimals writes at most two, without zeros at the end, and rounds down: 52.997 stays 52.
func decimals(v float64) string {
	s := strconv.FormatFloat(math.Floor(v*100+1e-6)/100, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func whole(v float64) string { return strconv.Itoa(int(v)) }

// lossText refines tenths of a percent to hundredths. 0 stays 0: a clean stream is clean.
func lossText(v, x float64) string {
	if v == 0 {
		return "0%"
	}
	return decimals(max(.01, v+.09*(x-.5))) + "%"
}

func pixels(w, h int) string { return fmt.Sprintf("%d*%d", w, h) }

// duration is "mm:ss", from an hour on "hh:mm:ss".
func duration(d time.Duration) string {
	s := int(max(0, d).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// stamp is a time as Zoom writes it; the zero time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// restMAC turns "02:5E:53:00:00:01" into the REST side's "025e-5300-0001".
func restMAC(mac string) string {
	hex := strings.ToLower(strings.ReplaceAll(mac, ":", ""))
	if len(hex) != 12 {
		return mac
	}
	return hex[:4] + "-" + hex[4:8] + "-" + hex[8:]
}

func oneDecimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func twoDecimals(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
