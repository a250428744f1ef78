//go:build !linux

package main

import (
	"errors"
	"time"
)

func sleep(d time.Duration) { time.Sleep(d) }

func realTime() error {
	return errors.New("who sends has an ordinary priority: it can have its own on Linux alone")
}
