package journal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/journal"
)

func refused(n int) journal.QuarantinedRequest {
	return journal.QuarantinedRequest{
		ReceivedAt: 1763630000000, Subscription: "emea", Signature: "v0=abc", Timestamp: "1763630000",
		RequestID: "r", Reason: "signature", Body: fmt.Appendf(nil, `{"n":%d}`, n),
	}
}

func TestQuarantine(t *testing.T) {
	o := memory()
	o.QuarantineCount = 5
	j := mustOpen(t, o)
	for n := range 8 {
		if err := j.Quarantine(refused(n)); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, j)
	j = mustOpen(t, o)
	got, err := j.Quarantined(0)
	if err != nil {
		t.Fatal(err)
	}
	var want []journal.QuarantinedRequest
	for n := 3; n < 8; n++ {
		q := refused(n)
		q.ID = uint64(n + 1)
		want = append(want, q)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a restart, the newest five (-want +got):\n%s", diff)
	}
	if got, err := j.Quarantined(2); err != nil || len(got) != 2 || got[1].ID != 8 {
		t.Errorf("the newest two: %v, %v", got, err)
	}

	mustAppend(t, j, event(`{"n":5}`)) // Zoom's retry was accepted meanwhile
	accepted, err := j.Reverify(func(q journal.QuarantinedRequest) bool { return q.ID%2 == 0 })
	if err != nil || accepted != 3 {
		t.Fatalf("reverified %d, %v; want the requests 4, 6 and 8", accepted, err)
	}
	if got, err := j.Quarantined(0); err != nil || len(got) != 2 || got[0].ID != 5 || got[1].ID != 7 {
		t.Errorf("left in quarantine: %v, %v", got, err)
	}
	var bodies []string
	for _, r := range readAll(t, j, 0) {
		bodies = append(bodies, string(r.Body))
	}
	if diff := cmp.Diff([]string{`{"n":5}`, `{"n":3}`, `{"n":7}`}, bodies); diff != "" {
		t.Errorf("in the journal (-want +got):\n%s", diff)
	}
	if r := readAll(t, j, 1)[0]; r.ReceivedAt != 1763630000000 || r.Subscription != "emea" || r.RequestID != "r" {
		t.Errorf("a reverified record lost what it was received with: %+v", r)
	}
}

func TestQuarantineIsBounded(t *testing.T) {
	o := memory()
	o.QuarantineBytes = 10_000
	j := mustOpen(t, o)
	busy := 0
	for n := range 2000 {
		q := refused(n)
		q.Body = []byte(strings.Repeat("x", 900))
		switch err := j.Quarantine(q); {
		case errors.Is(err, journal.ErrQuarantineBusy):
			busy++
		case err != nil:
			t.Fatal(err)
		}
	}
	s := j.Stats()
	if busy == 0 || s.QuarantineDropped != uint64(busy) {
		t.Errorf("%d of 2000 were turned away, %d counted: a flood must not become a flood of writes", busy, s.QuarantineDropped)
	}
	if s.QuarantineBytes > 10_000 || s.QuarantineHeld == 0 || s.QuarantineHeld > 11 {
		t.Errorf("%d requests, %d bytes are held", s.QuarantineHeld, s.QuarantineBytes)
	}
	large := refused(1)
	large.Body = make([]byte, 20_000)
	if err := j.Quarantine(large); !errors.Is(err, journal.ErrTooLarge) {
		t.Errorf("a request larger than the ring: %v, want ErrTooLarge", err)
	}
}
