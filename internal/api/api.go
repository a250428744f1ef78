package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/pull"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// The bounds of one answer. What is beyond them is left out; they are far above what a meeting or a page needs.
const (
	maxMinutes   = 500_000
	maxSamples   = 300_000
	maxPast      = 5_000 // past meetings that one question sorts
	maxStreams   = 256   // event streams at once
	defaultLimit = 100
)

// Registry is what the API reads of who and where. *registry.Registry is one.
type Registry interface {
	Accounts(ctx context.Context) ([]earshot.Account, error)
	Sites(ctx context.Context) ([]earshot.Site, error)
	Meeting(ctx context.Context, id earshot.ID) (earshot.Meeting, bool, error)
	MeetingsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Meeting, error)
	Meetings(ctx context.Context, q registry.MeetingQuery) (registry.MeetingPage, error)
	Breakouts(ctx context.Context, meeting earshot.ID) ([]earshot.Meeting, error)
	Segment(ctx context.Context, id earshot.ID) (earshot.Segment, bool, error)
	SegmentsOf(ctx context.Context, meeting earshot.ID) ([]earshot.Segment, error)
	JoinsOf(ctx context.Context, meetings []earshot.ID) ([]registry.Join, error)
	SegmentsOfPerson(ctx context.Context, person earshot.ID, limit int, before earshot.Instant) ([]earshot.Segment, error)
	Person(ctx context.Context, id earshot.ID) (earshot.Person, bool, error)
	PersonsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Person, error)
	Persons(ctx context.Context, q registry.PersonQuery) (registry.PersonPage, error)
	Call(ctx context.Context, id earshot.ID) (earshot.Call, bool, error)
	Calls(ctx context.Context, q registry.CallQuery) (registry.CallPage, error)
	Search(ctx context.Context, q string, limit int) ([]registry.Hit, error)
	SeriesByID(ctx context.Context, ids []earshot.ID) ([]earshot.Series, error)
	Find(ctx context.Context, q registry.FindQuery) (registry.Found, error)
	Incident(ctx context.Context, id earshot.ID) (earshot.Incident, bool, error)
	IncidentPeople(ctx context.Context, id earshot.ID) ([]earshot.ID, error)
	Incidents(ctx context.Context, q registry.IncidentQuery) (registry.IncidentPage, error)
	SegmentsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Segment, error)
	ReportedBetween(ctx context.Context, from, to earshot.Instant, limit int) ([]registry.Reported, error)
	LastNetworks(ctx context.Context, ids []earshot.ID) ([]registry.LastNetwork, error)
}

// Facts is what the API reads of columns. Every facts.Store is one.
type Facts interface {
	Samples(ctx context.Context, f facts.Filter) ([]facts.Sample, error)
	Minutes(ctx context.Context, f facts.Filter) ([]earshot.Minute, error)
	Summaries(ctx context.Context, f facts.Filter) ([]earshot.Summary, error)
	Notifications(ctx context.Context, f facts.Filter) ([]earshot.Notification, error)
	CallSamples(ctx context.Context, call earshot.ID) ([]earshot.CallSample, error)
	Streams(ctx context.Context, f facts.Filter) (facts.StreamTally, error)
	Medians(ctx context.Context, q facts.MedianQuery) ([]facts.Median, error)
	MeetingGrades(ctx context.Context, meetings []earshot.ID, from, to earshot.Instant) ([]facts.MeetingGrades, error)
	CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error)
	Tally(ctx context.Context, q facts.TallyQuery) ([]facts.Tally, error)
}

// Places keeps the list of sites.
type Places interface {
	// Table is the list in force.
	Table() *site.Table
	// Apply puts a plan in force; [site.ErrStale] when the list is not the one any more that it was made for.
	Apply(ctx context.Context, who string, p *site.Plan) error
}

// IngestSource knows the state of the way in. It answers within a second or two, with the last known figures where a part
// does not answer.
type IngestSource interface {
	Ingest(ctx context.Context) (Ingest, error)
}

