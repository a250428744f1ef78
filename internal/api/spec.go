package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot"
)

const base = "/api/v1"

// descriptions say what the summary of an operation leaves open.
var descriptions = map[string]string{
	"list-meetings": "Live rows are as they are now; between two pages they may move. Past rows: sort=start goes back as far as is kept; " +
		"every other order, and narrowing by kind, grade, site or cause, looks at the newest 5,000 meetings of the span, which is a week unless from is given. " +
		"A past meeting's grade is the worst that lasted for three participant-minutes or more.",
	"get-meeting":         "Everybody who was there, worst first. People whom Zoom does not report are listed with reported=false. The minutes are at /minutes.",
	"get-meeting-minutes": "From and to narrow; without them it is the whole meeting. Minutes with open=true may still change.",
	"get-meeting-columns": "The minutes of get-meeting-minutes, each sort of minute written once. The columns are the minutes; a row is runs of sorts over them.",
	"get-segment-series":  "One set of columns for each stream, the CPU and the radio. Without from and to it is the whole segment, the last 24 hours of it at most.",
	"get-person":          "The newest 100 joins, and the grades of the last 30 days.",
	"list-sites":          "All on one page: those of the list, and derived ones, which stand for public prefixes that nobody configured.",
	"get-site":            "Of the last 24 hours unless from and to say otherwise, at most 31 days; both are widened to whole hours.",
	"get-site-week":       "Of the last 28 days unless from and to say otherwise. An hour counts in the site's own time zone.",
	"get-site-subnets":    "Facts hold no addresses: the joins at the site are looked up in the registry, of the newest days up to about 20,000 joins.",
	"list-addresses":      "Everybody's addresses, looked up in the list of sites that is in force now: what is listed here was given to nobody. Of the newest 20,000 joins.",
	"get-typed-sites":     "What people typed wins over the file, range by range and site by site; between different ranges the longer prefix wins, whoever said it.",
	"list-sites-csv":      "What was typed and what the file says, together, one row for each range. No cell begins like a formula: an apostrophe stands before it, which the import takes off. Importing it changes nothing.",
	"change-sites":        "For admins. With apply it is in force at once, noted in the audit log, and the last 7 days are computed again. Nothing is applied while there are problems.",
	"import-sites":        "For admins. Without apply it is a preview: what would be new, changed and removed, all that overlaps and all that is wrong. A column that the CSV does not have changes nothing.",
	"list-devices":        "Of the last 7 days unless from and to say otherwise. Intervals treat people as the units: Wilson's, at the effective number of minutes that the spread between people leaves.",
	"list-gear":           "Of the last 24 hours unless from and to say otherwise, of the newest days up to about 20,000 joins.",
	"list-behind":         "Who and which meetings make up a group of list-devices or list-gear, worst first.",
	"get-overview-now":    "Counts are people, never minutes. It is at most a second old.",
	"get-overview-day":    "Counts are participant-minutes: sealed ones from the store, those of the last minutes as they are now. It is at most 10 s old.",
	"get-overview-groups": "Small groups are left out of the comparison, since one person would decide it; least_people and least_minutes say how small. " +
		"It is at most 30 s old.",
	"list-incidents": "Newest first by the first bad minute. From and to select those that overlap the span; one that is open has no end. Incidents that " +
		"turned out to be a part of another are left out unless state asks for them.",
	"get-incident":         "Its counts are people, never minutes. What was a part of it is told in its timeline.",
	"search":               "At most 20 answers. Addresses, MACs and host names are found by their beginning.",
	"get-incident-minutes": "Those whom it reached and who were in one of its meetings, and everybody else there, by the worst minute of each step; from ten minutes before it to ten after. It is at most 10 s old.",
	"get-incident-people": "Those who had a poor or bad minute in one of its meetings, each once, in the join in which it was worst, and how each of its meetings was; of the first twelve hours. " +
		"Made of the same minutes as get-incident-minutes, with the same steps; at most 10 s old.",
	"get-incident-splits": "Everybody who was present in the worst three minutes, parted by site, network, address, provider, sort of network, data centre, client version and VPN: of each the group that most of " +
		"its bad people are in. People count once in a group, by their worst minute; those without a verdict, and those of whom it is not known where they belong, count nowhere.",
	"get-segment-bundle":  bundleRule,
	"get-meeting-bundle":  bundleRule + " Of its notifications those about the worst participant.",
	"get-incident-bundle": bundleRule + " Of its notifications those about the worst participant.",
	"get-raw-events": "The original JSON of the notifications about this join whose event_ts lies between from and to, an hour at most; without them the last hour of it. " +
		"They come from the journal and its archive, by time; how long they are kept is the archive's setting, and gone says when that has passed.",
	"list-meetings-csv":  "The rows of list-meetings for the same question, all pages of it, 50,000 at most. limit and cursor are ignored. " + csvRule,
	"list-incidents-csv": "The rows of list-incidents for the same question, all pages of it, 50,000 at most. limit and cursor are ignored. " + csvRule,
	"get-meeting-csv": "A row for each person and minute, by time: grade, reason, cause, the grade of each stream, Zoom's own verdicts, and the minute's figures: " +
		"means of bit rate, average loss and frame rate, the greatest of latency, jitter and greatest loss. " + csvRule,
	"get-segment-csv": "A row for each date_time, with the fields of Zoom's Dashboard under Zoom's names; units stand in the head. " +
		"What *_input means is the account's setting: see get-segment-series. " + csvRule,
	"find": "With at: everybody who was in a meeting then and whose device, network or name matches, worst first. Without: the newest. Devices are told " +
		"as they were at that time. Names that people gave themselves in a meeting are looked through for spans of up to a day.",
	"export": "Minutes and samples begin in the span, of the rest what overlaps it. Without limit all rows come in one answer. With it, and with to, " +
		"about so many come, and the header Earshot-Next names the part after them: asked for as after, it goes on without doubled or lost rows, also after " +
		"the connection broke. Parts of CSV after the first have no head; each part of Parquet is a file. " + csvRule,
	"get-ingest": "Figures of the receiver are the last known while it does not answer.",
}

