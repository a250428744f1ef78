package api

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// rowsOf reads columns as a client does: from their JSON and by what the document says of them.
func rowsOf(t *rapid.T, c *MinuteColumns) []any {
	body, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		At    []string         `json:"at"`
		Kinds []map[string]any `json:"kinds"`
		Rows  []struct {
			Segment string `json:"segment"`
			First   int    `json:"first"`
			Runs    []int  `json:"runs"`
		} `json:"rows"`
	}
	if err := json.Unmarshal(body, &read); err != nil {
		t.Fatal(err)
	}
	out := []any{}
	for _, row := range read.Rows {
		minutes := []any{}
		column := row.First
		for i := 0; i < len(row.Runs); i += 2 {
			for range row.Runs[i+1] {
				if kind := row.Runs[i]; kind >= 0 {
					minute := map[string]any{"at": read.At[column]}
					for name, value := range read.Kinds[kind] {
						minute[name] = value
					}
					minutes = append(minutes, minute)
				}
				column++
			}
		}
		out = append(out, map[string]any{"segment": row.Segment, "minutes": minutes})
	}
	return out
}

// drawMinute differs from a plain minute in a thing or two, so that minutes are often alike.
func drawMinute(t *rapid.T, segment earshot.ID, at earshot.Instant) live.Minute {
	m := live.Minute{Minute: earshot.Minute{Segment: segment, At: at, Grade: earshot.Good}}
	n := rapid.IntRange(0, 4)
	for range rapid.IntRange(0, 2).Draw(t, "differences") {
		g := earshot.Grade(n.Draw(t, "grade"))
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			m.Grade = g
		case 1:
			m.Why = earshot.Why(n.Draw(t, "why"))
		case 2:
			m.Slots[rapid.IntRange(0, len(m.Slots)-1).Draw(t, "slot")] = g
		case 3:
			m.ZoomAudio = g
		case 4:
			m.ZoomVideo, m.ZoomShare = g, earshot.Grade(n.Draw(t, "sharing"))
		case 5:
			m.Reason = earshot.Reason{Wire: earshot.WireAudioInput, Metric: earshot.LossAvgPct, Value: float32(n.Draw(t, "loss")), Bound: 1, Set: rapid.Bool().Draw(t, "set")}
		case 6:
			m.Verdict = earshot.Verdict{Cause: earshot.Cause(n.Draw(t, "cause")), Confidence: uint8(n.Draw(t, "confidence")), Candidate: earshot.Cause(n.Draw(t, "candidate"))}
		case 7:
			m.Open = true
		case 8:
			m.Spike = true
		case 9:
			m.Reports, m.Person = uint8(n.Draw(t, "reports")), earshot.ID(n.Draw(t, "person")) // in neither shape
		}
	}
	return m
}

// The columns say exactly what the rows say, and each kind of minute once.
func TestColumnsSayWhatTheRowsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const begun = earshot.Instant(1_794_571_200_000)
		h := &heatStrip{minutes: ledger{}, from: begun, to: begun + 60*60_000}
		for id := range earshot.ID(rapid.IntRange(0, 5).Draw(t, "people")) {
			var row []live.Minute
			for at := begun; at < begun+12*60_000; at += 60_000 {
				switch n := len(row); {
				case rapid.IntRange(0, 3).Draw(t, "gap") == 0:
				case n > 0 && rapid.Bool().Draw(t, "same"):
					row = append(row, row[n-1])
					row[n].At = at
				default:
					row = append(row, drawMinute(t, id+1, at))
				}
			}
			if len(row) > 0 {
				h.minutes[id+1] = row
				h.segments = append(h.segments, id+1)
			}
		}
		columns := h.columns()
		body, err := json.Marshal(h.rows())
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			From, To string
			Rows     []any
		}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Rows, rowsOf(t, columns)); diff != "" {
			t.Errorf("columns (+) are not what the rows (-) are: %s", diff)
		}
		if !columns.From.Equal(h.from.Time()) || !columns.To.Equal(h.to.Time()) {
			t.Errorf("from %v to %v", columns.From, columns.To)
		}
		seen := make(map[string]bool)
		for _, k := range columns.Kinds {
			text, err := json.Marshal(k)
			if err != nil || seen[string(text)] {
				t.Errorf("kind %s is there twice (%v)", text, err)
			}
			seen[string(text)] = true
		}
	})
}
