// Package cause says what made a minute bad, by comparing it with everybody else's same minutes.
package cause
