package daemon

import (
	"net"
	"testing"

	"github.com/earshot/earshot/internal/config"
)

func TestTheAddressOfTheWebIsWhereItListens(t *testing.T) {
	for _, c := range []struct {
		listens, public, certificate, want string
	}{
		{"127.0.0.1:9123", "", "", "http://127.0.0.1:9123"},
		{"0.0.0.0:9123", "", "", "http://localhost:9123"},
		{"[::]:443", "", "cert.pem", "https://localhost:443"},
		{"[::1]:9123", "", "", "http://[::1]:9123"},
		{"127.0.0.1:9123", "https://earshot.example.com/", "", "https://earshot.example.com"},
	} {
		address, err := net.ResolveTCPAddr("tcp", c.listens)
		if err != nil {
			t.Fatal(err)
		}
		m := &Monitor{cfg: &config.Config{}, address: address}
		m.cfg.Web.PublicURL, m.cfg.Web.TLS.CertFile = c.public, c.certificate
		if got := m.baseURL(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
