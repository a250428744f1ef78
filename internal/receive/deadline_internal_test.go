package receive

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlinesAreSharedWithinASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deadlines{after: 2500 * time.Millisecond, slot: 50 * time.Millisecond}
		begun := time.Now()
		first, second, third := d.of(begun), d.of(begun.Add(49*time.Millisecond)), d.of(begun.Add(50*time.Millisecond))
		if first != second {
			t.Error("two requests within a slot have contexts of their own")
		}
		if third == first {
			t.Error("a request of the next slot shares the context of the one before")
		}
		if before := d.of(begun.Add(-time.Second)); before == third {
			t.Error("a request that began earlier shares a later context")
		}
		time.Sleep(2500*time.Millisecond - 1)
		synctest.Wait()
		if first.Err() != nil {
			t.Error("ended before its time")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if first.Err() == nil || third.Err() != nil {
			t.Errorf("after 2.5 s: %v, the next slot's %v", first.Err(), third.Err())
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if third.Err() == nil {
			t.Error("a context outlives its deadline")
		}
	})
}
