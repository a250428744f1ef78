package collector

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/otel/metric/noop"
	tnoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

// Client returns a client that asks as the exporter does, with its TLS, headers and proxy.
func (x *Exporter) Client(ctx context.Context, c *confighttp.ClientConfig) (*http.Client, error) {
	return c.ToClient(ctx, x.host.GetExtensions(), component.TelemetrySettings{
		Logger: zap.NewNop(), TracerProvider: tnoop.NewTracerProvider(), MeterProvider: noop.NewMeterProvider(),
	})
}

// SendBody sends a body that was made without the exporter, by a client that [Exporter.Client] made of a configuration with the
// exporter's own middlewares. Its errors are those of Send.
func (x *Exporter) SendBody(ctx context.Context, client *http.Client, address string, header http.Header, body []byte) error {
	x.host.seen.reset()
	resp, err := post(ctx, client, address, header, body)
	if err != nil {
		return x.classify(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxPeek)) // so that the connection can be used again
	if resp.StatusCode/100 != 2 {
		return x.classify(ctx, errors.New("it was not taken"))
	}
	return nil
}

// Post sends one request as the exporter would, and returns the answer.
func (x *Exporter) Post(ctx context.Context, c *confighttp.ClientConfig, address string, header http.Header, body []byte) (Answer, error) {
	c.Middlewares = nil
	client, err := x.Client(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	defer client.CloseIdleConnections()
	resp, err := post(ctx, client, address, header, body)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPeek))
	return Answer{Status: resp.StatusCode, Body: string(text)}, err
}

// post sends a request; its error does not hold the address.
func post(ctx context.Context, client *http.Client, address string, header http.Header, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address is no URL")
	}
	req.Header = header
	resp, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, err
	}
	return resp, nil
}
