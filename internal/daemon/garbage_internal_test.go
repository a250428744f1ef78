package daemon

import "testing"

func TestGarbageHasTheSameRoomWhateverIsHeld(t *testing.T) {
	for held, want := range map[uint64]int{0: 400, 1 << 20: 400, 40 << 20: 200, 80 << 20: 100, 120 << 20: 66, 1 << 30: 60} {
		if got := gcPercent(held); got != want {
			t.Errorf("%d MB held: %d %%, want %d", held>>20, got, want)
		}
	}
}
