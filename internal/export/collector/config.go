package collector

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"

	"github.com/earshot/earshot/internal/export/keys"
)

// taken are keys that package export does itself, and what does it.
var taken = map[string]string{
	"sending_queue": "Earshot's journal is the queue", "remote_write_queue": "Earshot's journal is the queue", "wal": "Earshot's journal is the queue",
	"retry_on_failure": "Earshot retries until the destination takes it", "batcher": "set batch.records and batch.bytes of the destination",
	"middlewares": "there are no extensions to name", "auth": "there are no extensions to name; set headers",
}

// configure makes an exporter's configuration of what the operator wrote, defaults, and what has to hold.
func configure(into component.Config, given, defaults, forced map[string]any) error {
	var all []error
	for _, k := range slices.Sorted(maps.Keys(given)) {
		if why, ok := taken[k]; ok {
			all = append(all, fmt.Errorf("config.%s is not for here: %s", k, why))
		}
	}
	if len(all) > 0 {
		return errors.Join(all...)
	}
	return keys.Decode(into, given, defaults, forced)
}

// checkAddresses says which addresses cannot be asked over HTTP. The Collector's exporters take some that fail with every batch. The
// address is not told: there may be a password in it, or a path that is one.
func checkAddresses(given map[string]any) error {
	const want = "want one such as https://host.example.com:4318/path"
	var all []error
	some := false
	for _, k := range slices.Sorted(maps.Keys(given)) {
		text, ok := given[k].(string)
		if !ok || !strings.HasSuffix(k, "endpoint") {
			continue
		}
		some = true
		switch u, err := url.Parse(text); {
		case text == "":
			all = append(all, fmt.Errorf("config: %s is empty; %s", k, want))
		case err != nil:
			all = append(all, fmt.Errorf("config: %s is no address; %s", k, want))
		case u.Scheme != "http" && u.Scheme != "https":
			all = append(all, fmt.Errorf("config: %s does not begin with http:// or https://; %s", k, want))
		case u.Host == "":
			all = append(all, fmt.Errorf("config: %s names no host; %s", k, want))
		}
	}
	if !some {
		return errors.New("config: endpoint is empty; " + want)
	}
	return errors.Join(all...)
}
