package export

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// What a destination refuses without saying which is counted, shown, and not sent again: the others would be there twice.
func TestWhatIsTakenInPartIsCountedAndNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := numbered(20)
		p := &peer{answer: func(_ int, ids []string) error {
			switch ids[0] {
			case "1":
				return &PartialError{Refused: 3, Err: errors.New("3 were refused: no such index")}
			case "9":
				return &PartialError{Refused: 400, Err: errors.New("400 points were refused")} // values, of which a record has many
			case "17":
				return &PartialError{Err: errors.New("deprecated")}
			}
			return nil
		}}
		r := made(t, t.TempDir(), Spec{BatchRecords: 8}, q, p)
		during(t, r, func() { time.Sleep(time.Minute) })
		s := r.status(time.Now())
		if s.Sent != 5+0+4 || s.Aside != 3+8 || s.AsideHeld != 0 || s.Failed != 0 || s.State != StateOK || s.LastError != "deprecated" || p.tries != 3 {
			t.Errorf("%d tries, status: %+v", p.tries, s)
		}
	})
}
