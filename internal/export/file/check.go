package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Check implements export.Destination: it tries whether the file and its folder can be written, and leaves everything as it was. The file
// may be another process's at this moment, and whoever checks may be another user than the one who will write.
func (d *Destination) Check(context.Context) (string, error) {
	folder := d.c.Path
	if d.parquet == nil {
		folder = filepath.Dir(d.c.Path)
		f, err := os.OpenFile(d.c.Path, os.O_WRONLY, 0)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("open the file: %w", err)
		}
		if err == nil {
			if err := f.Close(); err != nil {
				return "", fmt.Errorf("open the file: %w", err)
			}
		}
	}
	made, err := tryFolder(folder)
	switch {
	case err != nil:
		return "", err
	case !made:
		return "the folder is not there yet and can be made", nil
	case d.parquet != nil:
		return "the folder can be written", nil
	}
	return "can be written", nil
}

// tryFolder makes a file in a folder and removes it; where the folder is not there, in the one that it would be made in.
func tryFolder(folder string) (there bool, err error) {
	for there = true; ; there = false {
		f, err := os.CreateTemp(folder, ".earshot-check-")
		if err == nil {
			return there, errors.Join(f.Close(), os.Remove(f.Name()))
		}
		up := filepath.Dir(folder)
		if !errors.Is(err, fs.ErrNotExist) || up == folder {
			return there, fmt.Errorf("write the folder: %w", err)
		}
		folder = up
	}
}
