package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/earshot/earshot/zoom"
)

// The reasons for which a subscription is not taken.
var (
	ErrTooMany        = fmt.Errorf("an app has at most %d event subscriptions", MaxSubscriptions)
	ErrNoSubscription = errors.New("no such event subscription")
)

// SubscriptionsOptions is what all subscriptions of a set have in common; the fields are those of [SenderOptions].
type SubscriptionsOptions struct {
	Secret        zoom.Secret // of subscriptions that have none of their own
	Seed          uint64
	Speed         float64
	MaxInFlight   int
	Progress      time.Duration
	ChallengeWait time.Duration // how long a target has to pass its first challenge
	Ledger        io.Writer
	Transport     http.RoundTripper
	Logger        *slog.Logger
	Faults        []DeliveryFault
	From          time.Time

	now func() time.Time
}

// Subscriptions is a set of subscriptions and the delivery to each. All methods may be called concurrently; a subscription that
// is added or removed while events are sent gets those from then on, or until then.
type Subscriptions struct {
	o      SubscriptionsOptions
	log    *DeliveryLog
	book   *ledger
	hosts  hosts
	mu     sync.RWMutex
	list   []*subscriber
	gone   Counts // of those that were removed
	issued int
	closed bool
}

// subscriber is one subscription at work: it has a sender or a channel.
type subscriber struct {
	Subscription
	first   bool // its deliveries carry the events' own ids
	sender  *Sender
	channel *channel
	made    time.Time
}

// SubscriptionState is what a subscription is and how it does.
type SubscriptionState struct {
	Subscription
	Disabled  bool // too many challenges failed
	Failures  int  // challenges failed in a row
	Connected bool // a WebSocket client is there
	Counts    Counts
	Made      time.Time // wall clock
}

// NewSubscriptions makes an empty set.
func NewSubscriptions(o SubscriptionsOptions) *Subscriptions {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Subscriptions{o: o, log: NewDeliveryLog(), book: &ledger{w: o.Ledger}}
}

// Log is where all attempts are told.
func (s *Subscriptions) Log() *DeliveryLog { return s.log }

// Add saves a subscription: its target must pass the challenge first, within ChallengeWait, otherwise nothing is saved and the
// error is ErrChallenge with the last answer. It returns the subscription as saved, with its id.
func (s *Subscriptions) Add(ctx context.Context, sub Subscription) (Subscription, error) {
	sub, first, err := s.prepare(sub)
	if err != nil {
		return Subscription{}, err
	}
	one := &subscriber{Subscription: sub, first: first, made: time.Now()}
	if sub.WebSocket {
		one.channel = s.newChannel(&sub)
	} else if one.sender, err = s.open(ctx, sub); err != nil {
		return Subscription{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.list) >= MaxSubscriptions {
		err := ErrTooMany
		if s.closed {
			err = ErrClosed
		}
		return Subscription{}, errors.Join(err, one.close())
	}
	s.list = append(s.list, one)
	return sub, nil
}

// prepare fills what is left out and checks the rest.
func (s *Subscriptions) prepare(sub Subscription) (_ Subscription, first bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) >= MaxSubscriptions {
		return sub, false, ErrTooMany
	}
	first = s.issued == 0
	setDefault(&sub.ID, zoomUserID(newRand(s.o.Seed, "subscription", s.issued)))
	s.issued++
	setDefault(&sub.Scope, ScopeMaster)
	if !sub.WebSocket {
		setDefault(&sub.Secret, s.o.Secret)
	}
	sub.Events, sub.Users = slices.Clone(sub.Events), slices.Clone(sub.Users)
	for _, other := range s.list {
		if other.ID == sub.ID {
			return sub, false, fmt.Errorf("subscription id %q is taken", sub.ID)
		}
	}
	return sub, first, sub.check()
}

// open starts a sender and lets its target pass the challenge.
func (s *Subscriptions) open(ctx context.Context, sub Subscription) (*Sender, error) {
	sender, err := NewSender(SenderOptions{
		Target: sub.Target, Secret: sub.Secret, Seed: s.o.Seed, Speed: s.o.Speed, MaxInFlight: s.o.MaxInFlight, Progress: s.o.Progress,
		Transport: s.o.Transport, Logger: s.o.Logger.With("subscription", sub.label()), Subscription: sub, Faults: s.o.Faults,
		From: s.o.From, Log: s.log, now: s.o.now, shared: s.book,
	})
	if err != nil {
		return nil, err
	}
	if err := sender.Subscribe(ctx, s.o.ChallengeWait); err != nil {
		return nil, errors.Join(err, sender.Close())
	}
	return sender, nil
}

// Remove ends a subscription: what is under way is awaited, retries that are due later are lost.
func (s *Subscriptions) Remove(id string) error {
	s.mu.Lock()
	i := slices.IndexFunc(s.list, func(x *subscriber) bool { return x.ID == id })
	if i < 0 {
		s.mu.Unlock()
		return ErrNoSubscription
	}
	one := s.list[i]
	s.list = slices.Delete(slices.Clone(s.list), i, i+1)
	s.mu.Unlock()
	return s.retire(one)
}

