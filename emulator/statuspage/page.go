package statuspage

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot/emulator"
)

const (
	// patience is how long the page waits for the world, which answers between two of its events.
	patience = time.Second
	// reload is the page's own pace, in seconds.
	reload = "5"
	// shownDeliveries and shownLines bound the lists.
	shownDeliveries = 40
	shownLines      = 60
	// maxForm bounds what a form may send.
	maxForm = 16 << 10

	policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

//go:embed page.html
var pageHTML string

//go:embed style.css
var styleCSS []byte

// Source is what the page shows and acts on; [emulator.Emulator] is one.
type Source interface {
	Look(context.Context) (emulator.View, error)
	BeginTrouble(context.Context, emulator.Trouble) error
	EndTrouble(context.Context, emulator.TroubleKind, string) (int, error)
	Subscriptions() *emulator.Subscriptions
}

// Options say what the page is about.
type Options struct {
	Source Source
	Log    *Recent      // the newest lines of the log; nil shows none
	Logger *slog.Logger // for what goes wrong with the page itself, and for what is done by hand; nil discards
}

// Handler serves the page at / and its style at /style.css.
func Handler(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &page{o: o, html: template.Must(template.New("page").Funcs(functions).Parse(pageHTML))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.show)
	mux.HandleFunc("GET /style.css", p.style)
	mux.HandleFunc("POST /troubles", p.start)
	mux.HandleFunc("POST /troubles/stop", p.stop)
	mux.HandleFunc("POST /subscriptions/enable", p.enable)
	return secure(http.NewCrossOriginProtection().Handler(mux))
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

type page struct {
	o    Options
	html *template.Template
}

// content is what the template gets.
type content struct {
	Message       string // what went wrong, "" for nothing
	Waiting       bool   // there is no world yet
	View          emulator.View
	Present       int
	Open          *emulator.Room // whose people are listed
	Start         bool           // the form is shown
	Form          trouble
	Kinds         []emulator.TroubleKind
	Counts        emulator.Counts
	Subscriptions []emulator.SubscriptionState
	Deliveries    []emulator.Attempt
	Failures      bool // only failures are listed
	Lines         []Line
}

// trouble is the form as it was filled in.
type trouble struct{ Kind, Target, Minutes, Strength, Direction string }

func (p *page) show(w http.ResponseWriter, r *http.Request) {
	c := content{Form: trouble{Kind: string(emulator.FullLink), Minutes: "5", Strength: "1"}}
	p.render(w, r, http.StatusOK, c)
}

// render fills in what the page shows. A page with a form or a message stays as it is; the others reload themselves.
func (p *page) render(w http.ResponseWriter, r *http.Request, status int, c content) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	query := r.URL.Query()
	c.Start, c.Failures, c.Kinds = c.Start || query.Has("start"), query.Has("failures"), emulator.TroubleKinds()
	view, err := p.o.Source.Look(ctx)
	c.View, c.Waiting = view, err != nil
	for i, room := range view.Rooms {
		c.Present += len(room.People)
		if room.UUID == query.Get("room") {
			c.Open = &view.Rooms[i]
		}
	}
	if c.Open == nil && len(view.Rooms) > 0 {
		c.Open = &view.Rooms[0]
	}
	subs := p.o.Source.Subscriptions()
	c.Counts, c.Subscriptions = subs.Counts(), subs.States()
	var keep func(*emulator.Attempt) bool
	if c.Failures {
		keep = (*emulator.Attempt).Failed
	}
	c.Deliveries = subs.Log().Newest(shownDeliveries, keep)
	if p.o.Log != nil {
		c.Lines = p.o.Log.Newest(shownLines)
	}
	var out bytes.Buffer
	if err := p.html.Execute(&out, c); err != nil {
		p.o.Logger.Error("status page", "err", err)
		http.Error(w, "The page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	if !c.Start && c.Message == "" {
		w.Header().Set("Refresh", reload)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser has gone: nobody to tell
}

func (p *page) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(styleCSS)
}

// start begins a trouble from the form.
func (p *page) start(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	f := trouble{
		Kind: r.FormValue("kind"), Target: strings.TrimSpace(r.FormValue("target")), Minutes: r.FormValue("minutes"),
		Strength: r.FormValue("strength"), Direction: r.FormValue("direction"),
	}
	t, err := f.read()
	if err == nil {
		err = p.act(r, func(ctx context.Context) error { return p.o.Source.BeginTrouble(ctx, t) })
	}
	if err != nil {
		p.render(w, r, http.StatusBadRequest, content{Message: err.Error(), Start: true, Form: f})
		return
	}
	p.o.Logger.Info("trouble started by hand", "kind", t.Kind, "target", t.Target, "minutes", f.Minutes, "strength", t.Strength)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// read turns the form into a trouble.
func (f *trouble) read() (emulator.Trouble, error) {
	minutes, err := strconv.ParseFloat(f.Minutes, 64)
	if err != nil || !(minutes > 0 && minutes <= 24*60) {
		return emulator.Trouble{}, fmt.Errorf("minutes %q: want a number above 0, at most 1440", f.Minutes)
	}
	strength, err := strconv.ParseFloat(f.Strength, 64)
	if err != nil || !(strength > 0) {
		return emulator.Trouble{}, fmt.Errorf("strength %q: want a number such as 0.3 (barely felt), 1 (clearly bad) or 2 (unusable)", f.Strength)
	}
	return emulator.Trouble{
		Kind: emulator.TroubleKind(f.Kind), Target: f.Target, End: time.Duration(minutes * float64(time.Minute)), Strength: strength,
		Direction: emulator.Direction(f.Direction),
	}, nil
}

func (p *page) stop(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	kind, target := emulator.TroubleKind(r.FormValue("kind")), r.FormValue("target")
	err := p.act(r, func(ctx context.Context) error {
		n, err := p.o.Source.EndTrouble(ctx, kind, target)
		if err == nil && n == 0 {
			err = fmt.Errorf("no trouble %s at %q goes on: it may have ended by itself", kind, target)
		}
		return err
	})
	p.done(w, r, err, "trouble stopped by hand", "kind", kind, "target", target)
}

func (p *page) enable(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	id := r.FormValue("id")
	p.done(w, r, p.o.Source.Subscriptions().Enable(id), "subscription enabled by hand", "subscription", id)
}

// act gives an order to the world.
func (p *page) act(r *http.Request, order func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	err := order(ctx)
	if errors.Is(err, emulator.ErrNotRunning) {
		return errors.New("the emulator is not running yet: it waits for the first target to pass its challenge")
	}
	return err
}

// done goes back to the page, with a message when something went wrong.
func (p *page) done(w http.ResponseWriter, r *http.Request, err error, what string, attrs ...any) {
	if err != nil {
		p.render(w, r, http.StatusConflict, content{Message: err.Error()})
		return
	}
	p.o.Logger.Info(what, attrs...)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

var functions = template.FuncMap{
	"clock": func(t time.Time) string { return t.UTC().Format("15:04:05") },
	"day":   func(t time.Time) string { return t.UTC().Format("2 January 2006") },
	"wire": func(s emulator.SubscriptionState) string {
		switch {
		case s.WebSocket:
			return "WebSocket"
		case s.Header.Mode == emulator.HeaderBasic:
			return "webhook, Basic"
		case s.Header.Mode == emulator.HeaderOAuth:
			return "webhook, OAuth"
		case s.Header.Mode == emulator.HeaderCustom:
			return "webhook, own header"
		}
		return "webhook"
	},
	"reason": func(f emulator.FailedReason) string { return reasons[f] },
	"ms":     func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) + " ms" },
}

var reasons = map[emulator.FailedReason]string{
	emulator.FailedTimeout: "no answer in 3 s", emulator.FailedRefused: "refused", emulator.FailedRemote: "connection broke",
	emulator.FailedCert: "certificate", emulator.FailedHostVerify: "certificate's name", emulator.FailedTLS: "TLS",
	emulator.FailedDNS: "no address", emulator.FailedNoClient: "no OAuth token, or nobody connected",
	emulator.FailedInstant: "no free connection, again at once",
}
