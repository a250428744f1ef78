package zoom_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/earshot/earshot/zoom"
)

func ExampleDecoder() {
	body := `{"event":"meeting.participant_qos","event_ts":1767778561800,"payload":{"account_id":"q7Rk2mVxTDyLw0PbN4sHgA","object":{
		"uuid":"/kXq8m2bTp+9vRZc1Nf3Ag==","participant":{"user_id":"16779264","email":"","qos":[
		{"date_time":"2026-01-07T09:36:00Z","type":"audio_input","details":{"bitrate":"61 kbps","latency":"38 ms","avg_loss":"0.0%","max_loss":"0.2%"}},
		{"date_time":"2026-01-07T09:36:00Z","type":"as_input","details":{"bitrate":"","latency":"","avg_loss":"","max_loss":""}}]}}}}`

	var d zoom.Decoder // keep it, and the event, for the next notification
	var ev zoom.Event
	if err := d.Decode([]byte(body), &ev); err != nil {
		fmt.Println(err)
		return
	}
	if ev.Class != zoom.ClassQoS {
		return
	}
	for _, q := range ev.QoS {
		if loss := q.Details.AvgLoss; loss.Present {
			fmt.Printf("%s lost %.1f %% of %.0f kbps\n", q.Type, loss.Value, q.Details.Bitrate.Value)
		} else {
			fmt.Printf("%s is idle\n", q.Type)
		}
	}
	// Output:
	// audio_input lost 0.0 % of 61 kbps
	// as_input is idle
}

// A new key is skipped and listed, a value that cannot be read is listed as such, and all the rest is there.
func ExampleDecoder_drift() {
	var d zoom.Decoder
	var ev zoom.Event
	err := d.Decode([]byte(`{"event":"meeting.started","payload":{"object":{"id":84512367790,"start_time":"soon","mood":"sunny"}}}`), &ev)
	fmt.Println(err, ev.Meeting.ID, ev.Unknown)
	// Output: <nil> 84512367790 [payload.object.start_time!type payload.object.mood]
}

// An endpoint, whole but for storing what it receives.
func ExampleVerifier() {
	const secret = zoom.Secret("kZ8wQ1rT5yU9oP3aS7dF2g") // from a file or the environment
	verifier, err := zoom.NewVerifier(secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	decoders := sync.Pool{New: func() any { return new(zoom.Decoder) }}
	store := func(body []byte) error { return nil }

	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "body too long or cut off", http.StatusRequestEntityTooLarge)
			return
		}
		if err := verifier.VerifyHeader(r.Header, body); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		var ev zoom.Event
		d := decoders.Get().(*zoom.Decoder)
		err = d.Decode(body, &ev)
		decoders.Put(d)
		if err == nil && ev.Class == zoom.ClassURLValidation {
			answer, err := zoom.Answer(secret, ev.PlainToken)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
			return
		}
		// What cannot be read is stored, too: it was signed, and a later version may be able to.
		if err := store(body); err != nil {
			http.Error(w, "not stored", http.StatusServiceUnavailable) // Zoom will try again
			return
		}
		w.WriteHeader(http.StatusOK)
	}

	send := func(body, signature string) {
		r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
		r.Header.Set(zoom.HeaderTimestamp, "1767778201")
		r.Header.Set(zoom.HeaderSignature, signature)
		w := httptest.NewRecorder()
		handler(w, r)
		fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body)))
	}
	started := `{"event":"meeting.started","event_ts":1767778200000,"payload":{"account_id":"q7Rk2mVxTDyLw0PbN4sHgA","object":{"id":"84512367790","uuid":"/kXq8m2bTp+9vRZc1Nf3Ag=="}}}`
	challenge := `{"payload":{"plainToken":"Vq3xN8tYQ2aR6mLpZc0KbA"},"event_ts":1767778200000,"event":"endpoint.url_validation"}`
	trap := `{"payload":{"plainToken":"v0:1767778201:{}"},"event_ts":1767778200000,"event":"endpoint.url_validation"}`
	send(started, zoom.Sign(secret, "1767778201", []byte(started)))
	send(started, zoom.Sign("guessed", "1767778201", []byte(started)))
	send(challenge, zoom.Sign(secret, "1767778201", []byte(challenge)))
	send(trap, zoom.Sign(secret, "1767778201", []byte(trap)))
	// Output:
	// 200
	// 401 signature fits none of the secrets
	// 200 {"plainToken":"Vq3xN8tYQ2aR6mLpZc0KbA","encryptedToken":"f83fa0b5fc4b9a91ca3ba2e1f0a0b229ce710415d43d1f11d54f18122f737318"}
	// 400 plainToken is not 1 to 128 letters, digits, _ and -
}

func ExampleSign() {
	body := `{"event":"meeting.started","event_ts":1767778200000,"payload":{"account_id":"q7Rk2mVxTDyLw0PbN4sHgA","object":{"id":"84512367790","uuid":"/kXq8m2bTp+9vRZc1Nf3Ag=="}}}`
	fmt.Println(zoom.Sign("kZ8wQ1rT5yU9oP3aS7dF2g", "1767778201", []byte(body)))
	// Output: v0=c4fec355828a7bdaea93f2cfba5b9083ad7e67fddaea90e9f10416d40f83ff91
}

func ExampleParseQuantity() {
	for _, s := range []string{"27.15Kbps", "1.2 Mbps", "0.0%", "-64", "", "plenty"} {
		q, ok := zoom.ParseQuantity(s)
		fmt.Printf("%-11q present %-5t value %-6g readable %t\n", s, q.Present, q.Value, ok)
	}
	// Output:
	// "27.15Kbps" present true  value 27.15  readable true
	// "1.2 Mbps"  present true  value 1200   readable true
	// "0.0%"      present true  value 0      readable true
	// "-64"       present true  value -64    readable true
	// ""          present false value 0      readable true
	// "plenty"    present false value 0      readable false
}

// While a secret is being changed, both the old and the new one are right; Which tells when the old one is out of use.
func ExampleVerifier_Which() {
	v, err := zoom.NewVerifier("the new secret", "the old secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	body := []byte(`{}`)
	fmt.Println(v.Which(zoom.Sign("the old secret", "1767778201", body), "1767778201", body))
	_, err = v.Which(zoom.Sign("an older secret", "1767778201", body), "1767778201", body)
	fmt.Println(errors.Is(err, zoom.ErrSignatureMismatch))
	// Output:
	// 1 <nil>
	// true
}

func ExampleSecret() {
	secret := zoom.Secret("kZ8wQ1rT5yU9oP3aS7dF2g")
	fmt.Printf("%v %d %#v\n", secret, secret, struct{ Secret zoom.Secret }{secret})
	// Output: [redacted] [redacted] struct { Secret zoom.Secret }{Secret:[redacted]}
}

func ExampleBasicCredential() {
	c, err := zoom.BasicCredential("zoom", "s3cret")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodPost, "/webhook", nil)
	fmt.Println(c.Check(r.Header))
	r.SetBasicAuth("zoom", "s3cret")
	fmt.Println(c.Check(r.Header))
	// Output:
	// no credential
	// <nil>
}
