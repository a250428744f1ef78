package config

import (
	"errors"
	"os"
	"strings"

	"github.com/earshot/earshot/zoom"
)

// The variables that hold secrets.
const (
	// EnvSecret holds the secret token of the app whose events come to /webhook; several are separated by commas.
	EnvSecret = "ZOOM_WEBHOOK_SECRET_TOKEN"
	// EnvPreviousSecret holds the token from before it was changed, so that nothing is refused meanwhile.
	EnvPreviousSecret = "ZOOM_WEBHOOK_SECRET_TOKEN_PREVIOUS"
	// EnvAPIToken holds the bearer token for scripts.
	EnvAPIToken = "EARSHOT_API_TOKEN"
	// EnvPort holds the port of the webhook, as the older tracker had it.
	EnvPort = "PORT"
)

const (
	// goodAPITokenBytes is how long a token must be not to be guessed through the API itself. A shorter one works, with a
	// warning: on a laptop it may be what somebody wants.
	goodAPITokenBytes = 16
	// maxSecretBytes bounds a file that was named by mistake.
	maxSecretBytes = 64 << 10
)

// secretSource is where a secret is: a variable or a file.
type secretSource struct{ env, file string }

// read returns the secret. The error does not hold it.
func (s secretSource) read(env Environment) (zoom.Secret, error) {
	if s.env != "" {
		text, ok := env(s.env)
		if !ok || strings.TrimSpace(text) == "" {
			return "", errors.New("environment variable " + s.env + " is not set; want a secret in it")
		}
		return zoom.Secret(strings.TrimSpace(text)), nil
	}
	text, err := os.ReadFile(s.file)
	if err != nil {
		return "", err // names the path
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || len(text) > maxSecretBytes || strings.ContainsAny(secret, "\r\n\x00") {
		return "", errors.New("file " + s.file + ": want one line with a secret")
	}
	return zoom.Secret(secret), nil
}

// splitSecrets reads a variable with one or more secrets.
func splitSecrets(text string) []zoom.Secret {
	var all []zoom.Secret
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, zoom.Secret(part))
		}
	}
	return all
}