// Options configure an API. Registry, Facts and Live are required.
type Options struct {
	Registry Registry
	Facts    Facts
	Live     *live.State
	Places   Places       // nil: sites are those of the registry, and editing answers 503
	Ingest   IngestSource // nil: /ingest answers 503
	Journal  RawJournal   // of raw events; nil: they answer 503, and bundles are without
	Alerts   Alerts       // nil: alerts answer 503
	// Exports says how the destinations do; nil: there are none.
	Exports func() []export.Status
	// InputMeaning says how an account's *_input types of audio and video run; nil: as received.
	InputMeaning func(account earshot.ID) (audio, video earshot.InputMeaning)
	// ReceiverUp says whether the receiver answers, for the line "Following"; nil: yes.
	ReceiverUp func() bool
	// Pseudonyms is the key of the pseudonyms in redacted bundles; without one they differ from start to start.
	Pseudonyms []byte
	Profile    *grade.Profile // whose bands charts show; nil: grade.Earshot()
	TargetPct  float64        // how many of 100 minutes should be good or fair; 0 is 95
	Version    string         // of the document; "" is "dev"
	Timeout    time.Duration  // of one read; 0 is 10 s
	Logger     *slog.Logger   // nil discards
}

// API is the handler and what it reads from.
type API struct {
	registry     Registry
	facts        Facts
	live         *live.State
	places       Places
	ingest       IngestSource
	alerts       Alerts
	destinations func() []export.Status
	meaning      func(earshot.ID) (audio, video earshot.InputMeaning)
	receiver     func() bool
	profile      *grade.Profile
	target       float64
	timeout      time.Duration
	log          *slog.Logger
	sites        siteCache
	placed       placeCache
	rows         encodedRows
	overviews    overviews
	devices      kept[Devices]
	gear         kept[Gear]
	incidents    kept[incidentReading]
	gearKnown    settled[segmentGear]
	networkKnown settled[lastNetwork]
	mux          *http.ServeMux
	huma         huma.API
	spec         []byte
	routes       []Route
	streams      chan struct{} // a token for each open event stream
	closed       chan struct{}
	closeOnce    sync.Once

	journal    RawJournal
	version    string
	pseudonyms []byte // the key of redacted bundles

	pull    *pull.Exporter
	exports chan struct{} // a token for each export whose part is read
}

// Route is one method and path of the API, "{id}" standing for an id.
type Route struct {
	Method, Path string
}

// New returns the API.
func New(o Options) (*API, error) {
	if o.Registry == nil || o.Facts == nil || o.Live == nil {
		return nil, errors.New("api: Registry, Facts and Live are required")
	}
	a := &API{
		registry: o.Registry, facts: o.Facts, live: o.Live, places: o.Places, ingest: o.Ingest, alerts: o.Alerts, destinations: o.Exports, meaning: o.InputMeaning, receiver: o.ReceiverUp,
		profile: o.Profile, target: cmp.Or(o.TargetPct, 95), timeout: o.Timeout, log: o.Logger,
		mux: http.NewServeMux(), streams: make(chan struct{}, maxStreams), closed: make(chan struct{}),
	}
	if a.meaning == nil {
		a.meaning = func(earshot.ID) (audio, video earshot.InputMeaning) {
			return earshot.InputReceived, earshot.InputReceived
		}
	}
	if a.receiver == nil {
		a.receiver = func() bool { return true }
	}
	if a.profile == nil {
		a.profile = grade.Earshot()
	}
	if a.timeout == 0 {
		a.timeout = 10 * time.Second
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.journal, a.version, a.pseudonyms = o.Journal, o.Version, o.Pseudonyms
	if len(a.pseudonyms) == 0 {
		a.pseudonyms = []byte(rand.Text())
	}
	var err error
	if a.pull, err = pull.New(pull.Options{Facts: a.facts, Registry: a.registry, Input: a.meaning}); err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	a.exports = make(chan struct{}, exportsAtOnce)
	rows, err := newEncodedRows()
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	a.rows = rows
	a.huma = humago.New(a.mux, specConfig(o.Version))
	a.register()
	document(a.huma.OpenAPI())
	spec, err := a.huma.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("api: write the OpenAPI document: %w", err)
	}
	a.spec = spec
	a.handle("GET /api/v1/openapi.json", a.serveSpec)
	a.handle("GET /api/v1/events", a.serveEvents)
	a.mux.HandleFunc("/", notFound)
	return a, nil
}

