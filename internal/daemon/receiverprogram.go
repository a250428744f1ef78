package daemon

import (
	"debug/buildinfo"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"
)

// receiverName is the receiver alone, where it lies beside this program.
const receiverName = "earshot-receiver"

// ReceiverProgram returns the program that a supervisor runs as the receiver: earshot-receiver, where it lies in the folder
// of the given program and is of the same build, else the program itself. The receiver alone has a quarter of the program,
// and takes 80 MB less of memory for the same work.
func ReceiverProgram(program string) string {
	alone := filepath.Join(filepath.Dir(program), receiverName)
	mine, mineAt, err := buildOf(program)
	if err != nil {
		return program
	}
	other, otherAt, err := buildOf(alone)
	if err != nil || !sameBuild(mine, other, mineAt, otherAt) {
		return program
	}
	return alone
}

func buildOf(program string) (*debug.BuildInfo, time.Time, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, time.Time{}, err
	}
	file, err := os.Stat(program)
	if err != nil {
		return nil, time.Time{}, err
	}
	return info, file.ModTime(), nil
}

// sameBuild reports whether the receiver belongs to the program: both of one commit and nothing else, or of one state of a
// working copy as far as can be known, the receiver being no older than the program.
func sameBuild(program, receiver *debug.BuildInfo, programAt, receiverAt time.Time) bool {
	if program.GoVersion != receiver.GoVersion || program.Main != receiver.Main {
		return false
	}
	revision, modified := commitOf(program)
	if r, m := commitOf(receiver); r != revision || m != modified {
		return false
	}
	return revision != "" && !modified || !receiverAt.Before(programAt)
}

func commitOf(info *debug.BuildInfo) (revision string, modified bool) {
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	return revision, modified
}
