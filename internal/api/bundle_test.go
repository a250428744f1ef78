package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/api"
)

// bundle asks for a bundle and checks what every one of them is like.
func bundle(t testing.TB, w *world, path string) string {
	t.Helper()
	res, err := http.Get(w.server.URL + path)
	must(t, err)
	must(t, res.Body.Close())
	status, contentType, body := get(t, w, path)
	if status != http.StatusOK || contentType != "text/html; charset=utf-8" {
		t.Fatalf("GET %s: %d, %s: %s", path, status, contentType, body)
	}
	if d := res.Header.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename="earshot-(participant|meeting|incident)(-redacted)?-2026-11-13-[0-9a-f]{8}\.html"$`).MatchString(d) {
		t.Errorf("GET %s: Content-Disposition %q", path, d)
	}
	return string(body)
}

func shows(t testing.TB, what, page string, want, not []string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(page, s) {
			t.Errorf("%s: %q is missing", what, s)
		}
	}
	for _, s := range not {
		if strings.Contains(page, s) {
			t.Errorf("%s: %q is there", what, s)
		}
	}
}

func TestBundles(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	busy(w.journal)
	annsTraces := []string{"Ann Ångström", "ann@example.com", "203.0.113", "10.20.0.5", "Headset", "Town hall", "uuid-", "zann", "Guest"}
	segment := "/api/v1/segments/" + annTownHall.String() + "/bundle.html"
	shows(t, "participant", bundle(t, w, segment+"?redact=false"), []string{
		"Ann Ångström in Town hall", "ann@example.com", "203.0.113.7", "Headset", "Audio received, loss", "Europe/Paris", "What Zoom sent", "&#34;user_id&#34;: &#34;16385&#34;", "network bandwidth low", "How grades are made",
	}, []string{"<script", "This copy is redacted"})
	shows(t, "participant, redacted", bundle(t, w, segment), []string{"This copy is redacted", "person ", "address ", "Windows", "What Zoom sent", "meeting.participant_qos", "Audio received, loss"}, annsTraces)
	shows(t, "participant, without what Zoom sent, in another zone", bundle(t, w, segment+"?raw=false&zone=Asia/Tokyo"), []string{"Asia/Tokyo"}, []string{"What Zoom sent"})

	shows(t, "meeting", bundle(t, w, "/api/v1/meetings/"+townHall.String()+"/bundle.html?redact=false"), []string{"Town hall", "Ann Ångström", "Bob", "Guest &lt;script&gt;"}, []string{"<script"})
	shows(t, "meeting, redacted", bundle(t, w, "/api/v1/meetings/"+townHall.String()+"/bundle.html"), []string{"person "}, append(annsTraces, "Bob"))
	shows(t, "incident", bundle(t, w, "/api/v1/incidents/"+lyonLink.String()+"/bundle.html?redact=false"), []string{"Lyon link", "17 of 19 people bad", "2 of 311", "Ann Ångström", "Town hall"}, nil)
	shows(t, "incident, redacted", bundle(t, w, "/api/v1/incidents/"+lyonLink.String()+"/bundle.html"), []string{"Lyon link", "17 of 19 people bad", "person "}, annsTraces)
	shows(t, "one person's incident", bundle(t, w, "/api/v1/incidents/"+annsWifi.String()+"/bundle.html?redact=false"), []string{"Ann Ångström, own Wi-Fi", "Design review"}, nil)
	shows(t, "one person's incident, redacted", bundle(t, w, "/api/v1/incidents/"+annsWifi.String()+"/bundle.html"), []string{"own Wi-Fi", "person "}, annsTraces)
}

func TestBundlesWithoutAJournal(t *testing.T) {
	w := newWorld(t).fill(t)
	w.journal.err = http.ErrServerClosed
	shows(t, "participant", bundle(t, w, "/api/v1/segments/"+annTownHall.String()+"/bundle.html"), []string{"did not answer when this was made"}, nil)
	for path, want := range map[string]int{
		"/api/v1/segments/" + ann.String() + "/bundle.html":                           404,
		"/api/v1/meetings/" + ann.String() + "/bundle.html":                           404,
		"/api/v1/incidents/" + ann.String() + "/bundle.html":                          404,
		"/api/v1/segments/" + annTownHall.String() + "/bundle.html?zone=Nowhere":      422,
		"/api/v1/segments/" + annTownHall.String() + "/bundle.html?zone=Local":        422,
		"/api/v1/segments/" + annTownHall.String() + "/bundle.html?zone=../../passwd": 422,
	} {
		if status, contentType, _ := get(t, w, path); status != want || contentType != "application/problem+json" {
			t.Errorf("GET %s: %d, %s, want %d", path, status, contentType, want)
		}
	}
}

func TestIncidentPeople(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	type person struct {
		Person         struct{ ID, Name string }
		Segment, Grade string
		At             time.Time
		Minutes        int
		Strip          string
		Meeting        struct{ ID, Topic string }
		Reason         *reason
	}
	type people struct {
		api.IncidentSpan
		Items    []person
		Meetings []struct {
			Meeting struct{ ID, Topic string }
			People  api.PeopleCount
			Minutes int
		}
	}
	link := read[people](t, w, "/api/v1/incidents/"+lyonLink.String()+"/people")
	got := link.Items
	if len(got) != 1 || got[0].Person.Name != "Ann Ångström" || got[0].Segment != annTownHall.String() || got[0].Grade != "bad" || got[0].Minutes != 4 ||
		!got[0].At.Equal(at(-4).Time()) || got[0].Meeting.Topic != "Town hall" || got[0].Reason == nil {
		t.Errorf("of the link: %+v, want Ann in her worst minute; Bob had none", got)
	}
	if want := strings.Repeat("g", 25) + "bbbb."; got[0].Strip != want || !link.From.Equal(at(-29).Time()) || !link.To.Equal(at(1).Time()) || link.StepSeconds != 60 {
		t.Errorf("from %v to %v by %d s: %s, want %s", link.From, link.To, link.StepSeconds, got[0].Strip, want)
	}
	if m := link.Meetings; len(m) != 1 || m[0].Meeting.Topic != "Town hall" || m[0].People != (api.PeopleCount{Bad: 1, Of: 2}) || m[0].Minutes != 4 {
		t.Errorf("meetings: %+v, want Ann of two people; the other meeting is forgotten", m)
	}
	own := read[people](t, w, "/api/v1/incidents/"+annsWifi.String()+"/people").Items
	if len(own) != 1 || own[0].Segment != annReview.String() || own[0].Minutes != 10 || !own[0].At.Equal(at(-180).Time()) {
		t.Errorf("of one person: %+v", own)
	}
	if none := read[people](t, w, "/api/v1/incidents/"+catsOwn.String()+"/people"); none.Items == nil || len(none.Items) != 0 || none.Meetings == nil || len(none.Meetings) != 0 {
		t.Errorf("without a meeting: %+v", none)
	}
	if status, _, _ := get(t, w, "/api/v1/incidents/"+ann.String()+"/people"); status != http.StatusNotFound {
		t.Errorf("of no incident: %d", status)
	}
}
