package collector

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

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
