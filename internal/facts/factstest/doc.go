// Package factstest holds what every implementation of [facts.Store] is tested with: the suite [Test] of what the contract
// promises, a store in memory for tests of other packages ([NewMemory]), which passes the same suite, and a made-up day of
// facts to measure with ([Traffic]). It needs no cgo.
package factstest
