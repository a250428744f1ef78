package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// receiver counts reports; it fails once a minute of the example's script says so.
type receiver struct {
	down    bool
	reports int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil || r.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var event zoom.Event
	if new(zoom.Decoder).Decode(body, &event) != nil {
		return
	}
	switch event.Class {
	case zoom.ClassURLValidation:
		if answer, err := zoom.Answer("the app's secret token", event.PlainToken); err == nil {
			w.Write(answer)
		}
	case zoom.ClassQoS:
		r.reports++
	}
}

// A Stage puts a test in charge of Zoom's side: time passes when the test says so, and what was due has been answered when it
// goes on. Nothing sleeps, and every run is the same.
func ExampleStage() {
	mine := &receiver{}
	stage, err := emulator.NewStage(emulator.Options{
		Target: "http://receiver.invalid/webhook", Secret: "the app's secret token", Transport: emulator.InMemory(mine),
		People: 40, Meetings: 5, Seed: 1, From: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
	})
	if err != nil {
		panic(err)
	}
	defer stage.Close()

	// Wait for the first report, then be away for two minutes.
	if _, err := stage.AwaitName(5*time.Minute, "meeting.participant_qos"); err != nil {
		panic(err)
	}
	mine.down = true
	if err := stage.Advance(2 * time.Minute); err != nil {
		panic(err)
	}
	missed := stage.Counts().Retrying
	mine.down = false

	// Zoom tries again five minutes after each.
	if err := stage.Advance(6 * time.Minute); err != nil {
		panic(err)
	}
	fmt.Println("missed some:", missed > 20, "- still missing:", stage.Counts().Retrying, "- lost:", stage.Counts().Lost)
	// Output: missed some: true - still missing: 0 - lost: 0
}
