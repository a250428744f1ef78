// Package keys decodes what an operator wrote under a destination's config, with the Collector's own decoder and validation: a key that
// does not exist is an error that names it, as is a value of the wrong kind. It is pure.
package keys

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
)

// Decode fills into, a pointer to a struct with mapstructure tags and defaults, from defaults, keys and forced, later ones winning. A
// struct with a method Validate() error is asked.
func Decode(into any, keys, defaults, forced map[string]any) error {
	conf := confmap.NewFromStringMap(maps.Clone(defaults))
	for _, m := range []map[string]any{keys, forced} {
		if err := conf.Merge(confmap.NewFromStringMap(m)); err != nil {
			return fmt.Errorf("config: %w", err)
		}
	}
	if err := conf.Unmarshal(into); err != nil {
		return fmt.Errorf("config: %s", oneLine(err))
	}
	if err := xconfmap.Validate(into); err != nil {
		return fmt.Errorf("config: %s", oneLine(err))
	}
	return nil
}

var unknown = regexp.MustCompile(`'([^']*)' has invalid keys: (\S+)`)

// oneLine takes the decoder's lists apart: "decoding failed due to the following error(s):\n\n” has invalid keys: tokken".
func oneLine(err error) string {
	text := err.Error()
	if _, rest, ok := strings.Cut(text, "error(s):"); ok {
		text = rest
	}
	text = unknown.ReplaceAllStringFunc(text, func(m string) string {
		p := unknown.FindStringSubmatch(m)
		if p[1] == "" || strings.HasSuffix(p[1], "Config") { // the whole, by its name in Go
			return "unknown key " + p[2]
		}
		return "unknown key " + p[1] + "." + p[2]
	})
	return strings.Join(strings.Fields(text), " ")
}
