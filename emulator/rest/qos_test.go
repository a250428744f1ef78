package rest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// style is how the Dashboard writes each number: never the notification's way, "" when idle.
var style = map[string]*regexp.Regexp{
	"bitrate":    regexp.MustCompile(`^(\d+(\.\d{1,2})? kbps)?$`),
	"latency":    regexp.MustCompile(`^(\d+ ms)?$`),
	"jitter":     regexp.MustCompile(`^(\d+ ms)?$`),
	"avg_loss":   regexp.MustCompile(`^(\d+(\.\d{1,2})?%)?$`),
	"max_loss":   regexp.MustCompile(`^(\d+(\.\d{1,2})?%)?$`),
	"frame_rate": regexp.MustCompile(`^(\d+ fps)?$`),
	"resolution": regexp.MustCompile(`^(\d+\*\d+)?$`),
}

func TestNumbersAreInTheDashboardsStyle(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool {
		return ended(in) && slices.ContainsFunc(in.Members, func(m *emulator.Member) bool { return m.Video && len(m.Reports) > 2 })
	})
	seen := map[string]int{}
	for _, p := range c.all("/v2/metrics/meetings/"+twice(in.UUID)+"/participants/qos?type=past&page_size=10", "participants") {
		for _, minute := range p["user_qos"].([]any) {
			for name, stream := range minute.(map[string]any) {
				if earshot.ParseWire(name).IsStream() {
					for key, v := range stream.(map[string]any) {
						if re := style[key]; re == nil || !re.MatchString(v.(string)) {
							t.Fatalf("%s.%s is %q", name, key, v)
						}
						if v != "" {
							seen[key]++
						}
					}
				}
			}
		}
	}
	for key := range style {
		if seen[key] == 0 {
			t.Errorf("no stream had a %s", key)
		}
	}
}

// The whole part of every number is the notification's: REST and webhooks tell one story.
func TestTheDashboardAgreesWithTheNotifications(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return ended(in) && len(in.Members[0].Reports) > 2 })
	m := in.Members[0]
	one := c.get("/v2/metrics/meetings/" + twice(in.UUID) + "/participants/" + m.ID + "/qos?type=past")
	minutes := one["user_qos"].([]any)
	if len(minutes) != len(m.Reports) {
		t.Fatalf("%d minutes, want %d", len(minutes), len(m.Reports))
	}
	for i, r := range m.Reports {
		active := 0
		for name, v := range minutes[i].(map[string]any) {
			w := earshot.ParseWire(name)
			if !w.IsStream() {
				continue
			}
			bitrate := v.(map[string]any)["bitrate"].(string)
			if bitrate == "" {
				continue
			}
			active++
			number, _, _ := strings.Cut(bitrate, " ")
			number, _, _ = strings.Cut(number, ".")
			for _, s := range r.Streams {
				if s.Wire == w && whole(float64(s.Kbps)) != number {
					t.Errorf("minute %d: %s is %s, the notification said %v kbps", i, name, bitrate, s.Kbps)
				}
			}
		}
		if active != len(r.Streams) {
			t.Errorf("minute %d: %d streams, want %d", i, active, len(r.Streams))
		}
	}
}

func TestInputCanBeSwapped(t *testing.T) {
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return ended(in) && len(in.Members[0].Reports) > 0 })
	path := "/v2/metrics/meetings/" + twice(in.UUID) + "/participants/" + in.Members[0].ID + "/qos?type=past"
	first := func(c *client) map[string]any { return c.get(path)["user_qos"].([]any)[0].(map[string]any) }
	plain, swapped := first(connect(t, nil)), first(connect(t, func(o *Options) { o.SwapInput = true }))
	for a, b := range map[string]string{"audio_input": "audio_output", "video_output": "video_input"} {
		x, y := plain[a].(map[string]any)["bitrate"], swapped[b].(map[string]any)["bitrate"]
		if x != y {
			t.Errorf("%s was %v and is %v under %s", a, x, y, b)
		}
	}
}

func TestSummariesHaveTheirOwnStyle(t *testing.T) {
	c := connect(t, nil)
	for kind, re := range map[earshot.Kind]*regexp.Regexp{
		earshot.KindMeeting: regexp.MustCompile(`^\d+(\.\d{1,2})?kbps \d+ ms \d+ms \d+\.\d%$`),
		earshot.KindSession: regexp.MustCompile(`^\d+(\.\d{1,2})? Kbps \d+ ms \d+ ms \d+\.\d%$`),
	} {
		in := past(t, kind, func(in *emulator.Instance) bool {
			return !in.Live() && len(in.Members) > 0 && in.Members[0].Summary != nil
		})
		path, key := "/v2/metrics/meetings/"+twice(in.UUID)+"/participants/qos_summary", "participants"
		if kind == earshot.KindSession {
			path, key = "/v2/videosdk/sessions/"+twice(in.UUID)+"/users/qos_summary", "users"
		}
		n := 0
		for _, p := range c.all(path, key) {
			for _, q := range p["qos"].([]any) {
				entry := q.(map[string]any)
				if d := entry["details"].(map[string]any); earshot.ParseWire(entry["type"].(string)).IsStream() {
					n++
					got := strings.Join([]string{d["avg_bitrate"].(string), d["avg_latency"].(string), d["avg_jitter"].(string), d["avg_loss"].(string)}, " ")
					if !re.MatchString(got) {
						t.Errorf("%s: %q", kind, got)
					}
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no stream at all", kind)
		}
	}
}

func TestDurations(t *testing.T) {
	for seconds, want := range map[int]string{0: "00:00", 56: "00:56", 2700: "45:00", 3600: "01:00:00", 7325: "02:02:05"} {
		if got := duration(secondsOf(seconds)); got != want {
			t.Errorf("%d s is %q, want %q", seconds, got, want)
		}
	}
}

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }
