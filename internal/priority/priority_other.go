//go:build !linux

package priority

// Prompt does nothing here.
func Prompt() error { return nil }

// Background does nothing here.
func Background() error { return nil }
