package emulator

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// Run writes the truth beside what it sends, and ends with the scenario's span: the same lines as the world tells.
func TestRunWritesTheTruth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := troubled(4*time.Minute, Trouble{Kind: FullLink, Target: "Lisbon office", End: 3 * time.Minute, Strength: 1})
		want := encoded(t, live(t, o))
		var got bytes.Buffer
		o.Truth, o.Speed, o.Target, o.Secret, o.Transport = &got, 100, "http://receiver.invalid/webhook", testSecret, newReceiver(status(200))
		e, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("ran for %v, want 4 minutes at a hundredfold", d)
		}
		if !bytes.Equal(got.Bytes(), want) || len(want) < 1000 {
			t.Errorf("%d bytes of truth from Run, %d from the world", got.Len(), len(want))
		}
		o.Truth = failing{}
		if e, err = New(o); err != nil {
			t.Fatal(err)
		}
		if err := e.Run(t.Context()); err == nil {
			t.Error("a truth that cannot be written is no error")
		}
	})
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
