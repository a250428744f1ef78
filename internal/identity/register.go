package identity

import "github.com/earshot/earshot"

// text is a register: of all the values it was given it holds the one with the greatest (time, value). So it does not matter
// in which order, or how often, they came. The empty string is no value.
type text struct {
	at    earshot.Instant
	value string
}

// set offers a value. changed: the register holds another value now. bumped: the same value, or another, with a later time.
func (r *text) set(at earshot.Instant, value string) (changed, bumped bool) {
	if value == "" || !r.loses(at, value) {
		return false, false
	}
	changed = r.value != value
	r.at = at
	if changed { // otherwise the old string stays, so that the event's copy can be freed
		r.value = value
	}
	return changed, true
}

func (r *text) loses(at earshot.Instant, value string) bool {
	return r.value == "" || at > r.at || at == r.at && value > r.value
}

// merge offers what another register holds.
func (r *text) merge(o *text) { r.set(o.at, o.value) }

// number is the register of an id or another number; 0 is no value.
type number struct {
	at    earshot.Instant
	value earshot.ID
}

// set offers a value and reports whether the register holds another value now.
func (r *number) set(at earshot.Instant, value earshot.ID) bool {
	if value == 0 || r.value != 0 && (at < r.at || at == r.at && value <= r.value) {
		return false
	}
	changed := r.value != value
	r.at, r.value = at, value
	return changed
}

// earlier returns the lesser of two times, of which 0 is none.
func earlier(a, b earshot.Instant) earshot.Instant {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// assign sets a field and notes whether that changed it.
func assign[T comparable](field *T, value T, changed *bool) {
	if *field != value {
		*field = value
		*changed = true
	}
}
