package download

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// partRows is how many rows are asked for at a time.
	partRows = 20_000
	// mostPart bounds what a part may be, in bytes: far above what 50,000 rows are.
	mostPart = 512 << 20
)

// Options say what to fetch, from where and whereto. Client, Base, What, Query and To are required.
type Options struct {
	Client *http.Client
	Base   string // of the monitor, without /api
	Token  string // for Authorization: Bearer; "" sends none
	What   string
	Query  url.Values // from, to, format and filters, as the API has them
	// Asked are the words that the question was asked in: "30d" is the same words tomorrow, and goes on with the span of today.
	// Empty: the query's own.
	Asked string
	To    string    // file; "-" is Out
	Out   io.Writer // standard output; nil where To is a file
	// Progress is told after each part; nil: nobody.
	Progress func(Progress)
	// Patience is how long a part is tried again; 0: two minutes.
	Patience time.Duration
	// Rows is how many rows to ask for at a time; 0: 20,000.
	Rows int
}

// Progress is how far a download is.
type Progress struct {
	Rows    int64
	Bytes   int64
	Done    float64 // of the span, 0 to 1
	Resumed bool    // an earlier download is gone on with
}

// Download fetches one export.
type Download struct {
	o      Options
	parts  parts
	state  state
	format string
}

// state is what FILE.resume holds.
type state struct {
	Question string  `json:"question"` // a print of the words that were asked
	Query    string  `json:"query"`    // what they meant when it began
	Next     string  `json:"next"`
	Rows     int64   `json:"rows"`
	Bytes    int64   `json:"bytes"` // of FILE.partial
	Parts    int     `json:"parts"`
	Done     float64 `json:"done"`
}

// parts is where the parts of a format go.
type parts interface {
	// resume puts away what is not in the state.
	resume(s *state) error
	// add keeps a part and syncs it; it changes Bytes and Parts of the state.
	add(s *state, body []byte) error
	// finish makes the file.
	finish(ctx context.Context, s *state) error
}

// New prepares a download. What is there of an earlier one of the same question is gone on with; of another question it is an
// error that says what to do.
func New(o Options) (*Download, error) {
	if o.Client == nil || o.Base == "" || o.What == "" || o.To == "" || o.Query.Get("to") == "" || (o.To == "-") != (o.Out != nil) {
		return nil, errors.New("download: BUG: an option is missing")
	}
	if o.Patience == 0 {
		o.Patience = 2 * time.Minute
	}
	if o.Rows == 0 {
		o.Rows = partRows
	}
	d := &Download{o: o, format: o.Query.Get("format")}
	if o.Asked == "" {
		o.Asked = o.Query.Encode()
	}
	sum := sha256.Sum256([]byte(o.What + "?" + o.Asked))
	d.state.Question, d.state.Query = hex.EncodeToString(sum[:8]), o.Query.Encode()
	switch {
	case o.To == "-" && d.format == "parquet":
		return nil, errors.New("parquet needs a file: give --out a name")
	case o.To == "-":
		d.parts = &stream{o.Out}
		return d, nil
	case d.format == "parquet":
		d.parts = &folder{path: o.To}
	default:
		d.parts = &file{path: o.To}
	}
	if _, err := os.Stat(o.To); err == nil {
		return nil, fmt.Errorf("%s is there already: remove it, or choose another name", o.To)
	}
	return d, d.load()
}

func (d *Download) resumeFile() string { return d.o.To + ".resume" }

// load reads how far an earlier download came.
func (d *Download) load() error {
	raw, err := os.ReadFile(d.resumeFile())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look for an earlier download: %w", err)
	}
	if err == nil {
		var before state
		if err := json.Unmarshal(raw, &before); err != nil {
			return fmt.Errorf("read %s: %w; remove it to begin anew", d.resumeFile(), err)
		}
		if before.Question != d.state.Question {
			return fmt.Errorf("%s belongs to another question (another span, filter or format): ask that one again to go on with it, remove the file to begin anew, or choose another name", d.resumeFile())
		}
		d.state = before
		if d.o.Query, err = url.ParseQuery(before.Query); err != nil {
			return fmt.Errorf("read %s: %w; remove it to begin anew", d.resumeFile(), err)
		}
	}
	return d.parts.resume(&d.state)
}

