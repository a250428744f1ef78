package kafka_test

import (
	"crypto/tls"
	"encoding/pem"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/kafka"
)

const (
	user     = "earshot"
	password = "s3cret-of-a-broker"
)

// secured is a cluster that wants TLS and one mechanism's login, and the file with its certificate.
func secured(t *testing.T, mechanism string) (brokers []string, caFile string) {
	t.Helper()
	s := httptest.NewTLSServer(nil) // for its certificate, which is for 127.0.0.1
	defer s.Close()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "zoom"), kfake.EnableSASL(), kfake.Superuser(mechanism, user, password),
		kfake.TLS(&tls.Config{Certificates: s.TLS.Certificates}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return c.ListenAddrs(), caFile
}

func login(brokers []string, mechanism, pass, caFile string) map[string]any {
	return map[string]any{
		"brokers": brokers, "topic": "zoom", "tls": map[string]any{"ca_file": caFile},
		"auth": map[string]any{"sasl": map[string]any{"username": user, "password": pass, "mechanism": mechanism}},
	}
}

func without(keys map[string]any, key string) map[string]any {
	out := maps.Clone(keys)
	delete(out, key)
	return out
}

func TestABrokerWithTLSAndALoginGetsEverything(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			brokers, caFile := secured(t, mechanism)
			d, err := kafka.New(login(brokers, mechanism, password, caFile))
			if err != nil {
				t.Fatal(err)
			}
			if said, err := d.Check(t.Context()); err != nil || !strings.Contains(said, "topic zoom has 2 partitions") {
				t.Errorf("check: %q, %v", said, err)
			}
			w := exporttest.New(t, 30)
			spec := export.Spec{Name: "kafka", FromOldest: true, Logs: []export.Kind{export.KindEvent}}
			exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}), exporttest.AllSent(30))
		})
	}
}

// Whatever is wrong with how we come is about us: it is waited for, nothing is set aside, and the key to look at is named, in the status
// as by earshot check.
func TestALoginThatIsRefusedIsAboutUs(t *testing.T) {
	brokers, caFile := secured(t, "SCRAM-SHA-256")
	good := login(brokers, "SCRAM-SHA-256", password, caFile)
	answers := func(code int16) map[string]any { // as Apache Kafka's brokers do; kfake closes the connection
		c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("PLAIN", user, password))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		c.ControlKey(int16(kmsg.SASLAuthenticate), func(r kmsg.Request) (kmsg.Response, error, bool) {
			c.KeepControl()
			resp := r.ResponseKind().(*kmsg.SASLAuthenticateResponse)
			resp.ErrorCode = code
			return resp, nil, true
		})
		return without(login(c.ListenAddrs(), "PLAIN", "an0ther-secret", ""), "tls")
	}
	const patience = 2 * time.Minute // on a machine that does something else
	for name, c := range map[string]struct {
		keys    map[string]any
		want    string
		timeout time.Duration // of one try
	}{
		"password":            {login(brokers, "SCRAM-SHA-256", "an0ther-secret", caFile), "config.auth.sasl: the brokers close the connection at the login", patience},
		"password, in time":   {login(brokers, "SCRAM-SHA-256", "an0ther-secret", caFile), "config.auth.sasl: the brokers close the connection at the login", 5 * time.Second},
		"password, answered":  {answers(kerr.SaslAuthenticationFailed.Code), "config.auth.sasl: the brokers refuse the username or the password", patience},
		"mechanism":           {login(brokers, "PLAIN", password, caFile), "mechanism (PLAIN) may be wrong", patience},
		"mechanism, answered": {answers(kerr.UnsupportedSaslMechanism.Code), "config.auth.sasl.mechanism: the brokers do not take PLAIN", patience},
		"no login":            {without(good, "auth"), "config.auth.sasl: the brokers may want a login", patience},
		"no TLS":              {without(good, "tls"), "config.tls: the brokers may want TLS", patience},
		"unknown authority":   {login(brokers, "SCRAM-SHA-256", password, ""), "config.tls.ca_file: ", patience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := kafka.New(c.keys)
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "an0ther") {
				t.Errorf("check: %v; want %q", err, c.want)
			}
			w := exporttest.New(t, 5)
			spec := export.Spec{Name: "kafka", FromOldest: true, Logs: []export.Kind{export.KindEvent}, FirstPause: time.Hour, Timeout: c.timeout}
			exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}), func(x *export.Exporter) bool {
				s := x.Status()[0]
				if s.Failed > 0 && (s.State != export.StateRefused || s.Aside > 0 || !strings.Contains(s.LastError, c.want)) {
					t.Errorf("%+v", s)
				}
				return s.Failed > 0
			})
		})
	}
}
