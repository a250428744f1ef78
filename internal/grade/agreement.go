package grade

import "github.com/earshot/earshot"

// Agreement counts minutes by our grade and by Zoom's own, for one medium: Agreement[ours][zooms]. Minutes without one of the
// two count under Unclassified, and for nothing below.
type Agreement [5][5]int

// Add counts a minute of a medium: ours is the worse of its two directions.
func (a *Agreement) Add(m *earshot.Minute, medium earshot.Media) {
	send, ok := earshot.SlotOf(medium, earshot.DirectionSend)
	if !ok {
		return
	}
	receive, _ := earshot.SlotOf(medium, earshot.DirectionReceive)
	var zooms earshot.Grade
	switch medium {
	case earshot.MediaAudio:
		zooms = m.ZoomAudio
	case earshot.MediaVideo:
		zooms = m.ZoomVideo
	case earshot.MediaShare:
		zooms = m.ZoomShare
	}
	if ours := earshot.Worse(m.Slots[send], m.Slots[receive]); ours <= earshot.Bad && zooms <= earshot.Bad {
		a[ours][zooms]++
	}
}

// Plus adds another tally.
func (a *Agreement) Plus(b *Agreement) {
	for i := range a {
		for j := range a[i] {
			a[i][j] += b[i][j]
		}
	}
}

// Compared returns how many minutes both have a verdict on.
func (a *Agreement) Compared() int { return a.count(func(int) bool { return true }) }

// Same returns in how many of them the verdicts are the same.
func (a *Agreement) Same() int { return a.count(func(gap int) bool { return gap == 0 }) }

// Harsher returns in how many ours is worse, Milder in how many Zoom's is.
func (a *Agreement) Harsher() int { return a.count(func(gap int) bool { return gap > 0 }) }

// Milder is documented at Harsher.
func (a *Agreement) Milder() int { return a.count(func(gap int) bool { return gap < 0 }) }

// Apart returns in how many the two are two grades or more apart: those to look at.
func (a *Agreement) Apart() int { return a.count(func(gap int) bool { return gap >= 2 || gap <= -2 }) }

// count adds up the minutes with both verdicts whose gap (ours less Zoom's, positive where ours is worse) is wanted.
func (a *Agreement) count(wanted func(gap int) bool) (n int) {
	for ours := earshot.Good; ours <= earshot.Bad; ours++ {
		for zooms := earshot.Good; zooms <= earshot.Bad; zooms++ {
			if wanted(int(ours) - int(zooms)) {
				n += a[ours][zooms]
			}
		}
	}
	return n
}

// Kappa is Cohen's weighted kappa with linear weights: 1 for the same verdicts, 0 for as much agreement as by chance, below 0
// for less. false when it means nothing: nothing was compared, or one side knows one grade only.
func (a *Agreement) Kappa() (float64, bool) {
	var rows, columns [5]float64
	n, observed := 0.0, 0.0
	for i := earshot.Good; i <= earshot.Bad; i++ {
		for j := earshot.Good; j <= earshot.Bad; j++ {
			x := float64(a[i][j])
			n, rows[i], columns[j] = n+x, rows[i]+x, columns[j]+x
			observed += x * distance(i, j)
		}
	}
	if n == 0 {
		return 0, false
	}
	expected := 0.0
	for i := earshot.Good; i <= earshot.Bad; i++ {
		for j := earshot.Good; j <= earshot.Bad; j++ {
			expected += rows[i] * columns[j] / n * distance(i, j)
		}
	}
	if expected == 0 {
		return 0, false
	}
	return 1 - observed/expected, true
}

func distance(a, b earshot.Grade) float64 {
	if a > b {
		return float64(a - b)
	}
	return float64(b - a)
}
