//go:build peers

package deliver_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
)

// The programs of Debian's package prometheus-alertmanager are the judges: scripts/alertcheck.sh installs them.

func amtool(t *testing.T, url string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "amtool", append([]string{"--alertmanager.url=" + url}, args...)...)
	var errors strings.Builder
	cmd.Stderr = &errors // it warns of another version
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("amtool %s: %v\n%s", strings.Join(args, " "), err, errors.String())
	}
	return string(raw)
}

// amtool lists, silences and ends silences at our API, with a bearer token.
func TestPeersAmtoolWorksAgainstUs(t *testing.T) {
	d, stop := run(t, deliver.Options{Setup: setup(t, twoReceivers), Memory: newMemory(), Guard: deliver.Guard{Dial: newWire(t, "a", "b").dial}})
	defer stop()
	inner := http.StripPrefix("/alertmanager", d.Handler())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tok" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "token.yml")
	if err := os.WriteFile(file, []byte("authorization: {credentials: tok}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url, token := s.URL+"/alertmanager", "--http.config.file="+file
	put(t, d, raised(1, alert.Critical, "Lyon"), raised(2, alert.Warning, "Metz"))
	if out := amtool(t, url, token, "alert", "query"); !strings.Contains(out, "Lyon link, 41 people") || !strings.Contains(out, "Metz") {
		t.Errorf("alert query: %s", out)
	}
	id := strings.TrimSpace(amtool(t, url, token, "silence", "add", "--author=ann", "--comment=works", "--duration=1h", "site=Lyon"))
	if out := amtool(t, url, token, "silence", "query"); !strings.Contains(out, id) || !strings.Contains(out, "ann") {
		t.Errorf("silence query: %s", out)
	}
	if out := amtool(t, url, token, "alert", "query"); strings.Contains(out, "Lyon") || !strings.Contains(out, "Metz") {
		t.Errorf("alert query without what is silent: %s", out)
	}
	amtool(t, url, token, "silence", "expire", id)
	if out := amtool(t, url, token, "alert", "query", "site=Lyon"); !strings.Contains(out, "Lyon") {
		t.Errorf("after the silence: %s", out)
	}
	if out := amtool(t, url, token, "config", "show"); !strings.Contains(out, "receiver: a") {
		t.Errorf("config show: %s", out)
	}
}

// Debian's Alertmanager takes what is handed over, and that it is over.
func TestPeersAlertmanagerTakesWhatIsHandedOver(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "am.yml"), []byte("route: {receiver: x}\nreceivers: [{name: x}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	am := exec.CommandContext(ctx, "prometheus-alertmanager", "--config.file="+filepath.Join(dir, "am.yml"), "--storage.path="+dir, "--web.listen-address="+address, "--cluster.listen-address=")
	if err := am.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = am.Wait() }()
	await(t, "Alertmanager to be ready", func() bool {
		r, err := http.Get("http://" + address + "/-/ready")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	d, stop := run(t, deliver.Options{Setup: setup(t, ""), Memory: newMemory(), Guard: loopback, External: []string{"http://" + address}})
	defer stop()
	a := raised(1, alert.Critical, "Lyon")
	put(t, d, a)
	await(t, "the alert", func() bool {
		return strings.Contains(amtool(t, "http://"+address, "alert", "query"), "Lyon link, 41 people")
	})
	put(t, d, over(a))
	await(t, "its end", func() bool { return !strings.Contains(amtool(t, "http://"+address, "alert", "query"), "Lyon") })
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(3*time.Minute), time.NewTicker(100*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
