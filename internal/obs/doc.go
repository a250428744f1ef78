// Package obs is how the processes are observed: logging, metrics and the lag of the last minute.
//
// It has no globals: a logger, a registry of metrics and a [Window] are made by the composition root and given
// to whom they concern. Everything here may be used by any number of goroutines. Nothing here fails after it was made: what
// cannot be written is lost rather than in the way of what is observed.
//
// Logs and metrics hold no secrets and nothing personal. Secrets have types that print as "[redacted]"; [NewLogger]
// also redacts attributes by their names, as a belt to those braces.
//
// The tests read what was written, in both formats, and drive time with testing/synctest.
package obs
