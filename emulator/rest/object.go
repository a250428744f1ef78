package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// object is a JSON object as keys and values in turn, in Zoom's order. Answers for meetings and webinars differ in single keys,
// which makes objects easier to read than two sets of structures. A value of omit leaves its key out.
type object []any

type omitted struct{}

// omit is the value of a key that is not there.
var omit = omitted{}

// when is the value if yes, or nothing at all.
func when(yes bool, v any) any {
	if yes {
		return v
	}
	return omit
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i := 0; i+1 < len(o); i += 2 {
		if _, ok := o[i+1].(omitted); ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		key, err := json.Marshal(o[i])
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o[i+1])
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// opaqueID makes an id in Zoom's form (22 characters of base64url) for what the world has no id for. It depends on the parts
// alone.
func opaqueID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
