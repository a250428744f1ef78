package snapcode

import (
	"errors"
	"testing"
)

// TestFrame seals a body behind other bytes, and opens it whole, of another version, cut short, and with each bit turned.
func TestFrame(t *testing.T) {
	const magic = "thing 1\n"
	b := append([]byte("before"), magic+"body"...)
	frame := Seal(b, len("before"))[len("before"):]
	if got, err := Open(frame, magic); err != nil || string(got) != "body" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := Open(frame, "thing 2\n"); !errors.Is(err, ErrVersion) {
		t.Errorf("another version: %v", err)
	}
	for n := range frame {
		if _, err := Open(frame[:n], magic); err == nil {
			t.Errorf("%d bytes of it were opened", n)
		}
		for bit := range 8 {
			frame[n] ^= 1 << bit
			if _, err := Open(frame, magic); err == nil {
				t.Errorf("opened with bit %d of byte %d turned", bit, n)
			}
			frame[n] ^= 1 << bit
		}
	}
}