// Replace changes a subscription to another under the same id. The new one must pass its challenge first; until then, and if it
// does not, the old one goes on. Counters and retries of the old one end with it. Where only the name and what is selected
// change, everything else goes on as it was, and there is no challenge.
func (s *Subscriptions) Replace(ctx context.Context, id string, sub Subscription) error {
	old := s.find(id)
	if old == nil {
		return ErrNoSubscription
	}
	sub.ID = id
	setDefault(&sub.Scope, ScopeMaster)
	if !sub.WebSocket {
		setDefault(&sub.Secret, s.o.Secret)
	}
	sub.Events, sub.Users = slices.Clone(sub.Events), slices.Clone(sub.Users)
	if err := sub.check(); err != nil {
		return err
	}
	one := &subscriber{Subscription: sub, first: old.first, made: old.made}
	if old.sameDelivery(&sub) {
		one.sender, one.channel = old.sender, old.channel
		return s.exchange(old, one)
	}
	if sub.WebSocket {
		one.channel = s.newChannel(&sub)
	} else {
		sender, err := s.open(ctx, sub)
		if err != nil {
			return err
		}
		one.sender = sender
	}
	if err := s.exchange(old, one); err != nil {
		return errors.Join(err, one.close())
	}
	return s.retire(old)
}

// exchange puts one in the place of old; the error is that old was removed meanwhile.
func (s *Subscriptions) exchange(old, one *subscriber) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.list, old)
	if i < 0 || s.closed {
		return ErrNoSubscription
	}
	s.list = slices.Clone(s.list)
	s.list[i] = one
	return nil
}

// newChannel makes the delivery of a WebSocket subscription.
func (s *Subscriptions) newChannel(sub *Subscription) *channel {
	return newChannel(channelOptions{
		id: sub.ID, log: s.o.Logger.With("subscription", sub.label()), deliveries: s.log, speed: s.o.Speed, now: s.o.now,
		faults: injector{seed: s.o.Seed, from: s.o.From, faults: s.o.Faults},
	})
}

// retire closes what is no longer in the list and keeps its counts.
func (s *Subscriptions) retire(one *subscriber) error {
	err := one.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = s.gone.plus(one.counts())
	return err
}

// Enable makes a disabled subscription pass its challenge and sends to it again.
func (s *Subscriptions) Enable(id string) error {
	one := s.find(id)
	if one == nil {
		return ErrNoSubscription
	}
	if one.sender == nil {
		return nil
	}
	return one.sender.Enable()
}

func (s *Subscriptions) find(id string) *subscriber {
	for _, one := range s.all() {
		if one.ID == id {
			return one
		}
	}
	return nil
}

// all returns the subscriptions now; the slice is not changed afterwards.
func (s *Subscriptions) all() []*subscriber {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.list[:len(s.list):len(s.list)]
}

// States tells of every subscription, in the order in which they were added.
func (s *Subscriptions) States() []SubscriptionState {
	list := s.all()
	out := make([]SubscriptionState, len(list))
	for i, one := range list {
		out[i] = SubscriptionState{Subscription: one.Subscription, Counts: one.counts(), Made: one.made}
		if one.sender != nil {
			out[i].Disabled, out[i].Failures = one.sender.Disabled(), one.sender.Failures()
		} else {
			out[i].Connected = one.channel.connected()
		}
	}
	return out
}

// Send hands an event to every subscription that selects it. The first of the set sends it under its own id, the others under
// ids made from it: for Zoom these are separate deliveries.
func (s *Subscriptions) Send(ctx context.Context, ev Event) error {
	s.hosts.learn(&ev)
	for _, one := range s.all() {
		if !one.wants(&ev, &s.hosts) {
			continue
		}
		own := ev
		if !one.first {
			own.ID = derivedID(ev.ID, one.ID)
		}
		if one.channel != nil {
			one.channel.send(own)
			continue
		}
		if err := one.sender.Send(ctx, own); err != nil {
			if errors.Is(err, ErrClosed) && !s.isClosed() {
				continue // it was removed this moment
			}
			return err
		}
		one.settle(s.o.now != nil)
	}
	return nil
}

// settle waits for the answers, where somebody moves the time and wants one after the other.
func (one *subscriber) settle(wanted bool) {
	if wanted && one.sender != nil {
		one.sender.pending.Wait()
	}
}

// late is what waits for its time: retries, and what faults keep back.
func (one *subscriber) late() *retryQueue {
	if one.sender != nil {
		return one.sender.retries
	}
	return one.channel.late
}

func (s *Subscriptions) isClosed() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closed
}

// Counts adds up what all subscriptions have done, those that were removed too.
func (s *Subscriptions) Counts() Counts {
	s.mu.RLock()
	sum := s.gone
	s.mu.RUnlock()
	for _, one := range s.all() {
		sum = sum.plus(one.counts())
	}
	return sum
}

// Close ends all subscriptions, together, as [Sender.Close] does. It may be called again.
func (s *Subscriptions) Close() error {
	s.mu.Lock()
	s.closed = true
	list := s.list[:len(s.list):len(s.list)]
	s.mu.Unlock()
	errs := make([]error, len(list))
	var group sync.WaitGroup
	for i, one := range list {
		group.Go(func() { errs[i] = one.close() })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err // they share one ledger, which is all that can fail
		}
	}
	return s.book.err()
}

func (one *subscriber) counts() Counts {
	if one.sender != nil {
		return one.sender.Counts()
	}
	return one.channel.counts()
}

func (one *subscriber) close() error {
	if one.sender != nil {
		return one.sender.Close()
	}
	one.channel.close()
	return nil
}
