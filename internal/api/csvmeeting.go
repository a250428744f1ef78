package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// csvStep is how much of a meeting is read at a time, so that a long one with many people is not in memory at once.
const csvStep = 30 * 60_000

// minuteColumns is the head of a meeting's file: a row for each person and minute.
func minuteColumns() []cell {
	head := []cell{
		"time", "person", "email", "external", "participant_id", "segment", "site", "network_type", "device", "client_version", "data_center", "isp", "connection_type",
		"grade", "unclassified_because", "reason", "reason_metric", "reason_value", "reason_bound", "cause", "cause_confidence_%", "cause_candidate",
	}
	for s := range earshot.StreamSlot(earshot.SlotCount) {
		head = append(head, cell(s.String()+"_grade"))
	}
	head = append(head, "zoom_audio", "zoom_video", "zoom_share", "reports", "sealed")
	for _, s := range streamSlots {
		for _, m := range streamFigures(s) {
			head = append(head, cell(s.String()+"_"+m.name))
		}
	}
	for _, m := range hostFigures {
		head = append(head, cell(m.name))
	}
	return head
}

// figure is a metric of a minute: the mean of its reports, or the greatest or least.
type figure struct {
	name   string
	metric earshot.Metric
	worst  int // 1 the greatest, -1 the least, 0 the mean
}

var (
	streamSlots = []earshot.StreamSlot{
		earshot.SlotAudioSend, earshot.SlotAudioReceive, earshot.SlotVideoSend, earshot.SlotVideoReceive, earshot.SlotShareSend, earshot.SlotShareReceive,
	}
	networkFigures = []figure{
		{"bitrate_kbps", earshot.BitrateKbps, 0}, {"latency_ms", earshot.LatencyMs, 1}, {"jitter_ms", earshot.JitterMs, 1},
		{"avg_loss_%", earshot.LossAvgPct, 0}, {"max_loss_%", earshot.LossMaxPct, 1},
	}
	pictureFigures = []figure{{"frame_rate_fps", earshot.FrameRateFPS, 0}, {"width_px", earshot.WidthPx, 1}, {"height_px", earshot.HeightPx, 1}}
	hostFigures    = []figure{
		{"zoom_avg_cpu_%", earshot.CPUZoomAvgPct, 0}, {"system_max_cpu_%", earshot.CPUSystemMaxPct, 1}, {"avg_rssi_dbm", earshot.RSSIAvgDBm, 0}, {"min_rssi_dbm", earshot.RSSIMinDBm, -1},
	}
)

func streamFigures(s earshot.StreamSlot) []figure {
	if s <= earshot.SlotAudioReceive {
		return networkFigures
	}
	return slices.Concat(networkFigures, pictureFigures)
}

// of reduces the reports of a minute to one number; "" where none says it.
func (f *figure) of(samples []*facts.Sample) cell {
	sum, n := 0.0, 0
	for _, s := range samples {
		x, ok := s.Get(f.metric)
		if !ok {
			continue
		}
		switch {
		case n == 0 || f.worst > 0 && x > sum || f.worst < 0 && x < sum:
			sum = x
		case f.worst == 0:
			sum += x
		}
		n++
	}
	if n == 0 {
		return ""
	}
	if f.worst == 0 {
		sum /= float64(n)
	}
	sum = math.Round(sum*100) / 100
	return number(&sum)
}

func (a *API) csvMeeting(ctx context.Context, in *meetingMinutesInput) (string, func(context.Context, *table) error, error) {
	m, now, err := a.meeting(ctx, in.ID.ID)
	if err != nil {
		return "", nil, err
	}
	from, to := bounds(m, now != nil)
	if from, to, err = in.within(from, to); err != nil {
		return "", nil, err
	}
	if to == 0 {
		to = a.live.Watermark().Minute() + 60_000
	}
	all, err := a.joins(ctx, m.ID, nil)
	if err != nil {
		return "", nil, err
	}
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return "", nil, err
	}
	byID := make(map[earshot.ID]*join, len(all))
	for i := range all {
		byID[all[i].segment.ID] = &all[i]
	}
	rows := func(ctx context.Context, t *table) error {
		for at := from; at < to; at += csvStep {
			if err := a.csvMinutes(ctx, t, m, byID, sites, at, min(at+csvStep, to)); err != nil {
				return err
			}
		}
		return nil
	}
	return fileName("meeting", timeOf(began(m)), m.ID, ".csv"), rows, nil
}

