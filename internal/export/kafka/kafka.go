// Package kafka produces records to a topic of a Kafka-protocol cluster, a message each: the record's JSON, with the record's id as key,
// so that a topic that is compacted keeps one of each, and its kind as header. What belongs to one meeting, call or incident goes to one
// partition, where it has an order. Its keys are a part of the Collector's kafkaexporter's.
//
// A [Destination] is used by one goroutine. A batch is taken when all in-sync replicas have it (producer.required_acks -1, the default).
// It is tested against franz-go's kfake, with TLS and every login as well.
package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/keys"
)

// Config is what can be set.
type Config struct {
	Brokers  []string `mapstructure:"brokers"`
	Topic    string   `mapstructure:"topic"`
	ClientID string   `mapstructure:"client_id"`
	Auth     struct {
		SASL *SASL `mapstructure:"sasl"`
	} `mapstructure:"auth"`
	TLS      *TLS `mapstructure:"tls"`
	Producer struct {
		MaxMessageBytes int    `mapstructure:"max_message_bytes"`
		RequiredAcks    int    `mapstructure:"required_acks"` // -1 all in-sync replicas, 1 the leader
		Compression     string `mapstructure:"compression"`   // none, gzip, snappy, lz4, zstd
		AllowAutoTopic  bool   `mapstructure:"allow_auto_topic_creation"`
	} `mapstructure:"producer"`
}

// SASL is how to log in.
type SASL struct {
	Username  string `mapstructure:"username"`
	Password  string `mapstructure:"password"`
	Mechanism string `mapstructure:"mechanism"` // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
}

// TLS is how to connect.
type TLS struct {
	CAFile             string `mapstructure:"ca_file"`
	CertFile           string `mapstructure:"cert_file"`
	KeyFile            string `mapstructure:"key_file"`
	ServerName         string `mapstructure:"server_name_override"`
	InsecureSkipVerify bool   `mapstructure:"insecure_skip_verify"`
}

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

// Validate implements xconfmap.Validator.
func (c *Config) Validate() error {
	var all []error
	if len(c.Brokers) == 0 {
		all = append(all, errors.New("brokers is empty; want addresses such as kafka.example.com:9092"))
	}
	if c.Topic == "" {
		all = append(all, errors.New("topic is empty; want the name of a topic"))
	}
	p := &c.Producer
	if _, ok := codecs[p.Compression]; !ok {
		all = append(all, fmt.Errorf("producer.compression is %q; want none, gzip, snappy, lz4 or zstd", p.Compression))
	}
	if p.RequiredAcks != -1 && p.RequiredAcks != 1 {
		all = append(all, fmt.Errorf("producer.required_acks is %d; want -1 (all in-sync replicas) or 1 (the leader): without an answer nothing is known to be taken", p.RequiredAcks))
	}
	if s := c.Auth.SASL; s != nil {
		if s.Mechanism != "PLAIN" && s.Mechanism != "SCRAM-SHA-256" && s.Mechanism != "SCRAM-SHA-512" {
			all = append(all, fmt.Errorf("auth.sasl.mechanism is %q; want PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", s.Mechanism))
		}
		if s.Username == "" || s.Password == "" {
			all = append(all, errors.New("auth.sasl: want username and password"))
		}
	}
	return errors.Join(all...)
}

// Destination is one topic.
type Destination struct {
	c      Config
	client *kgo.Client
	logins logins
}

// requestWithin bounds one request; the client itself tries a few times. RecordDeliveryTimeout is not for here: it counts from a
// message's own time, which is that of the event.
const requestWithin = 10 * time.Second

// New makes a destination; what is wrong with the keys is said key by key. It does not connect yet.
func New(given map[string]any) (*Destination, error) {
	d := &Destination{}
	defaults := map[string]any{"client_id": "earshot", "producer": map[string]any{"max_message_bytes": 1_000_000, "required_acks": -1, "compression": "lz4"}}
	if err := keys.Decode(&d.c, given, defaults, nil); err != nil {
		return nil, err
	}
	options, err := d.options()
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	if d.client, err = kgo.NewClient(options...); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return d, nil
}

