package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/earshot/earshot"
)

// ShippedProfiles are the profiles that need no configuration, the default first. They are what package grade ships; the
// composition root's tests hold the two together.
func ShippedProfiles() []string {
	return []string{"earshot", "teams-cqd", "zoom-recommended", "twilio", "google-meet"}
}

// Grades says how minutes are judged.
type Grades struct {
	Profile string // the name of a shipped profile or of one of Profiles
	// TargetPct is how many of 100 classified participant-minutes should be good or fair. It is always there.
	TargetPct earshot.Opt
	Profiles  map[string]Profile // by name
}

// Profile is a profile that somebody made. Fields that were not set are absent, or empty, and have the value of the profile
// that it extends.
type Profile struct {
	// Extends is the shipped profile whose rules hold for whatever (metric, medium, direction) this one has no rule on; "" for
	// none: then only its own rules hold.
	Extends string
	About   string
	Rules   []Rule

	IdleKbps, MinReports           earshot.Opt
	MinSession, Window, ClearAfter time.Duration // 0: not set
}

// Rule says where the grades begin for one metric.
type Rule struct {
	Metric earshot.Metric
	// Media are the media that it is about; none for the computer and the radio.
	Media           []earshot.Media
	Direction       earshot.Direction // DirectionNone: both
	Fair, Poor, Bad earshot.Opt
	// Strict says that a value on a bound still has the better grade.
	Strict                 bool
	Window                 time.Duration // 0: one minute
	AboveKbps, MinHeightPx float64
	Source                 string
}

// MostRuleWindow is the greatest window of a rule.
const MostRuleWindow = 2 * time.Minute

var profileName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// readProfiles reads grades.profiles.
func (l *loader) readProfiles(n ast.Node, path string) {
	l.entries(n, path, func(name string, k, v ast.Node) {
		switch {
		case !profileName.MatchString(name):
			l.problems.add(l.at(k), "profile %s: want a name of at most 40 small letters, digits and dashes", clip(name))
			return
		case slices.Contains(ShippedProfiles(), name):
			l.problems.add(l.at(k), "profile %s is shipped and cannot be changed; want another name, with \"extends: %s\" to begin from it", clip(name), name)
			return
		}
		var p Profile
		before := len(l.problems)
		path := joinPath(path, name)
		b := newBranch()
		l.leaves(b, path,
			oneOf("extends", "", "", &p.Extends, ShippedProfiles()...),
			text("about", &p.About),
			number("idle_kbps", 0, 1000, &p.IdleKbps),
			number("min_reports", 1, 60, &p.MinReports),
			span("min_session", time.Second, time.Hour, &p.MinSession),
			span("window", 10*time.Second, 10*time.Minute, &p.Window),
			span("clear_after", 10*time.Second, time.Hour, &p.ClearAfter))
		b.add("rules", func(n ast.Node, path string) { p.Rules = l.readRules(n, path) })
		l.section(v, path, b)
		if len(l.problems) == before && len(p.Rules) == 0 && p.Extends == "" {
			l.problems.add(l.at(k), "%s has no rules; want rules, or the name of a shipped profile after \"extends\"", path)
		}
		l.config.Grades.Profiles[name] = p
	})
}

// leaves adds settings, whose paths are names here, below a path.
func (l *loader) leaves(b *branch, path string, all ...setting) {
	for _, s := range all {
		name := s.path
		s.path = joinPath(path, name)
		b.add(name, func(n ast.Node, _ string) { l.value(n, s) })
	}
}

// readRules reads a profile's list of rules. A rule with problems is left out; they are told.
func (l *loader) readRules(n ast.Node, path string) []Rule {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		l.problems.add(l.at(n), "%s is %s; want a list of rules, each beginning with \"- metric:\"", path, kindOf(n))
		return nil
	}
	var rules []Rule
	for i, v := range list.Values {
		before := len(l.problems)
		r := l.readRule(v, fmt.Sprintf("%s[%d]", path, i))
		if len(l.problems) == before {
			rules = append(rules, r)
		}
	}
	return rules
}

