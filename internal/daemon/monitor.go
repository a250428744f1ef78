package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/internal/promapi"
	"github.com/earshot/earshot/internal/receive"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// Options are what a monitor needs beside its configuration.
type Options struct {
	Config  *config.Config
	Logger  *slog.Logger
	Version string
}

// Monitor is one monitor process. Open it, run it once, close it.
type Monitor struct {
	o    Options
	cfg  *config.Config
	log  *slog.Logger
	keys identity.Keys

	pseudonyms []byte // the key of redacted bundles

	profile  *grade.Profile
	sites    atomic.Pointer[site.Table]
	editing  sync.Mutex // held while the list of sites changes
	facts    *duckdb.Store
	registry *registry.Registry
	live     *live.State
	journal  *journal.Client
	pipeline *pipeline.Pipeline
	api      *api.API
	ingest   *ingestSource
	promql   *promapi.API
	metrics  *prometheus.Registry // the monitor's own figures
	recorder *promapi.Recorder
	alerts   *watch.Watcher
	exports  *export.Exporter // nil without destinations
	// alertMetrics are Alertmanager's own figures, which /metrics adds.
	alertMetrics *prometheus.Registry
	restart      atomic.Bool // a restore is staged: end, and be started again

	certificate *receive.Certificate // of the web; nil for plain HTTP
	address     net.Addr             // where the web listens, once it does
}

