// Package rest is Zoom's REST side over an emulated world: the token endpoint, the Dashboard (/metrics/…), Zoom Phone's and
// the Video SDK's metrics, the summaries of Quality of Service Subscription, webhook logs and the event-subscription API.
//
//	history := emulator.NewHistory(emulator.HistoryOptions{})
//	server, err := rest.New(rest.Options{History: history, Apps: []rest.App{{ClientID: "id", ClientSecret: "secret"}}})
//	zoom := httptest.NewServer(server) // POST zoom.URL/oauth/token, then GET zoom.URL/v2/metrics/meetings?…
//	for range 100 {
//		history.Observe(world, world.Step())
//	}
//
// # Guarantees
//
// Answers have the documented keys, types and number formats, errors Zoom's codes and sentences, pages Zoom's limits. Nothing is
// invented: an unknown path is Zoom's 404 with code 2300, an unknown parameter is ignored as Zoom ignores it, and either is
// logged as a warning with the whole request, except for its credentials, because a client under test has just found a mistake
// of its own or a gap of this package. docs/emulator-rest.md has the table of what is exact, approximated and missing.
//
// # Time
//
// What happened, and what "now" means to from, to and live, is simulated time: that of the history. How long tokens live and
// how much may be asked per second is wall time, because the client lives in it; Options.SimulatedClock makes it simulated too.
//
// # Concurrency and failure
//
// A [Server] is an http.Handler for any number of goroutines and starts none; there is nothing to close. It keeps at most
// maxTokens access tokens and no state for pages. No request makes it panic; what it cannot answer is an error in Zoom's form.
// Client secrets and tokens appear in no log and no error.
//
// # Testing
//
// testdata holds a documented sample of every answer and error; the tests compare each with what the server says, key by key
// and type by type. scripts/rivet.sh runs Zoom's own client against it.
package rest
