package identity

// words keeps one copy of strings that thousands of segments share: versions, data centres, device names.
type words struct{ known map[string]string }

// maxWords bounds the pool. When it is full it starts again: strings in use stay where they are.
const maxWords = 1 << 16

func (w *words) intern(s string) string {
	if s == "" {
		return ""
	}
	if k, ok := w.known[s]; ok {
		return k
	}
	if w.known == nil || len(w.known) >= maxWords {
		w.known = make(map[string]string)
	}
	w.known[s] = s
	return s
}
