package deliver

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
)

// SignedWebhookConfig sends alerts as JSON with a signature: X-Earshot-Signature is "v1=" and the hexadecimal HMAC-SHA256 of
// "v1:", X-Earshot-Timestamp (Unix seconds), ":" and the body, under the secret: as Zoom signs its own webhooks.
// X-Earshot-Delivery is the same for messages that say the same (see delivery): whoever leaves out those that it has seen is
// told once of each change, whatever crashes.
type SignedWebhookConfig struct {
	URL            string `yaml:"url"`
	SecretFile     string `yaml:"secret_file"`
	NoSendResolved bool   `yaml:"no_send_resolved"`
}

func (c *SignedWebhookConfig) resolved() bool { return !c.NoSendResolved }

func (c *SignedWebhookConfig) validate() error {
	var noSecret error
	if c.SecretFile == "" {
		noSecret = errors.New("secret_file is empty; want the path of a file with the secret that signs")
	}
	return errors.Join(checkURL("url", c.URL), noSecret)
}

type signedWebhook struct {
	c    *SignedWebhookConfig
	post *poster
	tmpl *template.Template
}

func newSignedWebhook(c *SignedWebhookConfig, g *Guard, tmpl *template.Template) *signedWebhook {
	return &signedWebhook{c, newPoster(g), tmpl}
}

// signedMessage is the body.
type signedMessage struct {
	Version  string        `json:"version"`
	GroupKey string        `json:"group_key"`
	Status   string        `json:"status"`
	Receiver string        `json:"receiver"`
	Alerts   []signedAlert `json:"alerts"`
	Link     string        `json:"link"`
}

type signedAlert struct {
	Status   string            `json:"status"`
	Title    string            `json:"title"`
	Evidence string            `json:"evidence,omitempty"`
	Link     string            `json:"link,omitempty"`
	Labels   map[string]string `json:"labels"`
	Starts   time.Time         `json:"starts"`
	Ends     *time.Time        `json:"ends,omitempty"`
}

// Notify implements notify.Notifier.
func (w *signedWebhook) Notify(ctx context.Context, alerts ...*amalert.Alert) (bool, error) {
	key, err := notify.ExtractGroupKey(ctx)
	if err != nil {
		return false, err
	}
	m := signedMessage{Version: "1", GroupKey: key.Hash(), Status: string(amalert.Alerts(alerts...).Status()), Link: w.tmpl.ExternalURL.JoinPath("alerts").String()}
	m.Receiver, _ = notify.ReceiverName(ctx)
	for _, a := range alerts {
		m.Alerts = append(m.Alerts, signedAlertOf(a))
	}
	body, err := json.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("encode the message: %w", err)
	}
	s, err := secret(w.c.SecretFile)
	if err != nil {
		return true, err
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	h := http.Header{}
	h.Set("X-Earshot-Timestamp", at)
	h.Set("X-Earshot-Delivery", delivery(ctx, m.Receiver, m.GroupKey, alerts))
	h.Set("X-Earshot-Signature", Sign(s, at, body))
	_, retry, err := w.post.do(ctx, http.MethodPost, w.c.URL, h, body)
	return retry, err
}

// delivery names what a message says: which alerts of a group fire and which are over. Their evidence is not part of it, since a
// message that is sent once more after a crash may have newer evidence; a reminder is, since it is meant to be seen.
func delivery(ctx context.Context, receiver, group string, alerts []*amalert.Alert) string {
	lines := make([]string, len(alerts))
	for i, a := range alerts {
		lines[i] = a.Fingerprint().String() + " " + string(a.Status())
	}
	slices.Sort(lines)
	lines = append(lines, receiver, group)
	if reason, _ := notify.NotificationReason(ctx); reason == notify.ReasonRepeatIntervalElapsed {
		now, _ := notify.Now(ctx)
		every, _ := notify.RepeatInterval(ctx)
		lines = append(lines, now.Truncate(every).UTC().Format(time.RFC3339))
	}
	id := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(id[:16])
}

// Sign returns the signature of a body that is sent at a time (Unix seconds).
func Sign(secret, at string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("v1:" + at + ":"))
	h.Write(body)
	return "v1=" + hex.EncodeToString(h.Sum(nil))
}

func signedAlertOf(a *amalert.Alert) signedAlert {
	out := signedAlert{
		Status: string(a.Status()), Title: string(a.Annotations["summary"]), Evidence: string(a.Annotations["description"]),
		Link: string(a.Annotations["link"]), Labels: map[string]string{}, Starts: a.StartsAt.UTC(),
	}
	for k, v := range a.Labels {
		out.Labels[string(k)] = string(v)
	}
	if a.Resolved() {
		t := a.EndsAt.UTC()
		out.Ends = &t
	}
	return out
}
