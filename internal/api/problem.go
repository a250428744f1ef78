package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// errNotFound is what handlers return for an id that nothing is known of.
var errNotFound = errors.New("not found")

// inputError is a fault of the question: which parameter, and what was expected.
type inputError struct{ parameter, message string }

func (e *inputError) Error() string { return e.parameter + ": " + e.message }

func badInput(parameter, format string, args ...any) error {
	return &inputError{parameter, fmt.Sprintf(format, args...)}
}

// problem turns an error into what the caller may know.
func (a *API) problem(ctx context.Context, operation string, err error) error {
	var input *inputError
	switch {
	case errors.Is(err, errNotFound):
		return huma.NewError(http.StatusNotFound, "Nothing is known by this id. It may have been older than what is kept.")
	case errors.As(err, &input):
		return huma.NewError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Message: input.message, Location: "query." + input.parameter})
	case errors.Is(err, registry.ErrCursor):
		return huma.NewError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Message: "not a cursor of this list; ask for the first page again", Location: "query.cursor"})
	case errors.Is(err, errForbidden):
		return huma.NewError(http.StatusForbidden, "Only an admin may do this.")
	case errors.Is(err, site.ErrStale):
		return huma.NewError(http.StatusConflict, "The list of sites has changed since you looked. Look at the preview again, then apply.")
	case errors.Is(err, errUnavailable):
		return huma.NewError(http.StatusServiceUnavailable, "This part of Earshot does not run here.")
	case errors.Is(err, errNoJournal):
		return huma.NewError(http.StatusServiceUnavailable, "The receiver, which keeps what Zoom sent, does not answer. Everything else works; try again when it is back.")
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		a.log.Warn("API read took too long", "request", requestID(ctx), "operation", operation, "limit", a.timeout)
		return huma.NewError(http.StatusGatewayTimeout, fmt.Sprintf("This took longer than %v. Ask for less: a shorter span of time, or a smaller page.", a.timeout))
	case errors.Is(ctx.Err(), context.Canceled):
		return huma.NewError(499, "The client went away.")
	}
	a.log.Error("API read did not succeed", "request", requestID(ctx), "operation", operation, "err", err)
	return huma.NewError(http.StatusInternalServerError, "This should not have happened; the log of the monitor says more.")
}

// errUnavailable is returned for a part that was not configured.
var errUnavailable = errors.New("unavailable")

// WriteProblem answers with an RFC 9457 problem, as every error of the API is. The web server uses it for its own.
func WriteProblem(w http.ResponseWriter, status int, detail string) {
	body, err := json.Marshal(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail})
	if err != nil {
		body = []byte("{}")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	WriteProblem(w, http.StatusNotFound, "There is no such path; "+base+"/openapi.json lists all.")
}

func cutPattern(pattern string) (method, path string, ok bool) {
	return strings.Cut(pattern, " ")
}