func (l *loader) readRule(n ast.Node, path string) Rule {
	var r Rule
	var metric, direction, bounds string
	var above, height earshot.Opt
	b := newBranch()
	l.leaves(b, path,
		oneOf("metric", "", "", &metric, gradable()...),
		media("media", &r.Media),
		oneOf("direction", "", "", &direction, "send", "receive"),
		number("fair", -200, 1e6, &r.Fair), number("poor", -200, 1e6, &r.Poor), number("bad", -200, 1e6, &r.Bad),
		oneOf("bounds", "", "", &bounds, "inclusive", "strict"),
		span("window", time.Second, MostRuleWindow, &r.Window),
		number("above_kbps", 0, 1e6, &above),
		number("min_height_px", 0, 10_000, &height),
		text("source", &r.Source))
	before := len(l.problems)
	l.section(n, path, b)
	if len(l.problems) > before {
		return r
	}
	r.Strict, r.AboveKbps, r.MinHeightPx = bounds == "strict", above.Value, height.Value
	switch direction {
	case "send":
		r.Direction = earshot.DirectionSend
	case "receive":
		r.Direction = earshot.DirectionReceive
	}
	if metric == "" {
		l.problems.add(l.at(n), "%s has no metric; want one of %s", path, strings.Join(gradable(), ", "))
		return r
	}
	r.Metric, _ = earshot.ParseMetric(metric)
	l.checkRule(n, path, &r)
	return r
}

// checkRule completes a rule's media and looks at what its values say together.
func (l *loader) checkRule(n ast.Node, path string, r *Rule) {
	possible := mediaOf(r.Metric)
	if len(r.Media) == 0 {
		r.Media = possible
	}
	for _, m := range r.Media {
		if len(possible) == 0 {
			l.problems.add(l.at(n), "%s: %s is about the computer or the radio; want no media", path, r.Metric)
			return
		}
		if !slices.Contains(possible, m) {
			l.problems.add(l.at(n), "%s: %s does not say %s; want media of %s", path, m, r.Metric, mediaWords(possible))
			return
		}
	}
	if len(possible) == 0 && (r.Direction != earshot.DirectionNone || r.AboveKbps > 0 || r.MinHeightPx > 0) {
		l.problems.add(l.at(n), "%s: %s is about the computer or the radio; want no direction, above_kbps or min_height_px", path, r.Metric)
		return
	}
	low, high := rangeOf(r.Metric)
	var last *float64
	var lastName string
	for _, b := range []struct {
		name string
		opt  earshot.Opt
	}{{"fair", r.Fair}, {"poor", r.Poor}, {"bad", r.Bad}} {
		if !b.opt.Present {
			continue
		}
		x := b.opt.Value
		if x < low || x > high {
			l.problems.add(l.at(n), "%s.%s is %v; want %s from %v to %v", path, b.name, x, r.Metric, low, high)
			return
		}
		if last != nil && (x <= *last) != LessIsWorse(r.Metric) || last != nil && x == *last {
			order := "more"
			if LessIsWorse(r.Metric) {
				order = "less"
			}
			l.problems.add(l.at(n), "%s.%s is %v and %s %v; want %s, since %s is worse the %s it is", path, b.name, x, lastName, *last, order, r.Metric, order)
			return
		}
		last, lastName = &x, b.name
	}
	if last == nil {
		l.problems.add(l.at(n), "%s has no bound; want fair, poor or bad", path)
	}
}

// LessIsWorse reports whether a smaller number of a metric is the worse one.
func LessIsWorse(m earshot.Metric) bool {
	switch m {
	case earshot.BitrateKbps, earshot.FrameRateFPS, earshot.HeightPx, earshot.WidthPx, earshot.EstimatedMOS:
		return true
	}
	return m >= earshot.RSSIMinDBm && m <= earshot.RSSIMaxDBm
}

