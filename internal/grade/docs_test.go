package grade_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

var update = flag.Bool("update", false, "write the tables of docs/grades.md anew")

// TestDocs holds that the tables of docs/grades.md are what grades.
func TestDocs(t *testing.T) {
	const path, begin, end = "../../docs/grades.md", "-update\" -->\n", "<!-- profiles:end -->"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks its marks", path)
	}
	var b strings.Builder
	for _, p := range grade.Builtin() {
		writeProfile(&b, p)
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), got); diff != "" {
		t.Errorf("%s does not say what grades (-want +got); go test ./internal/grade -run TestDocs -update writes it:\n%s", path, diff)
	}
}

func writeProfile(b *strings.Builder, p *grade.Profile) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n| of | metric | fair | poor | bad | when | source |\n|---|---|---|---|---|---|---|\n", p.Name, p.About)
	for i := range p.Rules {
		r := &p.Rules[i]
		of := r.Media.String()
		if of == "" {
			of = "computer"
			if r.Metric >= earshot.RSSIMinDBm {
				of = "radio"
			}
		}
		if r.Direction != earshot.DirectionNone {
			of += ", " + r.Direction.String()
		}
		var when []string
		if r.First {
			when = append(when, "first that is known")
		}
		if r.AboveKbps > 0 {
			when = append(when, fmt.Sprintf("above %v kbps", r.AboveKbps))
		}
		if r.MinHeightPx > 0 {
			when = append(when, fmt.Sprintf("%v lines or more", r.MinHeightPx))
		}
		if r.Window > 0 {
			when = append(when, "for "+r.Window.String())
		}
		fmt.Fprintf(b, "| %s | `%s` | %s | %s | %s | %s | %s |\n", of, r.Metric, sign(r, r.Fair), sign(r, r.Poor), sign(r, r.Bad), strings.Join(when, ", "), r.Source)
	}
}

func sign(r *grade.Rule, x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	s := ">"
	switch {
	case r.Falling && r.Inclusive:
		s = "≤"
	case r.Falling:
		s = "<"
	case r.Inclusive:
		s = "≥"
	}
	return s + " " + strconv.FormatFloat(x, 'f', -1, 64)
}
