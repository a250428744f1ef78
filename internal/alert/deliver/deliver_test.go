package deliver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
)

func TestRaiseGroupSilenceInhibitResolveRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, mem := newWire(t, "a", "b"), newMemory()
		options := deliver.Options{Setup: setup(t, twoReceivers), Memory: mem, Guard: deliver.Guard{Dial: w.dial}}
		d, stop := run(t, options)

		one, two := raised(1, alert.Critical, "Lyon"), raised(2, alert.Warning, "Lyon")
		put(t, d, one, two)
		time.Sleep(5 * time.Second)
		if w.count("b") != 1 || w.count("a") != 1 || w.got("a", `"numFiring":2`)+strings.Count(w.bodies("a")[0], `"status":"firing"`) < 2 {
			t.Errorf("raised: a got %d, b got %d, want one message each, that of a about both", w.count("a"), w.count("b"))
		}

		id, err := d.SetSilence(context.Background(), deliver.Silence{Matchers: []deliver.Matcher{{Name: "site", Value: "Nan.*", Regex: true}}, Ends: time.Now().Add(time.Hour), By: "ann", Comment: "works"})
		if err != nil {
			t.Fatal(err)
		}
		silent := raised(3, alert.Critical, "Nantes")
		put(t, d, silent)
		symptom := raised(4, alert.Warning, "Paris", alert.LabelRole, alert.RoleSymptom, alert.LabelIncident, "77")
		cause := raised(5, alert.Warning, "Metz", alert.LabelRole, alert.RoleCause, alert.LabelIncident, "77")
		put(t, d, cause, symptom)
		time.Sleep(5 * time.Second)
		if w.got("a", "Nantes")+w.got("b", "Nantes")+w.got("a", "Paris") != 0 || w.got("a", "Metz") != 1 {
			t.Error("what is silenced, or a symptom of what is told, was told")
		}
		if by, inhibited := d.Muted(silent.Labels); len(by) != 1 || by[0] != id || inhibited {
			t.Errorf("Nantes is muted by %v, %v, want %s", by, inhibited, id)
		}
		if by, inhibited := d.Muted(symptom.Labels); len(by) != 0 || !inhibited {
			t.Errorf("Paris is muted by %v, %v, want its cause", by, inhibited)
		}

		// Killed here: what was remembered is all that is left.
		options.Memory, options.Alerts = mem.copy(), []deliver.Alert{one, two, silent, cause, symptom}
		stop()
		before := w.count("a") + w.count("b")
		d, stop = run(t, options)
		defer w.close()
		defer stop()
		for range 10 { // as the shell puts them again
			put(t, d, one, two, silent, cause, symptom)
			time.Sleep(time.Minute)
		}
		if after := w.count("a") + w.count("b"); after != before {
			t.Errorf("%d messages after the restart, want none: all was told, or is silent", after-before)
		}
		if all, err := d.Silences(context.Background()); err != nil || len(all) != 1 || all[0].State != "active" || all[0].By != "ann" {
			t.Errorf("silences after the restart: %v, %v", all, err)
		}
		put(t, d, over(one), over(two))
		time.Sleep(2 * time.Minute)
		if w.got("a", `"status":"resolved"`) == 0 || w.got("b", `"status":"resolved"`) != 1 {
			t.Error("nobody was told that it is over")
		}
	})
}

// What was told to be over is not told again after a restart, though its group goes on; what is over and was not told, is.
func TestARestartTellsTheEndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, mem := newWire(t, "a", "b"), newMemory()
		options := deliver.Options{Setup: setup(t, twoReceivers), Memory: mem, Guard: deliver.Guard{Dial: w.dial}}
		d, stop := run(t, options)
		one, two, three := raised(1, alert.Warning, "Lyon"), raised(2, alert.Warning, "Lyon"), raised(3, alert.Warning, "Lyon")
		put(t, d, one, two)
		time.Sleep(5 * time.Second)
		one = over(one)
		put(t, d, one)
		time.Sleep(2 * time.Minute)
		put(t, d, two, three)
		time.Sleep(2 * time.Minute)
		if n := w.count("a"); n != 3 {
			t.Fatalf("before the restart: %d messages, want three: raised, one is over, another one", n)
		}
		two = over(two)
		options.Memory, options.Alerts = mem.copy(), []deliver.Alert{one, two, three}
		stop()
		_, stop = run(t, options)
		defer w.close()
		defer stop()
		time.Sleep(3 * time.Minute)
		bodies := w.bodies("a")[3:]
		if len(bodies) != 1 || strings.Count(bodies[0], `"status":"resolved"`) != 1 || !strings.Contains(bodies[0], two.Link) || strings.Contains(bodies[0], one.Link) {
			t.Errorf("after the restart: %v, want one message, that the second is over", bodies)
		}
	})
}

