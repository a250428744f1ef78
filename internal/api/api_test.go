package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/registry"
)

func TestLiveMeetings(t *testing.T) {
	w := newWorld(t).fill(t)
	for query, want := range map[string]string{
		"":                           "Town hall, Room 1, Stand-up",
		"?state=live&sort=topic":     "Room 1, Stand-up, Town hall",
		"?sort=topic&order=desc":     "Town hall, Stand-up, Room 1",
		"?sort=start":                "Room 1, Stand-up, Town hall",
		"?sort=people":               "Town hall, Stand-up, Room 1",
		"?sort=people&order=asc":     "Stand-up, Room 1, Town hall",
		"?q=ÅNG":                     "Town hall, Stand-up",
		"?kind=webinar":              "Town hall",
		"?grade=fair,good":           "Room 1, Stand-up",
		"?site=" + lyon.String():     "Town hall, Room 1, Stand-up",
		"?site=" + prefix.String():   "",
		"?person=" + cat.String():    "Room 1",
		"?account=" + lyon.String():  "",
		"?from=2026-11-20T00:00:00Z": "",
	} {
		if got := topics(read[page[meetingRow]](t, w, "/api/v1/meetings"+query).Items); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	row := read[page[meetingRow]](t, w, "/api/v1/meetings").Items[0]
	if !row.Live || row.Host != "Bob" || row.People != 3 || row.Unreported != 1 || row.Now != (api.GradeCount{Good: 1, Bad: 1, Unclassified: 1}) {
		t.Errorf("row: %+v", row)
	}
	if row.Reason == nil || row.Reason.Text != "audio received, loss 18.2 %, bad from 10 %" || row.Reason.Value != 18.2 {
		t.Errorf("reason: %+v", row.Reason)
	}
	if len(row.Strip) != 4 || row.Since == nil || !row.Since.Equal(at(-4).Time()) {
		t.Errorf("strip of %d minutes, since %v", len(row.Strip), row.Since)
	}
}

func TestPastMeetings(t *testing.T) {
	w := newWorld(t).fill(t)
	for query, want := range map[string]string{
		"":                        "Design review, Short one, Planning",
		"&sort=worst&order=asc":   "Planning, Short one, Design review",
		"&sort=start":             "Short one, Planning, Design review",
		"&sort=start&order=asc":   "Design review, Planning, Short one",
		"&sort=topic":             "Design review, Planning, Short one",
		"&sort=people":            "Design review, Planning, Short one",
		"&grade=good":             "Planning",
		"&q=review":               "Design review",
		"&person=" + cat.String(): "Planning",
		"&kind=webinar":           "",
		"&to=" + at(-100).Time().Format(time.RFC3339): "Design review",
	} {
		if got := topics(read[page[meetingRow]](t, w, "/api/v1/meetings?state=past"+query).Items); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	rows := read[page[meetingRow]](t, w, "/api/v1/meetings?state=past").Items
	if r := rows[0]; r.Live || r.Host != "Ann Ångström" || r.People != 2 || r.Grade != "bad" || !r.StartEstimated ||
		r.Minutes != (api.GradeCount{Good: 49, Fair: 60, Bad: 10}) || r.Affected.Bad != 1 {
		t.Errorf("review: %+v", r)
	}
	if r := rows[1]; r.Minutes != (api.GradeCount{Good: 5, Bad: 3}) || r.Affected.Bad != 1 || r.Grade != "bad" {
		t.Errorf("a meeting whose last minutes are open: %+v", r)
	}
}

func TestMeetingWhileItRuns(t *testing.T) {
	w := newWorld(t).fill(t)
	d := read[meetingDetail](t, w, "/api/v1/meetings/"+townHall.String())
	if !d.Live || d.Grade != "bad" || d.AccountZoomID != "zoomaccount" || !d.Watermark.Equal(noon.Time()) {
		t.Errorf("got live %v, %s, account %q, watermark %v", d.Live, d.Grade, d.AccountZoomID, d.Watermark)
	}
	if topics(d.Breakouts) != "Room 1" || d.Breakouts[0].Parent != townHall.String() {
		t.Errorf("breakouts: %+v", d.Breakouts)
	}
	var names []string
	for _, s := range d.Segments {
		names = append(names, s.Person.Name)
	}
	if want := []string{"Ann Ångström", "Bob", "Guest <script>"}; !slices.Equal(names, want) {
		t.Fatalf("segments: got %q, want worst first, %q", names, want)
	}
	// Minutes before the live history come from the facts, open ones from live.
	a := d.Segments[0]
	if !a.Present || a.Grade != "bad" || a.Minutes != (api.GradeCount{Good: 31, Bad: 9}) || a.Site == nil || a.Site.Name != "Lyon" || a.Network != "Wifi" {
		t.Errorf("Ann: %+v", a)
	}
	if g := d.Segments[2]; !g.Person.External || g.Reported || g.Why != "no-report" || !g.Present {
		t.Errorf("the guest must be shown as missing: %+v", g)
	}
	if len(d.Notifications) != 3 || d.Notifications[0].Code != "network bandwidth low" {
		t.Errorf("notifications: %+v", d.Notifications)
	}
}

func TestMeetingThatIsOver(t *testing.T) {
	w := newWorld(t).fill(t)
	d := read[meetingDetail](t, w, "/api/v1/meetings/"+review.String())
	if d.Live || d.Grade != "bad" || d.Host != "Ann Ångström" || d.People != 2 || d.Affected != (api.GradeCount{Fair: 1, Bad: 1}) {
		t.Errorf("got %+v", d.meetingRow)
	}
	if len(d.Segments) != 3 || d.Segments[0].ID != annReview.String() || d.Segments[0].Present || d.Segments[0].Reason == nil {
		t.Errorf("segments: %+v", d.Segments)
	}
	d = read[meetingDetail](t, w, "/api/v1/meetings/"+justOver.String())
	if d.Live || d.Minutes != (api.GradeCount{Good: 6, Bad: 3}) || d.Segments[0].Minutes != d.Minutes {
		t.Errorf("its last minutes are open: got %+v", d.Minutes)
	}
}

func TestMeetingMinutes(t *testing.T) {
	w := newWorld(t).fill(t)
	path := "/api/v1/meetings/" + townHall.String() + "/minutes"
	type minutes struct {
		From, To time.Time
		Rows     []segmentMinutes
	}
	got := read[minutes](t, w, path)
	if len(got.Rows) != 2 || len(got.Rows[0].Minutes) != 40 || !got.From.Equal(at(-40).Time()) || !got.To.Equal(noon.Time()) {
		t.Fatalf("got %d rows, %v to %v", len(got.Rows), got.From, got.To)
	}
	last := got.Rows[0].Minutes[39]
	if !last.Open || last.Grade != "bad" || len(last.Slots) != 8 || last.Slots[1] != "bad" || last.Reason == nil {
		t.Errorf("the open minute: %+v", last)
	}
	got = read[minutes](t, w, fmt.Sprintf("%s?from=%s&to=%s", path, at(-10).Time().Format(time.RFC3339), at(-2).Time().Format(time.RFC3339)))
	if len(got.Rows[0].Minutes) != 8 || !got.From.Equal(at(-10).Time()) || !got.To.Equal(at(-2).Time()) {
		t.Errorf("between two times: got %d minutes, %v to %v", len(got.Rows[0].Minutes), got.From, got.To)
	}
	if empty := read[minutes](t, w, path+"?from="+at(60).Time().Format(time.RFC3339)); len(empty.Rows) != 0 {
		t.Errorf("after its end: got %d rows", len(empty.Rows))
	}
}

func TestSegment(t *testing.T) {
	w := newWorld(t).fill(t)
	type detail struct {
		segmentRow
		MeetingRow meetingRow `json:"meeting_row"`
		Devices    []struct {
			At         time.Time
			InternalIP string `json:"internal_ip"`
			Site       *struct{ Name string }
			ISP        string
		}
		Summaries []columns
		Rejoins   []segmentRow
	}
	d := read[detail](t, w, "/api/v1/segments/"+annTownHall.String())
	if d.MeetingRow.Topic != "Town hall" || !d.MeetingRow.Live || !d.Present || len(d.Rejoins) != 0 {
		t.Errorf("got %+v", d)
	}
	if len(d.Devices) != 2 || d.Devices[1].InternalIP != "10.20.0.6" || d.Devices[0].Site == nil || d.Devices[0].Site.Name != "Lyon" || d.Devices[0].ISP != "Example Telecom" {
		t.Errorf("devices: %+v", d.Devices)
	}
	want := map[string]float64{"min_bitrate_kbps": 10, "avg_bitrate_kbps": 20.5, "max_bitrate_kbps": 30, "max_loss_pct": 0, "width_px": 1280}
	if len(d.Summaries) != 1 || d.Summaries[0].Wire != "video_input" || d.Summaries[0].Direction != "send" {
		t.Fatalf("summaries: %+v", d.Summaries)
	}
	if diff := cmp.Diff(want, d.Summaries[0].Values); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	d = read[detail](t, w, "/api/v1/segments/"+annReview.String())
	if len(d.Rejoins) != 1 || d.Rejoins[0].ID != annRejoin.String() || d.Rejoins[0].Minutes.Good != 29 || d.MeetingRow.Grade != "bad" {
		t.Errorf("rejoins: %+v", d.Rejoins)
	}
}

func TestSeries(t *testing.T) {
	w := newWorld(t).fill(t)
	type series struct {
		From, To       time.Time
		Streams        []columns
		Minutes        []gradedMinute
		Notifications  []notification
		Bands          []struct{ Metric string }
		InputMeans     string `json:"input_means"`
		CadenceSeconds int    `json:"cadence_seconds"`
	}
	path := "/api/v1/segments/" + annTownHall.String() + "/series"
	d := read[series](t, w, path)
	var wires []string
	for _, s := range d.Streams {
		wires = append(wires, s.Wire+" "+s.Media+" "+s.Direction+" "+s.Peer)
		for name, column := range s.Metrics {
			if len(column) != len(s.At) {
				t.Errorf("%s has %d values at %d times", name, len(column), len(s.At))
			}
		}
	}
	// This account's audio_input is received and its video_input sent.
	if want := []string{"audio_input audio receive client", "audio_output audio send client", "video_input video send client", "cpu_usage   "}; !slices.Equal(wires, want) {
		t.Errorf("streams: got %q, want %q", wires, want)
	}
	s := d.Streams[0]
	if len(s.At) != 35 || s.At[0] != int64(at(-40)) || s.Metrics["loss_avg_pct"][0] != nil || *s.Metrics["loss_avg_pct"][1] != 0.3 {
		t.Errorf("audio_input: %d times, first %d, losses %v", len(s.At), s.At[0], s.Metrics["loss_avg_pct"][:2])
	}
	if len(s.Metrics) != 2 {
		t.Errorf("metrics that never occur must be left out: %d", len(s.Metrics))
	}
	if d.InputMeans != "received" || d.CadenceSeconds != 60 || len(d.Bands) == 0 || len(d.Minutes) != 40 {
		t.Errorf("got input %s, cadence %d, %d bands, %d minutes", d.InputMeans, d.CadenceSeconds, len(d.Bands), len(d.Minutes))
	}
	// Its own notifications and those about everybody, not other people's.
	if len(d.Notifications) != 2 {
		t.Errorf("notifications: %+v", d.Notifications)
	}
	d = read[series](t, w, fmt.Sprintf("%s?from=%s&to=%s", path, at(-20).Time().Format(time.RFC3339), at(-15).Time().Format(time.RFC3339)))
	if len(d.Streams) != 0 || len(d.Minutes) != 5 || d.CadenceSeconds != 60 {
		t.Errorf("in the gap: %d streams, %d minutes", len(d.Streams), len(d.Minutes))
	}
}

func TestPersons(t *testing.T) {
	w := newWorld(t).fill(t)
	type person struct {
		ID, Name, Email string
		KnownBy         string `json:"known_by"`
	}
	all := read[page[person]](t, w, "/api/v1/persons").Items
	if len(all) != 3 || all[0].Name != "Ann Ångström" || all[2].Name != "cat@example.com" || all[2].KnownBy != "email" {
		t.Errorf("got %+v", all)
	}
	if got := read[page[person]](t, w, "/api/v1/persons?q=bob").Items; len(got) != 1 || got[0].ID != bob.String() {
		t.Errorf("q=bob: %+v", got)
	}
	d := read[struct {
		person
		Minutes  api.GradeCount
		Segments []struct {
			segmentRow
			MeetingRow meetingRow `json:"meeting_row"`
		}
	}](t, w, "/api/v1/persons/"+ann.String())
	var got []string
	for _, s := range d.Segments {
		got = append(got, fmt.Sprint(s.MeetingRow.Topic, " ", s.MeetingRow.Live, " ", s.Grade))
	}
	want := []string{"Stand-up true good", "Town hall true bad", "Design review false good", "Design review false bad"}
	if !slices.Equal(got, want) {
		t.Errorf("joins: got %q, want %q", got, want)
	}
	if d.Minutes != (api.GradeCount{Good: 1 + 31 + 20 + 29, Bad: 9 + 10}) {
		t.Errorf("minutes: %+v", d.Minutes)
	}
}

func TestSites(t *testing.T) {
	w := newWorld(t).fill(t)
	got := read[page[struct {
		Name    string
		Derived bool
		People  int
		Now     api.GradeCount
	}]](t, w, "/api/v1/sites").Items
	if len(got) != 2 || got[0].Name != "Lyon" || got[0].People != 3 || got[0].Now != (api.GradeCount{Good: 1, Fair: 1, Bad: 1}) || !got[1].Derived {
		t.Errorf("got %+v", got)
	}
	own := read[page[struct{ Name string }]](t, w, "/api/v1/sites?account="+account.String()).Items
	if len(own) != 1 || own[0].Name != "Lyon" {
		t.Errorf("of the account: %+v", own)
	}
	if other := read[page[struct{ Name string }]](t, w, "/api/v1/sites?account=00000000000000ff").Items; len(other) != 0 {
		t.Errorf("of an account that has nobody: %+v", other)
	}
}

func TestSearch(t *testing.T) {
	w := newWorld(t).fill(t)
	type hit struct {
		Type, ID, Title, Detail string
		Live                    bool
	}
	for q, want := range map[string]hit{
		"ann å":       {Type: "person", ID: ann.String(), Title: "Ann Ångström", Detail: "ann@example.com"},
		"town":        {Type: "meeting", ID: townHall.String(), Title: "Town hall", Detail: "2026-11-13 11:20 UTC", Live: true},
		"lyo":         {Type: "site", ID: lyon.String(), Title: "Lyon", Detail: "10.20.0.0/16"},
		"10.20.0.6":   {Type: "person", ID: ann.String(), Title: "Ann Ångström", Detail: "10.20.0.6"},
		"33123456789": {Type: "call", ID: goodCall.String(), Title: "Ann Ångström to +33123456789", Detail: "2026-11-13 10:20 UTC"},
	} {
		got := read[page[hit]](t, w, "/api/v1/search?q="+url.QueryEscape(q)).Items
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %+v, want %+v", q, got, want)
		}
	}
	if got := read[page[hit]](t, w, "/api/v1/search?q=%20"); got.Items == nil || len(got.Items) != 0 {
		t.Errorf("nothing: got %+v", got)
	}
}

func TestIngest(t *testing.T) {
	w := newWorld(t)
	w.ingest.in = api.Ingest{Receiver: true, Received: 7, Journal: api.JournalIngest{ID: "j"}}
	got := read[map[string]any](t, w, "/api/v1/ingest")
	if got["received"] != 7.0 || got["subscriptions"] == nil || got["drift"] == nil {
		t.Errorf("got %v", got)
	}
	w.ingest.err = errors.New("dial unix /secret/path: refused")
	if status, _, body := get(t, w, "/api/v1/ingest"); status != 500 || strings.Contains(string(body), "secret") {
		t.Errorf("got %d %s", status, body)
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t).fill(t)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/api/v1/meetings/00000000000000ff":                                  {404, "Nothing is known"},
		"/api/v1/segments/00000000000000ff":                                  {404, "Nothing is known"},
		"/api/v1/segments/00000000000000ff/series":                           {404, "Nothing is known"},
		"/api/v1/meetings/00000000000000ff/minutes":                          {404, "Nothing is known"},
		"/api/v1/persons/00000000000000ff":                                   {404, "Nothing is known"},
		"/api/v1/calls/00000000000000ff":                                     {404, "Nothing is known"},
		"/api/v1/nothing":                                                    {404, "no such path"},
		"/api/v1/meetings/1":                                                 {422, "16 hexadecimal digits"},
		"/api/v1/meetings/zzzzzzzzzzzzzzzz":                                  {422, "16 hexadecimal digits"},
		"/api/v1/meetings?limit=0":                                           {422, "query.limit"},
		"/api/v1/meetings?limit=1001":                                        {422, "query.limit"},
		"/api/v1/meetings?sort=best":                                         {422, "query.sort"},
		"/api/v1/meetings?grade=awful":                                       {422, "query.grade"},
		"/api/v1/meetings?from=yesterday":                                    {422, "query.from"},
		"/api/v1/meetings?from=2026-11-13T12:00:00Z&to=2026-11-13T11:00:00Z": {422, "query.to"},
		"/api/v1/meetings?cursor=zzz":                                        {422, "query.cursor"},
		"/api/v1/meetings?state=past&sort=start&cursor=zzz":                  {422, "query.cursor"},
		"/api/v1/meetings?state=past&cause=weather":                          {422, "query.cause"},
		"/api/v1/meetings?sotr=worst":                                        {422, "query.sotr"},
		"/api/v1/persons?cursor=!":                                           {422, "query.cursor"},
		"/api/v1/search":                                                     {422, "query.q"},
		"/api/v1/events?meeting=1":                                           {422, "16 hexadecimal digits"},
		"/api/v1/segments/" + annTownHall.String() + "/series?from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z": {422, "24 hours"},
	} {
		status, contentType, body := get(t, w, path)
		if status != want.status || contentType != "application/problem+json" || !strings.Contains(string(body), want.says) {
			t.Errorf("GET %s: got %d %s %s, want %d with %q", path, status, contentType, body, want.status, want.says)
		}
	}
	// What is read cannot be written to, and what changes something does so by one method only, but for alerts.
	for _, r := range w.Routes() {
		if strings.HasPrefix(r.Path, "/api/v1/alert") {
			continue
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if method == r.Method {
				continue
			}
			req, err := http.NewRequestWithContext(t.Context(), method, w.server.URL+strings.ReplaceAll(r.Path, "{id}", ann.String()), nil)
			must(t, err)
			res, err := http.DefaultClient.Do(req)
			must(t, err)
			must(t, res.Body.Close())
			if res.StatusCode != http.StatusMethodNotAllowed && res.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s: got %d", method, r.Path, res.StatusCode)
			}
		}
	}
}

