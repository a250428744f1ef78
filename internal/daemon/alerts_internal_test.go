package daemon

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/receive"
)

// Each figure that a rule about absence may look at has its unit, and what is not known is not there.
func TestReadingsOfHealth(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) int64 { return now.Add(-d).UnixMilli() }
	fine := map[string]float64{"receiver": 0, "no-events": 0, "lag": 0, "journal": 0}
	for name, c := range map[string]struct {
		h    health
		want map[string]float64 // in place of what holds where all is well
	}{
		"nothing is known yet":           {health{}, nil},
		"all is well":                    {health{up: true, upAt: now, meetings: 3, figures: receive.Figures{Accepted: 5, LastEventMs: ago(0)}}, map[string]float64{"clock": 0}},
		"the receiver is down":           {health{upAt: now.Add(-3 * time.Minute), figures: receive.Figures{Accepted: 5, ClockSkewMs: 1}}, map[string]float64{"receiver": 3}},
		"silence while meetings run":     {health{up: true, meetings: 1, figures: receive.Figures{LastEventMs: ago(7 * time.Minute)}}, map[string]float64{"no-events": 7}},
		"silence at night is none":       {health{up: true, figures: receive.Figures{LastEventMs: ago(7 * time.Hour)}}, nil},
		"meetings before any event":      {health{up: true, meetings: 1}, nil},
		"Zoom has not looked":            {health{up: true, figures: receive.Figures{LastChallengeMs: ago(81 * time.Hour)}}, map[string]float64{"challenge": 81}},
		"a clock that is behind":         {health{up: true, figures: receive.Figures{Accepted: 1, ClockSkewMs: -90_500}}, map[string]float64{"clock": 90.5}},
		"behind what comes":              {health{up: true, lag: 1500 * time.Millisecond}, map[string]float64{"lag": 1.5}},
		"a journal with a limit":         {health{up: true, mostBytes: 1000, journal: journal.Stats{PebbleBytes: 500, ArchiveBytes: 360}}, map[string]float64{"journal": 86}},
		"a journal without a limit":      {health{up: true, journal: journal.Stats{PebbleBytes: 500, ArchiveBytes: 360}}, nil},
		"a disk without room":            {health{up: true, journal: journal.Stats{Full: "the disk"}}, map[string]float64{"journal": 100}},
		"a journal that failed":          {health{up: true, mostBytes: 1000, journal: journal.Stats{PebbleBytes: 1, Failure: "sync"}}, map[string]float64{"journal": 100}},
		"a certificate that ends":        {health{up: true, webCertificateEnds: now.Add(36 * time.Hour)}, map[string]float64{"certificate/web": 1.5}},
		"a certificate that ended":       {health{up: true, figures: receive.Figures{CertificateEndsMs: ago(48 * time.Hour)}}, map[string]float64{"certificate/webhook": -2}},
		"both certificates, and a clock": {health{up: true, webCertificateEnds: now.Add(24 * time.Hour), figures: receive.Figures{Accepted: 1, CertificateEndsMs: ago(0)}}, map[string]float64{"certificate/web": 1, "certificate/webhook": 0, "clock": 0}},
	} {
		want := map[string]float64{}
		for _, all := range []map[string]float64{fine, c.want} {
			for k, v := range all {
				want[k] = v
			}
		}
		got := map[string]float64{}
		for _, r := range c.h.readings(now) {
			key := string(r.What)
			if r.Name != "" {
				key += "/" + r.Name
			}
			if _, twice := got[key]; twice {
				t.Errorf("%s: %s is there twice", name, key)
			}
			got[key] = math.Round(r.Value*1000) / 1000
			if r.Value != 0 && r.Text == "" && r.What != alert.WhatJournal {
				t.Errorf("%s: %s says nothing to do", name, key)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}
