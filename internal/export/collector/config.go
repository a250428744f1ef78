package collector

import (
	"errors"
	"fmt"
	"maps"
	"slices"

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
