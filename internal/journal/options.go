package journal

import (
	"errors"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// MaxRecordBytes bounds one record: a body of 1 MiB, which the receiver enforces, and ample headers.
const MaxRecordBytes = 4 << 20

// Options configure a Journal. Only Dir is required.
type Options struct {
	Dir              string        // created with mode 0700; holds pebble/, archive/ and corrupt/
	Retention        time.Duration // how long records stay in Pebble and bodies are known for duplicates; default 72 h
	ArchiveRetention time.Duration // how long archived records stay, counted from their receipt; default 30 days
	MaxBytes         int64         // Pebble and archive together; beyond it applied records go first, then Append answers ErrFull; 0 is no limit
	MinFreeBytes     int64         // Append answers ErrFull below this much free disk; default the smaller of 512 MiB and 5 % of the disk; negative is no check
	Heartbeat        time.Duration // quiet time after which a heartbeat is appended; default 10 s; negative is none
	Queue            int           // Appends waiting for the committer; default 4096
	QuarantineCount  int           // requests kept in quarantine; default 1000
	QuarantineBytes  int64         // bytes kept in quarantine; default 16 MiB
	Logger           *slog.Logger  // default: nothing is logged
	FS               vfs.FS        // default: the operating system's
}

func (o Options) withDefaults() Options {
	setDefault(&o.Retention, 72*time.Hour)
	setDefault(&o.ArchiveRetention, 30*24*time.Hour)
	setDefault(&o.Heartbeat, 10*time.Second)
	setDefault(&o.Queue, 4096)
	setDefault(&o.QuarantineCount, 1000)
	setDefault(&o.QuarantineBytes, 16<<20)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.FS == nil {
		o.FS = vfs.Default
	}
	return o
}

func (o Options) validate() error {
	var errs []error
	if o.Dir == "" {
		errs = append(errs, errors.New("option Dir is empty: name the directory of the journal"))
	}
	if o.Retention < 0 || o.ArchiveRetention < 0 {
		errs = append(errs, errors.New("options Retention and ArchiveRetention must not be negative"))
	}
	if o.MaxBytes < 0 {
		errs = append(errs, errors.New("option MaxBytes must not be negative; 0 is no limit"))
	}
	if o.Queue < 0 || o.QuarantineCount < 0 || o.QuarantineBytes < 0 {
		errs = append(errs, errors.New("options Queue, QuarantineCount and QuarantineBytes must not be negative"))
	}
	return errors.Join(errs...)
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
