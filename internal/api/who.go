package api

import "context"

type whoKey struct{}

// WithWho notes who sends a request; the web server does, after it has let them pass.
func WithWho(ctx context.Context, s Session) context.Context {
	return context.WithValue(ctx, whoKey{}, s)
}

// WhoFrom returns the name of who sends a request, "somebody" where nobody noted it.
func WhoFrom(ctx context.Context) string {
	if s, ok := ctx.Value(whoKey{}).(Session); ok && s.User != "" {
		return s.User
	}
	return "somebody"
}