// bundleRule says what an evidence bundle is.
const bundleRule = "For a ticket at the provider or at Zoom: verdict, evidence with counts, charts, figures, timeline and what Zoom sent. It opens offline, loads and runs nothing. " +
	"Redacted unless redact=false is asked for."

// csvRule says how files of cells are written.
const csvRule = "UTF-8 with a mark, RFC 4180; times in UTC; what is unknown is empty. Words that others chose cannot become formulas: " +
	"control characters become spaces, and an apostrophe stands before = + - @ at the beginning of a cell or after a separator in it. Numbers are left as they are."

// specConfig is huma without what would ask the outside world (its documentation page) or change bodies ($schema links).
func specConfig(version string) huma.Config {
	if version == "" {
		version = "dev"
	}
	c := huma.DefaultConfig("Earshot", version)
	c.Info.Description = "Who could not hear or be heard, when, and why. Times are RFC 3339 in UTC, ids 16 hexadecimal digits; what is unknown is left out, never zero."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "EARSHOT_API_TOKEN of the monitor's environment"},
		"cookie": {Type: "apiKey", In: "cookie", Name: "earshot_session", Description: "set by POST /api/v1/session; its name has the prefix __Host- over TLS"},
	}
	c.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
	// The domain's numbers are words in JSON.
	r := c.Components.Schemas
	r.RegisterTypeAlias(reflect.TypeFor[earshot.ID](), reflect.TypeFor[idText]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Grade](), reflect.TypeFor[gradeWord]())
	r.RegisterTypeAlias(reflect.TypeFor[[]earshot.Grade](), reflect.TypeFor[gradeWords]()) // not bytes, though a Grade is one
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Why](), reflect.TypeFor[whyWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Kind](), reflect.TypeFor[kindWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Wire](), reflect.TypeFor[wireWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Media](), reflect.TypeFor[mediaWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Direction](), reflect.TypeFor[directionWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Peer](), reflect.TypeFor[peerWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Metric](), reflect.TypeFor[metricWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.PersonKey](), reflect.TypeFor[personKeyWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.CallSide](), reflect.TypeFor[callSideWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Cause](), reflect.TypeFor[causeWord]())
	r.RegisterTypeAlias(reflect.TypeFor[[]earshot.Cause](), reflect.TypeFor[causeWords]()) // not bytes
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Scope](), reflect.TypeFor[scopeWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.Severity](), reflect.TypeFor[severityWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.IncidentState](), reflect.TypeFor[incidentStateWord]())
	r.RegisterTypeAlias(reflect.TypeFor[earshot.IncidentChange](), reflect.TypeFor[incidentChangeWord]())
	return c
}

type (
	idText        string
	gradeWord     string
	gradeWords    []string
	whyWord       string
	kindWord      string
	wireWord      string
	mediaWord     string
	directionWord string
	peerWord      string
	metricWord    string
	personKeyWord string
	callSideWord  string

	causeWord          string
	causeWords         []string
	scopeWord          string
	severityWord       string
	incidentStateWord  string
	incidentChangeWord string
)

// wordsOf is the schema of a domain number: the words of its n values.
func wordsOf[T interface {
	~uint8
	String() string
}](n int) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for i := range n {
		s.Enum = append(s.Enum, T(i).String())
	}
	return s
}

