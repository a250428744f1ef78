package incident_test

import (
	"slices"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// The situations in which grouping goes wrong, each as the pictures that causes give of it and the incidents that must come
// of them: "state cause in cell", in order of opening, after half an hour of peace.
func TestScenarios(t *testing.T) {
	site := people(1, 20)
	lyonTalker := trouble(1, earshot.CauseWifi, 4, nine)
	for name, tt := range map[string]struct {
		play func(s *story)
		want []string
	}{
		"site outage: one incident, its listeners elsewhere have none": {func(s *story) {
			s.senders = sender(0x999, people(500, 30))
			s.until(at(10, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
				return []cause.Fault{fault(lyon, site)},
					[]cause.Trouble{trouble(500, earshot.CauseRemote, 5, now), trouble(3, earshot.CauseUnknown, 5, now)}
			})
		}, []string{"closed local-network in " + lyon.String()}},
		"one subnet of a large site: scope subnet": {func(s *story) {
			s.until(at(10, 0), always(fault(subnet, site)))
		}, []string{"closed local-network in " + subnet.String()}},
		"a weak signal during a site outage: the person's share stays inside": {func(s *story) {
			s.until(at(1, 0), always(fault(lyon, site)))
			s.until(at(10, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
				return []cause.Fault{fault(lyon, site)}, []cause.Trouble{trouble(5, earshot.CauseUnknown, 5, now)}
			})
		}, []string{"closed local-network in " + lyon.String()}},
		"data centre at half strength while a site is down: both": {func(s *story) {
			s.until(at(10, 0), always(fault(lyon, site), fault(fr, append(people(1, 20), people(1000, 100)...))))
		}, []string{"closed local-network in " + lyon.String(), "closed zoom-edge in " + fr.String()}},
		"ISP seen by two sites and homes: one": {func(s *story) {
			s.until(at(10, 0), always(fault(orange, append(people(1, 20), people(100, 25)...))))
		}, []string{"closed isp in " + orange.String()}},
		"ISP of a single site: unknown with both names": {func(s *story) {
			f := fault(lyon, site)
			f.Confidence, f.Rivals = 0.5, []earshot.Cause{earshot.CauseISP}
			s.until(at(10, 0), always(f))
		}, []string{"closed unknown in " + lyon.String()}},
		"VPN users of a faulty ISP: no VPN incident": {func(s *story) {
			who := append(people(1, 20), people(100, 25)...)
			s.until(at(2, 0), always(fault(orange, who)))
			s.until(at(10, 0), always(fault(orange, who), weak(pool, people(100, 6))))
		}, []string{"closed isp in " + orange.String()}},
		"all-hands with a bad talker: the talker's": {func(s *story) {
			s.senders = sender(lyonTalker.Segment, people(1000, 249))
			s.until(at(5, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
				lyonTalker.Last = now
				return []cause.Fault{fault(earshot.Cell{Scope: earshot.ScopeMeeting, ID: 0x700}, people(1000, 249))}, []cause.Trouble{lyonTalker}
			})
		}, []string{"closed wifi in person 0000000000000001"}},
		"three of a site of three": {func(s *story) {
			s.until(at(4, 0), always(weak(lyon, people(1, 3))))
		}, []string{"closed local-network in " + lyon.String()}},
		"a chronic line": {func(s *story) {
			s.until(at(60, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
				x := trouble(1, earshot.CauseWifi, 3, now)
				x.BaseRate = 0.08
				return nil, []cause.Trouble{x}
			})
		}, nil},
		"the breakdown of that line": {func(s *story) {
			s.until(at(20, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
				x := trouble(1, earshot.CauseWifi, 5, now)
				x.BaseRate = 0.08
				return nil, []cause.Trouble{x}
			})
		}, []string{"closed wifi in person 0000000000000001"}},
		"a weak fault that ends and leaves a relative": {func(s *story) {
			s.until(at(30, 0), always(weak(lyon, site)))
			s.until(at(36, 0), always(weak(version, people(3, 8))))
		}, []string{"closed local-network in " + lyon.String()}},
		"two faults, one ends": {func(s *story) {
			both := always(fault(lyon, site), fault(fr, people(1000, 100)))
			s.until(at(10, 0), both)
			s.until(at(22, 0), always(fault(fr, people(1000, 100)), weak(subnet, people(1, 5))))
			s.until(at(30, 0), always(fault(fr, people(1000, 100))))
		}, []string{"closed local-network in " + lyon.String(), "closed zoom-edge in " + fr.String()}},
		"a healthy day with a bad minute here and there": {func(s *story) {
			s.until(at(480, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
				m := int(now.Sub(nine).Minutes())
				var faults []cause.Fault
				if m%9 == 0 {
					faults = append(faults, weak(version, people(m, 3)))
				}
				return faults, []cause.Trouble{trouble(m/2, earshot.CauseUnknown, 2, now), trouble(900+m/3, earshot.CauseDevice, 2, now)}
			})
		}, nil},
	} {
		s := newStory(t)
		tt.play(s)
		until := s.now + 1_800_000
		s.until(until, quietly)
		var got []string
		for _, i := range s.all() {
			got = append(got, i.State.String()+" "+i.Cause.String()+" in "+i.Cell.String())
		}
		slices.Sort(got)
		want := slices.Clone(tt.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got%s\nwant %q", name, brief(s.all()), tt.want)
		}
	}
}
