package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/earshot/earshot/zoom"
)

const (
	// challengeEvery is how often Zoom asks again, in simulated time.
	challengeEvery = 72 * time.Hour
	// challengeFailures in a row disable a subscription; after the second and the fourth Zoom writes to the account's owner.
	challengeFailures = 6
)

// ErrChallenge says that the target did not answer endpoint.url_validation as it must.
var ErrChallenge = errors.New("the target did not pass the challenge (endpoint.url_validation)")

// Subscribe does what saving a subscription does: it challenges the target, again every second until it passes or wait is
// over, which is an error that says what the last answer was. Afterwards the sender challenges every 72 simulated hours.
func (s *Sender) Subscribe(ctx context.Context, wait time.Duration) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	deadline := time.Now().Add(wait)
	for n := 0; ; n++ {
		err := s.Challenge(n)
		if err == nil {
			break
		}
		if !time.Now().Before(deadline) {
			return err
		}
		if n == 0 {
			s.o.Logger.Info("waiting for the target to pass the challenge", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	s.watch()
	return nil
}

// watch starts the challenges that come by themselves, once.
func (s *Sender) watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watched || s.closed || s.o.now != nil {
		return
	}
	s.watched = true
	s.others.Go(s.challengeAgain)
}

// Enable challenges a target whose subscription was disabled, once, and sends to it again if it passes.
func (s *Sender) Enable() error {
	if err := s.Challenge(int(s.counters.challenges.Load()) + 1_000_000); err != nil {
		return err
	}
	s.failures.Store(0)
	if s.disabled.Swap(false) {
		s.o.Logger.Info("subscription enabled again")
	}
	s.watch()
	return nil
}

// Disabled reports whether too many challenges failed: everything that comes is dropped until Enable.
func (s *Sender) Disabled() bool { return s.disabled.Load() }

// Failures is how many challenges failed in a row.
func (s *Sender) Failures() int { return int(s.failures.Load()) }

// Challenge asks the target once for the HMAC of a token; n varies the token.
func (s *Sender) Challenge(n int) error {
	token := zoomUserID(newRand(s.o.Seed, "challenge", n))
	body := fmt.Appendf(nil, `{"payload":{"plainToken":"%s"},"event_ts":%d,"event":"endpoint.url_validation"}`, token, time.Now().UnixMilli())
	want, err := zoom.Answer(s.o.Secret, token)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChallenge, err)
	}
	var res response
	if newest := s.newest.Load(); newest > 0 && s.faults.away("challenge", n, time.UnixMilli(newest)) {
		err = errOutage
	} else {
		res, err = s.post(body, requestID(s.o.Seed, ^uint64(n)), 0)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrChallenge, err)
	case res.status != http.StatusOK:
		return fmt.Errorf("%w: status %d, want 200", ErrChallenge, res.status)
	}
	type pair struct{ PlainToken, EncryptedToken string }
	var got, expected pair
	if err := json.Unmarshal(res.body, &got); err != nil {
		return fmt.Errorf("%w: the answer is not JSON: %w", ErrChallenge, err)
	}
	if err := json.Unmarshal(want, &expected); err != nil {
		return fmt.Errorf("%w: %w", ErrChallenge, err)
	}
	if got != expected {
		return fmt.Errorf("%w: the answer's tokens are wrong; is the secret the same on both sides?", ErrChallenge)
	}
	s.counters.challenges.Add(1)
	return nil
}

// challengeAgain challenges every 72 simulated hours. Six failures in a row disable the subscription: everything that comes
// then is dropped, as Zoom does, and no challenge is made until Enable.
func (s *Sender) challengeAgain() {
	ticker := time.NewTicker(s.scaled(challengeEvery))
	defer ticker.Stop()
	for n := 1_000; ; n++ {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
		}
		if !s.disabled.Load() {
			s.challengeOnce(n)
		}
	}
}

// challengeOnce challenges and keeps count of failures in a row.
func (s *Sender) challengeOnce(n int) {
	err := s.Challenge(n)
	if err == nil {
		s.failures.Store(0)
		return
	}
	failures := s.failures.Add(1)
	s.o.Logger.Warn("challenge failed", "in_a_row", failures, "disabled_at", challengeFailures, "err", err)
	switch failures {
	case 2, 4:
		s.o.Logger.Warn("mail to the account's owner: the webhook URL does not pass its validation", "in_a_row", failures)
	case challengeFailures:
		s.disabled.Store(true)
		s.o.Logger.Error("subscription disabled: nothing more is sent", "failures", failures)
	}
}
