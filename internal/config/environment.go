package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/joho/godotenv"
)

// Environment looks variables up; false when one is not set.
type Environment func(name string) (string, bool)

// ReadEnvironment returns the process's environment over the variables of a file of NAME=VALUE lines (".env"), which need
// not exist: a variable that the process was given wins. The process's own environment is not changed, so that nothing of
// the file reaches children unasked.
func ReadEnvironment(dotenv string) (Environment, error) {
	var fromFile map[string]string
	text, err := os.ReadFile(dotenv)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read environment file: %w", err)
	default:
		if fromFile, err = parseEnvironment(text); err != nil {
			return nil, fmt.Errorf("read environment file %s: %w", dotenv, err)
		}
	}
	return func(name string) (string, bool) {
		if v, ok := os.LookupEnv(name); ok {
			return v, true
		}
		v, ok := fromFile[name]
		return v, ok
	}, nil
}

// parseEnvironment reads lines of NAME=VALUE. The library's own message repeats what it stumbled over, which is likely to be
// a secret, so it is not passed on.
func parseEnvironment(text []byte) (map[string]string, error) {
	vars, err := godotenv.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, errors.New("want lines such as NAME=value, or NAME=\"a value with spaces\"; comments begin with #")
	}
	return vars, nil
}
