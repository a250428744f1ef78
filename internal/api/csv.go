package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot"
)

// The media types of files.
const (
	typeCSV  = "text/csv; charset=utf-8"
	typeHTML = "text/html; charset=utf-8"
)

// fileTimeout bounds how long a file may take to write: longer than a read, since it goes through all pages of a list.
const fileTimeout = 2 * time.Minute

// download is a file that is ready to be written.
type download struct {
	// name is what it is saved as: letters, digits, dots and dashes of ours, never a name that people chose.
	name string
	// write streams it. After the first byte an error can only cut the connection, so that nobody takes half a file for a whole.
	write func(context.Context, io.Writer) error
}

// fileName is what a file is saved as: what it is, the day it is about, and an id that tells it from others of that day.
func fileName(what string, day *time.Time, id earshot.ID, ending string) string {
	name := "earshot-" + what
	if day != nil && !day.IsZero() {
		name += "-" + day.UTC().Format("2006-01-02")
	}
	if id != 0 {
		name += "-" + id.String()[:8]
	}
	return name + ending
}

// getFile registers a read that answers with a file. prepare's errors are problems, as those of any read.
func getFile[I any](a *API, path, id, summary, mediaType string, prepare func(context.Context, *I) (*download, error)) {
	op := huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: base + path, Summary: summary, Description: descriptions[id], Errors: []int{401, 404, 422, 503, 504},
		Responses: map[string]*huma.Response{"200": {
			Description: "the file", Content: map[string]*huma.MediaType{mediaType: {Schema: &huma.Schema{Type: huma.TypeString}}},
			Headers: map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}
	a.routes = append(a.routes, Route{op.Method, op.Path})
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		reading, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		file, err := prepare(reading, in)
		if err != nil {
			return nil, a.problem(reading, id, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			c.SetHeader("Content-Type", mediaType)
			c.SetHeader("Content-Disposition", `attachment; filename="`+file.name+`"`)
			writing, cancel := context.WithTimeout(c.Context(), fileTimeout)
			defer cancel()
			if err := file.write(writing, c.BodyWriter()); err != nil {
				if !errors.Is(c.Context().Err(), context.Canceled) {
					a.log.Error("writing a file did not succeed", "request", requestID(ctx), "operation", id, "err", err)
				}
				panic(http.ErrAbortHandler)
			}
		}}, nil
	})
}

// getCSV registers a table as a file: rows writes them, each as long as head.
func getCSV[I any](a *API, path, id, summary string, head []cell, prepare func(context.Context, *I) (string, func(context.Context, *table) error, error)) {
	getFile(a, path, id, summary, typeCSV, func(ctx context.Context, in *I) (*download, error) {
		name, rows, err := prepare(ctx, in)
		if err != nil {
			return nil, err
		}
		return &download{name: name, write: func(ctx context.Context, w io.Writer) error {
			t, err := newTable(w, head...)
			if err != nil {
				return err
			}
			if err := rows(ctx, t); err != nil {
				return err
			}
			return t.flush()
		}}, nil
	})
}
