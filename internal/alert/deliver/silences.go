package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/marker"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/silence/silencepb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ErrNoSilence says that there is no silence with an id.
var ErrNoSilence = errors.New("no such silence")

// SilenceError says what is wrong with a silence.
type SilenceError struct{ Text string }

func (e *SilenceError) Error() string { return e.Text }

// Matcher selects alerts by one label.
type Matcher struct {
	Name, Value string
	Regex, Not  bool // Regex is anchored at both ends
}

// Silence keeps the alerts that all its matchers select from being told. Times are wall time.
type Silence struct {
	ID           string // "" is a new one
	Matchers     []Matcher
	Starts, Ends time.Time // a zero Starts is now
	By, Comment  string
	State        string // active, pending, expired; set here
}

// Silences returns all silences: active ones first, then by when they end.
func (d *Deliverer) Silences(ctx context.Context) ([]Silence, error) {
	all, _, err := d.silences.Query(ctx)
	if err != nil {
		return nil, fmt.Errorf("list silences: %w", err)
	}
	now := time.Now()
	out := make([]Silence, 0, len(all))
	for _, s := range all {
		out = append(out, silenceOf(s, now))
	}
	rank := map[string]int{"active": 0, "pending": 1, "expired": 2}
	slices.SortFunc(out, func(a, b Silence) int {
		return cmp.Or(cmp.Compare(rank[a.State], rank[b.State]), a.Ends.Compare(b.Ends), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func silenceOf(s *silencepb.Silence, now time.Time) Silence {
	out := Silence{ID: s.GetId(), Starts: s.GetStartsAt().AsTime(), Ends: s.GetEndsAt().AsTime(), By: s.GetCreatedBy(), Comment: s.GetComment(), State: "active"}
	switch {
	case !now.Before(out.Ends):
		out.State = "expired"
	case now.Before(out.Starts):
		out.State = "pending"
	}
	for _, set := range s.GetMatcherSets() {
		for _, m := range set.GetMatchers() {
			out.Matchers = append(out.Matchers, Matcher{
				Name: m.GetName(), Value: m.GetPattern(),
				Regex: m.GetType() == silencepb.Matcher_REGEXP || m.GetType() == silencepb.Matcher_NOT_REGEXP,
				Not:   m.GetType() == silencepb.Matcher_NOT_EQUAL || m.GetType() == silencepb.Matcher_NOT_REGEXP,
			})
		}
	}
	return out
}

// SetSilence makes a silence, or changes the one with its id, and returns its id. Errors about what it says are a
// [*SilenceError].
func (d *Deliverer) SetSilence(ctx context.Context, s Silence) (string, error) {
	if _, err := compile(s.Matchers); err != nil {
		return "", err
	}
	if !s.Ends.After(time.Now()) || !s.Starts.IsZero() && !s.Ends.After(s.Starts) {
		return "", &SilenceError{"it ends before it begins, or has ended; want an end in the future"}
	}
	set := &silencepb.MatcherSet{}
	for _, m := range s.Matchers {
		t := silencepb.Matcher_EQUAL
		switch {
		case m.Regex && m.Not:
			t = silencepb.Matcher_NOT_REGEXP
		case m.Regex:
			t = silencepb.Matcher_REGEXP
		case m.Not:
			t = silencepb.Matcher_NOT_EQUAL
		}
		set.Matchers = append(set.Matchers, &silencepb.Matcher{Type: t, Name: m.Name, Pattern: m.Value})
	}
	pb := &silencepb.Silence{Id: s.ID, EndsAt: timestamppb.New(s.Ends), CreatedBy: s.By, Comment: s.Comment, MatcherSets: []*silencepb.MatcherSet{set}}
	if !s.Starts.IsZero() {
		pb.StartsAt = timestamppb.New(s.Starts)
	}
	switch err := d.silences.Set(ctx, pb); {
	case errors.Is(err, silence.ErrNotFound):
		return "", ErrNoSilence
	case err != nil:
		return "", &SilenceError{err.Error()}
	}
	return pb.GetId(), nil
}

// ExpireSilence ends a silence now; one that has ended is no error.
func (d *Deliverer) ExpireSilence(ctx context.Context, id string) error {
	if err := d.silences.Expire(ctx, id); errors.Is(err, silence.ErrNotFound) {
		return ErrNoSilence
	} else if err != nil {
		return fmt.Errorf("end a silence: %w", err)
	}
	return nil
}

// compile makes matchers, or says which cannot be used.
func compile(all []Matcher) (labels.Matchers, error) {
	if len(all) == 0 {
		return nil, &SilenceError{"it has no matchers; want at least one, or everything would be silent"}
	}
	var out labels.Matchers
	for i, m := range all {
		t := labels.MatchEqual
		switch {
		case m.Regex && m.Not:
			t = labels.MatchNotRegexp
		case m.Regex:
			t = labels.MatchRegexp
		case m.Not:
			t = labels.MatchNotEqual
		}
		c, err := labels.NewMatcher(t, m.Name, m.Value)
		if err != nil || m.Name == "" {
			return nil, &SilenceError{fmt.Sprintf("matchers[%d] is %q %q; want a label's name and a value (with regex: one that compiles)", i, m.Name, m.Value)}
		}
		out = append(out, c)
	}
	return out, nil
}

// Selects returns a function that says whether matchers select labels.
func Selects(all []Matcher) (func(map[string]string) bool, error) {
	m, err := compile(all)
	if err != nil {
		return nil, err
	}
	return func(l map[string]string) bool { return m.Matches(labelSet(l)) }, nil
}

// Muted says why an alert with these labels would not be told now: the ids of silences, and whether its cause is told instead.
func (d *Deliverer) Muted(l map[string]string) (silencedBy []string, inhibited bool) {
	set, m := labelSet(l), marker.NewAlertMarker()
	ctx := marker.WithContext(context.Background(), m)
	inhibited = d.inhib.Mutes(ctx, set)
	d.silencer.Mutes(ctx, set)
	return m.Status(set.Fingerprint()).SilencedBy, inhibited
}
