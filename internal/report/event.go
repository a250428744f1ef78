package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/earshot/earshot/zoom"
)

// body is a notification for reading: indented; redacted field by field where that is asked for.
func (n *namer) body(raw string) string {
	if !n.redact {
		var b bytes.Buffer
		if json.Indent(&b, []byte(raw), "", "  ") != nil {
			return raw // it is shown as it came
		}
		return shortened(b.String())
	}
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if d.Decode(&v) != nil {
		return "This is no JSON object: left out."
	}
	r := eventRedactor{namer: n}
	kept := r.object(v, "")
	out, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return "left out"
	}
	text := shortened(string(out))
	if r.dropped > 0 {
		return fmt.Sprintf("%s\n%d fields left out", text, r.dropped)
	}
	return text
}

var (
	innermost = regexp.MustCompile(`[{\[]\n[^{}\[\]]*\n *[}\]]`)
	lineEnd   = regexp.MustCompile(`\n *`)
)

// shortened puts objects and arrays without others in them on one line each. Only the space between values changes: a line
// break within a text would be written \n.
func shortened(indented string) string {
	return innermost.ReplaceAllStringFunc(indented, func(s string) string { return lineEnd.ReplaceAllString(s, " ") })
}

// eventName is the name of a notification, "" for one that Zoom does not document: somebody could have written it.
func eventName(name string) string {
	if _, class := zoom.Classify(name); class == zoom.ClassUnknown {
		return ""
	}
	return name
}

// eventRedactor copies of a notification what may stay.
type eventRedactor struct {
	*namer
	dropped int
}

// containers are the keys whose objects and arrays are looked into; under any other key they are dropped.
var containers = map[string]bool{"payload": true, "object": true, "participant": true, "user": true, "qos": true, "details": true, "data": true}

// maskedKeys are the keys of what identifies somebody, and the kind of the pseudonym that takes its place.
var maskedKeys = map[string]string{
	"account_id": "account", "uuid": "meeting", "session_id": "meeting", "breakout_room_uuid": "meeting", "user_id": "participant", "participant_id": "participant",
	"parent_user_id": "participant", "participant_user_id": "user", "participant_uuid": "participant", "user_name": "name", "name": "name", "email": "email",
	"pc_name": "host", "domain": "domain", "mac_addr": "mac", "harddisk_id": "disk", "signaling_ip_address": "address", "signaling_internal_ip_address": "address",
	"audio_internal_ip_address": "address", "video_internal_ip_address": "address", "as_internal_ip_address": "address", "ip_address": "address",
}

// Shapes that a value may have. A value of another shape is dropped, whatever its key.
var (
	quantity   = regexp.MustCompile(`^-?\d{1,9}(\.\d{1,6})? ?([kKmM]bps|ms|%|fps|dBm)?$`)
	resolution = regexp.MustCompile(`^\d{1,5}\*\d{1,5}$`)
	ladder     = regexp.MustCompile(`^(good|fair|poor|bad|normal|serious|critical|dBm)$`)
)

// measured are the keys of details whose values are quantities, resolutions or words of Zoom's ladders.
var measured = func() map[string]bool {
	keys := map[string]bool{}
	for _, k := range strings.Fields("bitrate latency jitter avg_loss max_loss resolution frame_rate quality quality_score rssi_unit min_rssi avg_rssi max_rssi " +
		"zoom_min_cpu_usage zoom_avg_cpu_usage zoom_max_cpu_usage system_max_cpu_usage system_min_cpu_pressure_level system_avg_cpu_pressure_level " +
		"system_max_cpu_pressure_level min_bitrate avg_bitrate max_bitrate min_latency avg_latency max_latency min_jitter avg_jitter max_jitter min_loss " +
		"min_frame_rate avg_frame_rate max_frame_rate") {
		keys[k] = true
	}
	return keys
}()

func (r *eventRedactor) object(in map[string]any, parent string) map[string]any {
	out := make(map[string]any, len(in))
	for key, v := range in {
		if kept, ok := r.value(key, v, parent); ok {
			out[key] = kept
		} else {
			r.dropped++
		}
	}
	return out
}

// value returns what of a value may stay, and whether anything may.
func (r *eventRedactor) value(key string, v any, parent string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		if !containers[key] {
			return nil, false
		}
		return r.object(v, key), true
	case []any:
		if key == "issues" {
			return r.list(v, func(s string) string { return r.notice(s) }), true
		}
		if !containers[key] {
			return nil, false
		}
		out := []any{}
		for _, e := range v {
			if o, ok := e.(map[string]any); ok {
				out = append(out, r.object(o, key))
			} else {
				r.dropped++
			}
		}
		return out, true
	case string:
		return r.word(key, v, parent)
	case json.Number:
		return r.word(key, v.String(), parent)
	}
	return nil, false
}

func (r *eventRedactor) list(in []any, keep func(string) string) []any {
	out := []any{}
	for _, e := range in {
		if s, ok := e.(string); ok {
			out = append(out, keep(s))
		} else {
			r.dropped++
		}
	}
	return out
}

// word returns a text or number as far as it may stay.
func (r *eventRedactor) word(key, s, parent string) (any, bool) {
	if s == "" && (maskedKeys[key] != "" || measured[key]) {
		return "", true
	}
	if kind := maskedKeys[key]; kind != "" {
		return r.code(kind, s), true
	}
	if measured[key] {
		return s, quantity.MatchString(s) || resolution.MatchString(s) || ladder.MatchString(s)
	}
	keep := ""
	switch key {
	case "event":
		keep = eventName(s)
	case "event_ts":
		if quantity.MatchString(s) || len(s) == 13 && !strings.ContainsFunc(s, func(c rune) bool { return c < '0' || c > '9' }) {
			keep = s
		}
	case "date_time", "join_time", "leave_time", "start_time", "end_time":
		if _, err := time.Parse(time.RFC3339, s); err == nil {
			keep = s
		}
	case "type":
		if parent == "qos" {
			keep = r.term(s, "", zoom.Types()...)
		}
	case "network_notification":
		keep = r.notice(s)
	case "leave_reason":
		keep = r.leaveReason(s)
	case "network_type":
		keep = r.networkType(s)
	case "connection_type":
		keep = r.connectionType(s)
	case "device":
		keep = r.device(s)
	case "version":
		keep = r.version(s)
	}
	return keep, keep != ""
}
