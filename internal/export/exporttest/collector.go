package exporttest

import (
	"context"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

// StartReceiver starts one of the Collector's own receivers, of logs and metrics, with the Collector's keys, until the test ends.
func StartReceiver(t testing.TB, f receiver.Factory, keys map[string]any, logs consumer.Logs, metrics consumer.Metrics) {
	t.Helper()
	c := f.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(keys).Unmarshal(&c); err != nil {
		t.Fatal(err)
	}
	set := receiver.Settings{ID: component.NewID(f.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	l, err := f.CreateLogs(t.Context(), set, c, logs)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.CreateMetrics(t.Context(), set, c, metrics)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []component.Component{l, m} {
		if err := r.Start(t.Context(), componenttest.NewNopHost()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Shutdown(context.Background()) })
	}
}
