package export

// Begun reports whether every stream has a position: what comes from then on leaves.
func (x *Exporter) Begun() bool {
	for _, r := range x.runners {
		for _, s := range r.streams {
			if _, ok := r.progress.position(s.name); !ok {
				return false
			}
		}
	}
	return true
}
