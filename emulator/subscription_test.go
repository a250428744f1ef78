package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot/zoom"
)

// postOffice gives every host a receiver of its own.
type postOffice struct {
	mu    sync.Mutex
	hosts map[string]*receiver
}

func (p *postOffice) at(host string) *receiver {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hosts == nil {
		p.hosts = map[string]*receiver{}
	}
	if p.hosts[host] == nil {
		p.hosts[host] = newReceiver(status(200))
	}
	return p.hosts[host]
}

func (p *postOffice) RoundTrip(r *http.Request) (*http.Response, error) {
	return p.at(r.URL.Host).RoundTrip(r)
}

func newTestSet(t *testing.T, change func(*SubscriptionsOptions)) (*Subscriptions, *postOffice) {
	t.Helper()
	office := &postOffice{}
	o := SubscriptionsOptions{Secret: testSecret, MaxInFlight: 2, Transport: office, ChallengeWait: time.Second, From: testFrom}
	if change != nil {
		change(&o)
	}
	return NewSubscriptions(o), office
}

func add(t *testing.T, s *Subscriptions, sub Subscription) Subscription {
	t.Helper()
	sub, err := s.Add(t.Context(), sub)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func eventOf(name, account, id string) Event {
	return Event{Time: testFrom, Name: name, ID: id, Body: fmt.Appendf(nil, `{"event":%q,"event_ts":1,"payload":{"account_id":%q,"object":{}}}`, name, account)}
}

// Every subscription gets exactly what it selects, overlaps twice, under ids that tell the deliveries apart.
func TestSubscriptionsSelect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := newTestSet(t, nil)
		add(t, s, Subscription{Target: "http://all.invalid/"})
		add(t, s, Subscription{Target: "http://qos.invalid/", Events: []string{"meeting.participant_qos"}})
		add(t, s, Subscription{Target: "http://labs.invalid/", Scope: ScopeAccount, Account: "labs"})
		add(t, s, Subscription{Target: "http://both.invalid/", Scope: ScopeAccount, Account: "labs", Events: []string{"meeting.started", "meeting.participant_qos"}})
		for i, ev := range []Event{
			eventOf("meeting.participant_qos", "main", "1"), eventOf("meeting.participant_qos", "labs", "2"),
			eventOf("meeting.started", "labs", "3"), eventOf("meeting.participant_qos_summary", "main", "4"),
			eventOf("meeting.ended", "labs", "5"),
		} {
			if err := s.Send(t.Context(), ev); err != nil {
				t.Fatalf("event %d: %v", i, err)
			}
		}
		synctest.Wait()
		ids := map[string]string{}
		for host, want := range map[string]int{"all": 5, "qos": 2, "labs": 3, "both": 2} {
			got := office.at(host + ".invalid").requests()
			if len(got) != want {
				t.Errorf("%s got %d events, want %d", host, len(got), want)
			}
			for _, r := range got {
				if before := ids[r.id]; before != "" {
					t.Errorf("%s and %s got one request id", before, host)
				}
				ids[r.id] = host
				if (len(r.id) == 1) != (host == "all") {
					t.Errorf("%s got id %q", host, r.id)
				}
			}
		}
		if got := s.Counts(); got.Sent != 12 || got.Acked != 12 || got.Challenges != 4 {
			t.Errorf("counts %+v", got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A subscription that fails its challenge is not saved; one that is removed is sent nothing more.
func TestSubscriptionsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := newTestSet(t, nil)
		office.at("bad.invalid").wrong.Store(true)
		if _, err := s.Add(t.Context(), Subscription{Target: "http://bad.invalid/"}); !errors.Is(err, ErrChallenge) {
			t.Errorf("a target that fails the challenge: %v", err)
		}
		sub := add(t, s, Subscription{Target: "http://a.invalid/"})
		if len(s.States()) != 1 || len(sub.ID) != 22 {
			t.Errorf("saved %+v", s.States())
		}
		if _, err := s.Add(t.Context(), Subscription{ID: sub.ID, Target: "http://a.invalid/"}); err == nil {
			t.Error("an id was taken twice")
		}
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "1")); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove(sub.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove(sub.ID); !errors.Is(err, ErrNoSubscription) {
			t.Errorf("removed twice: %v", err)
		}
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "2")); err != nil {
			t.Fatal(err)
		}
		if got := s.Counts(); got.Sent != 1 || got.Acked != 1 {
			t.Errorf("counts %+v, want those of the one that is gone", got)
		}
		for i := range MaxSubscriptions {
			add(t, s, Subscription{Target: fmt.Sprintf("http://h%d.invalid/", i)})
		}
		if _, err := s.Add(t.Context(), Subscription{Target: "http://b.invalid/"}); !errors.Is(err, ErrTooMany) {
			t.Errorf("one more than %d: %v", MaxSubscriptions, err)
		}
		s.Close()
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "3")); !errors.Is(err, ErrClosed) {
			t.Errorf("send after close: %v", err)
		}
	})
}

