package api_test

import (
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

type peers struct {
	People, Least int
	Streams       []struct {
		Wire, Media, Direction string
		At                     []int64
		People                 []int
		Metrics                map[string][]*float64
	}
}

func TestPeersAreTheMedianOfTheOthers(t *testing.T) {
	w := newWorld(t).fill(t)
	b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2}
	for k, loss := range []float64{0.5, 2, 9} {
		for m := -10; m < -7; m++ {
			if m == -8 && k == 0 {
				continue // then there are too few
			}
			s := facts.Sample{Sample: earshot.Sample{Segment: earshot.ID(0x7000 + k), At: at(m), Wire: earshot.WireVideoInput}, Account: account, Meeting: townHall}
			s.Set(earshot.LossAvgPct, loss)
			b.Samples = append(b.Samples, s)
		}
	}
	must(t, w.facts.Apply(t.Context(), b))

	got := read[peers](t, w, "/api/v1/segments/"+annTownHall.String()+"/peers")
	if got.Least != 3 || len(got.Streams) != 1 {
		t.Fatalf("got %+v, want one stream", got)
	}
	s := got.Streams[0]
	// Ann's own losses of 0.3 % are not among them, and this account's video_input is sent.
	if s.Wire != "video_input" || s.Media != "video" || s.Direction != "send" || len(s.At) != 3 || s.At[0] != int64(at(-10)) || s.People[0] != 3 || s.People[2] != 2 {
		t.Errorf("stream: %+v", s)
	}
	if loss := s.Metrics["loss_avg_pct"]; len(s.Metrics) != 1 || *loss[0] != 2 || *loss[1] != 2 || loss[2] != nil {
		t.Errorf("medians: %+v", s.Metrics)
	}
	if none := read[peers](t, w, "/api/v1/segments/"+annStandUp.String()+"/peers"); none.Streams == nil || len(none.Streams) != 0 {
		t.Errorf("alone in a meeting: %+v", none)
	}
}
