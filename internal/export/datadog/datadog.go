// Package datadog sends to Datadog's HTTP API without an agent: numbers as gauges by POST /api/v2/series, logs by POST /api/v2/logs. Its
// keys are those of the Collector's datadogexporter: api.site, api.key, hostname, metrics.endpoint, logs.endpoint; the exporter itself
// cannot be built in (go.mod of v0.145 wants 110 modules of the agent).
//
// A [Destination] is used by one goroutine. What Datadog's answer means for the batch is said by the class of the error (see package post);
// errors that it writes beside a 202 are heard, too. It is tested against a server that checks what Datadog documents. Datadog takes metrics up to an hour old and logs up to 18 hours: [MaxAge]. Sources:
// docs.datadoghq.com, "Submit metrics" and "Send logs" of API v2.
package datadog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/go-faster/jx"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/keys"
	"github.com/earshot/earshot/internal/export/post"
)

// The limits of one request of logs, and of a series' body before compression.
const (
	maxLogs        = 1000
	maxLogBytes    = 4 << 20 // Datadog's is 5 MB
	maxSeriesBytes = 4 << 20 // Datadog's is 5,242,880
)

// MaxAge is how old what leaves may be.
func MaxAge(metrics bool) time.Duration {
	if metrics {
		return time.Hour
	}
	return 18 * time.Hour
}

// Config is what can be set: a part of datadogexporter's keys.
type Config struct {
	API struct {
		Site string `mapstructure:"site"`
		Key  string `mapstructure:"key"`
	} `mapstructure:"api"`
	Hostname string   `mapstructure:"hostname"`
	Tags     []string `mapstructure:"tags"` // added to everything: "env:prod"
	Metrics  struct {
		Endpoint string `mapstructure:"endpoint"`
	} `mapstructure:"metrics"`
	Logs struct {
		Endpoint string `mapstructure:"endpoint"`
	} `mapstructure:"logs"`
}

var siteName = regexp.MustCompile(`^[a-z0-9.-]+$`)

// Validate implements xconfmap.Validator.
func (c *Config) Validate() error {
	var all []error
	if c.API.Key == "" {
		all = append(all, errors.New("api.key is empty; want an API key, such as ${env:DD_API_KEY}"))
	}
	if !siteName.MatchString(c.API.Site) {
		all = append(all, fmt.Errorf("api.site is %q; want a site such as datadoghq.com or datadoghq.eu", c.API.Site))
	}
	for key, address := range map[string]string{"metrics.endpoint": c.Metrics.Endpoint, "logs.endpoint": c.Logs.Endpoint} {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			all = append(all, fmt.Errorf("%s is no address; want one such as https://api.datadoghq.com", key))
		}
	}
	return errors.Join(all...)
}

// Destination is one organisation of Datadog's.
type Destination struct {
	c       Config
	post    *post.Client
	refused []string // errors in answers that say yes, of one Send
}

// New makes a destination; what is wrong with the keys is said key by key.
func New(given map[string]any) (*Destination, error) {
	var c Config
	if err := keys.Decode(&c, given, map[string]any{"api": map[string]any{"site": "datadoghq.com"}}, nil); err != nil {
		return nil, err
	}
	if c.Metrics.Endpoint == "" {
		c.Metrics.Endpoint = "https://api." + c.API.Site
	}
	if c.Logs.Endpoint == "" {
		c.Logs.Endpoint = "https://http-intake.logs." + c.API.Site
	}
	return &Destination{c: c, post: post.New(nil)}, nil
}

