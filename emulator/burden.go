package emulator

// reach chooses the people of a place whom a trouble hits: a share of them, always the same while it lasts.
type reach struct {
	key   uint64
	share float64 // 0: everybody
}

// holds reports whether a person is among them.
func (r reach) holds(p *person) bool {
	if r.share <= 0 || r.share >= 1 {
		return true
	}
	who := splitmix(r.key ^ (uint64(p.role)<<32 | uint64(p.index)))
	return float64(who>>11)/(1<<53) < r.share
}

// burden is what one trouble does to an element that several people share, while it lasts: strengths.
type burden struct {
	reach
	up, down   float64 // of its line, or of the whole of it
	weak, busy float64 // of its radio
}

// burdens are the troubles of one element now.
type burdens []burden

// on adds up what a person feels of them.
func (b burdens) on(p *person) (sum burden) {
	for i := range b {
		if x := &b[i]; x.holds(p) {
			sum.up += x.up
			sum.down += x.down
			sum.weak += x.weak
			sum.busy += x.busy
		}
	}
	return sum
}
