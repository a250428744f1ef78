package grade

import "github.com/earshot/earshot"

// GoodMOS is the mean opinion score from which a Zoom Phone call is good, in Zoom's own documentation of call_qos; below it
// Zoom knows one verdict only.
const GoodMOS = 3.5

// CallGrade grades a Zoom Phone call by its mean opinion score: [earshot.Good] from [GoodMOS], [earshot.Bad] below, and
// Unclassified for what is no score (a score runs from 1 to 5).
func CallGrade(mos float64) earshot.Grade {
	switch {
	case !(mos >= 1 && mos <= 5):
		return earshot.Unclassified
	case mos >= GoodMOS:
		return earshot.Good
	}
	return earshot.Bad
}
