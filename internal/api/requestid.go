package api

import "context"

type requestKey struct{}

// WithRequestID names a request. The name stands in the log beside what went wrong, and the web server sends it to the
// client, so that the one can be found from the other.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
