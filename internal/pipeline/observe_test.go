package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/site"
)

// observedRules are testRules with sites and a meaning of *_input.
func observedRules(t *testing.T, input earshot.InputMeaning) Rules {
	t.Helper()
	rules := testRules()
	file := filepath.Join(t.TempDir(), "sites.csv")
	if err := os.WriteFile(file, []byte(`name,range,zone,isp,link_mbps,vpn,tags
Lyon office,10.20.0.0/16,Europe/Paris,Orange,100,false,
Lyon office,192.0.2.16/28,Europe/Paris,Orange,100,false,
VPN pool,10.250.0.0/16,Europe/Paris,Orange,100,true,
`), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := site.Load(file, "", rules.Keys.Site)
	if err != nil {
		t.Fatal(err)
	}
	rules.Sites = func() *site.Table { return table }
	rules.Input = func(earshot.ID) (audio, video earshot.InputMeaning) { return input, input }
	return rules
}

func sample(at earshot.Instant, w earshot.Wire, values ...float64) earshot.Sample {
	s := earshot.Sample{At: at, Wire: w}
	for i := 0; i < len(values); i += 2 {
		s.Set(earshot.Metric(values[i]), values[i+1])
	}
	return s
}

var sameNumbers = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-4)}

func TestObserveFindsTheGroups(t *testing.T) {
	rules := observedRules(t, earshot.InputReceived)
	id := rules.Keys.Site
	base := earshot.DeviceSnapshot{At: 1, NetworkType: "Wifi", DataCenter: "FR", ClientVersion: "6.5.10.11916", ConnectionType: "UDP", Device: "Mac"}
	want := cause.Cells{NetworkType: "Wifi", DataCenter: "FR", ClientVersion: "6.5.10", Transport: "UDP", DeviceClass: "Mac"}
	for _, c := range []struct {
		name, public, internal, microphone, speaker string
		want                                        cause.Cells
	}{
		{"an office by its internal network", "192.0.2.17", "10.20.4.7", "", "", cause.Cells{Site: id("Lyon office"), Subnet: "10.20.4.0/24", ISP: "Orange"}},
		{"an office by its way out", "192.0.2.17", "172.16.9.7", "", "", cause.Cells{Site: id("Lyon office"), Subnet: "172.16.9.0/24", ISP: "Orange"}},
		{"an office without internal addresses", "192.0.2.17", "", "", "", cause.Cells{Site: id("Lyon office"), Subnet: "192.0.2.0/24", ISP: "Orange"}},
		{"a home", "203.0.113.9", "192.168.1.20", "", "", cause.Cells{Site: id("203.0.113.0/24"), SiteDerived: true, Subnet: "203.0.113.0/24"}},
		{"a home with IPv6", "2001:db8:7:1::5", "192.168.1.20", "", "", cause.Cells{Site: id("2001:db8:7::/48"), SiteDerived: true, Subnet: "2001:db8:7::/48"}},
		{"behind the VPN, only the pool is known", "192.0.2.17", "10.250.1.2", "", "", cause.Cells{VPN: "VPN pool"}},
		{"nothing is known", "", "", "", "", cause.Cells{}},
		{"addresses that are none", "somewhere", "10.20.4", "", "", cause.Cells{}},
		{"a headset", "", "", "Headset Microphone (Jabra Evolve2 65)", "Speakers (Realtek)", cause.Cells{Headset: "Jabra Evolve2 65"}},
		{"a speaker where the microphone tells nothing", "", "", "Mikrofon", "Speakers (Realtek)", cause.Cells{Headset: "Realtek"}},
		{"nobody's name", "", "", "AirPods Pro von Anna Schmidt", "", cause.Cells{Headset: "AirPods Pro"}},
		{"nobody's name before it", "", "", "Anna's AirPods", "", cause.Cells{Headset: "AirPods"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, want := base, want
			d.PublicIP, d.InternalIP, d.Microphone, d.Speaker = c.public, c.internal, c.microphone, c.speaker
			want.Site, want.SiteDerived, want.Subnet, want.ISP, want.VPN, want.Headset = c.want.Site, c.want.SiteDerived, c.want.Subnet, c.want.ISP, c.want.VPN, c.want.Headset
			places := newPlaces(rules.Sites)
			seg := &earshot.Segment{ID: 7, Devices: []earshot.DeviceSnapshot{d}}
			row := &earshot.Minute{At: 60_000, Dimensions: places.dimensions(seg, 60_000)}
			if diff := cmp.Diff(want, observe(row, nil, seg, &rules, places).Cells); diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
		})
	}
	places := newPlaces(rules.Sites)
	if got := observe(&earshot.Minute{}, nil, &earshot.Segment{}, &rules, places).Cells; got != (cause.Cells{}) {
		t.Errorf("a segment without device data is in %+v, want nowhere", got)
	}
}

