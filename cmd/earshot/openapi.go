package main

import (
	"os"

	"github.com/earshot/earshot/internal/daemon"
)

type openapiCmd struct{}

// Run prints the document.
func (openapiCmd) Run() error {
	spec, err := daemon.Spec(version())
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(spec, '\n'))
	return err
}
