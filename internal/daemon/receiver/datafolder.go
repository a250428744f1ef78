package receiver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// MakeDataFolder makes the data folder, readable by its owner only, and tries to write there. A full disk is no error: that passes, and
// what does not is for whoever chose the folder to mend.
func MakeDataFolder(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = writable(dir)
	}
	if err != nil {
		return fmt.Errorf("make the data folder: %w; want one that this user may write (--data, EARSHOT_DATA, or data in the configuration)", err)
	}
	return nil
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".writable-*")
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return err
	}
	if err != nil {
		return nil
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
