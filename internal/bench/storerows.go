package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// samples adds the report of a minute: eight entries, as most events have.
func (w *filler) samples(b *facts.Batch, j *join, m *domain.Minute) {
	at := m.At + 1000*domain.Instant(uint64(j.ID)%60)
	loss := 0.0
	if m.Reason.Set {
		loss = float64(m.Reason.Value)
	}
	for _, wire := range []domain.Wire{domain.WireAudioInput, domain.WireAudioOutput, domain.WireVideoInput, domain.WireVideoOutput, domain.WireASInput, domain.WireASOutput} {
		s := w.sample(j, wire, at)
		s.Set(domain.LatencyMs, float64(25+w.r.IntN(12)))
		s.Set(domain.JitterMs, float64(2+w.r.IntN(6)))
		s.Set(domain.LossAvgPct, loss)
		s.Set(domain.LossMaxPct, loss)
		kbps := 58 + w.r.IntN(9)
		if wire.Media() != domain.MediaAudio {
			kbps = 900 + w.r.IntN(300)
			s.Set(domain.WidthPx, 1280)
			s.Set(domain.HeightPx, 720)
			s.Set(domain.FrameRateFPS, float64(24+w.r.IntN(3)))
		}
		s.Set(domain.BitrateKbps, float64(kbps))
		b.Samples = append(b.Samples, s)
	}
	cpu := w.sample(j, domain.WireCPUUsage, at)
	for i, metric := range []domain.Metric{domain.CPUZoomMinPct, domain.CPUZoomAvgPct, domain.CPUZoomMaxPct, domain.CPUSystemMaxPct} {
		cpu.Set(metric, float64(8+12*i+w.r.IntN(6)))
	}
	b.Samples = append(b.Samples, cpu)
	if m.NetworkType == "Wifi" {
		radio := w.sample(j, domain.WireWifiRSSI, at)
		for i, metric := range []domain.Metric{domain.RSSIMinDBm, domain.RSSIAvgDBm, domain.RSSIMaxDBm} {
			radio.Set(metric, float64(-62+2*i-w.r.IntN(3)))
		}
		b.Samples = append(b.Samples, radio)
	}
}

func (w *filler) sample(j *join, wire domain.Wire, at domain.Instant) (s facts.Sample) {
	s.Account, s.Meeting, s.Segment, s.At, s.Wire = j.Account, j.Meeting, j.ID, at, wire
	s.Site, s.NetworkType, s.DataCenter = j.who.dims.Site, j.who.dims.NetworkType, j.who.dims.DataCenter
	return s
}

// calls makes the day's telephone calls up: three people in ten call somebody, four minutes each.
func (w *filler) calls(day domain.Instant, b *facts.Batch) (all []domain.Call) {
	for range len(w.people) * 3 / 10 {
		from, to := &w.people[w.r.IntN(len(w.people))], &w.people[w.r.IntN(len(w.people))]
		start := day.Add(time.Duration(7*60+w.r.IntN(10*60)) * time.Minute)
		if start.Add(5*time.Minute) > w.until {
			continue
		}
		end := start.Add(4 * time.Minute)
		c := domain.Call{
			ID: domain.ID(w.r.Uint64() | 1), Account: w.account, ZoomID: fmt.Sprint(7_000_000_000_000_000_000 + w.r.Uint64N(1e18)), Start: start, Connected: start + 9000, End: end,
			FirstSeen: start, LastSeen: end, Caller: party(from), Callee: party(to),
		}
		all = append(all, c)
		for m := range domain.Instant(4) {
			for _, side := range []domain.CallSide{domain.SideCaller, domain.SideCallee} {
				for _, direction := range []domain.Direction{domain.DirectionSend, domain.DirectionReceive} {
					b.CallSamples = append(b.CallSamples, domain.CallSample{
						Call: c.ID, Account: c.Account, At: start + m*60_000, Side: side, Direction: direction, BitrateKbps: domain.Some(64),
						LossAvgPct: domain.Some(float64(w.r.IntN(10)) / 10), JitterMs: domain.Some(float64(2 + w.r.IntN(8))), MOS: domain.Some(float64(380+w.r.IntN(60)) / 100),
					})
				}
			}
		}
	}
	return all
}

func party(w *worker) domain.CallParty {
	return domain.CallParty{
		Person: w.ID, ZoomID: w.ZoomUserID, Email: w.Email, Number: "+4930" + fmt.Sprint(1_000_000+uint64(w.ID)%9_000_000), Extension: fmt.Sprint(1000 + uint64(w.ID)%9000),
		Device: "Zoom Workplace", ConnectionType: "UDP", Network: map[string]string{"Wifi": "WiFi", "Wired": "LAN"}[w.dims.NetworkType],
	}
}

