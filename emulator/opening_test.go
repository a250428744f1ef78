package emulator

import (
	"testing"
	"time"

	"github.com/earshot/earshot/zoom"
)

// Nobody is reported whose joining was not told before, and there is something to see all the same.
func TestEmptyWorldTellsEverythingFromItsBeginning(t *testing.T) {
	t.Parallel()
	var d zoom.Decoder
	var ev zoom.Event
	joined, told, reported := map[string]bool{}, map[string]bool{}, map[string]bool{}
	early, rooms := 0, 0
	e := emulatorOf(t, Options{People: 300, Meetings: 30, Seed: 1, Empty: true})
	for x := range e.Generate(testFrom, testFrom.Add(15*time.Minute)) {
		if err := d.Decode(x.Body, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Family != zoom.FamilyMeeting {
			continue
		}
		uuid := ev.Meeting.UUID
		if ev.Meeting.BreakoutRoomUUID != "" {
			uuid = ev.Meeting.BreakoutRoomUUID
		}
		who := uuid + " " + ev.Participant.InMeetingID
		switch ev.Class {
		case zoom.ClassJoined:
			joined[who] = true
			if ev.Meeting.BreakoutRoomUUID != "" {
				rooms++
			}
		case zoom.ClassData:
			told[who] = true
		case zoom.ClassQoS:
			if !joined[who] {
				t.Fatalf("a report of somebody who never joined, %v after the beginning", x.Time.Sub(testFrom))
			}
			reported[who] = true
			if x.Time.Before(testFrom.Add(5 * time.Minute)) {
				early++
			}
		}
	}
	unknown := 0
	for who := range reported {
		if !told[who] {
			unknown++
		}
	}
	if early < 200 || rooms < 10 || unknown > len(reported)/10 {
		t.Errorf("%d reports in the first five minutes, %d people in breakout rooms, of %d people %d with an unknown computer", early, rooms, len(reported), unknown)
	}
}
