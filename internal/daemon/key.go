package daemon

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// loadKey reads the key that ids are made with, and makes one at the first start. A key that cannot be read is an error:
// with another one, everybody would get other ids.
func loadKey(path string) (key [16]byte, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if _, err := rand.Read(key[:]); err != nil {
			return key, fmt.Errorf("make an identity key: %w", err)
		}
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return key, fmt.Errorf("write the identity key: %w", err)
		}
		_, err = fmt.Fprintln(file, hex.EncodeToString(key[:]))
		if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
			return key, fmt.Errorf("write the identity key: %w", err)
		}
		return key, nil
	}
	if err != nil {
		return key, fmt.Errorf("read the identity key: %w", err)
	}
	text := strings.TrimSpace(string(raw))
	if n, err := hex.Decode(key[:], []byte(text[:min(len(text), 32)])); err != nil || n != len(key) || len(text) != 32 {
		return key, fmt.Errorf("read the identity key %s: want 32 hexadecimal digits; restore the file from a backup", path)
	}
	return key, nil
}

// pseudonymKey derives the key of the pseudonyms in redacted bundles, so that one person has one pseudonym for as long as ids
// stay the same, and so that knowing pseudonyms tells nothing about ids.
func pseudonymKey(key [16]byte) []byte {
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte("earshot: pseudonyms of evidence bundles"))
	return mac.Sum(nil)
}