func (d *Destination) header() http.Header {
	return http.Header{"Dd-Api-Key": {d.c.API.Key}, "Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}
}

// Send implements export.Destination.
func (d *Destination) Send(ctx context.Context, b *export.Batch) error {
	d.refused = nil
	if err := d.sendLogs(ctx, b.Logs); err != nil {
		return err
	}
	if err := d.sendSeries(ctx, b.Metrics); err != nil {
		return err
	}
	if len(d.refused) > 0 {
		return &export.PartialError{Refused: len(d.refused), Err: fmt.Errorf("answered 202 with %d errors: %s", len(d.refused), strings.Join(d.refused, "; "))}
	}
	return nil
}

// give posts a body, and keeps the errors of an answer that says yes. Source: "Submit metrics" of API v2, IntakePayloadAccepted.
func (d *Destination) give(ctx context.Context, address string, body []byte) error {
	answer, err := d.post.Do(ctx, http.MethodPost, address, d.header(), post.Gzip(body))
	if err != nil {
		return err
	}
	var accepted struct {
		Errors []string `json:"errors"`
	}
	if json.Unmarshal(answer, &accepted) == nil {
		d.refused = append(d.refused, accepted.Errors...)
	}
	return nil
}

// sendSeries sends as many requests as the limit of a body makes it.
func (d *Destination) sendSeries(ctx context.Context, all []*export.Record) error {
	for len(all) > 0 {
		var e jx.Encoder
		e.ObjStart()
		e.FieldStart("series")
		e.ArrStart()
		n, values := 0, 0
		for ; n < len(all) && (n == 0 || len(e.Bytes()) < maxSeriesBytes); n++ {
			values += d.series(&e, all[n])
		}
		e.ArrEnd()
		e.ObjEnd()
		all = all[n:]
		if values == 0 {
			continue
		}
		if err := d.give(ctx, d.c.Metrics.Endpoint+"/api/v2/series", e.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// gauge is Datadog's number of that type.
const gauge = 3

// units are Datadog's names of ours; the others it does not know.
var units = map[string]string{"ms": "millisecond", "%": "percent", "kbit/s": "kilobit", "{frame}/s": "frame", "{minute}": "minute"}

// series writes a series for each value and returns how many.
func (d *Destination) series(e *jx.Encoder, r *export.Record) int {
	for i := range r.Values {
		v := &r.Values[i]
		e.ObjStart()
		e.FieldStart("metric")
		e.Str(v.Metric.Name())
		e.FieldStart("type")
		e.Int(gauge)
		if u := units[v.Metric.Unit()]; u != "" {
			e.FieldStart("unit")
			e.Str(u)
		}
		e.FieldStart("points")
		e.ArrStart()
		e.ObjStart()
		e.FieldStart("timestamp")
		e.Int64(int64(r.At) / 1000)
		e.FieldStart("value")
		e.Float64(v.Number)
		e.ObjEnd()
		e.ArrEnd()
		if d.c.Hostname != "" {
			e.FieldStart("resources")
			e.ArrStart()
			e.ObjStart()
			e.FieldStart("name")
			e.Str(d.c.Hostname)
			e.FieldStart("type")
			e.Str("host")
			e.ObjEnd()
			e.ArrEnd()
		}
		e.FieldStart("tags")
		e.ArrStart()
		for _, t := range d.c.Tags {
			e.Str(t)
		}
		for _, list := range [][]export.Attribute{r.Attributes, v.Attributes()} {
			for _, a := range list {
				e.Str(a.Key + ":" + a.Value)
			}
		}
		e.ArrEnd()
		e.ObjEnd()
	}
	return len(r.Values)
}

// sendLogs sends as many requests as the limits make it.
func (d *Destination) sendLogs(ctx context.Context, all []*export.Record) error {
	for len(all) > 0 {
		var e jx.Encoder
		e.ArrStart()
		n := 0
		for ; n < len(all) && n < maxLogs && (n == 0 || len(e.Bytes()) < maxLogBytes); n++ {
			d.log(&e, all[n])
		}
		e.ArrEnd()
		all = all[n:]
		if err := d.give(ctx, d.c.Logs.Endpoint+"/api/v2/logs", e.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (d *Destination) log(e *jx.Encoder, r *export.Record) {
	e.ObjStart()
	field := func(key, value string) {
		if value != "" {
			e.FieldStart(key)
			e.Str(value)
		}
	}
	field("ddsource", "earshot")
	field("service", "earshot")
	field("hostname", d.c.Hostname)
	if len(d.c.Tags) > 0 {
		tags := d.c.Tags[0]
		for _, t := range d.c.Tags[1:] {
			tags += "," + t
		}
		field("ddtags", tags)
	}
	e.FieldStart("timestamp")
	e.Int64(int64(r.At))
	field("message", r.Text())
	field("earshot.record.id", r.ID)
	field("earshot.record.kind", r.Kind.String())
	for _, a := range r.Attributes {
		field(a.Key, a.Value)
	}
	e.ObjEnd()
}

// Check implements export.Destination: it asks whether the key is valid.
func (d *Destination) Check(ctx context.Context) (string, error) {
	if _, err := d.post.Do(ctx, http.MethodGet, d.c.Metrics.Endpoint+"/api/v1/validate", http.Header{"Dd-Api-Key": {d.c.API.Key}}, nil); err != nil {
		return "", err
	}
	return "the API key is valid", nil
}

// Close implements export.Destination.
func (d *Destination) Close() error {
	d.post.Close()
	return nil
}
