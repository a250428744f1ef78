package daemon

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestNotReached(t *testing.T) {
	dial := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", errno)}
	}
	for _, c := range []struct {
		err        error
		notRunning bool // another may act in its place
		want       string
	}{
		{dial(syscall.ENOENT), true, "no monitor runs on the data folder /data"},
		{dial(syscall.ECONNREFUSED), true, "no monitor runs on the data folder /data"},
		{dial(syscall.EACCES), false, "ask the monitor of /data: dial unix: connect: permission denied; want to be run by the user that Earshot runs as"},
		{dial(syscall.EINVAL), true, "no monitor runs on the data folder /data: dial unix: connect: invalid argument"},
	} {
		got := notReached("/data", c.err)
		if errors.Is(got, ErrNotRunning) != c.notRunning || got.Error() != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
