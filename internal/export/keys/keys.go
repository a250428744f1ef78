// Package keys decodes what an operator wrote under a destination's config, with the Collector's own decoder and validation: a key that
// does not exist is an error that names it, and those that there are, as is a value of the wrong kind; the decoder's errors repeat no value,
// which may be secret. It is pure, and may be called concurrently. The tests of every destination hold its sentences (TestWrongKeysAreNamed).
package keys

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
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
		return fmt.Errorf("config: %s", oneLine(err, into, forced))
	}
	if err := xconfmap.Validate(into); err != nil {
		return fmt.Errorf("config: %s", oneLine(err, into, forced))
	}
	return nil
}

var (
	unknown  = regexp.MustCompile(`'([^']*)' has invalid keys: (\S+)`)
	preamble = regexp.MustCompile(`'[^']*' decoding failed due to the following error\(s\):`)
	duration = regexp.MustCompile(`'([^']*)' time: [a-z ]*\b(?:duration|unit)\b`)
)

// oneLine takes the decoder's lists apart: "decoding failed due to the following error(s): ... has invalid keys: tokken". The decoder
// leaves values out, which may be secret.
func oneLine(err error, into any, forced map[string]any) string {
	text := err.Error()
	if _, rest, ok := strings.Cut(text, "error(s):"); ok {
		text = rest
	}
	text = preamble.ReplaceAllString(text, "")
	text = duration.ReplaceAllString(text, "'$1' is no duration; want one such as 30s or 1m30s")
	text = unknown.ReplaceAllStringFunc(text, func(m string) string {
		p := unknown.FindStringSubmatch(m)
		if p[1] == "" || strings.HasSuffix(p[1], "Config") { // the whole, by its name in Go
			return "unknown key " + p[2] + known(into, "", forced)
		}
		return "unknown key " + p[1] + "." + p[2] + known(into, p[1], forced)
	})
	return strings.Join(strings.Fields(text), " ")
}

// known says which keys there are at a place, but for those that are forced; nothing where that cannot be told.
func known(into any, place string, forced map[string]any) string {
	fields := keysOf(reflect.TypeOf(into))
	maps.DeleteFunc(fields, func(key string, _ reflect.Type) bool { _, ok := forced[key]; return ok })
	for part := range strings.SplitSeq(place, ".") {
		if part != "" {
			fields = keysOf(fields[part])
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return "; known here are " + strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}

// keysOf returns the keys of a struct with the types of their values: nothing for another type.
func keysOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return out
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch name, rest, _ := strings.Cut(f.Tag.Get("mapstructure"), ","); {
		case strings.Contains(rest, "squash"):
			maps.Copy(out, keysOf(f.Type))
		case f.IsExported() && name != "" && name != "-":
			out[name] = f.Type
		}
	}
	return out
}