// csvMinutes writes the minutes of a part of a meeting, by time and then by name.
func (a *API) csvMinutes(ctx context.Context, t *table, m *earshot.Meeting, joins map[earshot.ID]*join, sites map[earshot.ID]*earshot.Site, from, to earshot.Instant) error {
	minutes, err := a.meetingMinutes(ctx, m, from, to)
	if err != nil {
		return err
	}
	samples, err := a.facts.Samples(ctx, facts.Filter{From: from, To: to, Account: m.Account, Meeting: m.ID, Limit: maxSamples})
	if err != nil {
		return fmt.Errorf("samples of meeting %s: %w", m.ID, err)
	}
	reports := make(map[earshot.MinuteKey][]*facts.Sample)
	for i := range samples {
		k := earshot.MinuteKey{Segment: samples[i].Segment, At: samples[i].At.Minute()}
		reports[k] = append(reports[k], &samples[i])
	}
	type line struct {
		at    earshot.Instant
		name  string
		cells []cell
	}
	var lines []line
	audio, video := a.meaning(m.Account)
	for segment, row := range minutes {
		j := joins[segment]
		if j == nil {
			j = &join{segment: &earshot.Segment{ID: segment}}
		}
		for i := range row {
			x := &row[i]
			lines = append(lines, line{x.At, j.name(), minuteCells(j, &x.Minute, x.Open, sites, reports[x.Key()], audio, video)})
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.name, b.name), slices.Compare(a.cells, b.cells))
	})
	for i := range lines {
		if err := t.row(lines[i].cells...); err != nil {
			return err
		}
	}
	return nil
}

func minuteCells(j *join, m *earshot.Minute, open bool, sites map[earshot.ID]*earshot.Site, reports []*facts.Sample, audio, video earshot.InputMeaning) []cell {
	email := ""
	if j.person != nil {
		email = j.person.Email
	}
	site := ""
	if ref := siteRef(m.Site, sites); ref != nil {
		site = ref.Name
	}
	out := []cell{
		moment(timeOf(m.At)), text(j.name()), text(email), yes(j.segment.External), text(j.segment.InMeetingID), cell(m.Segment.String()), text(site), text(m.NetworkType),
		text(m.DeviceClass), text(m.ClientVersion), text(m.DataCenter), text(m.ISP), text(m.Transport), cell(m.Grade.String()), word(m.Why),
	}
	out = append(out, reasonCells(reasonOf(m.Reason, m.Grade))...)
	out = append(out, causeCells(&m.Verdict)...)
	for _, g := range m.Slots {
		out = append(out, word(g))
	}
	out = append(out, word(m.ZoomAudio), word(m.ZoomVideo), word(m.ZoomShare), count(int(m.Reports)), yes(!open))
	var bySlot [earshot.SlotCount][]*facts.Sample
	for _, r := range reports {
		if s, ok := earshot.SlotOf(r.Wire.Media(), direction(r.Wire, audio, video)); ok {
			bySlot[s] = append(bySlot[s], r)
		}
	}
	for _, s := range streamSlots {
		for _, f := range streamFigures(s) {
			out = append(out, f.of(bySlot[s]))
		}
	}
	for i := range hostFigures {
		out = append(out, hostFigures[i].of(reports))
	}
	return out
}

func reasonCells(r *Reason) []cell {
	if r == nil {
		return []cell{"", "", "", ""}
	}
	return []cell{text(r.Text), word(r.Metric), number(&r.Value), number(&r.Bound)}
}

func causeCells(v *earshot.Verdict) []cell {
	if v.Cause == earshot.CauseNone {
		return []cell{"", "", ""}
	}
	return []cell{word(v.Cause), count(int(v.Confidence)), word(v.Candidate)}
}
