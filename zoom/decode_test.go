package zoom_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshot/earshot/zoom"
)

func TestErrors(t *testing.T) {
	deep := func(n int) string {
		return `{"event":"meeting.started","x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`
	}
	tests := []struct {
		name, body string
		want       error
		offset     int
	}{
		{"empty", "", zoom.ErrNotObject, 0},
		{"space", " \n", zoom.ErrNotObject, 2},
		{"null", "null", zoom.ErrNotObject, 0},
		{"array", ` [{"event":"meeting.started"}]`, zoom.ErrNotObject, 1},
		{"string", `"{}"`, zoom.ErrNotObject, 0},
		{"html", "<html>", zoom.ErrNotObject, 0},
		{"mark only", "\xef\xbb\xbf", zoom.ErrNotObject, 3},
		{"open", "{", zoom.ErrTruncated, 1},
		{"key only", `{"event"`, zoom.ErrTruncated, 8},
		{"in key", `{"eve`, zoom.ErrTruncated, 5},
		{"in escape", `{"a":"\`, zoom.ErrTruncated, 7},
		{"in hex", `{"a":"\u00`, zoom.ErrTruncated, 10},
		{"in literal", `{"a":tru`, zoom.ErrTruncated, 8},
		{"in number", `{"a":-`, zoom.ErrTruncated, 6},
		{"bare key", `{event:1}`, zoom.ErrSyntax, 1},
		{"comma after last", `{"a":1,}`, zoom.ErrSyntax, 7},
		{"comma after last element", `{"a":[1,]}`, zoom.ErrSyntax, 8},
		{"comma first", `{,"a":1}`, zoom.ErrSyntax, 1},
		{"no comma", `{"a":1 "b":2}`, zoom.ErrSyntax, 7},
		{"no colon", `{"a" 1}`, zoom.ErrSyntax, 5},
		{"no value", `{"a":}`, zoom.ErrSyntax, 5},
		{"wrong bracket", `{"a":[1}`, zoom.ErrSyntax, 7},
		{"leading zero", `{"a":01}`, zoom.ErrSyntax, 6},
		{"leading plus", `{"a":+1}`, zoom.ErrSyntax, 5},
		{"trailing dot", `{"a":1.}`, zoom.ErrSyntax, 7},
		{"no exponent", `{"a":1e}`, zoom.ErrSyntax, 7},
		{"NaN", `{"a":NaN}`, zoom.ErrSyntax, 5},
		{"literal", `{"a":nul1}`, zoom.ErrSyntax, 8},
		{"upper-case literal", `{"a":True}`, zoom.ErrSyntax, 5},
		{"single quotes", `{'a':1}`, zoom.ErrSyntax, 1},
		{"comment", `{/**/}`, zoom.ErrSyntax, 1},
		{"escape", `{"a":"\x"}`, zoom.ErrSyntax, 7},
		{"hex", `{"a":"\u00g0"}`, zoom.ErrSyntax, 10},
		{"NUL in string", "{\"a\":\"\x00\"}", zoom.ErrSyntax, 6},
		{"line feed in string", "{\"abcdefghijkl\":\"abcdefghi\n\"}", zoom.ErrSyntax, 26},
		{"NUL outside", "{\x00}", zoom.ErrSyntax, 1},
		{"no-break space", "{\u00a0}", zoom.ErrSyntax, 1},
		{"trailing", `{} x`, zoom.ErrTrailingData, 3},
		{"two objects", "{}\n{}", zoom.ErrTrailingData, 3},
		{"trailing NUL", "{}\x00", zoom.ErrTrailingData, 2},
		{"64 levels deep and one", deep(64), zoom.ErrTooDeep, 31 + 63},
		{"10,001 deep", deep(10_000), zoom.ErrTooDeep, 31 + 63},
		{"500,000 deep", deep(500_000), zoom.ErrTooDeep, 31 + 63},
		{"unclosed and deep", strings.Repeat(`{"payload":`, 100), zoom.ErrTooDeep, 64 * 11},
		{"deep where text is expected", `{"event":` + strings.Repeat("[", 100), zoom.ErrTooDeep, 9 + 63},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d zoom.Decoder
			var ev zoom.Event
			err := d.Decode([]byte(tt.body), &ev)
			var de *zoom.DecodeError
			if !errors.Is(err, tt.want) || !errors.As(err, &de) || de.Offset != tt.offset {
				t.Errorf("error is %v, want %v at byte %d", err, tt.want, tt.offset)
			}
			if strings.HasPrefix(tt.body, `{"event":"meeting.started"`) && ev.Name != "meeting.started" {
				t.Errorf("the name that was read is lost: %q", ev.Name)
			}
		})
	}
	if ev := decode(t, deep(63)); ev.Class != zoom.ClassStarted {
		t.Error("64 levels are allowed")
	}
}

