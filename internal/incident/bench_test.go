package incident_test

import (
	"fmt"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
)

// BenchmarkTick is a bad moment of 50,000 people: fourteen faults of 2,000 people each, and 1,500 people in trouble of their
// own, a third of whom have an incident.
func BenchmarkTick(b *testing.B) {
	r := hasty()
	e := incident.New(incident.Options{Account: account, Key: key, Rules: r})
	p := cause.Picture{}
	for n := range 14 {
		p.Faults = append(p.Faults, fault(earshot.Cell{Scope: earshot.ScopeISP, Name: fmt.Sprint(n)}, people(1+1500*n, 2000)))
	}
	for n := range 1500 {
		c := earshot.CauseRemote
		if n%3 == 0 {
			c = earshot.CauseWifi
		}
		p.People = append(p.People, trouble(100_000+n, c, 5, nine))
		p.Heard = append(p.Heard, cause.Heard{Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: earshot.ID(100_000 + n)}, Last: nine})
	}
	b.ReportAllocs()
	now := nine
	for b.Loop() {
		now += 10_000
		p.Now = now
		for n := range p.People {
			p.People[n].Last = now
		}
		e.Tick(p)
	}
	if len(e.Live()) < 500 {
		b.Fatalf("%d incidents are live", len(e.Live()))
	}
}