// save notes how far it is, so that a crash before or after leaves either note whole.
func (d *Download) save() error {
	if d.o.To == "-" {
		return nil
	}
	raw, err := json.Marshal(&d.state)
	if err != nil {
		return fmt.Errorf("note how far the download is: %w", err)
	}
	if err := writeSynced(d.resumeFile()+".new", raw); err != nil {
		return err
	}
	if err := os.Rename(d.resumeFile()+".new", d.resumeFile()); err != nil {
		return fmt.Errorf("note how far the download is: %w", err)
	}
	return nil
}

// Run fetches what is missing. After an error, Run of a new Download of the same options goes on.
func (d *Download) Run(ctx context.Context) (Progress, error) {
	p := Progress{Resumed: d.state.Parts > 0}
	for whole := d.state.Parts > 0 && d.state.Next == ""; !whole; whole = d.state.Next == "" {
		part, err := d.fetch(ctx)
		if err != nil {
			return p, err
		}
		if err := d.parts.add(&d.state, part.body); err != nil {
			return p, err
		}
		d.state.Next, d.state.Done = part.next, part.done
		d.state.Rows += part.rows
		if err := d.save(); err != nil {
			return p, err
		}
		p.Rows, p.Bytes, p.Done = d.state.Rows, d.state.Bytes, d.state.Done
		if d.o.Progress != nil {
			d.o.Progress(p)
		}
	}
	p.Rows, p.Bytes, p.Done = d.state.Rows, d.state.Bytes, 1
	if err := d.parts.finish(ctx, &d.state); err != nil {
		return p, err
	}
	if d.o.To == "-" {
		return p, nil
	}
	if err := os.Remove(d.resumeFile()); err != nil {
		return p, fmt.Errorf("remove the note of the download: %w", err)
	}
	return p, nil
}

// part is what one request brought.
type part struct {
	body []byte
	next string
	rows int64
	done float64
}

// fetch asks for the next part until it is there, the patience is over, or the question is refused.
func (d *Download) fetch(ctx context.Context) (*part, error) {
	pause := backoff.NewExponentialBackOff()
	pause.MaxInterval = 15 * time.Second
	return backoff.Retry(ctx, func() (*part, error) { return d.once(ctx) }, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(d.o.Patience))
}

func (d *Download) once(ctx context.Context) (*part, error) {
	query := url.Values{}
	for k, v := range d.o.Query {
		query[k] = v
	}
	query.Set("limit", strconv.Itoa(d.o.Rows))
	if d.state.Next != "" {
		query.Set("after", d.state.Next)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(d.o.Base, "/")+"/api/v1/export/"+url.PathEscape(d.o.What)+"?"+query.Encode(), nil)
	if err != nil {
		return nil, backoff.Permanent(fmt.Errorf("ask for rows: %w", err))
	}
	if d.o.Token != "" {
		req.Header.Set("Authorization", "Bearer "+d.o.Token)
	}
	resp, err := d.o.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for rows: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, refused(resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostPart+1))
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	if len(body) > mostPart {
		return nil, backoff.Permanent(fmt.Errorf("read rows: a part is larger than %d bytes", mostPart))
	}
	p := &part{body: body, next: resp.Header.Get("Earshot-Next")}
	if p.rows, err = strconv.ParseInt(resp.Header.Get("Earshot-Rows"), 10, 64); err != nil {
		return nil, backoff.Permanent(errors.New("what answers is no Earshot: it says nothing about rows; check the address"))
	}
	p.done, _ = strconv.ParseFloat(resp.Header.Get("Earshot-Done"), 64) // only for people to see
	return p, nil
}

// refused says what an answer says. Answers below 500 are the last word.
func refused(resp *http.Response) error {
	var problem struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	said := http.StatusText(resp.StatusCode)
	if json.Unmarshal(raw, &problem) == nil && problem.Detail != "" {
		said = problem.Detail
		for _, e := range problem.Errors {
			said += fmt.Sprintf("; %s: %s", strings.TrimPrefix(e.Location, "query."), e.Message)
		}
	}
	err := fmt.Errorf("the monitor answers %d: %s", resp.StatusCode, said)
	if resp.StatusCode == http.StatusUnauthorized {
		err = fmt.Errorf("%w (the token is that of the monitor's EARSHOT_API_TOKEN)", err)
	}
	if resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
		return backoff.Permanent(err)
	}
	return err
}