// register names every operation. It is the table of contents of the API.
func (a *API) register() {
	get(a, "/meetings", "list-meetings", "Running or past meetings, worst first", a.listMeetings)
	get(a, "/meetings/{id}", "get-meeting", "One meeting with its segments", a.getMeeting)
	get(a, "/meetings/{id}/minutes", "get-meeting-minutes", "The minutes of everybody in a meeting", a.getMeetingMinutes)
	get(a, "/meetings/{id}/minutes/columns", "get-meeting-columns", "The minutes of everybody in a meeting, in columns", a.getMinuteColumns)
	get(a, "/segments/{id}", "get-segment", "One join of one person, with devices and Zoom's summaries", a.getSegment)
	get(a, "/segments/{id}/series", "get-segment-series", "The streams of a segment over time", a.getSeries)
	get(a, "/segments/{id}/peers", "get-segment-peers", "What was usual for the others in the meeting, minute by minute", a.getPeers)
	get(a, "/segments/{id}/raw-events", "get-raw-events", "What Zoom sent about a participant, as it was received", a.getRawEvents)
	get(a, "/persons", "list-persons", "People, by name", a.listPersons)
	get(a, "/persons/{id}", "get-person", "One person with the newest joins", a.getPerson)
	get(a, "/calls", "list-calls", "Zoom Phone calls, newest first", a.listCalls)
	get(a, "/calls/running", "list-running-calls", "Phone calls that run, worst first", a.listRunningCalls)
	get(a, "/calls/{id}", "get-call", "One call with its series", a.getCall)
	get(a, "/sites", "list-sites", "Places, and who is there now, worst first", a.listSites)
	get(a, "/sites/{id}", "get-site", "One place: how its people fare, by network, provider, data centre and transport", a.getSite)
	get(a, "/sites/{id}/week", "get-site-week", "The hours of the week at a site", a.getSiteWeek)
	get(a, "/sites/{id}/subnets", "get-site-subnets", "The networks within a site", a.getSiteSubnets)
	get(a, "/addresses", "list-addresses", "Networks that belong to no site, most people first", a.listAddresses)
	get(a, "/sites/typed", "get-typed-sites", "What people typed over the sites file", a.getTypedSites)
	getFile(a, "/sites.csv", "list-sites-csv", "The list of sites, in the form of the sites file", typeCSV, a.csvSites)
	change(a, "/sites/changes", "change-sites", "Give ranges to sites, describe sites", a.changeSites)
	change(a, "/sites/import", "import-sites", "Preview or apply a CSV of sites", a.importSites)
	get(a, "/devices", "list-devices", "Client versions, devices and networks, compared with the rest", a.listDevices)
	get(a, "/devices/gear", "list-gear", "Operating systems, microphones, speakers and cameras, compared with the rest", a.listGear)
	get(a, "/devices/behind", "list-behind", "The people and meetings behind a version, device or network", a.listBehind)
	get(a, "/incidents", "list-incidents", "What went wrong for a reason, newest first", a.listIncidents)
	get(a, "/incidents/{id}", "get-incident", "One incident with its timeline, people and meetings", a.getIncident)
	get(a, "/grades", "get-grades", "What the minutes of a span amount to, by stream, site and series, beside Zoom's own verdicts", a.getGrades)
	get(a, "/overview/now", "get-overview-now", "Everybody at this moment: who is bad, where and why", a.getOverviewNow)
	get(a, "/overview/day", "get-overview-day", "The day so far against the target and the same day a week ago", a.getOverviewDay)
	get(a, "/overview/groups", "get-overview-groups", "Sites, networks, providers, data centres and versions against a week ago", a.getOverviewGroups)
	get(a, "/incidents/{id}/people", "get-incident-people", "Whom an incident touched, each with a strip of grades and the worst minute", a.getIncidentPeople)
	getFile(a, "/segments/{id}/bundle.html", "get-segment-bundle", "The evidence about a participant as one HTML file", typeHTML, a.bundleSegment)
	getFile(a, "/meetings/{id}/bundle.html", "get-meeting-bundle", "The evidence about a meeting as one HTML file", typeHTML, a.bundleMeeting)
	get(a, "/incidents/{id}/minutes", "get-incident-minutes", "How many people an incident had, minute by minute", a.getIncidentMinutes)
	get(a, "/incidents/{id}/splits", "get-incident-splits", "Where an incident is and where it is not, by what people share", a.getIncidentSplits)
	getFile(a, "/incidents/{id}/bundle.html", "get-incident-bundle", "The evidence about an incident as one HTML file", typeHTML, a.bundleIncident)
	get(a, "/search", "search", "Meetings, people, calls and sites", a.search)
	getCSV(a, "/meetings.csv", "list-meetings-csv", "Meetings, as a table for spreadsheets", meetingColumns, a.csvMeetings)
	getCSV(a, "/meetings/{id}/minutes.csv", "get-meeting-csv", "Every person's every minute of a meeting, as a table", minuteColumns(), a.csvMeeting)
	getCSV(a, "/segments/{id}/series.csv", "get-segment-csv", "The reports about a participant, by the names of Zoom's Dashboard, as a table", participantColumns(), a.csvParticipant)
	getCSV(a, "/incidents.csv", "list-incidents-csv", "Incidents, as a table", incidentColumns, a.csvIncidents)
	get(a, "/series/{id}", "get-series", "A recurring number across its meetings", a.getSeriesDetail)
	get(a, "/find", "find", "Who was there at a time, by what a ticket says of them", a.find)
	get(a, "/accounts", "list-accounts", "The Zoom accounts that events came from", a.listAccounts)
	get(a, "/ingest", "get-ingest", "The state of the way in", a.getIngest)
	get(a, "/exports", "list-exports", "The destinations that records are sent to, and how that goes", a.listExports)
	a.registerAlerts()
	a.registerExport()
}

