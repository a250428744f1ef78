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
	// challengeFailures in a row disable a subscription.
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
			s.o.Logger.Info("waiting for the target to pass the challenge", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	s.others.Go(s.challengeAgain)
	return nil
}

// Challenge asks the target once for the HMAC of a token; n varies the token.
func (s *Sender) Challenge(n int) error {
	token := zoomUserID(newRand(s.o.Seed, "challenge", n))
	body := fmt.Appendf(nil, `{"payload":{"plainToken":"%s"},"event_ts":%d,"event":"endpoint.url_validation"}`, token, time.Now().UnixMilli())
	want, err := zoom.Answer(s.o.Secret, token)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChallenge, err)
	}
	status, answer, err := s.post(body, requestID(s.o.Seed, ^uint64(n)), 0)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrChallenge, err)
	case status != http.StatusOK:
		return fmt.Errorf("%w: status %d, want 200", ErrChallenge, status)
	}
	type pair struct{ PlainToken, EncryptedToken string }
	var got, expected pair
	if err := json.Unmarshal(answer, &got); err != nil {
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
// then is dropped, as Zoom does.
func (s *Sender) challengeAgain() {
	ticker := time.NewTicker(s.scaled(challengeEvery))
	defer ticker.Stop()
	failures := 0
	for n := 1_000; ; n++ {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
		}
		if err := s.Challenge(n); err != nil {
			failures++
			s.o.Logger.Warn("challenge failed", "in_a_row", failures, "disabled_at", challengeFailures, "error", err)
		} else {
			failures = 0
		}
		if failures >= challengeFailures {
			s.o.Logger.Error("subscription disabled: nothing more is sent", "failures", failures)
			s.disabled.Store(true)
			return
		}
	}
}
