package zoom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/earshot/earshot/zoom"
)

// TestSecretIsNotShown prints a secret in every way that programs print things.
func TestSecretIsNotShown(t *testing.T) {
	const text = "kZ8wQ1rT5yU9oP3aS7dF2g"
	secret := zoom.Secret(text)
	type config struct {
		Secret  zoom.Secret
		Secrets []zoom.Secret
		ByName  map[string]zoom.Secret
		Pointer *zoom.Secret
	}
	c := config{secret, []zoom.Secret{secret}, map[string]zoom.Secret{"a": secret}, &secret}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%t", "%U", "% x"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", secret, c)
	}
	fmt.Fprintln(&out, secret, secret.String(), fmt.Errorf("secret %s", secret))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("start", "secret", secret, "config", c)
	}
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("% x", text), text[:8]} {
		if i := strings.Index(out.String(), leak); i >= 0 {
			t.Errorf("shown: %q", out.String()[max(0, i-40):i+len(leak)])
		}
	}
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("nothing is marked as redacted")
	}
	if zoom.Secret("").String() != "" {
		t.Error("an empty secret should be seen to be empty")
	}
	var back config
	if err := json.Unmarshal([]byte(`{"Secret":"`+text+`"}`), &back); err != nil || back.Secret != text {
		t.Errorf("a secret must be readable from a file: %v", err)
	}
}
