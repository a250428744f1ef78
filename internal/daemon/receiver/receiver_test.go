package receiver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/receive"
)

// The monitor alerts before the endpoint's certificate ends: it must be told when that is.
func TestFiguresSayWhenTheCertificateEnds(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(9 * 24 * time.Hour).Truncate(time.Second)
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: ends}, &x509.Certificate{}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	cert, private := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: raw}, private: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "journal"), Retention: time.Hour, ArchiveRetention: time.Hour, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	r := &receiver{log: log, journal: j}
	if r.handler, err = receive.New(receive.Options{Journal: j}); err != nil {
		t.Fatal(err)
	}
	if got := r.figures().CertificateEndsMs; got != 0 {
		t.Errorf("plain HTTP: the certificate ends at %d, want none", got)
	}
	if r.certificate, err = receive.LoadCertificate(cert, private, log); err != nil {
		t.Fatal(err)
	}
	if got := r.figures().CertificateEndsMs; got != ends.UnixMilli() {
		t.Errorf("the certificate ends at %d, want %d", got, ends.UnixMilli())
	}
}