// slowFacts answers no question before its context ends.
type slowFacts struct{ *factstest.Memory }

func (slowFacts) Minutes(ctx context.Context, _ facts.Filter) ([]earshot.Minute, error) {
	<-ctx.Done()
	return nil, fmt.Errorf("scan /secret/facts.duckdb: %w", ctx.Err())
}

type panickingRegistry struct{ *registry.Registry }

func (panickingRegistry) Calls(context.Context, registry.CallQuery) (registry.CallPage, error) {
	panic("+33123456789")
}

func TestSlowReadsAndPanicsAreContained(t *testing.T) {
	w := newWorld(t).fill(t)
	for path, c := range map[string]struct {
		patience time.Duration // 0: that of the product
		want     int
	}{
		"/api/v1/meetings/" + review.String(): {20 * time.Millisecond, 504},
		"/api/v1/calls":                       {0, 500},
		"/api/v1/ingest":                      {0, 503}, // there is none
		"/api/v1/meetings":                    {0, 200},
	} {
		a, err := api.New(api.Options{Registry: panickingRegistry{w.registry}, Facts: slowFacts{w.facts}, Live: w.live, Timeout: c.patience})
		must(t, err)
		defer a.Close() //nolint:errcheck // nothing to report
		res := httptest.NewRecorder()
		a.Handler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, path, nil))
		if res.Code != c.want {
			t.Errorf("GET %s: got %d, want %d", path, res.Code, c.want)
		}
		if body := res.Body.String(); strings.Contains(body, "secret") || strings.Contains(body, "+33") || !json.Valid([]byte(body)) {
			t.Errorf("GET %s tells too much: %s", path, body)
		}
	}
}