// A receiver has taken a message and has not said so yet when Earshot stops: that is waited for and noted, or after the restart nobody would tell
// it that the alert is over. One that says nothing is not waited for longer than for a moment.
func TestAStopWaitsForTheAnswer(t *testing.T) {
	for slow, want := range map[time.Duration]int{2 * time.Second: 1, time.Hour: 0} {
		synctest.Test(t, func(t *testing.T) {
			w, mem := newWire(t, "a", "b"), newMemory()
			options := deliver.Options{Setup: setup(t, twoReceivers), Memory: mem, Guard: deliver.Guard{Dial: w.dial}}
			w.delay("a", slow)
			d, stop := run(t, options)
			one := raised(1, alert.Warning, "Lyon")
			put(t, d, one)
			for w.count("a") == 0 {
				time.Sleep(100 * time.Millisecond)
			}
			begun := time.Now()
			stop()
			if took := time.Since(begun); took > 3*time.Second {
				t.Errorf("a receiver that answers after %v: stopping took %v", slow, took)
			}
			options.Memory, options.Alerts = mem.copy(), []deliver.Alert{over(one)}
			w.delay("a", 0)
			_, stop = run(t, options)
			defer w.close()
			defer stop()
			time.Sleep(3 * time.Minute)
			if n := w.got("a", `"status":"resolved"`); n != want {
				t.Errorf("a receiver that answers after %v is told %d times that it is over, want %d", slow, n, want)
			}
		})
	}
}

// A message that is sent once more after a crash has the name that it had, whatever its evidence says now.
func TestARepeatedMessageHasItsName(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, "a")
		text := "route: {receiver: x, repeat_interval: 1h}\nreceivers:\n  - name: x\n    signed_webhook_configs: [{url: 'http://a/', secret_file: '" + dir + "/secret'}]\n"
		options := deliver.Options{Setup: setup(t, text), Memory: newMemory(), Guard: deliver.Guard{Dial: w.dial}}
		a := raised(1, alert.Warning, "Lyon")
		d, stop := run(t, options)
		put(t, d, a)
		time.Sleep(5 * time.Second)
		stop()
		options.Memory = newMemory() // the delivery was not noted
		d, stop = run(t, options)
		defer w.close()
		defer stop()
		a.Annotations["summary"], a.Starts = "Lyon link, 45 people, since 09:41", time.Now()
		for range 70 {
			put(t, d, a)
			time.Sleep(time.Minute)
		}
		put(t, d, over(a))
		time.Sleep(2 * time.Minute)
		ids := w.headers("a", "X-Earshot-Delivery")
		if len(ids) != 4 || ids[0] != ids[1] || ids[2] == ids[1] || ids[3] == ids[1] || ids[3] == ids[2] {
			t.Errorf("got messages %v, want twice the same, a reminder, the end", ids)
		}
	})
}

// One receiver is dead for an hour: the other is told at once, and the dead one of everything when it lives again, once.
func TestADeadReceiverLosesNothingAndDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, "a", "b")
		w.kill("b", true)
		refused := 0
		d, stop := run(t, deliver.Options{
			Setup: setup(t, "route: {receiver: both}\nreceivers: [{name: both, webhook_configs: [{url: 'http://a/'}, {url: 'http://b/'}]}]"), Memory: newMemory(),
			Guard: deliver.Guard{Dial: w.dial}, Outcome: func(o deliver.Outcome) {
				if o.Err != nil {
					refused++
				}
			},
		})
		defer w.close()
		defer stop()
		var all []deliver.Alert
		for k := range 12 {
			a := raised(earshot.ID(k+1), alert.Critical, fmt.Sprintf("Site %02d", k))
			all = append(all, a)
			put(t, d, all...)
			time.Sleep(4 * time.Second)
			if w.got("a", a.Annotations["summary"]) != 1 {
				t.Fatalf("%s: the living receiver was not told within 4 s", a.Labels["site"])
			}
			for range 4 {
				time.Sleep(time.Minute)
				put(t, d, all...)
			}
			time.Sleep(56 * time.Second)
		}
		if refused < 5 || refused > 60*13 {
			t.Errorf("%d refusals were told of, want some, and not one for each try", refused)
		}
		since := d.Receivers()
		w.kill("b", false)
		for range 3 {
			put(t, d, all...)
			time.Sleep(time.Minute)
		}
		for _, a := range all {
			if n := w.got("b", a.Annotations["summary"]); n != 1 {
				t.Errorf("%s: the receiver that was dead was told %d times, want once", a.Labels["site"], n)
			}
		}
		if w.count("a") != 12 {
			t.Errorf("the living receiver got %d messages, want 12", w.count("a"))
		}
		failing := 0
		for _, s := range since {
			if !s.FailingSince.IsZero() && s.Error != "" {
				failing++
			}
		}
		if failing != 1 {
			t.Errorf("receivers after an hour: %+v, want one that fails", since)
		}
	})
}