// TestErrorsQuoteNothing: the texts of errors go to logs, bodies must not.
func TestErrorsQuoteNothing(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	err := d.Decode([]byte(`{"event":"meeting.started","email":"jane@example.com"jane}`), &ev)
	if err == nil || strings.Contains(err.Error(), "jane") {
		t.Errorf("error is %v", err)
	}
}

func TestDates(t *testing.T) {
	const want = 1767778560000
	for s, ms := range map[string]int64{
		`"2026-01-07T09:36:00Z"`:         want,
		`"2026-01-07T09:36:00.0000000Z"`: want,
		`"2026-01-07T09:36:00.250Z"`:     want + 250,
		`"2026-01-07T10:36:00+01:00"`:    want,
		`"2026-01-07T10:36:00.000+0100"`: want,
		`"2026-01-07T09:36:00"`:          want,
		`"2026-01-07 09:36:00"`:          want,
		`1767778560000`:                  want,
		`"1767778560000"`:                want,
		`1767778560`:                     want,
		`"2024-02-29T23:59:59Z"`:         1709251199000,
		`"1969-12-31T23:59:59Z"`:         -1000,
		`""`:                             0,
		`null`:                           0,
		`0`:                              0,
	} {
		ev := decode(t, participant(`"qos":[{"date_time":`+s+`}]`))
		if ev.QoS[0].TimeMs != ms || len(ev.Unknown) > 0 {
			t.Errorf("%s: %d, want %d; unknown %q", s, ev.QoS[0].TimeMs, ms, ev.Unknown)
		}
	}
	for _, s := range []string{
		`"2022-09-09T08:11:387Z"`, `"2026-02-29T00:00:00Z"`, `"2026-13-01T00:00:00Z"`, `"2026-01-07T24:00:00Z"`, `"yesterday"`, `{}`, `[]`, `true`, `-5`,
		`1e30`, `1e999`, `"2026-01-07T09:36:00Z and more"`, `"` + strings.Repeat("2026", 50) + `"`,
	} {
		ev := decode(t, participant(`"qos":[{"date_time":`+s+`,"type":"audio_input"}]`))
		if ev.QoS[0].TimeMs != 0 || ev.QoS[0].Type != "audio_input" {
			t.Errorf("%s: %+v", s, ev.QoS[0])
		}
		checkUnknown(t, ev, "payload.object.participant.qos.", "date_time!type")
	}
}

func TestText(t *testing.T) {
	for s, want := range map[string]string{
		`"Überblick – 日次 🚀 \/ a\u00e9"`: "Überblick – 日次 🚀 / aé",
		`"\ud83d\ude80"`:        "🚀",
		`"\ud83d"`:              "\ufffd",
		`"\ud83dx\ude80"`:       "\ufffdx\ufffd",
		`"\ud83d\u0041"`:        "\ufffdA",
		`"\ude80\ud83d\ude80"`:  "\ufffd🚀",
		`"a\u0000b"`:            "a\x00b",
		`"\"\\\/\b\f\n\r\t"`:    "\"\\/\b\f\n\r\t",
		"\"bad \xff\xfe utf8\"": "bad \ufffd utf8",
		"\"cut \xe6\x97\"":      "cut \ufffd",
		`17`:                    "17",
		`1.50`:                  "1.50",
		`null`:                  "",
	} {
		ev := decode(t, `{"event":"meeting.started","payload":{"object":{"topic":`+s+`}}}`)
		if ev.Meeting.Topic != want || len(ev.Unknown) > 0 {
			t.Errorf("%s: %q, want %q; unknown %q", s, ev.Meeting.Topic, want, ev.Unknown)
		}
	}
	if ev := decode(t, "\xef\xbb\xbf \r\n{\"ev\\u0065nt\" :\t\"meeting.started\"} \n"); ev.Class != zoom.ClassStarted {
		t.Error("mark, white space and an escaped key must not matter")
	}
}