// A change is a challenge: until it is passed, and if it is not, the old subscription goes on.
func TestReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := newTestSet(t, nil)
		sub := add(t, s, Subscription{Target: "http://a.invalid/", Events: []string{"meeting.started"}})
		send := func(id string) {
			t.Helper()
			for _, name := range []string{"meeting.started", "meeting.ended"} {
				if err := s.Send(t.Context(), eventOf(name, "main", id+name)); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		office.at("bad.invalid").wrong.Store(true)
		if err := s.Replace(t.Context(), sub.ID, Subscription{Target: "http://bad.invalid/"}); !errors.Is(err, ErrChallenge) {
			t.Errorf("replaced by a target that fails: %v", err)
		}
		send("1")
		if err := s.Replace(t.Context(), sub.ID, Subscription{Target: "http://b.invalid/"}); err != nil {
			t.Fatal(err)
		}
		send("2")
		if err := s.Replace(t.Context(), "none", Subscription{Target: "http://b.invalid/"}); !errors.Is(err, ErrNoSubscription) {
			t.Errorf("replaced nothing: %v", err)
		}
		if a, b := office.at("a.invalid").requests(), office.at("b.invalid").requests(); len(a) != 1 || len(b) != 2 || !strings.HasPrefix(b[0].id, "2meeting.") {
			t.Errorf("%d events before, %d after", len(a), len(b))
		}
		if st := s.States(); len(st) != 1 || st[0].ID != sub.ID || s.Counts().Acked != 3 {
			t.Errorf("states %+v, counts %+v", st, s.Counts())
		}
		s.Close()
	})
}

// A change of what is selected is no challenge: what is under way goes on, retries too.
func TestReplaceTheSelection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := newTestSet(t, nil)
		office.at("a.invalid").answer = func(n int, _ *http.Request) (int, error) { return map[bool]int{true: 503, false: 200}[n == 0], nil }
		sub := add(t, s, Subscription{Target: "http://a.invalid/", Events: []string{"meeting.started"}})
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "1")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := s.Replace(t.Context(), sub.ID, Subscription{Name: "other", Target: "http://a.invalid/", Events: []string{"meeting.ended"}}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"meeting.started", "meeting.ended"} {
			if err := s.Send(t.Context(), eventOf(name, "main", "2"+name)); err != nil {
				t.Fatal(err)
			}
		}
		pass(6 * time.Minute)
		if c := s.Counts(); c.Acked != 2 || c.Challenges != 1 || c.Retried != 1 {
			t.Errorf("counts %+v, want the retry and meeting.ended", c)
		}
		if st := s.States(); len(st) != 1 || st[0].Name != "other" {
			t.Errorf("states %+v", st)
		}
		s.Close()
	})
}

// A user's subscription gets what the user hosts, with what is only told by uuid, and the user's calls.
func TestUserScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := newTestSet(t, nil)
		add(t, s, Subscription{Target: "http://ann.invalid/", Scope: ScopeUser, Users: []string{"ann"}})
		add(t, s, Subscription{Target: "http://both.invalid/", Scope: ScopeUser, Users: []string{"ann", "bob"}})
		add(t, s, Subscription{Target: "http://none.invalid/", Scope: ScopeUser})
		for i, ev := range [][2]string{
			{"meeting.started", `"uuid":"A==","host_id":"ann"`}, {"webinar.started", `"uuid":"B==","host_id":"bob"`},
			{"meeting.participant_qos", `"uuid":"A==","participant":{"participant_user_id":"bob"}`},
			{"webinar.participant_qos", `"uuid":"B=="`}, {"meeting.participant_qos", `"uuid":"unknown=="`},
			{"meeting.participant_joined_breakout_room", `"uuid":"A==","host_id":"ann","breakout_room_uuid":"C=="`},
			{"meeting.participant_qos", `"uuid":"C=="`}, {"session.user_qos", `"session_id":"A=="`},
			{"phone.call_qos", `"call_qos":{"id":"bob"}`},
		} {
			e := Event{Time: testFrom, Name: ev[0], ID: fmt.Sprint(i), Body: []byte(`{"payload":{"account_id":"main","object":{` + ev[1] + `}}}`)}
			if err := s.Send(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		for host, want := range map[string]int{"ann": 4, "both": 7, "none": 0} {
			if got := len(office.at(host + ".invalid").requests()); got != want {
				t.Errorf("%s got %d events, want %d", host, got, want)
			}
		}
		s.Close()
	})
}

