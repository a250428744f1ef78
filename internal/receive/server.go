package receive

import (
	"crypto/tls"
	"log"
	"log/slog"
	"net/http"
	"time"
)

// Limits of a connection. A real sender needs a fraction of each.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 10 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 16 << 10
)

// NewServer returns a server for the endpoint with every limit set, HTTP/1.1 only: Zoom speaks it, and HTTP/2 would only add
// ways to be attacked. tlsConfig nil means plain HTTP, behind a proxy. The caller listens, serves and shuts down.
func NewServer(h http.Handler, tlsConfig *tls.Config, logger *slog.Logger) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler: h, TLSConfig: tlsConfig, Protocols: &protocols,
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       log.New(connectionErrors{logger}, "", 0),
	}
}

// connectionErrors takes what net/http says about broken connections: of interest only when one looks for it.
type connectionErrors struct{ logger *slog.Logger }

func (c connectionErrors) Write(p []byte) (int, error) {
	c.logger.Debug("connection", "err", string(p))
	return len(p), nil
}
