package export

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// The bounds of a Spec, and its defaults.
const (
	DefaultBatchRecords = 1000
	MaxBatchRecords     = 50_000
	DefaultBatchBytes   = 1 << 20
	MinBatchBytes       = 4 << 10
	MaxBatchBytes       = 64 << 20
	DefaultLinger       = time.Second
	DefaultMaxBacklog   = 72 * time.Hour
	DefaultTimeout      = 30 * time.Second
	DefaultFirstPause   = time.Second
	DefaultStoreEvery   = 30 * time.Second
	MaxDestinations     = 50
)

// Spec says what one destination gets, and how. The zero values of numbers are the defaults.
type Spec struct {
	Name string // of the destination: of letters, digits, "-" and "_"; it is in the path of its files
	Type string // "splunk_hec"; for people only
	// Logs and Metrics are the kinds that leave as either. Events and incidents are logs; samples have no use as such, but may be.
	Logs, Metrics []Kind
	Filter        Filter
	Redact        Redaction
	// FromOldest lets a destination that has no position yet begin with the oldest record within MaxBacklog, rather than with what
	// comes from now on.
	FromOldest bool

	BatchRecords int           // at most so many records at once
	BatchBytes   int           // and about so many bytes
	Linger       time.Duration // how long a batch that is not full waits for more
	MaxBacklog   time.Duration // what is older is left out and counted as a gap
	MaxAge       time.Duration // what is older the destination would refuse: it is left out and counted; 0: any age is taken
	Timeout      time.Duration // of one try
	FirstPause   time.Duration // after a first failure; each further one about doubles it
	StoreEvery   time.Duration // how often positions are stored: a crash repeats what was sent since
}

var specName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// withDefaults fills in what was not set.
func (s Spec) withDefaults() Spec {
	s.BatchRecords = cmp.Or(s.BatchRecords, DefaultBatchRecords)
	s.BatchBytes = cmp.Or(s.BatchBytes, DefaultBatchBytes)
	s.Linger = cmp.Or(s.Linger, DefaultLinger)
	s.MaxBacklog = cmp.Or(s.MaxBacklog, DefaultMaxBacklog)
	s.Timeout = cmp.Or(s.Timeout, DefaultTimeout)
	s.FirstPause = cmp.Or(s.FirstPause, DefaultFirstPause)
	s.StoreEvery = cmp.Or(s.StoreEvery, DefaultStoreEvery)
	return s
}

// Validate says what is wrong, key by key.
func (s *Spec) Validate() error {
	var all []error
	if !specName.MatchString(s.Name) {
		all = append(all, fmt.Errorf("name is %q; want 1 to 64 letters, digits, - and _", s.Name))
	}
	if len(s.Logs)+len(s.Metrics) == 0 {
		all = append(all, errors.New("logs and metrics are both empty; want at least one kind of record: events, samples, minutes, summaries, incidents"))
	}
	if slices.Contains(s.Metrics, KindEvent) {
		all = append(all, errors.New("metrics has events; want samples, which are the numbers of events"))
	}
	w := s.withDefaults()
	if w.BatchRecords < 1 || w.BatchRecords > MaxBatchRecords {
		all = append(all, fmt.Errorf("batch.records is %d; want 1 to %d", w.BatchRecords, MaxBatchRecords))
	}
	if w.BatchBytes < MinBatchBytes || w.BatchBytes > MaxBatchBytes {
		all = append(all, fmt.Errorf("batch.bytes is %d; want %d to %d", w.BatchBytes, MinBatchBytes, MaxBatchBytes))
	}
	all = append(all, s.Filter.check(s.kinds()))
	return errors.Join(all...)
}

// kinds are all that leave.
func (s *Spec) kinds() []Kind {
	var all []Kind
	for _, k := range Kinds() {
		if s.wants(k) {
			all = append(all, k)
		}
	}
	return all
}

func (s *Spec) wants(k Kind) bool { return slices.Contains(s.Logs, k) || slices.Contains(s.Metrics, k) }