// Six failed challenges disable one subscription, after two warnings by mail, and not its neighbour; enabling it is a challenge.
func TestDisabledAndEnabledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		s, office := newTestSet(t, func(o *SubscriptionsOptions) { o.Speed, o.Logger = 72, log.logger() })
		sub := add(t, s, Subscription{Target: "http://a.invalid/"})
		add(t, s, Subscription{Target: "http://b.invalid/"})
		office.at("a.invalid").wrong.Store(true)
		pass(6*time.Hour + time.Minute)
		if st := s.States(); !st[0].Disabled || st[0].Failures != 6 || st[1].Disabled || st[1].Failures != 0 {
			t.Fatalf("states %+v", st)
		}
		if n := log.count("mail to the account's owner"); n != 2 {
			t.Errorf("%d mails, want one after two failures and one after four", n)
		}
		if err := s.Enable(sub.ID); !errors.Is(err, ErrChallenge) {
			t.Errorf("enabled with a wrong secret: %v", err)
		}
		office.at("a.invalid").wrong.Store(false)
		if err := s.Enable(sub.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Enable("none"); !errors.Is(err, ErrNoSubscription) {
			t.Errorf("enabled nothing: %v", err)
		}
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "1")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if st := s.States(); st[0].Disabled || st[0].Failures != 0 || st[0].Counts.Acked != 1 {
			t.Errorf("state after enabling %+v", st[0])
		}
		office.at("a.invalid").wrong.Store(true)
		pass(2 * time.Hour)
		if st := s.States(); st[0].Failures != 2 {
			t.Errorf("%d failures two rounds after enabling, want 2: challenges go on", st[0].Failures)
		}
		s.Close()
	})
}

func TestSubscriptionOptionsAreChecked(t *testing.T) {
	for want, sub := range map[string]Subscription{
		"target":            {Target: "ftp://x/"},
		"exact name":        {Target: "http://x/", Events: []string{"meeting.*"}},
		`scope "everybody"`: {Target: "http://x/", Scope: "everybody"},
		"one of them":       {Target: "http://x/", WebSocket: true},
		"user name":         {Target: "http://x/", Header: OwnHeader{Mode: HeaderBasic, Username: "a:b"}},
		"token URL":         {Target: "http://x/", Header: OwnHeader{Mode: HeaderOAuth, TokenURL: "x"}},
		"client id":         {Target: "http://x/", Header: OwnHeader{Mode: HeaderOAuth, TokenURL: "http://x/"}},
		"header name":       {Target: "http://x/", Header: OwnHeader{Mode: HeaderCustom, Key: "a b", Value: "v"}},
		"header type":       {Target: "http://x/", Header: OwnHeader{Mode: 9}},
	} {
		_, err := New(Options{Secret: testSecret, Subscriptions: []Subscription{sub}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want an error about %s", sub, err, want)
		}
	}
	s, _ := newTestSet(t, nil)
	if _, err := s.Add(t.Context(), Subscription{Target: "http://x/", Scope: ScopeAccount}); err == nil || !strings.Contains(err.Error(), "needs the account") {
		t.Errorf("an account's subscription without the account: %v", err)
	}
}

// What is saved prints no secret.
func TestSubscriptionsPrintNoSecrets(t *testing.T) {
	sub := Subscription{Secret: "geheim", Header: OwnHeader{VerificationToken: "geheim", Password: "geheim", ClientSecret: "geheim", Value: "geheim"}}
	if text := fmt.Sprintf("%+v %v %#v", sub, sub, sub); strings.Contains(text, "geheim") {
		t.Error(text)
	}
	if zoom.Secret("geheim").String() == "geheim" {
		t.Error("secrets print themselves")
	}
}

// An emulator sends to all its subscriptions what each selects, bent and hit as the options say.
func TestRunServesSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		office := &postOffice{}
		e, err := New(Options{
			Target: "http://all.invalid/", Secret: testSecret, Transport: office, People: 60, Meetings: 6, Seed: 1, From: testFrom, Speed: 10, Duration: time.Minute,
			Subscriptions: []Subscription{
				{Name: "data", Target: "http://data.invalid/", Events: []string{"meeting.participant_data_summary", "meeting.participant_data"}},
				{Name: "socket", WebSocket: true},
			},
			Quirks:   []Quirk{QuirkDeviceWIN},
			Delivery: []DeliveryFault{{Kind: DropDelivery, Start: 5 * time.Minute, End: time.Hour, Share: 1}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, data := office.at("all.invalid").requests(), office.at("data.invalid").requests()
		if len(all) < 100 || len(data) < 5 || len(data) >= len(all) {
			t.Fatalf("%d events to all, %d to data", len(all), len(data))
		}
		bent := false
		for _, r := range data {
			if !strings.Contains(r.body, `"event":"meeting.participant_data`) || strings.Contains(r.body, `"Windows"`) {
				t.Errorf("unwanted: %s", r.body)
			}
			bent = bent || strings.Contains(r.body, `"device":"WIN"`)
		}
		if last := all[len(all)-1].at; !bent || last > 31*time.Second {
			t.Errorf("bent %v; the last event came after %v, want none after five simulated minutes", bent, last)
		}
		st := e.Subscriptions().States()
		if len(st) != 3 || st[2].Counts.Lost == 0 || st[2].Counts.Lost != st[2].Counts.Sent || st[0].Counts.Dropped == 0 {
			t.Errorf("states %+v", st)
		}
	})
}
