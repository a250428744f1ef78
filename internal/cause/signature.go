package cause

// symptom is what makes one way of a minute bad, as far as its readings tell.
type symptom uint8

const (
	symptomNone  symptom = iota // nothing that was read: few pictures a second, or a sending client that stutters
	symptomLoss                 // packets that did not come
	symptomLate                 // a round trip that takes too long
	symptomShaky                // packets that come unevenly
)

// severity is how far a reading is beyond fair, in steps to poor; absent readings have none.
func severity(x, fair, poor float32) float32 {
	if !(x >= fair) {
		return 0
	}
	return 1 + (x-fair)/(poor-fair)
}

// symptomOf returns the worst symptom of a way. The bounds are those of the profile "earshot": they only rank symptoms.
func (m *minute) symptomOf(way int) symptom {
	loss, jitter := m.receiveLoss, m.receiveJitter
	if way == sending {
		loss, jitter = m.sendLoss, m.sendJitter
	}
	worst, is := float32(0), symptomNone
	for _, x := range [...]struct {
		s symptom
		v float32
	}{{symptomLoss, severity(loss, 2, 5)}, {symptomShaky, severity(jitter, 30, 40)}, {symptomLate, severity(m.latency, 200, 300)}} {
		if x.v > worst {
			worst, is = x.v, x.s
		}
	}
	return is
}

// isOnlyLate reports whether packets come late, but all of them, and evenly.
func (m *minute) isOnlyLate() bool {
	return m.latency >= lateMs && !(m.sendLoss >= 2) && !(m.receiveLoss >= 2) && !(m.sendJitter >= 30) && !(m.receiveJitter >= 30)
}

// heardFrom says how plausible it is that what a receiver suffers comes from what a sender sends, 0 to 1. What is lost or
// shaken on the sender's way is partly repaired before it arrives: a receiver who suffers more than the sender shows has
// trouble of their own. And nobody's round trip is longer because of somebody else.
func heardFrom(sender, receiver *minute) float64 {
	const hardly, half = .005, .4
	switch receiver.symptomOf(receiving) {
	case symptomLate:
		return hardly
	case symptomLoss:
		if receiver.receiveLoss > sender.sendLoss {
			return hardly
		}
		if receiver.receiveLoss > .75*sender.sendLoss {
			return half
		}
	case symptomShaky:
		if receiver.receiveJitter > sender.sendJitter {
			return hardly
		}
		if receiver.receiveJitter > .75*sender.sendJitter {
			return half
		}
	}
	return 1
}
