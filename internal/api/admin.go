package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot/internal/registry"
)

// errForbidden is for a request that only an admin may make.
var errForbidden = errors.New("forbidden")

// adminOf returns the name of the admin who sent the request, errForbidden for everybody else: the web server has asked already, and
// a route that it does not know to be for admins must not become everybody's.
func adminOf(ctx context.Context) (string, error) {
	s, _ := ctx.Value(whoKey{}).(Session)
	if s.User == "" || s.Role != string(registry.RoleAdmin) {
		return "", errForbidden
	}
	return s.User, nil
}

// mostTyped bounds the body of a change, in bytes: a list of sites with some ten thousand ranges.
const mostTyped = 4 << 20

// change registers what only admins may do. That a request was not sent by another site is checked before it comes here, by
// what the browser says of its origin; the cookie is of SameSite Lax, and bodies are JSON, which forms cannot send.
func change[I, O any](a *API, path, id, summary string, handler func(context.Context, string, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: base + path, Summary: summary, Description: descriptions[id], MaxBodyBytes: mostTyped,
		Errors: []int{401, 403, 409, 413, 415, 422, 503, 504},
	}
	a.routes = append(a.routes, Route{op.Method, op.Path})
	type output struct{ Body *O }
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*output, error) {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		who, err := adminOf(ctx)
		if err != nil {
			return nil, a.problem(ctx, id, err)
		}
		out, err := handler(ctx, who, in)
		if err != nil {
			return nil, a.problem(ctx, id, err)
		}
		return &output{out}, nil
	})
}
