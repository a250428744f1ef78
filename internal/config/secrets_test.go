package config_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/config"
)

// No message and no summary repeats a secret, also where it stands in the wrong place.
func TestSecretsStaySecret(t *testing.T) {
	const secret = "s3cr3t-value-0123456789"
	texts := map[string]string{
		"in the file":       "webhook: {subscriptions: {emea: {secrets: [" + secret + "]}}}\n",
		"as one":            "webhook: {subscriptions: {emea: {secrets: " + secret + ", bearer: " + secret + "}}}\n",
		"as a list":         "webhook: {subscriptions: {emea: {bearer: [" + secret + "]}}}\n",
		"beside bad syntax": "webhook: {subscriptions: {emea: {bearer: " + secret + "}\n  x: [\n",
	}
	for name, yaml := range texts {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, yaml, nil, nil)
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("want an error without the secret: %v", err)
			}
		})
	}
	_, err := load(t, "", map[string]string{config.EnvAPIToken: secret + " " + secret}, nil)
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a bad API token: want an error without it: %v", err)
	}
	c, err := load(t, "webhook: {subscriptions: {emea: {secrets: {env: E}, basic: {user: u, password: {env: E}}, verification_token: {env: E}, bearer: {env: E}, header: {name: X, value: {env: E}}}}}\n",
		map[string]string{"E": secret, config.EnvSecret: secret, config.EnvAPIToken: secret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Summary(&b); err != nil {
		t.Fatal(err)
	}
	for how, text := range map[string]string{"summary": b.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", *c), "%#v": fmt.Sprintf("%#v", *c)} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows a secret:\n%s", how, text)
		}
	}
}

func TestAShortTokenIsAllowedWithAWarning(t *testing.T) {
	c, err := load(t, "", map[string]string{config.EnvSecret: "s", config.EnvAPIToken: "short"}, nil)
	if err != nil || c.APIToken != "short" {
		t.Fatalf("%v, %v", c, err)
	}
	if w := c.Warnings(); len(w) != 1 || !strings.Contains(w[0], "fewer than 16") || strings.Contains(w[0], "short") {
		t.Errorf("warnings %q", w)
	}
}
