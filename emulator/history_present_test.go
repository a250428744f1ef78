package emulator

import (
	"testing"

	"github.com/earshot/earshot"
)

// Who is live in the history is who is in the world's meetings, but for those whom Zoom has not yet noticed to be gone.
func TestHistoryKnowsWhoIsThere(t *testing.T) {
	for _, minutes := range []int{5, 30} {
		w, h, _ := observed(t, HistoryOptions{}, minutes)
		there, present, late := 0, 0, 0
		for _, m := range w.meetings {
			there += len(m.segs)
			for _, s := range m.segs {
				if x := h.members[memberKey{m.head.uuid, s.who.id}]; x == nil || !x.Left.IsZero() {
					t.Errorf("after %d minutes: %s of %s (%s) is in the world, but not in the history: %+v", minutes, s.who.id, m.head.uuid, m.head.kind, x)
				}
			}
		}
		for _, kind := range []earshot.Kind{earshot.KindMeeting, earshot.KindWebinar, earshot.KindSession} {
			for _, k := range h.List(kind, true, w.Now(), w.Now()) {
				in, _ := h.Instance(k.UUID)
				for _, m := range in.Members {
					if m.Left.IsZero() {
						present++
					}
				}
			}
		}
		if late = present - there; late < 0 || late > there/4 || there < 10 {
			t.Errorf("after %d minutes: %d in the world, %d in the history", minutes, there, present)
		}
	}
}