// gradable are the metrics that a rule can be on: all but Zoom's own verdicts, which are kept beside ours.
func gradable() []string {
	var names []string
	for m := range earshot.Metric(earshot.MetricCount) {
		if m != earshot.Quality && m != earshot.QualityScore {
			names = append(names, m.String())
		}
	}
	return append(names, earshot.EstimatedMOS.String())
}

// mediaOf returns the media that a metric can be of, none for the computer and the radio.
func mediaOf(m earshot.Metric) []earshot.Media {
	switch m {
	case earshot.BitrateKbps, earshot.LatencyMs, earshot.JitterMs, earshot.LossAvgPct, earshot.LossMaxPct:
		return []earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare}
	case earshot.WidthPx, earshot.HeightPx, earshot.FrameRateFPS:
		return []earshot.Media{earshot.MediaVideo, earshot.MediaShare}
	case earshot.EstimatedMOS:
		return []earshot.Media{earshot.MediaAudio}
	}
	return nil
}

// rangeOf returns the values that a bound on a metric can sensibly have.
func rangeOf(m earshot.Metric) (low, high float64) {
	switch m {
	case earshot.LossAvgPct, earshot.LossMaxPct, earshot.CPUZoomMinPct, earshot.CPUZoomAvgPct, earshot.CPUZoomMaxPct, earshot.CPUSystemMaxPct:
		return 0, 100
	case earshot.PressureMin, earshot.PressureAvg, earshot.PressureMax:
		return 1, 4
	case earshot.RSSIMinDBm, earshot.RSSIAvgDBm, earshot.RSSIMaxDBm:
		return -120, -1
	case earshot.EstimatedMOS:
		return 1, 4.5
	}
	return 0, 1e6
}

func mediaWords(list []earshot.Media) string {
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = m.String()
	}
	return strings.Join(words, ", ")
}

// media reads one medium or a list of them.
func media(path string, to *[]earshot.Media) setting {
	all := []earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare}
	set := func(text string) bool {
		var got []earshot.Media
		for _, word := range strings.Split(text, ",") {
			i := slices.IndexFunc(all, func(m earshot.Media) bool { return m.String() == strings.TrimSpace(word) })
			if i < 0 || slices.Contains(got, all[i]) {
				return false
			}
			got = append(got, all[i])
		}
		*to = got
		return true
	}
	return setting{path: path, want: "audio, video or share, or a list of them", set: set, get: func() string { return mediaWords(*to) }, list: true}
}

func text(path string, to *string) setting {
	return setting{path: path, want: "a text", set: setText(to), get: getText(to)}
}

// number reads a decimal number.
func number(path string, low, high float64, to *earshot.Opt) setting {
	set := func(text string) bool {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || x < low || x > high {
			return false
		}
		*to = earshot.Some(x)
		return true
	}
	get := func() string {
		if !to.Present {
			return ""
		}
		return strconv.FormatFloat(to.Value, 'g', -1, 64)
	}
	return setting{path: path, want: fmt.Sprintf("a number from %v to %v", low, high), set: set, get: get}
}

// span reads a time between two.
func span(path string, least, most time.Duration, to *time.Duration) setting {
	s := duration(path, "", least, to)
	set := s.set
	s.want = fmt.Sprintf("a time from %s to %s, such as 90s", formatDuration(least), formatDuration(most))
	s.set = func(text string) bool {
		before := *to
		if !set(text) {
			return false
		}
		if *to > most {
			*to = before
			return false
		}
		return true
	}
	return s
}

// checkProfile looks whether the chosen profile is there; it may stand in the file before the profiles do.
func (l *loader) checkProfile() {
	g := &l.config.Grades
	_, made := g.Profiles[g.Profile]
	if known := append(ShippedProfiles(), sortedNames(g.Profiles)...); !made && !slices.Contains(known, g.Profile) {
		l.problems.add(l.where("grades.profile"), "grades.profile is %s; want %s, or the name of one under grades.profiles", clip(g.Profile), strings.Join(known, ", "))
	}
}