// OpenMonitor opens the stores and puts the parts together. Nothing runs yet.
func OpenMonitor(ctx context.Context, o Options) (*Monitor, error) {
	profile, err := chooseProfile(&o.Config.Grades)
	if err != nil {
		return nil, err
	}
	m := &Monitor{o: o, cfg: o.Config, log: o.Logger, profile: profile}
	if err := receiver.MakeDataFolder(m.cfg.DataDir); err != nil {
		return nil, err
	}
	if err := finishRestore(m.cfg.DataDir, m.log); err != nil {
		return nil, err
	}
	key, err := loadKey(m.path("identity.key"))
	if err != nil {
		return nil, err
	}
	m.keys = identity.NewKeys(key)
	m.pseudonyms = pseudonymKey(key)
	if err := m.openStores(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	if err := m.assemble(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (m *Monitor) path(name string) string { return filepath.Join(m.cfg.DataDir, name) }

// openStores opens facts and registry and loads the sites.
func (m *Monitor) openStores(ctx context.Context) (err error) {
	m.registry, err = registry.Open(registry.Options{Dir: m.path("registry"), Logger: obs.Component(m.log, "registry")})
	if err != nil {
		return fmt.Errorf("open the registry: %w", err)
	}
	if r := m.registry.Recovered(); r != nil {
		m.log.Error("the registry was damaged and has been moved aside", "reason", r.Reason, "moved_to", r.MovedTo)
	}
	if m.registry.Fresh() {
		done := obs.Slow(m.log, "taking over from the backup what people typed", nil)
		adoptTyped(ctx, m.registry, m.cfg.DataDir, m.log)
		done()
	}
	m.facts, err = duckdb.Open(duckdb.Options{
		Dir: m.path("facts"), MemoryLimitMB: int(m.cfg.Facts.MemoryLimitBytes >> 20), Logger: obs.Component(m.log, "facts"),
	})
	if err != nil {
		return fmt.Errorf("open the facts: %w", err)
	}
	if r := m.facts.Recovered(); r != nil && r.MovedTo != "" {
		m.log.Error("the facts were damaged and have been moved aside", "reason", r.Reason, "moved_to", r.MovedTo)
	}
	return m.loadSites(ctx)
}

// assemble makes everything that reads and writes the stores.
func (m *Monitor) assemble(ctx context.Context) (err error) {
	m.live = live.New(live.Options{Logger: obs.Component(m.log, "live")})
	if m.journal, err = journal.Dial(receiver.SocketPath(m.cfg.DataDir)); err != nil {
		return err
	}
	inputs := newInputs(&m.cfg.Input, m.keys)
	m.pipeline, err = pipeline.New(pipeline.Options{
		Dir: m.cfg.DataDir, Journal: m.journal, Facts: m.facts, Registry: m.registry, Live: m.live, Logger: obs.Component(m.log, "pipeline"),
		Rules: pipeline.Rules{Keys: m.keys, Profile: m.profile, Sites: m.sites.Load, Input: inputs.meaning, Auto: inputs.auto},
		Adopt: m.adoptMinutes, Changed: func(changed []earshot.Incident) { m.alerts.Tell(changed) },
	})
	if err != nil {
		return err
	}
	m.ingest = &ingestSource{m: m}
	if err := m.openExports(ctx); err != nil {
		return err
	}
	if err := m.openPromQL(); err != nil {
		return err
	}
	if err := m.openAlerts(ctx); err != nil {
		return err
	}
	m.api, err = api.New(api.Options{
		Alerts: m.alerts, Exports: m.exportStatus,
		Registry: m.registry, Facts: m.facts, Live: m.live, Places: places{m}, Ingest: m.ingest, Journal: m.journal, InputMeaning: m.pipeline.Input, ReceiverUp: m.ingest.receiverUp,
		Profile: m.profile, TargetPct: m.cfg.Grades.TargetPct.Value, Version: m.o.Version, Pseudonyms: m.pseudonyms, Logger: obs.Component(m.log, "api"),
	})
	return err
}

// Run serves until ctx ends, a part fails, or a restore is staged.
func (m *Monitor) Run(ctx context.Context) error {
	page, err := m.newWeb(ctx)
	if err != nil {
		return err
	}
	listener, server, err := m.listen(page)
	if err != nil {
		return err
	}
	control, err := journal.Listen(m.path("monitor.sock"))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	controls := &http.Server{Handler: m.controls(), ReadHeaderTimeout: 5 * time.Second}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return served("web", server.Serve(listener)) })
	g.Go(func() error { return served("control socket", controls.Serve(control)) })
	g.Go(func() error { return m.pipeline.Run(ctx) })
	g.Go(func() error { return m.ingest.run(ctx) })
	g.Go(func() error { return m.recorder.Run(ctx) })
	g.Go(func() error { return m.alerts.Run(ctx) })
	if m.exports != nil {
		g.Go(func() error { return m.exports.Run(ctx) })
	}
	g.Go(func() error { return m.keepHouse(ctx) })
	g.Go(func() error { return m.watchSites(ctx) })
	g.Go(func() error { return m.followRules(ctx) })
	g.Go(func() error { return m.watchRestart(ctx, stop) })
	if m.certificate != nil {
		g.Go(func() error { return m.certificate.Run(ctx) })
	}
	g.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		m.api.Close()
		err := server.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		return errors.Join(err, controls.Close())
	})
	m.log.Info("serving the web", "listen", listener.Addr().String(), "tls", m.cfg.Web.TLS.CertFile != "")
	return g.Wait()
}

// watchRestart ends the run when a restore was staged.
func (m *Monitor) watchRestart(ctx context.Context, stop context.CancelFunc) error {
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			if m.restart.Load() {
				m.log.Info("ending, to be started again with the restored stores")
				stop()
				return nil
			}
		}
	}
}

// Close closes the stores. It may be called more than once.
func (m *Monitor) Close() error {
	var err error
	if m.alerts != nil {
		err = m.alerts.Close()
	}
	if m.exports != nil {
		err = errors.Join(err, m.exports.Close())
	}
	if m.promql != nil {
		err = errors.Join(err, m.promql.Close())
	}
	if m.journal != nil {
		err = errors.Join(err, m.journal.Close())
	}
	if m.facts != nil {
		err = errors.Join(err, m.facts.Close())
	}
	if m.registry != nil {
		err = errors.Join(err, m.registry.Close())
	}
	return err
}

func served(what string, err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", what, err)
}
