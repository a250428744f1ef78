// Package webhook sends records as JSON to an address, signed as Zoom signs its own webhooks: see [deliver.Sign]. The body is
//
//	{"version":"1","destination":"NAME","records":[…]}
//
// with records as docs/export.md describes them. X-Earshot-Delivery is the same for the same records, for leaving out repeats.
//
// A [Destination] is used by one goroutine. The receiver's status decides what becomes of a batch (see package post); the tests go through
// all of them. It goes to internal addresses only where alerts.allow_networks allows them.
package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-faster/jx"

	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/keys"
	"github.com/earshot/earshot/internal/export/post"
)

// Config is what can be set.
type Config struct {
	URL         string            `mapstructure:"url"`
	SecretFile  string            `mapstructure:"secret_file"` // of the secret that signs; read at each request, so that it can be changed
	Headers     map[string]string `mapstructure:"headers"`
	Compression string            `mapstructure:"compression"` // gzip or none
}

// Validate implements xconfmap.Validator.
func (c *Config) Validate() error {
	var all []error
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		all = append(all, errors.New("url is no address; want one such as https://host.example.com/path"))
	}
	if c.SecretFile == "" {
		all = append(all, errors.New("secret_file is empty; want the path of a file with the secret that signs"))
	}
	if c.Compression != "gzip" && c.Compression != "none" {
		all = append(all, fmt.Errorf("compression is %q; want gzip or none", c.Compression))
	}
	return errors.Join(all...)
}

// Destination is one address.
type Destination struct {
	name string
	c    Config
	post *post.Client
	now  func() time.Time
}

// New makes a destination; what is wrong with the keys is said key by key.
func New(name string, given map[string]any, g *deliver.Guard) (*Destination, error) {
	var c Config
	if err := keys.Decode(&c, given, map[string]any{"compression": "none"}, nil); err != nil {
		return nil, err
	}
	return &Destination{name, c, post.New(g), time.Now}, nil
}

func (d *Destination) secret() (string, error) {
	raw, err := os.ReadFile(d.c.SecretFile)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	s := strings.TrimSpace(string(raw))
	if s == "" || len(s) > 4096 {
		return "", fmt.Errorf("file %s: want one line with a secret", d.c.SecretFile)
	}
	return s, nil
}

// Send implements export.Destination.
func (d *Destination) Send(ctx context.Context, b *export.Batch) error {
	if len(b.Logs) == 0 {
		return nil
	}
	return d.send(ctx, b.Logs)
}

func (d *Destination) send(ctx context.Context, records []*export.Record) error {
	secret, err := d.secret()
	if err != nil {
		return err
	}
	ids := sha256.New()
	size := 128
	for _, r := range records {
		size += r.Size() + 1
	}
	var e jx.Encoder
	e.Grow(size)
	e.ObjStart()
	e.FieldStart("version")
	e.Str("1")
	e.FieldStart("destination")
	e.Str(d.name)
	e.FieldStart("records")
	e.ArrStart()
	var one []byte
	for _, r := range records {
		ids.Write([]byte(r.ID + "\n"))
		one = r.JSON(one[:0])
		e.Raw(one)
	}
	e.ArrEnd()
	e.ObjEnd()
	body := e.Bytes()
	h := http.Header{"Content-Type": {"application/json"}}
	for k, v := range d.c.Headers {
		h.Set(k, v)
	}
	if d.c.Compression == "gzip" {
		body = post.Gzip(body)
		h.Set("Content-Encoding", "gzip")
	}
	at := strconv.FormatInt(d.now().Unix(), 10)
	h.Set("X-Earshot-Timestamp", at)
	h.Set("X-Earshot-Delivery", hex.EncodeToString(ids.Sum(nil)[:16]))
	h.Set("X-Earshot-Signature", deliver.Sign(secret, at, body))
	_, err = d.post.Do(ctx, http.MethodPost, d.c.URL, h, body)
	return err
}

// Check implements export.Destination: a request without records.
func (d *Destination) Check(ctx context.Context) (string, error) {
	if err := d.send(ctx, nil); err != nil {
		return "", err
	}
	return "takes a signed request without records", nil
}

// Close implements export.Destination.
func (d *Destination) Close() error {
	d.post.Close()
	return nil
}
