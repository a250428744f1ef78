package receive_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/receive"
)

func TestServerLimits(t *testing.T) {
	s := receive.NewServer(http.NotFoundHandler(), nil, slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout != 5*time.Second || s.ReadTimeout != 10*time.Second || s.WriteTimeout != 10*time.Second || s.IdleTimeout != 2*time.Minute || s.MaxHeaderBytes != 16<<10 {
		t.Errorf("limits %v %v %v %v %d", s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout, s.IdleTimeout, s.MaxHeaderBytes)
	}
	if !s.Protocols.HTTP1() || s.Protocols.HTTP2() || s.Protocols.UnencryptedHTTP2() {
		t.Errorf("protocols %v, want HTTP/1 only", s.Protocols)
	}
}

// serve serves a handler on loopback and returns its address.
func serve(t *testing.T, h http.Handler, config *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := receive.NewServer(h, config, slog.New(slog.DiscardHandler))
	if config != nil {
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	return l.Addr().String()
}

// TestHostileConnections: whatever comes over a raw connection, it ends, and honest requests are served.
func TestHostileConnections(t *testing.T) {
	h := newHandler(t, &memory{})
	address := serve(t, h, nil)
	for name, sent := range map[string]string{
		"no HTTP":                  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"two lengths":              "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
		"length and chunked":       "POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"unknown transfer":         "POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"endless headers":          "POST /webhook HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 100_000) + "\r\n\r\n",
		"a length that is too big": "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
		"HTTP/2":                   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, sent); err != nil {
				return // closed already
			}
			_ = c.SetReadDeadline(time.Now().Add(time.Minute))
			answer, err := io.ReadAll(c)
			if err != nil && !strings.Contains(err.Error(), "reset") {
				t.Fatalf("the connection was not closed: %v, %q", err, answer)
			}
			if strings.HasPrefix(string(answer), "HTTP/1.1 200") {
				t.Errorf("answered %q", answer)
			}
		})
	}
	r := signed("http://"+address+"/webhook", secret, event, time.Now())
	r.RequestURI = ""
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("an honest request afterwards: %d", resp.StatusCode)
	}
}

// TestABodyThatEnds: a body breaks off in the middle; nothing is stored, it is counted, and whoever can still read an answer, such as
// a proxy that passes it on to Zoom, is told to send again.
func TestABodyThatEnds(t *testing.T) {
	j := &memory{}
	h := newHandler(t, j)
	address := serve(t, h, nil)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"event\":")
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if !strings.HasPrefix(string(answer), "HTTP/1.1 503 ") {
		t.Errorf("answered %.40q, want 503", answer)
	}
	if f := h.Figures(); f.Aborted != 1 || f.Received != 1 || len(j.records) != 0 {
		t.Errorf("figures %+v", f)
	}
}

// writeCertificate makes a self-signed certificate for loopback with a serial number.
func writeCertificate(t *testing.T, dir string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "earshot"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertificateIsReloadedWithoutDroppingARequest(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir, 1)
	c, err := receive.LoadCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h := newHandler(t, &memory{})
	address := serve(t, h, c.TLSConfig())

	old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // keeps its connection
	post := func(client *http.Client, n int) (serial int64) {
		t.Helper()
		r := signed("https://"+address+"/webhook", secret, fmt.Sprintf(`{"n":%d}`, n), time.Now())
		r.RequestURI = ""
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Fatalf("answered %d", resp.StatusCode)
		}
		return resp.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if got := post(old, 1); got != 1 {
		t.Fatalf("certificate %d, want 1", got)
	}

	writeCertificate(t, dir, 2)
	c.Refresh()
	fresh := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	if got := post(fresh, 2); got != 2 {
		t.Errorf("a new connection has certificate %d, want 2", got)
	}
	if got := post(old, 3); got != 1 {
		t.Errorf("the old connection has certificate %d, want 1: it was not kept", got)
	}

	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half a fi"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Refresh()
	if got := post(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}, 4); got != 2 {
		t.Errorf("after a damaged file: certificate %d, want the last good one", got)
	}

	if _, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
}
