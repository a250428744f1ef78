package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/earshot/earshot/internal/pull/download"
)

// ExportRequest says what to download, from where and whereto, in the words of the command line.
type ExportRequest struct {
	What, From, To, Format string
	Filters                map[string]string
	Names                  bool
	Out                    string // file, "-" for standard output
	Data                   string // the folder of the monitor that is asked over its socket, where there is no URL
	URL, TokenFile, Token  string
	Now                    time.Time
}

// Export downloads rows from a running monitor. How far it is goes to say: a bar where that is a terminal, else a line now and then.
func Export(ctx context.Context, r ExportRequest, out, say *os.File) (download.Progress, error) {
	o, err := r.options(out)
	if err != nil {
		return download.Progress{}, err
	}
	defer o.Client.CloseIdleConnections()
	show := newProgressLine(say, isatty.IsTerminal(say.Fd()))
	o.Progress = show.tell
	d, err := download.New(*o)
	if err != nil {
		return download.Progress{}, err
	}
	p, err := d.Run(ctx)
	show.end()
	if err != nil && r.Out != "-" && p.Rows > 0 {
		err = fmt.Errorf("%w\n%d rows are kept: the same command goes on with them", err, p.Rows)
	}
	return p, err
}

func (r *ExportRequest) options(out io.Writer) (*download.Options, error) {
	from, err := timeOf("--from", r.From, r.Now)
	if err != nil {
		return nil, err
	}
	to := r.Now
	if r.To != "" {
		if to, err = timeOf("--to", r.To, r.Now); err != nil {
			return nil, err
		}
	}
	query := url.Values{"format": {r.Format}, "from": {from.UTC().Format(time.RFC3339)}, "to": {to.UTC().Format(time.RFC3339)}}
	if r.Names {
		query.Set("names", "true")
	}
	for k, v := range r.Filters {
		query.Set(k, v)
	}
	asked := fmt.Sprint(r.From, " ", r.To, " ", r.Format, " ", r.Names, " ", r.Filters)
	o := &download.Options{Client: &http.Client{}, Base: r.URL, What: r.What, Query: query, Asked: asked, To: r.Out}
	if r.Out == "-" {
		o.Out = out
	}
	if r.URL == "" {
		o.Base = "http://monitor"
		o.Client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(r.Data, "monitor.sock"))
		}}
		if _, err := os.Stat(filepath.Join(r.Data, "monitor.sock")); err != nil {
			return nil, fmt.Errorf("%w %s; give --data, or --url of a monitor elsewhere", ErrNotRunning, r.Data)
		}
		return o, nil
	}
	if o.Token = r.Token; r.TokenFile != "" {
		raw, err := os.ReadFile(r.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("--token-file: %w", err)
		}
		o.Token = strings.TrimSpace(string(raw))
	}
	if o.Token == "" {
		return nil, errors.New("--url needs the monitor's token: set EARSHOT_API_TOKEN, or give --token-file")
	}
	return o, nil
}

// timeOf reads a time, a day, or an age before now.
func timeOf(name, s string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 {
			return now.AddDate(0, 0, -n).Truncate(time.Second), nil
		}
	}
	if age, err := time.ParseDuration(s); err == nil && age > 0 {
		return now.Add(-age).Truncate(time.Second), nil
	}
	return time.Time{}, fmt.Errorf("%s %q: want a time such as 2026-11-20T09:00Z, a day such as 2026-11-20 (UTC), or an age such as 24h or 30d", name, s)
}

// progressEvery is how often a line is written where nobody looks at a terminal.
const progressEvery = 10 * time.Second

// progressLine tells people how far a download is.
type progressLine struct {
	w        io.Writer
	terminal bool
	began    time.Time
	told     time.Time
	drawn    bool
}

func newProgressLine(w io.Writer, terminal bool) *progressLine {
	now := time.Now()
	return &progressLine{w: w, terminal: terminal, began: now, told: now}
}

// tell says how far it is. The first lines come at once on a terminal; nobody needs them for what takes a moment.
func (l *progressLine) tell(p download.Progress) {
	now := time.Now()
	if !l.terminal {
		if now.Sub(l.told) >= progressEvery {
			l.told = now
			fmt.Fprintf(l.w, "%3.0f %%  %d rows, %.1f MB\n", 100*p.Done, p.Rows, float64(p.Bytes)/1e6)
		}
		return
	}
	const width = 30
	full := int(p.Done*width + 0.5)
	left := ""
	if spent := now.Sub(l.began); p.Done > 0.02 && p.Done < 1 && !p.Resumed {
		left = fmt.Sprintf(", %s left", time.Duration(float64(spent)*(1-p.Done)/p.Done).Round(time.Second))
	}
	fmt.Fprintf(l.w, "\r\x1b[K[%s%s] %3.0f %%  %d rows, %.1f MB%s", strings.Repeat("=", full), strings.Repeat(" ", width-full), 100*p.Done, p.Rows, float64(p.Bytes)/1e6, left)
	l.drawn = true
}

// end leaves the line.
func (l *progressLine) end() {
	if l.drawn {
		fmt.Fprintln(l.w)
	}
}
