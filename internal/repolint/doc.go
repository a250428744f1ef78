// Package repolint holds the rules of this repository that no linter knows, as tests: who may import whom and why, package
// comments, the map of packages, the size of files and functions, no sleeping in tests, no cgo or SQL in the receiver. Each rule carries its
// reason, which is what a failing test prints.
//
// It has no code of its own and is imported by nobody. Run it with go test ./internal/repolint.
package repolint
