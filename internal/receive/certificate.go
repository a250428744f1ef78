package receive

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// certificateEvery is how often the files are looked at for a new certificate.
const certificateEvery = 10 * time.Second

// expiryWarning is when a certificate that is about to expire is logged. Zoom does not deliver to an expired one, and does
// not try again.
const expiryWarning = 14 * 24 * time.Hour

// Certificate serves a certificate from two files and takes a new one when they change, for new connections, without
// dropping any. A pair that does not load is logged, and the old one stays. Safe for concurrent use.
type Certificate struct {
	certFile, keyFile string
	logger            *slog.Logger
	current           atomic.Pointer[tls.Certificate]
	stamp             string
}

// LoadCertificate reads the pair; a pair that does not load is an error here.
func LoadCertificate(certFile, keyFile string, logger *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, logger: logger}
	c.stamp = c.modified()
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// TLSConfig returns a configuration that serves the newest certificate, TLS 1.2 and up.
func (c *Certificate) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
	}
}

// Expires returns when the present certificate does.
func (c *Certificate) Expires() time.Time { return c.current.Load().Leaf.NotAfter }

// Run looks for a new certificate until ctx ends.
func (c *Certificate) Run(ctx context.Context) error {
	t := time.NewTicker(certificateEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			c.Refresh()
		}
	}
}

// Refresh loads the pair when a file changed since it was last looked at.
func (c *Certificate) Refresh() {
	stamp := c.modified()
	if stamp == c.stamp {
		return
	}
	c.stamp = stamp
	if err := c.load(); err != nil {
		c.logger.Error("new certificate not taken, the old one stays", "err", err)
		return
	}
	c.logger.Info("new certificate", "expires", c.Expires())
}

func (c *Certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("load certificate %s with key %s: %w", c.certFile, c.keyFile, err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return fmt.Errorf("parse certificate %s: %w", c.certFile, err)
		}
	}
	if time.Until(pair.Leaf.NotAfter) < expiryWarning {
		c.logger.Warn("the certificate expires soon: Zoom delivers nothing to an expired one, and does not try again", "expires", pair.Leaf.NotAfter)
	}
	c.current.Store(&pair)
	return nil
}

// modified tells the files' times; it changes when either file does.
func (c *Certificate) modified() string {
	out := ""
	for _, name := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			out += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), ";")
		}
	}
	return out
}
