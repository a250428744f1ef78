// Package factstest holds what every implementation of [facts.Store] is tested with: the suite [Test] of what the contract
// promises, a store in memory for tests of other packages ([NewMemory]), which passes the same suite, and a made-up day of
// facts to measure with ([Traffic]). It needs no cgo.
//
// A [Memory] keeps the contract's rules of concurrency and failure, as any store. The suite opens, closes and reopens stores by the
// [Opener] that a test gives, and compares long random histories with a model: what it finds wrong, it prints with the seed that finds it again.
package factstest