// get registers a read. The handler's errors become problems here, and nowhere else.
func get[I, O any](a *API, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	op := huma.Operation{OperationID: id, Method: http.MethodGet, Path: base + path, Summary: summary, Description: descriptions[id], Errors: []int{401, 404, 422, 503, 504}}
	a.routes = append(a.routes, Route{op.Method, op.Path})
	type output struct{ Body *O }
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*output, error) {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, id, err)
		}
		return &output{out}, nil
	})
}

func (a *API) handle(pattern string, h http.HandlerFunc) {
	a.mux.HandleFunc(pattern, h)
	method, path, _ := cutPattern(pattern)
	a.routes = append(a.routes, Route{method, path})
}

// Handler serves everything below /api/v1/ but the session.
func (a *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				a.log.Error("API handler panicked", "method", r.Method, "path", r.Pattern, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
				WriteProblem(w, http.StatusInternalServerError, "This should not have happened; the log of the monitor says more.")
			}
		}()
		w.Header().Set("Cache-Control", "no-store") // personal data
		a.mux.ServeHTTP(w, r)
	})
}

// Routes returns every route that Handler serves.
func (a *API) Routes() []Route { return a.routes }

// Spec returns the OpenAPI 3.1 document as JSON.
func (a *API) Spec() ([]byte, error) { return a.spec, nil }

// Close ends all event streams, so that the server can shut down; reads go on. It is idempotent.
func (a *API) Close() error {
	a.closeOnce.Do(func() { close(a.closed) })
	return nil
}