// TestPlainTokenIsText: what is not a string must not become something to sign.
func TestPlainTokenIsText(t *testing.T) {
	for s, want := range map[string]string{`"Vq3xN8tYQ2aR6mLpZc0KbA"`: "Vq3xN8tYQ2aR6mLpZc0KbA", `123`: "", `null`: "", `{}`: "", `["a"]`: "", `true`: ""} {
		ev := decode(t, `{"payload":{"plainToken":`+s+`},"event_ts":1654503849680,"event":"endpoint.url_validation"}`)
		if ev.Class != zoom.ClassURLValidation || ev.PlainToken != want {
			t.Errorf("%s: class %d, %q", s, ev.Class, ev.PlainToken)
		}
	}
	if ev := decode(t, `{"payload":{"plainToken":"t"},"event":"meeting.started"}`); ev.PlainToken != "" {
		t.Error("a token in another event")
	}
}

// TestAllocations holds the budget where a benchmark would only report it.
func TestAllocations(t *testing.T) {
	body := sevenEntries(t)
	var d zoom.Decoder
	var ev zoom.Event
	allocs := testing.AllocsPerRun(100, func() {
		if err := d.Decode(body, &ev); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 12 {
		t.Errorf("%v allocations, the budget is 12", allocs)
	}
}

// TestDatesEqualTime: reading dates by hand must give what package time gives.
func TestDatesEqualTime(t *testing.T) {
	layouts := []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05.000-0700"}
	var d zoom.Decoder
	var ev zoom.Event
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds") // the years 1 to 9999
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		want := time.Unix(seconds, 0).UTC()
		text := want.Format(layout)
		if strings.Contains(layout, "07") {
			if text = want.In(zone).Format(layout); text[4] != '-' || text[:4] == "0000" {
				return // a year before 1 or after 9999 has no such form
			}
		}
		if err := d.Decode([]byte(`{"event":"meeting.ended","payload":{"object":{"end_time":"`+text+`"}}}`), &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Meeting.EndMs != want.UnixMilli() {
			t.Fatalf("%s: %d, want %d", text, ev.Meeting.EndMs, want.UnixMilli())
		}
	})
}

// TestCost reads what could be made to be expensive: 256 KiB each, which take 1 to 5 ms on an idle machine. The bound on
// time only catches what grows with the square of the size; that on memory is exact.
func TestCost(t *testing.T) {
	fill := func(prefix, unit, suffix string) string {
		return prefix + strings.Repeat(unit, (256<<10-len(prefix)-len(suffix))/len(unit)) + suffix
	}
	entry, end := `{"event":"meeting.participant_qos","payload":{"object":{"participant":{"qos":[{"details":{`, `"z":1}}]}}}}`
	for name, body := range map[string]string{
		"unknown keys":     fill(entry, `"q":1,`, end),
		"wrong types":      fill(entry, `"bitrate":[],`, end),
		"no quantities":    fill(entry, `"bitrate":"x",`, end),
		"no dates":         fill(`{"event":"meeting.started"`, `,"event_ts":"2026-01-07T00:00:0xZ"`, `}`),
		"long number":      fill(entry+`"bitrate":`, `9`, `,`+end),
		"escapes":          fill(`{"event":"`, `\u00e9`, `"}`),
		"invalid UTF-8":    fill(`{"event":"meeting.started","payload":{"account_id":"`, "\xff", `"}}`),
		"qos entries":      fill(`{"event":"meeting.participant_qos","payload":{"object":{"participant":{"qos":[`, `{},`, `{}]}}}}`),
		"details":          fill(`{"event":"meeting.participant_qos","payload":{"object":{"participant":{"qos":[{`, `"details":{},`, `"details":{}}]}}}}`),
		"reports":          fill(`{"event":"phone.call_qos","payload":{"object":{"call_qos":[`, `{"qos":[{},{},{},{}]},`, `{}]}}}`),
		"reports of a few": fill(`{"event":"phone.call_qos","payload":{"object":{"call_qos":[`, `{"qos":[`+strings.Repeat(`{},`, 2000)+`{}]},`, `{}]}}}`),
		"empty arrays":     fill(`{"event":"meeting.started","a":[`, `[],`, `[]]}`),
	} {
		var d zoom.Decoder
		var ev zoom.Event
		text := []byte(body)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		if err := d.Decode(text, &ev); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cost := time.Since(start)
		runtime.ReadMemStats(&after)
		if memory := after.TotalAlloc - before.TotalAlloc; cost > 30*time.Second || memory > 4<<20 {
			t.Errorf("%s: %v and %d bytes of memory", name, cost, memory)
		}
		if len(ev.QoS) > zoom.MaxEntries || len(ev.CallQoS) > 2*zoom.MaxEntries {
			t.Errorf("%s: %d qos entries, %d reports", name, len(ev.QoS), len(ev.CallQoS))
		}
	}
}