func (d *Destination) options() ([]kgo.Opt, error) {
	p := &d.c.Producer
	out := []kgo.Opt{
		kgo.SeedBrokers(d.c.Brokers...), kgo.WithHooks(&d.logins), kgo.DefaultProduceTopic(d.c.Topic), kgo.ClientID(d.c.ClientID), kgo.ProducerBatchCompression(codecs[p.Compression]),
		kgo.ProduceRequestTimeout(requestWithin), kgo.RecordRetries(3), kgo.RetryTimeout(requestWithin), kgo.UnknownTopicRetries(1), kgo.ProducerLinger(0), kgo.RecordPartitioner(kgo.BasicConsistentPartitioner(byGroup)), kgo.MaxBufferedRecords(export.MaxBatchRecords),
	}
	if p.MaxMessageBytes > 0 {
		out = append(out, kgo.ProducerBatchMaxBytes(int32(p.MaxMessageBytes)))
	}
	if p.RequiredAcks == 1 {
		out = append(out, kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite())
	}
	if p.AllowAutoTopic {
		out = append(out, kgo.AllowAutoTopicCreation())
	}
	if s := d.c.Auth.SASL; s != nil {
		switch auth := (scram.Auth{User: s.Username, Pass: s.Password}); s.Mechanism {
		case "PLAIN":
			out = append(out, kgo.SASL(plain.Auth{User: s.Username, Pass: s.Password}.AsMechanism()))
		case "SCRAM-SHA-256":
			out = append(out, kgo.SASL(auth.AsSha256Mechanism()))
		default:
			out = append(out, kgo.SASL(auth.AsSha512Mechanism()))
		}
	}
	if t := d.c.TLS; t != nil {
		c, err := t.config()
		if err != nil {
			return nil, err
		}
		out = append(out, kgo.DialTLSConfig(c))
	}
	return out, nil
}

func (t *TLS) config() (*tls.Config, error) {
	c := &tls.Config{ServerName: t.ServerName, InsecureSkipVerify: t.InsecureSkipVerify, MinVersion: tls.VersionTLS12}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("tls.ca_file: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("tls.ca_file holds no certificate; want PEM")
		}
	}
	if t.CertFile != "" || t.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("tls.cert_file and tls.key_file: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// Send implements export.Destination.
func (d *Destination) Send(ctx context.Context, b *export.Batch) error {
	if len(b.Logs) == 0 {
		return nil
	}
	messages := make([]*kgo.Record, len(b.Logs))
	size := 0
	for _, r := range b.Logs {
		size += r.Size()
	}
	text := make([]byte, 0, size) // of all of them
	for i, r := range b.Logs {
		from := len(text)
		text = r.JSON(text)
		messages[i] = &kgo.Record{
			Context: grouped{ctx, r.Group}, Key: []byte(r.ID), Value: text[from:len(text):len(text)], Timestamp: r.Time(), Headers: []kgo.RecordHeader{{Key: "kind", Value: []byte(r.Kind.String())}},
		}
	}
	results := d.client.ProduceSync(ctx, messages...)
	var worst error
	anew := false
	for _, r := range results {
		if r.Err == nil {
			continue
		}
		anew = anew || errors.Is(r.Err, kerr.UnknownTopicID)
		if err := d.classify(r.Err); worst == nil || isPermanent(worst) {
			worst = err // a batch counts as permanently refused only when nothing else is wrong
		}
	}
	if anew { // the topic was deleted and made again: only what is forgotten is looked up once more
		d.client.PurgeTopicsFromProducing(d.c.Topic)
	}
	return worst
}

func isPermanent(err error) bool {
	var p *export.PermanentError
	return errors.As(err, &p)
}

// Check implements export.Destination.
func (d *Destination) Check(ctx context.Context) (string, error) {
	if err := d.client.Ping(ctx); err != nil {
		return "", d.classify(err)
	}
	topics, err := d.partitions(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("answers; topic %s has %d partitions", d.c.Topic, topics), nil
}

// Close implements export.Destination.
func (d *Destination) Close() error {
	d.client.Close()
	return nil
}