func TestObserveCollectsEvidence(t *testing.T) {
	const kbps, loss, jitter, latency, fps = float64(earshot.BitrateKbps), float64(earshot.LossAvgPct), float64(earshot.JitterMs), float64(earshot.LatencyMs), float64(earshot.FrameRateFPS)
	nan := math.NaN()
	nothing := cause.Direct{
		CPUSystemMaxPct: nan, CPUZoomMaxPct: nan, Pressure: nan, RSSIAvgDBm: nan, RSSIMinDBm: nan, AudioSendKbps: nan, AudioSendLossPct: nan,
		AudioSendJitterMs: nan, VideoSendFPS: nan, VideoSendKbps: nan, VideoSendLossPct: nan, SendLossPct: nan, ReceiveLossPct: nan,
		SendJitterMs: nan, ReceiveJitter: nan, LatencyMs: nan,
	}
	with := func(change func(*cause.Direct)) cause.Direct {
		d := nothing
		change(&d)
		return d
	}
	for _, c := range []struct {
		name    string
		input   earshot.InputMeaning
		samples []earshot.Sample
		want    cause.Direct
	}{
		{"nothing", earshot.InputReceived, nil, nothing},
		{"input is received", earshot.InputReceived, []earshot.Sample{sample(1, earshot.WireAudioInput, kbps, 60, loss, 4, jitter, 9, latency, 80)},
			with(func(d *cause.Direct) { d.ReceiveLossPct, d.ReceiveJitter, d.LatencyMs = 4, 9, 80 })},
		{"input is sent", earshot.InputSent, []earshot.Sample{sample(1, earshot.WireAudioInput, kbps, 60, loss, 4, jitter, 9, latency, 80)},
			with(func(d *cause.Direct) {
				d.SendLossPct, d.SendJitterMs, d.LatencyMs = 4, 9, 80
				d.AudioSendKbps, d.AudioSendLossPct, d.AudioSendJitterMs, d.TalkKnown, d.Talking = 60, 4, 9, true, true
			})},
		{"an idle stream says nothing", earshot.InputReceived, []earshot.Sample{sample(1, earshot.WireAudioOutput, loss, 40), sample(1, earshot.WireVideoOutput, kbps, 0, loss, 40)}, nothing},
		{"silence is no talk", earshot.InputReceived, []earshot.Sample{sample(1, earshot.WireAudioOutput, kbps, talkKbps)},
			with(func(d *cause.Direct) { d.TalkKnown, d.AudioSendKbps = true, talkKbps })},
		{"reports are averaged, the worst stream counts", earshot.InputReceived, []earshot.Sample{
			sample(1, earshot.WireVideoOutput, kbps, 500, loss, 2, fps, 20), sample(2, earshot.WireVideoOutput, kbps, 300, loss, 6, fps, 10),
			sample(1, earshot.WireASInput, kbps, 90, loss, 1, jitter, 30)},
			with(func(d *cause.Direct) {
				d.VideoSendKbps, d.VideoSendLossPct, d.VideoSendFPS, d.SendLossPct, d.SendJitterMs = 400, 4, 15, 4, 30
			})},
		{"a browser", earshot.InputReceived, []earshot.Sample{sample(1, earshot.WireAudioDeviceToRWG, kbps, 60, loss, 3)},
			with(func(d *cause.Direct) { d.ReceiveLossPct = 3 })},
		{"the computer and the radio", earshot.InputReceived, []earshot.Sample{
			sample(1, earshot.WireCPUUsage, float64(earshot.CPUSystemMaxPct), 97, float64(earshot.CPUZoomMaxPct), 30, float64(earshot.PressureMax), 4),
			sample(1, earshot.WireWifiRSSI, float64(earshot.RSSIAvgDBm), -70, float64(earshot.RSSIMinDBm), -80), sample(2, earshot.WireWifiRSSI, float64(earshot.RSSIAvgDBm), -74)},
			with(func(d *cause.Direct) {
				d.CPUSystemMaxPct, d.CPUZoomMaxPct, d.Pressure, d.RSSIAvgDBm, d.RSSIMinDBm = 97, 30, 4, -72, -80
			})},
		{"what cannot be is absent", earshot.InputReceived, []earshot.Sample{
			sample(1, earshot.WireWifiRSSI, float64(earshot.RSSIAvgDBm), 0), sample(1, earshot.WireAudioInput, kbps, 60, loss, -1, jitter, math.Inf(1)),
			sample(1, earshot.WireCPUUsage, float64(earshot.CPUSystemMaxPct), nan)}, nothing},
		{"Zoom's own notification", earshot.InputReceived, []earshot.Sample{sample(1, earshot.WireNotification)},
			with(func(d *cause.Direct) { d.LowBandwidth = true })},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := observedRules(t, c.input)
			if diff := cmp.Diff(c.want, directOf(1, c.samples, &rules), sameNumbers); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}

func TestObserveTellsDirectionsAndTimes(t *testing.T) {
	rules := observedRules(t, earshot.InputReceived)
	row := &earshot.Minute{Segment: 1, Meeting: 2, Person: 3, At: 60_000, Grade: earshot.Bad}
	row.Slots[earshot.SlotVideoSend], row.Slots[earshot.SlotAudioReceive], row.Slots[earshot.SlotCPU] = earshot.Fair, earshot.Bad, earshot.Poor
	samples := []earshot.Sample{sample(90_000, earshot.WireAudioInput), sample(75_000, earshot.WireAudioInput)}
	got := observe(row, samples, &earshot.Segment{ID: 1, External: true}, &rules, newPlaces(rules.Sites))
	want := cause.Observation{
		Segment: 1, Meeting: 2, Person: 3, Guest: true, At: 60_000, First: 75_000, Last: 90_000,
		Send: earshot.Fair, Receive: earshot.Bad, Grade: earshot.Bad, Device: earshot.Poor,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(cause.Observation{}, "Direct", "Cells")); diff != "" {
		t.Errorf("observation (-want +got):\n%s", diff)
	}
}

func TestReleaseCutsTheBuild(t *testing.T) {
	for in, want := range map[string]string{"6.5.10.11916": "6.5.10", "6.5.10.1.2": "6.5.10", "6.5.10": "6.5.10", "6.5": "6.5", "": ""} {
		if got := release(in); got != want {
			t.Errorf("release(%q) = %q, want %q", in, got, want)
		}
	}
}

// observationsOf returns those of a segment's open minutes.
func observationsOf(f *Fold, segment earshot.ID) (list []cause.Observation) {
	for _, m := range f.minutes.bySegment[segment] {
		if row, _, ok := f.grade(segment, m); ok {
			list = append(list, observe(&row, f.minutes.samples(segment, m), f.identity.Segment(segment), &f.rules, f.places))
		}
	}
	return list
}

// Every open minute of a fold over traffic has an observation that agrees with the row the live view gets.
func TestObservationsAreThoseOfTheOpenMinutes(t *testing.T) {
	records := traffic(t, 60, 6*time.Minute, 1)
	f := NewFold(testRules())
	foldAll(f, records)
	u := f.LiveUpdate(records[len(records)-1].ReceivedAt)
	compared, send, receive := 0, 0, 0
	for _, m := range u.Minutes {
		if !m.Open {
			continue
		}
		for _, o := range observationsOf(f, m.Segment) {
			if o.At != m.At {
				continue
			}
			compared++
			if o.Grade != m.Grade || o.Person != m.Person || o.Meeting != m.Meeting || o.First.Minute() != m.At || o.Last < o.First {
				t.Errorf("observation %+v of %+v", o, m.Minute)
			}
			if o.Send != earshot.Unclassified {
				send++
			}
			if o.Receive != earshot.Unclassified {
				receive++
			}
		}
	}
	if compared < 40 || send == 0 || receive == 0 {
		t.Errorf("%d observations, %d classified sending, %d receiving", compared, send, receive)
	}
	if at, _ := f.Looked(); at == 0 || at > f.Watermark() || f.Watermark()-at > 2*lookEvery {
		t.Errorf("the last look was at %v, it is %v", at.Time(), f.Watermark().Time())
	}
}
