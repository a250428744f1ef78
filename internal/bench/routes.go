package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"time"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// slowest is what 95 of 100 requests may take.
const slowest = 200 * time.Millisecond

// measureRoutes asks every GET route of the API over a filled store, in this process, and prints how long each took.
func measureRoutes(ctx context.Context, args []string) (err error) {
	set := flag.NewFlagSet("routes", flag.ContinueOnError)
	dir := set.String("dir", "", "data folder that store filled")
	each := set.Int("requests", 40, "requests for each question")
	only := set.String("only", "", "only questions that contain this")
	if err := set.Parse(args); err != nil {
		return err
	}
	o, err := openStore(ctx, *dir)
	defer func() { err = errors.Join(err, o.Close()) }()
	if err != nil {
		return err
	}
	p, err := pick(ctx, o)
	if err != nil {
		return err
	}
	a, err := api.New(api.Options{Registry: o.registry, Facts: o.facts, Live: o.live, Places: o, Alerts: o.alerts, Version: "bench"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	p.now = o.live.Watermark()
	st := o.live.Status()
	fmt.Printf("  %d people in %d live meetings at %s; %d requests each; 95 of 100 within %v\n", st.People, st.Meetings, p.now.Time().Format(time.RFC3339), *each, slowest)
	fmt.Printf("  %-58s %10s %10s %10s %10s %10s %9s\n", "question", "first", "p50", "p95", "p99", "processor", "bytes")
	questions, without := p.questions(a.Routes())
	var refused []error
	for _, q := range questions {
		if strings.Contains(q.name, *only) {
			if why := ask(ctx, a.Handler(), q, *each); why != "" {
				refused = append(refused, fmt.Errorf("%s: %s", q.name, why))
			}
		}
	}
	for _, w := range without {
		fmt.Println("  not asked:", w)
	}
	return errors.Join(refused...)
}

// ask puts a question a number of times, each time about something else, and prints the figures. It says what was refused.
func ask(ctx context.Context, h http.Handler, q question, n int) (refused string) {
	var took []time.Duration
	bytes, first := 0, time.Duration(0)
	cpu := cpuOf(os.Getpid())
	for i := range n + 1 {
		req := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1"+q.path(), nil)
		w := httptest.NewRecorder()
		begun := time.Now()
		h.ServeHTTP(w, req)
		if i > 0 { // the first one fills caches that a running monitor has filled, or answers for others after it
			took = append(took, time.Since(begun))
		} else {
			first, cpu = time.Since(begun), cpuOf(os.Getpid())
		}
		bytes += w.Body.Len()
		if w.Code != http.StatusOK {
			refused = fmt.Sprintf("%d for %s", w.Code, req.URL)
		}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[min(len(took)-1, int(share*float64(len(took))))] }
	note := ""
	if max(at(0.95), first) > slowest {
		note = "  SLOW"
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	cpu = (cpuOf(os.Getpid()) - cpu) / time.Duration(n)
	fmt.Printf("  %-58s %10s %10s %10s %10s %10s %9d%s  %s\n", q.name, ms(first), ms(at(0.5)), ms(at(0.95)), ms(at(0.99)), ms(cpu), bytes/(n+1), note, refused)
	return refused
}

// question is one thing that a page asks.
type question struct {
	name string
	path func() string
}

// picks are things to ask about.
type picks struct {
	r                                     *rand.Rand
	now                                   domain.Instant
	meetings, segments, persons, calls    []domain.ID
	incidents, sites, series, largest     []domain.ID
	shared                                []domain.ID // incidents about several people
	alerts                                []domain.ID
	names, numbers, addresses, hosts      []string
	macs, emails                          []string
	versions, networks, carriers, centers []string
}

// pick draws from the registry what the questions are about: meetings of all days, and people, calls and places.
func pick(ctx context.Context, o *opened) (*picks, error) {
	r := o.registry
	p := &picks{
		r: rand.New(rand.NewPCG(5, 5)), versions: versions, networks: []string{"Wired", "Wifi"}, carriers: carriers, centers: centers,
		addresses: []string{"10.7.1.4", "10.12.3.9", "10.4.2", "81.0.7.11"}, hosts: []string{"PC-00123", "PC-0421", "PC-03"}, macs: []string{"02:00:5e:00:00:7b", "02:00:5e:00:01", "02:00:5e:00:10:0f"},
	}
	const pages = 50
	q := registry.MeetingQuery{Limit: 1000}
	for range pages {
		found, err := r.Meetings(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(found.Items); i += 20 {
			m := &found.Items[i]
			p.meetings, p.series, p.numbers = append(p.meetings, m.ID), append(p.series, m.Series), append(p.numbers, m.Number)
		}
		if q.After = found.Next; q.After == "" {
			break
		}
	}
	if len(p.meetings) == 0 {
		return nil, errors.New("nobody met in this store: fill it first")
	}
	for _, id := range p.meetings {
		segments, err := r.SegmentsOf(ctx, id)
		if err != nil {
			return nil, err
		}
		p.segments = append(p.segments, segments[0].ID)
		if len(segments) > 40 || len(p.largest) == 0 {
			p.largest = append(p.largest, id)
		}
	}
	persons, err := r.Persons(ctx, registry.PersonQuery{Limit: 1000})
	if err != nil {
		return nil, err
	}
	for i := range persons.Items {
		p.persons = append(p.persons, persons.Items[i].ID)
		p.names = append(p.names, strings.Fields(persons.Items[i].Name)[0])
		if mail := persons.Items[i].Email; mail != "" {
			p.emails = append(p.emails, mail)
		}
	}
	return p, p.pickMore(ctx, r)
}

func (p *picks) pickMore(ctx context.Context, r *registry.Registry) error {
	calls, err := r.Calls(ctx, registry.CallQuery{Limit: 500})
	if err != nil {
		return err
	}
	for i := range calls.Items {
		p.calls = append(p.calls, calls.Items[i].ID)
	}
	incidents, err := r.Incidents(ctx, registry.IncidentQuery{Limit: 500})
	if err != nil {
		return err
	}
	for i := range incidents.Items {
		p.incidents = append(p.incidents, incidents.Items[i].ID)
		if !incidents.Items[i].Personal() {
			p.shared = append(p.shared, incidents.Items[i].ID)
		}
	}
	alerts, err := r.Alerts(ctx, registry.AlertQuery{Limit: 500})
	if err != nil {
		return err
	}
	for i := range alerts.Items {
		p.alerts = append(p.alerts, alerts.Items[i].ID)
	}
	sites, err := r.Sites(ctx)
	for i := range sites {
		p.sites = append(p.sites, sites[i].ID)
	}
	return err
}

// liveAt puts the meetings that are still running into a live state, as the pipeline would have.
func liveAt(ctx context.Context, r *registry.Registry, s *duckdb.Store) (*live.State, error) {
	now := live.New(live.Options{})
	newest, err := r.Meetings(ctx, registry.MeetingQuery{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var u live.Update
	for i := range newest.Items {
		if m := &newest.Items[i]; m.End == 0 {
			u.Meetings = append(u.Meetings, *m)
			u.Watermark = max(u.Watermark, m.LastSeen)
		}
	}
	for i := range u.Meetings {
		m := &u.Meetings[i]
		segments, err := r.SegmentsOf(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		minutes, err := s.Minutes(ctx, facts.Filter{Meeting: m.ID, From: max(m.FirstSeen, u.Watermark-30*60_000)})
		if err != nil {
			return nil, err
		}
		dims := make(map[domain.ID]domain.Dimensions)
		for k := range minutes {
			dims[minutes[k].Segment] = minutes[k].Dimensions
			u.Minutes = append(u.Minutes, live.Minute{Minute: minutes[k]})
		}
		for k := range segments {
			u.Segments = append(u.Segments, live.Segment{Segment: segments[k], PersonName: segments[k].Name, Dimensions: dims[segments[k].ID]})
		}
	}
	now.Apply(u)
	return now, nil
}
