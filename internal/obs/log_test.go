package obs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/zoom"
)

// However a secret is logged, in whichever format, it is not in the line.
func TestLoggerRedacts(t *testing.T) {
	const secret = "s3cr3t-value"
	type settings struct {
		Name   string
		Secret zoom.Secret
	}
	log := func(l *slog.Logger) {
		// By type, whatever the attribute is called.
		l.Info("by type", "x", zoom.Secret(secret), "list", []zoom.Secret{secret}, "struct", settings{"a", secret}, "pointer", &settings{"a", secret},
			slog.Group("group", "x", zoom.Secret(secret)), "any", any(zoom.Secret(secret)))
		// By name, whatever the type is.
		l.Info("by name", "password", secret, "api_token", secret, "clientSecret", secret, "TOKEN", secret, "x-zm-signature", secret,
			slog.Group("headers", "authorization", secret, "Set-Cookie", []string{secret}))
		l.With("token", secret).WithGroup("g").Info("with", "bearer", errors.New(secret))
	}
	for _, format := range []string{obs.FormatText, obs.FormatJSON} {
		var b bytes.Buffer
		l, err := obs.NewLogger(&b, obs.LogOptions{Format: format})
		if err != nil {
			t.Fatal(err)
		}
		log(l)
		if strings.Contains(b.String(), secret) {
			t.Errorf("%s shows the secret:\n%s", format, b.String())
		}
		if n := strings.Count(b.String(), "[redacted]"); n < 12 {
			t.Errorf("%s: %d values are redacted, want at least 12:\n%s", format, n, b.String())
		}
	}
}

func TestLogger(t *testing.T) {
	var b bytes.Buffer
	l, err := obs.NewLogger(&b, obs.LogOptions{Format: obs.FormatJSON, Level: "warn"})
	if err != nil {
		t.Fatal(err)
	}
	l = obs.Component(l, "journal")
	l.Info("not shown")
	at := time.Date(2026, 3, 1, 10, 0, 0, 5e6, time.FixedZone("", 3600))
	l.Warn("shown", "took", 1500*time.Millisecond, "at", at, "tokens", 3)
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("not one object: %v\n%s", err, b.String())
	}
	for key, want := range map[string]any{"level": "WARN", "msg": "shown", "component": "journal", "took": "1.5s", "at": "2026-03-01T09:00:00.005Z", "tokens": 3.0} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if now, err := time.Parse(time.RFC3339, got["time"].(string)); err != nil || time.Since(now) > time.Minute || !strings.HasSuffix(got["time"].(string), "Z") {
		t.Errorf("time is %v", got["time"])
	}
}

func TestLoggerRefuses(t *testing.T) {
	for _, o := range []obs.LogOptions{{Level: "loud"}, {Format: "xml"}, {Level: "INFO"}} {
		if _, err := obs.NewLogger(&bytes.Buffer{}, o); err == nil || !strings.Contains(err.Error(), "want ") {
			t.Errorf("%+v: %v; want what was expected", o, err)
		}
	}
	for name, want := range map[string]slog.Level{"": slog.LevelInfo, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError} {
		if got, err := obs.ParseLevel(name); err != nil || got != want {
			t.Errorf("ParseLevel(%q) = %v, %v", name, got, err)
		}
	}
}
