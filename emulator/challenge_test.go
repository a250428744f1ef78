package emulator

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestChallengeEvery72Hours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(200))
		s := newTestSender(t, r, func(o *SenderOptions) { o.Speed = 72 })
		if err := s.Subscribe(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		pass(3*time.Hour + time.Minute)
		if got := s.Counts().Challenges; got != 4 {
			t.Errorf("%d challenges passed in nine simulated days, want 4", got)
		}
		s.Close()
	})
}

func TestWrongSecretFailsTheChallenge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(200))
		r.wrong.Store(true)
		s := newTestSender(t, r, nil)
		begin := time.Now()
		err := s.Subscribe(t.Context(), 5*time.Second)
		if !errors.Is(err, ErrChallenge) || !strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), string(testSecret)) {
			t.Errorf("subscribe: %v", err)
		}
		if d := time.Since(begin); d != 5*time.Second {
			t.Errorf("gave up after %v", d)
		}
		s.Close()
	})
}

// Six failures in a row disable the subscription.
func TestFailedChallengesDisable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(200))
		s := newTestSender(t, r, func(o *SenderOptions) { o.Speed = 72 })
		if err := s.Subscribe(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		r.wrong.Store(true)
		pass(5*time.Hour + time.Minute)
		if err := s.Send(t.Context(), testEvent("before")); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if err := s.Send(t.Context(), testEvent("after")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := s.Counts(); got.Acked != 1 || got.Lost != 1 {
			t.Errorf("counts %+v, want one delivered after five failures and one lost after six", got)
		}
		s.Close()
	})
}

// Failures count in a row: one that passes in between makes good for those before.
func TestPassedChallengeMakesGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(200))
		s := newTestSender(t, r, func(o *SenderOptions) { o.Speed = 72 })
		if err := s.Subscribe(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []bool{true, false, true} {
			r.wrong.Store(wrong)
			hours := 4
			if !wrong {
				hours = 1
			}
			pass(time.Duration(hours) * time.Hour)
		}
		if err := s.Send(t.Context(), testEvent("a")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := s.Counts(); got.Acked != 1 {
			t.Errorf("counts %+v, want the event delivered", got)
		}
		s.Close()
	})
}
