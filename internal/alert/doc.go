// Package alert decides what people are told about: it turns rules, and what Earshot sees, into alerts that are raised once
// and cleared once. It is pure: no I/O, no clock, no goroutines. Package deliver brings alerts to people, package watch is the
// shell that feeds an [Engine] and keeps its state.
//
// What it promises:
//   - Event time only. [Engine.Evaluate] with the same inputs in the same order gives the same alerts with the same ids.
//   - One alert for a cause. An incident has one alert for each rule, whatever it grows to; its victims are counts in it. What
//     is only a symptom of an incident that is alerted (a meeting where people of that incident are bad) carries the incident's
//     id in its labels, and [InhibitRules] keeps it from being told as well.
//   - An alert is cleared by its rule's clear condition, later than the rule stops to hold, and not raised again for the same
//     subject within the rule's cooldown.
//   - Nobody is told about what is over: an incident that ended before it was first seen raises nothing.
//   - Bounded memory: at most maxActive alerts at once; what is beyond is counted ([Engine.Dropped]) and not raised.
//   - Alerts hold ids, not names: a sentence is made for whoever may read it ([Describe]).
//
// Rules come as YAML ([ParseDocument]) or as JSON from the API; [Rule.Validate] says all that is wrong with one, with key,
// what was found and what was expected. [Defaults] is the set that is on from the start; docs/alerts.md explains all of them.
//
// An Engine is not safe for concurrent use. Test it by its values: give inputs, compare alerts.
package alert
