package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Report is what Verify found.
type Report struct {
	Journal     string   `json:"journal"`
	First       uint64   `json:"first"`
	Last        uint64   `json:"last"`
	Records     uint64   `json:"records"` // read and decoded
	Events      uint64   `json:"events"`
	BodyBytes   int64    `json:"body_bytes"`
	Segments    int      `json:"segments"`    // archive segments, the damaged ones not counted
	Undecodable uint64   `json:"undecodable"` // records whose bytes are sound, but not a record
	Missing     uint64   `json:"missing"`     // in holes
	Holes       []string `json:"holes"`       // the first hundred
	Damaged     []string `json:"damaged"`     // archive segments whose blocks do not all verify
	SetAside    []string `json:"set_aside"`   // what earlier damage left in corrupt/ and archive/
}

// OK reports whether everything from the first record to the last is there and sound.
func (r *Report) OK() bool { return r.Missing == 0 && r.Undecodable == 0 && len(r.Damaged) == 0 }

// String is for people.
func (r *Report) String() string {
	verdict := "sound"
	if !r.OK() {
		verdict = "DAMAGED"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "journal %s is %s: records %d to %d, %d read (%d events, %d bytes), %d archive segments\n",
		r.Journal, verdict, r.First, r.Last, r.Records, r.Events, r.BodyBytes, r.Segments)
	for _, list := range []struct {
		what  string
		items []string
	}{{"missing records", r.Holes}, {"damaged segment", r.Damaged}, {"set aside earlier", r.SetAside}} {
		for _, item := range list.items {
			fmt.Fprintf(&b, "%s: %s\n", list.what, item)
		}
	}
	return b.String()
}

const maxReportedHoles = 100

// Verify reads a whole journal that no receiver has open (ErrLocked otherwise) and changes nothing.
func Verify(ctx context.Context, o Options) (Report, error) {
	j, err := OpenReadOnly(o)
	if err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	r := Report{Journal: j.ID(), First: j.First(), Last: j.Tail()}
	err = errors.Join(j.verifyArchive(ctx, &r), j.verifyRecords(ctx, &r), j.listAside(&r))
	if err = errors.Join(err, j.Close()); err != nil {
		return r, fmt.Errorf("verify: %w", err)
	}
	return r, nil
}

func (j *Journal) verifyRecords(ctx context.Context, r *Report) error {
	for after := r.First - 1; after < r.Last; {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		last := after
		err := j.scan(after, defaultReadRecords, defaultReadBytes, func(seq uint64, encoded []byte) error {
			last = seq
			rec, err := decodeRecord(encoded)
			if err != nil {
				r.Undecodable++
				return nil
			}
			r.Records++
			r.BodyBytes += int64(len(rec.Body))
			if rec.Kind == KindEvent {
				r.Events++
			}
			return nil
		})
		var gap *GapError
		switch {
		case errors.As(err, &gap):
			r.Missing += gap.To - gap.From + 1
			if len(r.Holes) < maxReportedHoles {
				r.Holes = append(r.Holes, fmt.Sprintf("%d to %d", gap.From, gap.To))
			}
			after = gap.To
		case err != nil:
			return fmt.Errorf("read after record %d: %w", after, err)
		case last == after:
			return fmt.Errorf("read after record %d: nothing, though the journal ends with %d", after, r.Last)
		default:
			after = last
		}
	}
	return nil
}

// verifyArchive reads every block of every segment, also those that no reader would come to.
func (j *Journal) verifyArchive(ctx context.Context, r *Report) error {
	names, err := j.o.FS.List(j.archive.dir)
	if err != nil {
		return nil // no archive yet
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if !strings.HasSuffix(name, segmentSuffix) {
			continue
		}
		path := j.o.FS.PathJoin(j.archive.dir, name)
		switch err := j.archive.verify(path); {
		case isDamage(err):
			r.Damaged = append(r.Damaged, fmt.Sprintf("%s: %v", path, err))
		case err != nil:
			return err
		default:
			r.Segments++
		}
	}
	return nil
}

func (a *archive) verify(path string) error {
	s, err := a.inspect(path)
	if err != nil {
		return err
	}
	f, err := a.fs.Open(path)
	if err != nil {
		return fmt.Errorf("open segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	index, err := readIndex(f, s.size, a.id)
	if err != nil {
		return err
	}
	records := uint64(0)
	for _, ref := range index {
		h, frame, err := readBlock(f, ref.offset, s.size)
		if err != nil {
			return err
		}
		if _, err := unpackBlock(a.dec, h, frame); err != nil {
			return err
		}
		if h.first != ref.first || h.count != ref.count {
			return damaged(ref.offset, "a block that the index does not describe")
		}
		records += uint64(h.count)
	}
	if records != s.records {
		return damaged(0, fmt.Sprintf("%d records, the trailer says %d", records, s.records))
	}
	return nil
}

// listAside names what earlier damage left.
func (j *Journal) listAside(r *Report) error {
	for _, dir := range []string{j.l.corrupt, j.archive.dir} {
		names, err := j.o.FS.List(dir)
		if err != nil {
			continue // not made yet
		}
		for _, name := range names {
			if dir == j.l.corrupt || strings.Contains(name, ".corrupt-") {
				r.SetAside = append(r.SetAside, j.o.FS.PathJoin(dir, name))
			}
		}
	}
	return nil
}