// Whoever takes an alert on is not reminded of it; others are.
func TestAcknowledgedAlertsAreNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, "a")
		d, stop := run(t, deliver.Options{
			Setup: setup(t, "route: {receiver: a, repeat_interval: 1h}\nreceivers: [{name: a, webhook_configs: [{url: 'http://a/'}]}]"), Memory: newMemory(),
			Guard: deliver.Guard{Dial: w.dial}, Acknowledged: func(id earshot.ID) bool { return id == 1 },
		})
		defer w.close()
		defer stop()
		for range 200 {
			put(t, d, raised(1, alert.Warning, "Lyon"), raised(2, alert.Warning, "Metz"))
			time.Sleep(time.Minute)
		}
		if lyon, metz := w.got("a", "Lyon"), w.got("a", "Metz"); lyon != 1 || metz != 4 {
			t.Errorf("Lyon was told %d times, Metz %d times, want 1 and 4", lyon, metz)
		}
	})
}

// An Alertmanager elsewhere is told at once and every minute, and of what is over until it has taken that.
func TestHandsOverToAnAlertmanager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, "am")
		d, stop := run(t, deliver.Options{Setup: setup(t, ""), Memory: newMemory(), Guard: deliver.Guard{Dial: w.dial}, External: []string{"http://am"}})
		defer w.close()
		defer stop()
		a := raised(1, alert.Warning, "Lyon")
		put(t, d, a)
		time.Sleep(time.Second)
		if w.count("am") != 1 {
			t.Fatalf("got %d posts within a second, want 1", w.count("am"))
		}
		time.Sleep(5 * time.Minute)
		if n := w.count("am"); n != 6 {
			t.Errorf("got %d posts in five minutes, want 6", n)
		}
		w.kill("am", true)
		end := over(a)
		put(t, d, end)
		time.Sleep(10 * time.Minute)
		w.kill("am", false)
		time.Sleep(5 * time.Minute)
		if n := w.got("am", end.Ends.Format(time.RFC3339Nano)); n != 1 {
			t.Errorf("the end was told %d times, want once", n)
		}
	})
}

func TestGuardsInternalAddresses(t *testing.T) {
	g := deliver.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for address, ok := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1": true, "10.1.2.3": true, "10.2.2.3": false, "127.0.0.1": false, "::1": false, "169.254.169.254": false, "192.168.1.1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.1.0.1": true, "fe80::1": false, "fd00::1": false, "100.64.0.1": false, "0.0.0.0": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if err := g.Check(netip.MustParseAddr(address)); (err == nil) != ok {
			t.Errorf("%s: got %v, want allowed: %v", address, err, ok)
		}
	}
	var blocked *deliver.BlockedError
	if _, err := g.DialContext(t.Context(), "tcp", "localhost:9"); !errors.As(err, &blocked) {
		t.Errorf("a name that resolves to this host: got %v, want it blocked", err)
	}
	if err := g.CheckHost(t.Context(), "localhost"); !errors.As(err, &blocked) {
		t.Errorf("the mail server's name: got %v, want it blocked", err)
	}
}

func TestReadsReceivers(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no receiver":    {"route: {receiver: x}\nreceivers: []", `undefined receiver "x"`},
		"unknown key":    {"route: {receiver: x}\nreceivers: [{name: x, slak_configs: []}]", "slak_configs"},
		"ours, unknown":  {"route: {receiver: x}\nreceivers:\n  - name: x\n    syslog_configs:\n      - adress: y\n", "adress"},
		"ours, wrong":    {"route: {receiver: x}\nreceivers:\n  - name: x\n    servicenow_configs:\n      - instance_url: https://x.example.com\n        mode: both\n        token_file: /x\n", `mode is "both"; want incident or event`},
		"signed, bare":   {"route: {receiver: x}\nreceivers:\n  - name: x\n    signed_webhook_configs:\n      - url: https://x.example.com\n", "secret_file"},
		"not YAML":       {"route: [", "read the receivers"},
		"no credentials": {"route: {receiver: x}\nreceivers:\n  - name: x\n    servicenow_configs:\n      - instance_url: https://x.example.com\n", "username"},
	} {
		if _, err := deliver.ParseSetup([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error that names %q", name, err, c.want)
		}
	}
	s := setup(t, "route: {receiver: x}\nreceivers:\n  - name: x\n    webhook_configs: [{url: 'https://x.example.com/{{ .Status }}'}]\n    syslog_configs:\n      - address: y:514\n  - name: w\n")
	if got := s.Receivers(); len(got) != 2 || got[1] != "x" {
		t.Errorf("got receivers %v", got)
	}
	if got := setup(t, "").Receivers(); len(got) != 0 {
		t.Errorf("without a file: got receivers %v, want none", got)
	}
}

