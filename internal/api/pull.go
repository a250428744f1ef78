package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/pull"
)

// The headers of a part.
const (
	headerNext = "Earshot-Next" // where the next part begins; absent with the last
	headerRows = "Earshot-Rows" // how many rows the part has
	headerDone = "Earshot-Done" // how much of the span is told with it, 0 to 1
)

const (
	// exportsAtOnce bounds the memory of exports: a part is held until it is sent.
	exportsAtOnce = 2
	// partTimeout bounds how long a part may be gathered.
	partTimeout = 30 * time.Second
)

// exportInput is a question for rows.
type exportInput struct {
	What    string    `path:"what" enum:"minutes,segments,meetings,calls,incidents,samples"`
	From    time.Time `query:"from" required:"true" doc:"not before"`
	To      time.Time `query:"to" doc:"before; left out: event time now. The parts of one download need the same"`
	Format  string    `query:"format" enum:"csv,jsonl,parquet" default:"csv"`
	Account idParam   `query:"account"`
	Site    string    `query:"site" maxLength:"200" doc:"id or name of a site; minutes, samples, incidents"`
	Person  idParam   `query:"person"`
	Meeting idParam   `query:"meeting" doc:"not of calls"`
	Grade   string    `query:"grade" enum:"good,fair,poor,bad" doc:"minutes, calls"`
	Names   bool      `query:"names" doc:"join names, e-mail addresses, numbers and topics: personal data"`
	Limit   int       `query:"limit" minimum:"1" maximum:"50000" doc:"about so many rows, as one part; left out: all rows in one answer"`
	After   string    `query:"after" maxLength:"1000" doc:"Earshot-Next of the part before, with the other parameters unchanged"`
}

// registerExport registers the download of rows.
func (a *API) registerExport() {
	op := huma.Operation{
		OperationID: "export", Method: http.MethodGet, Path: base + "/export/{what}", Summary: "Rows of a span, in parts or at once", Description: descriptions["export"],
		Errors: []int{401, 422, 500, 503, 504},
		Responses: map[string]*huma.Response{"200": {
			Description: "rows", Content: map[string]*huma.MediaType{},
			Headers: map[string]*huma.Param{
				headerNext: {Schema: &huma.Schema{Type: huma.TypeString}}, headerRows: {Schema: &huma.Schema{Type: huma.TypeInteger}}, headerDone: {Schema: &huma.Schema{Type: huma.TypeNumber}},
			},
		}},
	}
	for _, f := range pull.Formats() {
		op.Responses["200"].Content[f.MediaType()] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	a.routes = append(a.routes, Route{op.Method, op.Path})
	huma.Register(a.huma, op, a.export)
}

func (a *API) export(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	reading, cancel := context.WithTimeout(ctx, partTimeout)
	defer cancel()
	q, err := a.exportQuestion(reading, in)
	if err != nil {
		return nil, a.exportProblem(reading, err)
	}
	format := pull.Format(in.Format)
	// The first part is read before anything is sent, so that what is wrong is a problem and no broken file.
	part, err := a.part(reading, q, in.After, in.Limit)
	if err != nil {
		return nil, a.exportProblem(reading, err)
	}
	if in.Limit > 0 {
		var body bytes.Buffer
		if err := writeParts(&body, format, part, in.After == "", nil); err != nil {
			return nil, a.exportProblem(reading, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			c.SetHeader("Content-Type", format.MediaType())
			c.SetHeader(headerRows, strconv.Itoa(part.Rows()))
			c.SetHeader(headerDone, strconv.FormatFloat(part.Done, 'f', 4, 64))
			if part.Next != "" {
				c.SetHeader(headerNext, part.Next)
			}
			_, _ = c.BodyWriter().Write(body.Bytes()) // the client may be gone
		}}, nil
	}
	name := fmt.Sprintf("earshot-%s-%s.%s", q.What, q.From.Time().Format("2006-01-02"), in.Format)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", format.MediaType())
		c.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		err := writeParts(c.BodyWriter(), format, part, in.After == "", func(after string) (*pull.Part, error) {
			reading, cancel := context.WithTimeout(c.Context(), partTimeout)
			defer cancel()
			return a.part(reading, q, after, 0)
		})
		if err != nil {
			if !errors.Is(c.Context().Err(), context.Canceled) {
				a.log.Error("writing an export did not succeed", "request", requestID(ctx), "what", q.What, "err", err)
			}
			panic(http.ErrAbortHandler) // nobody shall take half a file for a whole
		}
	}}, nil
}

// writeParts writes a part and, with next, all after it.
func writeParts(w io.Writer, f pull.Format, part *pull.Part, heads bool, next func(after string) (*pull.Part, error)) error {
	e, err := pull.NewEncoder(w, f, part.Columns, heads)
	if err != nil {
		return err
	}
	for {
		if err := e.Part(part); err != nil {
			return err
		}
		if next == nil || part.Next == "" {
			return e.Close()
		}
		if part, err = next(part.Next); err != nil {
			return err
		}
	}
}

// part reads one part when it is its turn.
func (a *API) part(ctx context.Context, q pull.Question, after string, limit int) (*pull.Part, error) {
	select {
	case a.exports <- struct{}{}:
		defer func() { <-a.exports }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return a.pull.Part(ctx, q, after, limit)
}

func (a *API) exportQuestion(ctx context.Context, in *exportInput) (pull.Question, error) {
	q := pull.Question{
		What: pull.What(in.What), From: earshot.InstantOf(in.From), To: a.live.Watermark(), Account: in.Account.ID, Person: in.Person.ID, Meeting: in.Meeting.ID, Names: in.Names,
	}
	if !in.To.IsZero() {
		q.To = earshot.InstantOf(in.To)
	} else if in.After != "" {
		return q, badInput("to", "the parts after the first need it, as the first had it")
	}
	if in.To.IsZero() && in.Limit > 0 {
		return q, badInput("to", "parts need it: what is now changes from part to part")
	}
	q.Grade, _ = earshot.ParseGrade(in.Grade) // the names are checked; none is all
	if in.Site == "" {
		return q, nil
	}
	all, err := a.registry.Sites(ctx)
	if err != nil {
		return q, err
	}
	for i := range all {
		if all[i].Name == in.Site || all[i].ID.String() == in.Site {
			q.Site = all[i].ID
			return q, nil
		}
	}
	return q, badInput("site", "there is no site of that id or name")
}

// exportProblem turns the errors of exports into what the caller may know.
func (a *API) exportProblem(ctx context.Context, err error) error {
	var q *pull.QuestionError
	if errors.As(err, &q) {
		err = &inputError{q.Parameter, q.Want}
	}
	return a.problem(ctx, "export", err)
}
