package otlp

import (
	"bytes"
	"context"
	"net/http"
	"runtime"
	"strings"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/collector"
)

// direct sends metrics over HTTP without the Collector's data structures: a point of each number of each sample, each with ten attributes,
// takes three times the time to build and encode by them that it takes to compress and send.
type direct struct {
	exporter *collector.Exporter
	client   *http.Client
	address  string
	header   http.Header
	encoder  collector.MetricsEncoder
	zip      *gzip.Writer // nil: the client compresses, as the operator chose, or nobody
	length   int          // of the last body that was zipped
}

// newDirect makes a sender of an exporter's configuration. ours says that nobody chose a compression: then it is gzip, which every
// receiver of OTLP takes, of the least effort.
func newDirect(ctx context.Context, x *collector.Exporter, cfg *otlphttpexporter.Config, ours bool) (*direct, error) {
	c := cfg.ClientConfig
	d := &direct{exporter: x, address: cfg.MetricsEndpoint, header: http.Header{
		"Content-Type": {"application/x-protobuf"}, "User-Agent": {"Earshot/1 (" + runtime.GOOS + "/" + runtime.GOARCH + ")"},
	}}
	if d.address == "" {
		d.address = strings.TrimSuffix(c.Endpoint, "/") + "/v1/metrics"
	}
	if ours {
		c.Compression = ""
		d.header.Set("Content-Encoding", "gzip")
		zip, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		if err != nil {
			return nil, err
		}
		d.zip = zip
	}
	var err error
	d.client, err = x.Client(ctx, &c)
	return d, err
}

func (d *direct) send(ctx context.Context, all []*export.Record) error {
	if len(all) == 0 {
		return nil
	}
	return d.exporter.SendBody(ctx, d.client, d.address, d.header.Clone(), d.body(all))
}

// body returns a request's body in memory of its own: a transport may read it for a moment after the answer.
func (d *direct) body(all []*export.Record) []byte {
	plain := d.encoder.Encode(&collector.Shape{}, all)
	if d.zip == nil {
		return bytes.Clone(plain)
	}
	var b bytes.Buffer
	b.Grow(d.length + d.length/8)
	d.zip.Reset(&b)
	_, _ = d.zip.Write(plain) // a buffer takes everything
	_ = d.zip.Close()
	d.length = b.Len()
	return b.Bytes()
}
