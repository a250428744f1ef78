package emulator_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// A receiver of one's own is tested by sending it a small company's traffic, ten simulated minutes within a second.
func Example() {
	const secret = zoom.Secret("the app's secret token")
	verifier, err := zoom.NewVerifier(secret)
	if err != nil {
		panic(err)
	}
	var reports atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || verifier.VerifyHeader(r.Header, body) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var event zoom.Event
		if new(zoom.Decoder).Decode(body, &event) != nil {
			return
		}
		switch event.Class {
		case zoom.ClassURLValidation:
			answer, err := zoom.Answer(secret, event.PlainToken)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.Write(answer)
		case zoom.ClassQoS:
			reports.Add(1)
		}
	}))
	defer receiver.Close()

	e, err := emulator.New(emulator.Options{
		Target: receiver.URL + "/webhook", Secret: secret, People: 50, Meetings: 5, Seed: 1, Speed: 600, Duration: time.Second,
		From: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
	})
	if err != nil {
		panic(err)
	}
	if err := e.Run(context.Background()); err != nil {
		panic(err)
	}
	fmt.Println("reports received and verified:", reports.Load() > 100)
	// Output: reports received and verified: true
}

// Traffic can be had without HTTP, for tests and for load that is made beforehand. The same seed gives the same bytes.
func ExampleEmulator_Generate() {
	morning := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	e, err := emulator.New(emulator.Options{People: 50, Meetings: 5, Seed: 42, From: morning})
	if err != nil {
		panic(err)
	}
	var first, again bytes.Buffer
	for event := range e.Generate(morning, morning.Add(time.Minute)) {
		first.Write(event.Body)
	}
	for event := range e.Generate(morning, morning.Add(time.Minute)) {
		again.Write(event.Body)
	}
	fmt.Println(first.Len() > 0, bytes.Equal(first.Bytes(), again.Bytes()))
	// Output: true true
}

// A World tells what is going wrong in it: the truth to compare a diagnosis with.
func ExampleWorld_Active() {
	w, err := emulator.NewWorld(emulator.Options{
		Seed: 1, Calm: true, From: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
		Troubles: []emulator.Trouble{{Kind: emulator.FullLink, Target: "Lisbon office", End: time.Hour, Strength: 1, Direction: emulator.Up}},
	})
	if err != nil {
		panic(err)
	}
	w.Step()
	for _, t := range w.Active() {
		fmt.Println(t.Kind, "at", t.Target, t.Direction)
	}
	// Output: full-link at Lisbon office up
}
