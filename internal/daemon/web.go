package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/receive"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/web"
)

// loginLinkLasts is how long a one-time login may wait to be used.
const loginLinkLasts = 30 * time.Minute

// newWeb makes the handler of everything that browsers and scripts see, and the admin at the first start.
func (m *Monitor) newWeb(ctx context.Context) (http.Handler, error) {
	file, err := m.registry.CreateAdminIfNone(ctx, m.path("admin-password"))
	if err != nil {
		return nil, err
	}
	if file != "" {
		m.log.Info("first start: log in as admin with the password in this file, which only its owner can read", "file", file)
	}
	s, err := web.New(web.Options{
		API: m.api, Users: m.registry, Sessions: m.registry.Sessions(), APIToken: string(m.cfg.APIToken),
		Secure:         m.cfg.Web.TLS.CertFile != "" || strings.HasPrefix(m.cfg.Web.PublicURL, "https://"),
		TrustedProxies: m.cfg.Web.TrustedProxies, Alertmanager: m.alerts.Deliverer().Handler(), PromQL: m.promql.Handler(), Metrics: m.metricsHandler(),
		Ready: m.ready, Logger: obs.Component(m.log, "web"),
	})
	if err != nil {
		return nil, err
	}
	return s.Handler(), nil
}

// ready reports whether questions are answered truly: the fold is loaded and the stores answer.
func (m *Monitor) ready(ctx context.Context) error {
	if !m.pipeline.Ready() {
		return errors.New("the fold is not loaded yet, or the journal does not answer")
	}
	return errors.Join(m.facts.Check(ctx), m.registry.Check(ctx))
}

// listen binds the web's address.
func (m *Monitor) listen(h http.Handler) (net.Listener, *http.Server, error) {
	l, err := net.Listen("tcp", m.cfg.Web.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("listen for the web: %w; web.listen (--web-listen) is %q: want an address of this machine whose port is free", err, m.cfg.Web.Listen)
	}
	m.address = l.Addr()
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	if t := m.cfg.Web.TLS; t.CertFile != "" {
		c, err := receive.LoadCertificate(t.CertFile, t.KeyFile, m.log)
		if err != nil {
			return nil, nil, errors.Join(err, l.Close())
		}
		s.TLSConfig = c.TLSConfig()
		s.TLSConfig.NextProtos = []string{"h2", "http/1.1"}
		l = tls.NewListener(l, s.TLSConfig)
		m.certificate = c
	}
	return l, s, nil
}

// loginAddress makes an address that logs an admin in once.
func (m *Monitor) loginAddress(ctx context.Context) (string, error) {
	user, err := m.loginUser(ctx)
	if err != nil {
		return "", err
	}
	token, err := m.registry.NewLoginToken(ctx, user, loginLinkLasts)
	if err != nil {
		return "", err
	}
	return m.baseURL() + "/login?once=" + token, nil
}

// baseURL is where browsers find the pages: as the configuration says, else where the web really listens.
func (m *Monitor) baseURL() string {
	if u := m.cfg.Web.PublicURL; u != "" {
		return strings.TrimSuffix(u, "/")
	}
	scheme := "http://"
	if m.cfg.Web.TLS.CertFile != "" {
		scheme = "https://"
	}
	at, err := netip.ParseAddrPort(m.address.String())
	if err != nil {
		return scheme + m.address.String()
	}
	if at.Addr().IsUnspecified() { // everywhere on this host
		return scheme + net.JoinHostPort("localhost", strconv.Itoa(int(at.Port())))
	}
	return scheme + at.String()
}

// Spec returns the API's OpenAPI document.
func Spec(version string) ([]byte, error) {
	// The document depends on no store: typed nils stand for them, and nobody calls.
	a, err := api.New(api.Options{Registry: (*registry.Registry)(nil), Facts: (*duckdb.Store)(nil), Live: live.New(live.Options{}), Version: version})
	if err != nil {
		return nil, err
	}
	return a.Spec()
}
