package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/metric/noop"
	tnoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"go.opentelemetry.io/collector/component"
)

// Post sends one request as the exporter would, with its TLS, headers and proxy, and returns the answer.
func (x *Exporter) Post(ctx context.Context, c *confighttp.ClientConfig, address string, header http.Header, body []byte) (Answer, error) {
	c.Middlewares = nil
	client, err := c.ToClient(ctx, x.host.GetExtensions(), component.TelemetrySettings{
		Logger: zap.NewNop(), TracerProvider: tnoop.NewTracerProvider(), MeterProvider: noop.NewMeterProvider(),
	})
	if err != nil {
		return Answer{}, err
	}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return Answer{}, errors.New("the address is no URL")
	}
	req.Header = header
	resp, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return Answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPeek))
	return Answer{Status: resp.StatusCode, Body: string(text), Header: resp.Header}, err
}

// CheckEmpty sends a batch with nothing in it, which OTLP's receivers take without keeping anything.
func (x *Exporter) CheckEmpty(ctx context.Context) (string, error) {
	said := ""
	if x.logs != nil {
		x.host.seen.reset()
		if err := x.logs.ConsumeLogs(ctx, plog.NewLogs()); err != nil {
			return "", fmt.Errorf("logs: %w", x.classify(ctx, err))
		}
		said = "takes logs"
	}
	if x.metrics != nil {
		x.host.seen.reset()
		if err := x.metrics.ConsumeMetrics(ctx, pmetric.NewMetrics()); err != nil {
			return said, fmt.Errorf("metrics: %w", x.classify(ctx, err))
		}
		if said != "" {
			said += ", "
		}
		said += "takes metrics"
	}
	return said, nil
}
