// Package api is the JSON API and the event stream: everything that the UI and scripts read.
//
// It joins four sources. live.State has running meetings and minutes that are not sealed; the registry has names, devices
// and what is over; facts have samples and sealed minutes; the ingest source has the state of the way in. Where live and
// facts both hold a minute, live wins while it is open.
//
// What it guarantees:
//   - Reading only, but for alerts: rules, silences, maintenance and acknowledgements are changed here, and each change is in
//     the audit log under the name that the web server noted ([WithWho]). Sessions are the web server's; they are part of the document
//     ([API.Spec]) so that a client finds everything in one place.
//   - Lists are worst first unless asked otherwise, and ties are broken by id, so that two equal questions get equal answers.
//     Cursors are opaque, bound to the order they were made in, and hold neither names nor topics; one that was tampered
//     with is refused with 422.
//   - Every read is bounded in time ([Options.Timeout]) and rows. Errors are application/problem+json and say what the
//     caller can do; what went wrong inside is logged, never sent.
//   - Names, addresses and numbers of people appear in responses only, never in logs or errors.
//
// The handler does not authenticate: the web server does that for every route (see [API.Routes]). All methods may be called
// concurrently. Tests: api_test.go drives the handler over HTTP with a registry in a temporary directory, facts in memory and
// a live state that is fed updates.
package api
