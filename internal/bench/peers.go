package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"

	"github.com/earshot/earshot/internal/running"
)

// peers are addresses of what destinations send to, in a process of its own.
type peers struct {
	HEC      string `json:"hec"`
	OTLPHTTP string `json:"otlp_http"`
	OTLPGRPC string `json:"otlp_grpc"`
	Kafka    string `json:"kafka"`
}

// peersServer runs the Collector's receivers and a Kafka broker, tells their addresses, and takes every request to any other path.
func peersServer(address string) error {
	debug.SetGCPercent(400) // what they collect is time that they would not take from this machine in life
	all := peers{HEC: running.FreeAddress(), OTLPHTTP: running.FreeAddress(), OTLPGRPC: running.FreeAddress()}
	if err := startReceiver(splunkhecreceiver.NewFactory(), map[string]any{"endpoint": all.HEC}); err != nil {
		return err
	}
	protocols := map[string]any{"http": map[string]any{"endpoint": all.OTLPHTTP}, "grpc": map[string]any{"endpoint": all.OTLPGRPC}}
	if err := startReceiver(otlpreceiver.NewFactory(), map[string]any{"protocols": protocols}); err != nil {
		return err
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "zoom"))
	if err != nil {
		return fmt.Errorf("start a broker: %w", err)
	}
	defer cluster.Close()
	all.Kafka = cluster.ListenAddrs()[0]
	mux := http.NewServeMux()
	mux.Handle("/", taking())
	mux.HandleFunc("GET /peers", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(all) })
	return (&http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}).ListenAndServe()
}

// startReceiver starts one of the Collector's receivers, which forgets what it took.
func startReceiver(f receiver.Factory, keys map[string]any) error {
	c := f.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(keys).Unmarshal(&c); err != nil {
		return err
	}
	ctx, nop := context.Background(), consumertest.NewNop()
	set := receiver.Settings{ID: component.NewID(f.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	l, err := f.CreateLogs(ctx, set, c, nop)
	if err != nil {
		return err
	}
	m, err := f.CreateMetrics(ctx, set, c, nop)
	if err != nil {
		return err
	}
	for _, r := range []component.Component{l, m} {
		if err := r.Start(ctx, componenttest.NewNopHost()); err != nil {
			return fmt.Errorf("start the receiver %s: %w", f.Type(), err)
		}
	}
	return nil
}

// startPeers runs them as a process, and returns where they listen and its id.
func startPeers(ctx context.Context) (all peers, address string, pid int, stop func(), err error) {
	address = running.FreeAddress()
	cmd, stop, err := startProcess(ctx, "peers", address)
	if err != nil {
		return all, address, 0, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/peers", nil)
	if err == nil {
		var resp *http.Response
		if resp, err = http.DefaultClient.Do(req); err == nil {
			err = json.NewDecoder(resp.Body).Decode(&all)
			resp.Body.Close()
		}
	}
	if err != nil {
		stop()
		return all, address, 0, nil, fmt.Errorf("ask for the peers' addresses: %w", err)
	}
	return all, address, cmd.Process.Pid, stop, nil
}
