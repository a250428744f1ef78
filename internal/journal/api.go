package journal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/earshot/earshot"
)

var errNotYet = errors.New("under construction")

type Journal struct{}

type Cursor struct {
	Name  string `json:"name"`
	Seq   uint64 `json:"seq"`
	Holds bool   `json:"holds"` // retention waits for it
}

type Stats struct {
	Journal           string          `json:"journal"`
	First             uint64          `json:"first"`
	Tail              uint64          `json:"tail"`
	Oldest            earshot.Instant `json:"oldest"`
	PebbleBytes       int64           `json:"pebble_bytes"`
	ArchiveBytes      int64           `json:"archive_bytes"`
	ArchiveSegments   int             `json:"archive_segments"`
	Appended          uint64          `json:"appended"`
	Duplicates        uint64          `json:"duplicates"`
	Refused           uint64          `json:"refused"`
	Quarantined       uint64          `json:"quarantined"`
	QuarantineHeld    int             `json:"quarantine_held"`
	QuarantineDropped uint64          `json:"quarantine_dropped"`
	DamagedSegments   uint64          `json:"damaged_segments"`
	DamagedTables     uint64          `json:"damaged_tables"`
	Full              string          `json:"full"`
	Cursors           []Cursor        `json:"cursors"`
}

type QuarantinedRequest struct {
	ID           uint64          `json:"id"`
	ReceivedAt   earshot.Instant `json:"received_at"`
	Subscription string          `json:"subscription"`
	Signature    string          `json:"signature"`
	Timestamp    string          `json:"timestamp"`
	RequestID    string          `json:"request_id"`
	Reason       string          `json:"reason"`
	Body         []byte          `json:"body"`
}

func Open(Options) (*Journal, error)         { return nil, errNotYet }
func OpenReadOnly(Options) (*Journal, error) { return nil, errNotYet }
func (j *Journal) ID() string                { return "" }
func (j *Journal) Append(ctx context.Context, r Record) (AppendResult, error) {
	return AppendResult{}, errNotYet
}
func (j *Journal) Run(ctx context.Context) error                              { return errNotYet }
func (j *Journal) Read(after uint64, max int, maxBytes int) ([]Record, error) { return nil, errNotYet }
func (j *Journal) Wait(ctx context.Context, after uint64) error               { return errNotYet }
func (j *Journal) Tail() uint64                                               { return 0 }
func (j *Journal) First() uint64                                              { return 0 }
func (j *Journal) SetCursor(name string, seq uint64, holds bool) error        { return errNotYet }
func (j *Journal) DeleteCursor(name string) error                             { return errNotYet }
func (j *Journal) Cursors() []Cursor                                          { return nil }
func (j *Journal) Stats() Stats                                               { return Stats{} }
func (j *Journal) Close() error                                               { return errNotYet }
func (j *Journal) Quarantine(q QuarantinedRequest) error                      { return errNotYet }
func (j *Journal) Quarantined(max int) ([]QuarantinedRequest, error)          { return nil, errNotYet }
func (j *Journal) Reverify(ok func(QuarantinedRequest) bool) (accepted int, err error) {
	return 0, errNotYet
}

type ServerOptions struct {
	Figures  func() any                       // the receiver's own figures, encoded as JSON; nil answers {}
	Reverify func() (accepted int, err error) // runs Journal.Reverify with the receiver's secrets; nil answers 501
	Logger   *slog.Logger
}

func NewServer(j *Journal, o ServerOptions) http.Handler { return nil }

type Info struct {
	Journal string          `json:"journal"`
	First   uint64          `json:"first"`
	Tail    uint64          `json:"tail"`
	Oldest  earshot.Instant `json:"oldest"`
}

type Client struct{}

func Dial(socketPath string) (*Client, error)            { return nil, errNotYet }
func (c *Client) Close() error                           { return nil }
func (c *Client) Info(ctx context.Context) (Info, error) { return Info{}, errNotYet }
func (c *Client) Read(ctx context.Context, after uint64, max int) ([]Record, error) {
	return nil, errNotYet
}
func (c *Client) Follow(ctx context.Context, after uint64, fn func([]Record) error) error {
	return errNotYet
}
func (c *Client) SetCursor(ctx context.Context, name string, seq uint64, holds bool) error {
	return errNotYet
}
func (c *Client) DeleteCursor(ctx context.Context, name string) error { return errNotYet }
func (c *Client) Figures(ctx context.Context, into any) error         { return errNotYet }
func (c *Client) Stats(ctx context.Context) (Stats, error)            { return Stats{}, errNotYet }
func (c *Client) Quarantined(ctx context.Context, max int) ([]QuarantinedRequest, error) {
	return nil, errNotYet
}
func (c *Client) Reverify(ctx context.Context) (accepted int, err error) { return 0, errNotYet }

// Source is what the tools read from: a Client while a receiver runs, a DirSource when none does.
type Source interface {
	Read(ctx context.Context, after uint64, max int) ([]Record, error)
	Info(ctx context.Context) (Info, error)
}

type DumpOptions struct {
	After  uint64
	Until  uint64 // 0: to the tail
	Bodies bool
}
type Report struct{}

func NewSource(j *Journal) Source                                            { return nil }
func Dump(ctx context.Context, w io.Writer, s Source, o DumpOptions) error   { return errNotYet }
func Verify(ctx context.Context, o Options) (Report, error)                  { return Report{}, errNotYet }
func Follow(ctx context.Context, w io.Writer, s Source, o DumpOptions) error { return errNotYet }
func Replay(ctx context.Context, s Source, after, until uint64, speed float64, to func(Record) error) error {
	return errNotYet
}

var _ = time.Second
