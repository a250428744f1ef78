package daemon

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/grade"
)

// TestShippedProfiles: what the configuration takes for shipped is what package grade ships.
func TestShippedProfiles(t *testing.T) {
	var names []string
	for _, p := range grade.Builtin() {
		names = append(names, p.Name)
		got, err := chooseProfile(&config.Grades{Profile: p.Name})
		if err != nil || got.Fingerprint() != p.Fingerprint() {
			t.Errorf("%s: %v", p.Name, err)
		}
		for _, r := range p.Rules {
			if r.Falling != config.LessIsWorse(r.Metric) {
				t.Errorf("%s: %v falls: %v, the configuration thinks otherwise", p.Name, r.Metric, r.Falling)
			}
		}
	}
	if diff := cmp.Diff(config.ShippedProfiles(), names); diff != "" {
		t.Errorf("the configuration knows others (-config +grade):\n%s", diff)
	}
	if config.MostRuleWindow != grade.MostWindow {
		t.Errorf("the configuration takes windows up to %v, rules up to %v", config.MostRuleWindow, grade.MostWindow)
	}
	if _, err := chooseProfile(&config.Grades{Profile: "none"}); err == nil {
		t.Error("an unknown profile: want an error")
	}
}

func TestMakeProfile(t *testing.T) {
	g := config.Grades{Profile: "office", Profiles: map[string]config.Profile{"office": {
		Extends: "twilio", MinSession: 90 * time.Second, IdleKbps: earshot.Some(3), ClearAfter: time.Minute,
		Rules: []config.Rule{{Metric: earshot.JitterMs, Media: []earshot.Media{earshot.MediaAudio, earshot.MediaVideo}, Poor: earshot.Some(25), Strict: true}},
	}}}
	p, err := chooseProfile(&g)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "office" || p.MinSession != 90_000 || p.IdleKbps != 3 || p.MinReports != 2 || p.ClearAfter != time.Minute || p.Window != time.Minute {
		t.Errorf("profile %+v", p)
	}
	var got []string
	for _, r := range p.Rules {
		got = append(got, r.Media.String()+" "+r.Metric.String())
	}
	want := []string{"audio jitter_ms", "video jitter_ms", "audio latency_ms", "audio loss_avg_pct", "audio estimated_mos"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	rule := grade.Rule{Media: earshot.MediaAudio, Metric: earshot.JitterMs, Poor: 25, Source: "configuration, profile office"}
	if diff := cmp.Diff(rule, p.Rules[0], cmpopts.IgnoreFields(grade.Rule{}, "Fair", "Bad")); diff != "" {
		t.Errorf("rule (-want +got):\n%s", diff)
	}
}