// alert stores an alert for each incident, as the rule for incidents raises it.
func (w *filler) alert(ctx context.Context, incidents []domain.Incident) error {
	rows := make([]registry.AlertRow, len(incidents))
	for i := range incidents {
		in := &incidents[i]
		a := alert.Alert{
			ID: domain.ID(w.r.Uint64() | 1), Rule: "Incident", Kind: alert.KindIncident, Subject: alert.Subject{Kind: alert.OfIncident, ID: in.ID}, Severity: alert.Warning,
			State: alert.Resolved, Raised: in.Opened, Began: in.Start, Updated: in.Updated, Ended: in.End, Incident: in.ID, Cause: in.Cause, Cell: in.Cell, Direction: in.Direction,
			Confidence: in.Confidence, Inside: in.Inside, Elsewhere: in.Elsewhere, Affected: in.Affected, Minutes: in.Minutes,
			Timeline: []alert.Line{{At: in.Opened, What: alert.Raised}},
		}
		if in.End == 0 {
			a.State = alert.Firing
		}
		body, err := json.Marshal(&a)
		if err != nil {
			return fmt.Errorf("encode an alert: %w", err)
		}
		rows[i] = registry.AlertRow{
			ID: a.ID, Rule: a.Rule, Severity: string(a.Severity), Firing: a.State == alert.Firing, Raised: a.Raised, Ended: a.Ended, Incident: a.Incident, Body: body,
		}
	}
	engine, err := alert.NewEngine(nil, nil).State()
	if err != nil {
		return err
	}
	return w.registry.SaveAlerts(ctx, engine, rows, nil)
}

const incidentsADay = 40

// incidents makes the day's incidents up: the longest spells of single people, and two sites.
func (w *filler) incidents(day domain.Instant, all []gathering) (out []domain.Incident) {
	for i := range all {
		for k := range all[i].joins {
			j := &all[i].joins[k]
			if len(out) == incidentsADay {
				break
			}
			if j.grade != domain.Bad || j.calm-j.bad < 12 {
				continue
			}
			out = append(out, w.incident(j.cause, domain.Cell{Scope: domain.ScopePerson, ID: j.Person}, day, j.bad, j.calm, []domain.ID{j.Meeting}, []domain.ID{j.Person}))
		}
	}
	for range 2 {
		site := &w.sites[w.r.IntN(offices)]
		var people, meetings []domain.ID
		for i := range w.people {
			if w.people[i].dims.Site == site.ID && len(people) < 60 {
				people = append(people, w.people[i].ID)
			}
		}
		for range 12 {
			meetings = append(meetings, all[w.r.IntN(len(all))].ID)
		}
		at := 8*60 + w.r.IntN(6*60)
		out = append(out, w.incident(domain.CauseLocalNetwork, domain.Cell{Scope: domain.ScopeSite, ID: site.ID}, day, at, at+25, meetings, people))
	}
	return out
}

func (w *filler) incident(cause domain.Cause, cell domain.Cell, day domain.Instant, from, to int, meetings, people []domain.ID) domain.Incident {
	start, end := day.Add(time.Duration(from)*time.Minute), day.Add(time.Duration(to)*time.Minute)
	in := domain.Incident{
		ID: domain.ID(w.r.Uint64() | 1), Account: w.account, Cause: cause, Cell: cell, Severity: domain.SeverityMinor, State: domain.IncidentClosed,
		Start: start, End: end, Opened: start.Add(2 * time.Minute), Updated: end, Direction: domain.DirectionReceive, Confidence: 80,
		Inside: domain.Count{Bad: len(people), Of: len(people)}, Elsewhere: domain.Count{Bad: 3, Of: 400}, Affected: len(people), Minutes: len(people) * (to - from),
		Metric: domain.LossAvgPct, Meetings: meetings, People: people,
		Timeline: []domain.IncidentEvent{{At: start, What: domain.IncidentOpened, Cause: cause, Cell: cell}, {At: end, What: domain.IncidentEnded, Cause: cause, Cell: cell}},
	}
	if len(people) > 5 {
		in.Severity = domain.SeverityMajor
	}
	if end > w.until {
		in.End, in.State, in.Updated = 0, domain.IncidentOpen, w.until
	}
	return in
}
