// Package report writes the evidence bundle: one HTML file that says why somebody could not hear or be heard, for a ticket at
// the provider or at Zoom. It is about a participant, a meeting or an incident, opens offline, and can be printed.
//
// What it guarantees:
//   - [Write] is a pure function of its [Input]: no I/O beside the writer, no clock, no goroutine, no global state. The same
//     input gives the same bytes. It may be called concurrently.
//   - The file loads nothing and runs nothing: there is no script, no link to elsewhere, no address in it, charts are inline
//     SVG, and a Content-Security-Policy of its own forbids the rest. Names of people, devices and meetings are text: html/template
//     escapes all of them.
//   - With [Input.Redact] nothing personal of the input is in the file. People, addresses, host names, hardware and meetings have
//     pseudonyms; of a notification only those fields remain that a list names, and only when their values look as Zoom
//     documents them: a field that Zoom adds tomorrow is left out. See pseudonym.go and event.go for both lists.
//   - A pseudonym depends on the key and on what it stands for: the same person has the same one in every bundle of an
//     installation, and without the key nobody can tell whose it is.
//
// What is not known is said to be unknown; a gap is drawn as one. The only error is that of the writer. Tests parse the HTML, feed
// it hostile names, and hold the property above against generated people.
package report