func FuzzParseSetup(f *testing.F) {
	f.Add([]byte(twoReceivers))
	f.Add([]byte("route: {receiver: x}\nreceivers:\n  - name: x\n    syslog_configs:\n      - address: y:514\n"))
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = deliver.ParseSetup(text) })
}

func TestRefusesSilencesThatSilenceEverythingOrNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, stop := run(t, deliver.Options{Setup: setup(t, ""), Memory: newMemory()})
		defer stop()
		one := []deliver.Matcher{{Name: "site", Value: "Lyon"}}
		for name, s := range map[string]deliver.Silence{
			"no matchers": {Ends: time.Now().Add(time.Hour)},
			"no regex":    {Matchers: []deliver.Matcher{{Name: "site", Value: "(", Regex: true}}, Ends: time.Now().Add(time.Hour)},
			"over":        {Matchers: one, Ends: time.Now().Add(-time.Hour)},
			"everything":  {Matchers: []deliver.Matcher{{Name: "site", Value: ".*", Regex: true}}, Ends: time.Now().Add(time.Hour), By: "a", Comment: "c"},
		} {
			var wrong *deliver.SilenceError
			if _, err := d.SetSilence(context.Background(), s); !errors.As(err, &wrong) {
				t.Errorf("%s: got %v, want what is wrong", name, err)
			}
		}
		if _, err := d.SetSilence(context.Background(), deliver.Silence{ID: "none", Matchers: one, Ends: time.Now().Add(time.Hour), By: "a", Comment: "c"}); !errors.Is(err, deliver.ErrNoSilence) {
			t.Errorf("a silence that does not exist: got %v", err)
		}
		if err := d.ExpireSilence(context.Background(), "none"); !errors.Is(err, deliver.ErrNoSilence) {
			t.Errorf("ending it: got %v", err)
		}
	})
}

// What Grafana's data source asks (public/app/plugins/datasource/alertmanager/DataSource.ts and its server's proxy): with the
// implementation Prometheus it takes an Alertmanager below its address for one of Mimir's, then wants the status, groups, silences.
func TestAnswersGrafanasDataSource(t *testing.T) {
	d, stop := run(t, deliver.Options{Setup: setup(t, twoReceivers), Memory: newMemory(), Guard: deliver.Guard{Dial: newWire(t, "a", "b").dial}})
	defer stop()
	put(t, d, raised(1, alert.Critical, "Lyon"))
	s := httptest.NewServer(http.StripPrefix("/alertmanager", d.Handler()))
	defer s.Close()
	ask := func(method, path, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/alertmanager"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(raw)
	}
	if status, _ := ask("GET", "/alertmanager/api/v2/status", ""); status == http.StatusOK {
		t.Error("Grafana takes us for Mimir")
	}
	for path, want := range map[string]string{
		"/api/v2/status": `"original":`, "/api/v2/alerts/groups": `"receiver":`, "/api/v2/silences": "[]", "/api/v2/receivers": `"name":"a"`,
		"/api/v2/alerts?active=true&silenced=true&inhibited=true&filter=" + url.QueryEscape(`site="Lyon"`): `"Lyon link, 41 people`,
	} {
		if status, body := ask("GET", path, ""); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s: %d %s, want %s", path, status, body, want)
		}
	}
	now := time.Now().UTC()
	status, body := ask("POST", "/api/v2/silences", fmt.Sprintf(`{"matchers":[{"name":"site","value":"Lyon","isRegex":false,"isEqual":true}],"startsAt":%q,"endsAt":%q,"comment":"works","createdBy":"ann"}`,
		now.Format(time.RFC3339Nano), now.Add(time.Hour).Format(time.RFC3339Nano)))
	var made struct{ SilenceID string }
	if err := json.Unmarshal([]byte(body), &made); status != http.StatusOK || err != nil || made.SilenceID == "" {
		t.Fatalf("a silence: %d %s", status, body)
	}
	if status, body := ask("GET", "/api/v2/silence/"+made.SilenceID, ""); status != http.StatusOK || !strings.Contains(body, `"state":"active"`) {
		t.Errorf("the silence: %d %s", status, body)
	}
	if status, body := ask("DELETE", "/api/v2/silence/"+made.SilenceID, ""); status != http.StatusOK {
		t.Errorf("ending it: %d %s", status, body)
	}
}