// Schema implements huma.SchemaProvider; so do the next ones.
func (idText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^([0-9a-f]{16})?$", PatternDescription: "16 hexadecimal digits", Examples: []any{"00c0ffee00c0ffee"}}
}
func (gradeWord) Schema(huma.Registry) *huma.Schema { return wordsOf[earshot.Grade](5) }
func (gradeWords) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: gradeWord("").Schema(r)}
}
func (whyWord) Schema(huma.Registry) *huma.Schema   { return wordsOf[earshot.Why](5) }
func (kindWord) Schema(huma.Registry) *huma.Schema  { return wordsOf[earshot.Kind](4) }
func (wireWord) Schema(huma.Registry) *huma.Schema  { return wordsOf[earshot.Wire](earshot.WireCount) }
func (mediaWord) Schema(huma.Registry) *huma.Schema { return wordsOf[earshot.Media](4) }
func (directionWord) Schema(huma.Registry) *huma.Schema {
	return wordsOf[earshot.Direction](3)
}
func (peerWord) Schema(huma.Registry) *huma.Schema { return wordsOf[earshot.Peer](4) }
func (metricWord) Schema(huma.Registry) *huma.Schema {
	s := wordsOf[earshot.Metric](earshot.MetricCount)
	s.Enum = append(s.Enum, earshot.EstimatedMOS.String()) // decides grades of some profiles
	return s
}
func (personKeyWord) Schema(huma.Registry) *huma.Schema { return wordsOf[earshot.PersonKey](6) }
func (callSideWord) Schema(huma.Registry) *huma.Schema  { return wordsOf[earshot.CallSide](3) }
func (causeWord) Schema(huma.Registry) *huma.Schema {
	return wordsOf[earshot.Cause](earshot.CauseCount)
}
func (causeWords) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: causeWord("").Schema(r)}
}
func (scopeWord) Schema(huma.Registry) *huma.Schema {
	return wordsOf[earshot.Scope](earshot.ScopeCount)
}
func (severityWord) Schema(huma.Registry) *huma.Schema {
	return wordsOf[earshot.Severity](int(earshot.SeverityCritical) + 1)
}
func (incidentStateWord) Schema(huma.Registry) *huma.Schema {
	return wordsOf[earshot.IncidentState](int(earshot.IncidentMerged) + 1)
}
func (incidentChangeWord) Schema(huma.Registry) *huma.Schema {
	return wordsOf[earshot.IncidentChange](int(earshot.IncidentEnded) + 1)
}

// document adds to the OpenAPI document what huma does not register: the event stream, and the session, which the web
// server serves.
func document(o *huma.OpenAPI) {
	r := o.Components.Schemas
	ref := func(t reflect.Type, hint string) *huma.Schema { return r.Schema(t, true, hint) }
	body := func(s *huma.Schema) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{"application/json": {Schema: s}}
	}
	problem := func(why string) *huma.Response {
		return &huma.Response{Description: why, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: ref(reflect.TypeFor[huma.ErrorModel](), "")}}}
	}
	session := ref(reflect.TypeFor[Session](), "")
	// The bodies of events, so that clients find their types.
	ref(reflect.TypeFor[LiveStatus](), "")
	ref(reflect.TypeFor[LiveMeetings](), "")
	ref(reflect.TypeFor[LiveMeeting](), "")

	o.AddOperation(&huma.Operation{
		OperationID: "get-events", Method: http.MethodGet, Path: base + "/events", Summary: "What changes, as server-sent events",
		Description: `Events: "status" (LiveStatus, each second), "meetings" (LiveMeetings), "meeting" (LiveMeeting, only with ?meeting=) and "resync" (empty: changes were lost, load everything again). Connect first, then load, or load within ten seconds before. Send Last-Event-ID to continue.`,
		Parameters: []*huma.Param{
			{Name: "meeting", In: "query", Description: "follow this meeting's segments and minutes too", Schema: idText("").Schema(r)},
			{Name: "Last-Event-ID", In: "header", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "the stream", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}},
			"401": problem("not logged in"), "422": problem("not an id"), "503": problem("too many streams, or shutting down"),
		},
	})
	o.AddOperation(&huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: base + "/session", Summary: "Who is logged in",
		Responses: map[string]*huma.Response{"200": {Description: "the session", Content: body(session)}, "401": problem("not logged in")},
	})
	o.AddOperation(&huma.Operation{
		OperationID: "create-session", Method: http.MethodPost, Path: base + "/session", Summary: "Log in", Security: []map[string][]string{{}},
		RequestBody: &huma.RequestBody{Required: true, Content: body(ref(reflect.TypeFor[Login](), ""))},
		Responses: map[string]*huma.Response{
			"200": {Description: "the session; a cookie is set", Content: body(session)},
			"401": problem("wrong user or password"), "403": problem("sent by another site"), "429": problem("too many attempts; see Retry-After"),
		},
	})
	o.AddOperation(&huma.Operation{
		OperationID: "delete-session", Method: http.MethodDelete, Path: base + "/session", Summary: "Log out",
		Responses: map[string]*huma.Response{"204": {Description: "logged out"}},
	})
}

// Login is the body of POST /api/v1/session.
type Login struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

func (a *API) serveSpec(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
	_, _ = w.Write(a.spec) // the client may be gone
}
