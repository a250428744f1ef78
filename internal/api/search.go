package api

import (
	"cmp"
	"context"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

// maxHits is how many answers the search box gets; sites take at most a quarter of them.
const maxHits = 20

type searchInput struct {
	Q string `query:"q" required:"true" maxLength:"200" doc:"part of a name, topic, number, address or site"`
}

func (a *API) search(ctx context.Context, in *searchInput) (*Page[SearchHit], error) {
	out := &Page[SearchHit]{Items: []SearchHit{}}
	q := strings.ToLower(strings.TrimSpace(in.Q))
	if q == "" {
		return out, nil
	}
	sites, _, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	for i := range sites {
		if s := &sites[i]; len(out.Items) < maxHits/4 && strings.Contains(strings.ToLower(s.Name), q) {
			out.Items = append(out.Items, SearchHit{Type: "site", ID: s.ID, Title: s.Name, Detail: strings.Join(s.Ranges, ", ")})
		}
	}
	hits, err := a.registry.Search(ctx, in.Q, maxHits-len(out.Items))
	if err != nil {
		return nil, err
	}
	names, err := a.hitNames(ctx, hits)
	if err != nil {
		return nil, err
	}
	type key struct {
		sort string
		id   earshot.ID
	}
	seen := make(map[key]bool)
	var found []SearchHit
	for i := range hits {
		h, ok := a.hitOf(&hits[i], names)
		if k := (key{h.Type, h.ID}); ok && !seen[k] {
			seen[k] = true
			found = append(found, h)
		}
	}
	// Sites last: whoever types a name mostly looks for a person or a meeting.
	out.Items = append(found, out.Items...)
	if out.Items == nil {
		out.Items = []SearchHit{}
	}
	return out, nil
}

// hitNames returns the names of the people whom hits mention.
func (a *API) hitNames(ctx context.Context, hits []registry.Hit) (map[earshot.ID]string, error) {
	var calls []earshot.Call
	for i := range hits {
		switch h := &hits[i]; {
		case h.Call != nil:
			calls = append(calls, *h.Call)
		case h.Segment != nil:
			calls = append(calls, earshot.Call{Caller: earshot.CallParty{Person: h.Segment.Person}})
		}
	}
	return a.parties(ctx, calls)
}

func (a *API) hitOf(h *registry.Hit, names map[earshot.ID]string) (SearchHit, bool) {
	switch {
	case h.Meeting != nil:
		m := h.Meeting
		now, ok := a.live.Meeting(m.ID)
		return SearchHit{
			Type: "meeting", ID: m.ID, Title: cmp.Or(m.Topic, m.Number, m.UUID), Detail: began(m).Time().Format("2006-01-02 15:04 UTC"),
			Live: ok && now.Live,
		}, true
	case h.Person != nil:
		return SearchHit{Type: "person", ID: h.Person.ID, Title: cmp.Or(personName(h.Person), h.Person.ZoomUserID), Detail: h.Person.Email}, true
	case h.Segment != nil && h.Segment.Person != 0:
		s := h.Segment
		return SearchHit{Type: "person", ID: s.Person, Title: cmp.Or(s.Name, names[s.Person]), Detail: h.Matched}, true
	case h.Segment != nil:
		return SearchHit{Type: "meeting", ID: h.Segment.Meeting, Title: cmp.Or(h.Segment.Name, "somebody without a name"), Detail: h.Matched}, true
	case h.Call != nil:
		c := h.Call
		side := func(p *earshot.CallParty) string {
			return cmp.Or(names[p.Person], p.Email, p.Number, p.Extension, "unknown")
		}
		return SearchHit{Type: "call", ID: c.ID, Title: side(&c.Caller) + " to " + side(&c.Callee), Detail: c.FirstSeen.Time().Format("2006-01-02 15:04 UTC")}, true
	}
	return SearchHit{}, false
}
