package collector

import (
	"bytes"
	"context"
	"io"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/earshot/earshot/internal/export"
)

// classify turns an exporter's error into one of package export, by what the peer answered.
func (x *Exporter) classify(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if a := x.host.seen.answer(); x.o.HTTP {
		if a.Status == 0 {
			if x.o.CallsAllPermanent {
				return plain{err} // the peer was not reached
			}
			return permanentOr(err)
		}
		if x.o.Class != nil {
			if err := x.o.Class(a); err != nil {
				return err
			}
		}
		return export.StatusError(a.Status, a.After, a.Body)
	}
	return classifyGRPC(err)
}

// plain hides what an error wraps.
type plain struct{ err error }

func (p plain) Error() string { return p.err.Error() }

func permanentOr(err error) error {
	if consumererror.IsPermanent(err) {
		return &export.PermanentError{Err: plain{err}}
	}
	return err
}

// classifyGRPC reads the code of a call. Source: the OTLP specification 1.9, "OTLP/gRPC Throttling" and "Failures".
func classifyGRPC(err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return permanentOr(err)
	}
	switch st.Code() {
	case codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented, codes.NotFound:
		return &export.RefusedError{Err: plain{err}}
	case codes.ResourceExhausted, codes.Unavailable:
		for _, d := range st.Details() {
			if info, ok := d.(*errdetails.RetryInfo); ok {
				return &export.ThrottledError{After: info.GetRetryDelay().AsDuration(), Err: plain{err}}
			}
		}
		if st.Code() == codes.ResourceExhausted && !consumererror.IsPermanent(err) {
			return &export.ThrottledError{Err: plain{err}}
		}
		if st.Code() == codes.Unavailable {
			return plain{err}
		}
	}
	return permanentOr(err)
}

// maxPeek bounds what is read of an answer for the status.
const maxPeek = 4 << 10

// peek returns the beginning of a body, and the body whole.
func peek(body io.ReadCloser) (string, io.ReadCloser) {
	head, err := io.ReadAll(io.LimitReader(body, maxPeek))
	if err != nil {
		return "", struct {
			io.Reader
			io.Closer
		}{bytes.NewReader(head), body}
	}
	return string(head), struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), body), body}
}
