// Package receiver puts the receiver process together: the webhook endpoint, the journal, and the socket that the monitor
// reads the journal from. It is apart from package daemon so that cmd/earshot-receiver builds without cgo and SQL.
//
// [Run] owns everything that it starts and returns when all of it has stopped. The order of the end is: answer 503, finish
// the requests under way, sync the journal, close the socket. A journal that fails for good ends the process with an error;
// whoever supervises it starts it again. It logs no request and no secret.
//
// It is tested with the built binary: see internal/chaos, and the tests of cmd/earshot.
package receiver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/priority"
	"github.com/earshot/earshot/internal/receive"
)

// shutdownGrace is how long requests under way may take at the end.
const shutdownGrace = 8 * time.Second

// JournalDir and SocketPath say where the journal and its socket are in a data folder.
func JournalDir(data string) string { return filepath.Join(data, "journal") }

// SocketPath is the journal's unix socket.
func SocketPath(data string) string { return filepath.Join(data, "journal.sock") }

// receiver is what one run holds.
type receiver struct {
	log         *slog.Logger
	journal     *journal.Journal
	handler     *receive.Handler
	socket      *http.Server
	webhook     *http.Server
	certificate *receive.Certificate // nil for plain HTTP
}

// Run receives until ctx ends.
func Run(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	if err := MakeDataFolder(cfg.DataDir); err != nil {
		return err
	}
	if err := priority.Prompt(); err != nil {
		log.Info("answers may come later while this machine is busy", "err", err)
	}
	done := obs.Slow(log, "opening the journal", func() []any { return []any{"dir", JournalDir(cfg.DataDir)} })
	j, err := journal.Open(journal.Options{
		Dir: JournalDir(cfg.DataDir), Retention: cfg.Journal.Retention, ArchiveRetention: cfg.Journal.ArchiveRetention,
		MaxBytes: cfg.Journal.MaxBytes, Logger: obs.Component(log, "journal"),
	})
	done()
	if err != nil {
		return fmt.Errorf("open the journal: %w", err)
	}
	r := &receiver{log: log, journal: j}
	err = r.run(ctx, cfg)
	return errors.Join(err, j.Close())
}

func (r *receiver) run(ctx context.Context, cfg *config.Config) error {
	h, err := receive.New(receive.Options{
		Subscriptions: subscriptions(cfg), Journal: r.journal, MaxBodyBytes: cfg.Webhook.MaxBodyBytes, Window: cfg.Webhook.Window,
	})
	if err != nil {
		return err
	}
	r.handler = h
	if err := r.reverify(); err != nil {
		return err
	}
	var tlsConfig *tls.Config
	if t := cfg.Webhook.TLS; t.CertFile != "" {
		if r.certificate, err = receive.LoadCertificate(t.CertFile, t.KeyFile, r.log); err != nil {
			return err
		}
		tlsConfig = r.certificate.TLSConfig()
	}
	webhook, err := net.Listen("tcp", cfg.Webhook.Listen)
	if err != nil {
		return fmt.Errorf("listen for webhooks: %w; webhook.listen (--webhook-listen) is %q: want an address of this machine whose port is free", err, cfg.Webhook.Listen)
	}
	socket, err := journal.Listen(SocketPath(cfg.DataDir))
	if err != nil {
		return errors.Join(err, webhook.Close())
	}
	server := journal.NewServer(r.journal, func() any { return r.figures() }, obs.Component(r.log, "journal"))
	server.OnReverify(r.reverifyQuarantine)
	r.webhook = receive.NewServer(h, tlsConfig, r.log)
	metrics, err := r.metrics(server)
	if err != nil {
		return errors.Join(err, webhook.Close(), socket.Close())
	}
	r.socket = &http.Server{Handler: metrics, ReadHeaderTimeout: 5 * time.Second}
	r.log.Info("receiving webhooks", "listen", webhook.Addr().String(), "tls", tlsConfig != nil, "journal", r.journal.ID(), "tail", r.journal.Tail(), "secrets", h.Figures().Secrets)
	if h.Figures().Secrets == 0 {
		r.log.Warn("no secret is loaded: every webhook is answered 503. Set ZOOM_WEBHOOK_SECRET_TOKEN to the app's secret token")
	}
	return r.serve(ctx, webhook, socket)
}

// figures are the handler's, and when the certificate ends.
func (r *receiver) figures() receive.Figures {
	f := r.handler.Figures()
	if r.certificate != nil {
		f.CertificateEndsMs = r.certificate.Expires().UnixMilli()
	}
	return f
}

// serve runs everything until ctx ends or one part fails.
func (r *receiver) serve(ctx context.Context, webhook, socket net.Listener) error {
	g, ctx := errgroup.WithContext(ctx)
	if r.certificate != nil {
		webhook = tls.NewListener(webhook, r.webhook.TLSConfig)
		g.Go(func() error { return r.certificate.Run(ctx) })
	}
	g.Go(func() error { return serving("webhooks", r.webhook.Serve(webhook)) })
	g.Go(func() error { return serving("journal socket", r.socket.Serve(socket)) })
	g.Go(func() error { return r.journal.Run(ctx) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-r.journal.Failed():
			return errors.New("the journal failed: nothing more can be stored")
		}
	})
	g.Go(func() error {
		<-ctx.Done()
		return r.stop()
	})
	return g.Wait()
}

// stop ends the servers: first no new events, then those under way, then the readers of the journal.
func (r *receiver) stop() error {
	r.handler.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	err := r.webhook.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("finish requests under way: %w", err)
	}
	return errors.Join(err, r.socket.Close())
}

func serving(what string, err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", what, err)
}

// reverify looks at start whether what was refused before would be accepted now: a secret may have been put right.
func (r *receiver) reverify() error {
	n, err := r.reverifyQuarantine()
	if err != nil {
		return fmt.Errorf("verify the quarantine again: %w", err)
	}
	if n > 0 {
		r.log.Info("requests in quarantine are signed with a secret that is now known: accepted", "requests", n)
	}
	return nil
}

func (r *receiver) reverifyQuarantine() (int, error) {
	return r.journal.Reverify(func(q journal.QuarantinedRequest) bool {
		return r.handler.Verify(q.Signature, q.Timestamp, q.Body)
	})
}

// subscriptions turns the configuration into what the endpoint needs.
func subscriptions(cfg *config.Config) []receive.Subscription {
	var out []receive.Subscription
	for _, s := range cfg.Webhook.Subscriptions {
		sub := receive.Subscription{Name: s.Name, Secrets: s.Secrets}
		for _, c := range s.Credentials {
			sub.Checks = append(sub.Checks, func(h http.Header) error { return c.Check(h) })
		}
		out = append(out, sub)
	}
	return out
}
