package deliver

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/nflog/nflogpb"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/silence/silencepb"
	"google.golang.org/protobuf/encoding/protodelim"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

// The kinds of memory.
const (
	memorySilence = "silence"
	memoryLog     = "log"
)

// Memory keeps what Alertmanager must not forget. *registry.Registry is one.
type Memory interface {
	// PutAlertMemory is durable when it returns.
	PutAlertMemory(ctx context.Context, kind string, m registry.AlertMemory) error
	AlertMemory(ctx context.Context, kind string, now earshot.Instant) ([]registry.AlertMemory, error)
	PruneAlertMemory(ctx context.Context, now earshot.Instant) error
}

// openMemory makes silences and notification log, with what was remembered. Alertmanager writes both to files every quarter of
// an hour and tells its peers of each change at once; here the one peer is the registry.
func (d *Deliverer) openMemory() (err error) {
	ctx := context.Background()
	if d.nflog, err = nflog.New(nflog.Options{Retention: remember, Logger: d.log, Metrics: d.o.Metrics}); err != nil {
		return err
	}
	if d.silences, err = silence.New(silence.Options{Retention: remember, Logger: d.log, Metrics: d.o.Metrics, EventRecorder: eventrecorder.NopRecorder()}); err != nil {
		return err
	}
	for _, m := range []struct {
		kind  string
		merge func([]byte) error
	}{{memorySilence, d.silences.Merge}, {memoryLog, d.nflog.Merge}} {
		all, err := d.o.Memory.AlertMemory(ctx, m.kind, earshot.InstantOf(time.Now()))
		if err != nil {
			return err
		}
		for _, e := range all {
			if err := m.merge(e.Data); err != nil {
				return fmt.Errorf("take over %s %s: %w", m.kind, e.Key, err)
			}
			if m.kind == memoryLog {
				d.noteBelieved(e.Data)
			}
		}
	}
	d.silences.SetBroadcast(func(raw []byte) { d.keep(memorySilence, raw, silenceKey) })
	d.nflog.SetBroadcast(func(raw []byte) { d.keep(memoryLog, raw, logKey) })
	return nil
}

// noteBelieved notes which alerts a receiver was last told to fire.
func (d *Deliverer) noteBelieved(raw []byte) {
	var e nflogpb.MeshEntry
	if protodelim.UnmarshalFrom(bytes.NewReader(raw), &e) != nil {
		return // merge has read it
	}
	for _, hash := range e.GetEntry().GetFiringAlerts() {
		d.believed[hash] = true
	}
}

// untold leaves out the alerts that are over and that nobody believes to fire: Alertmanager forgets an alert when it has told
// that it is over, and would tell so again of one that is put once more.
func (d *Deliverer) untold(alerts []Alert) ([]Alert, error) {
	stage := notify.NewDedupStage(sends(true), d.nflog, &nflogpb.Receiver{GroupName: nobody})
	ctx := notify.WithRepeatInterval(notify.WithGroupKey(context.Background(), "to know an alert by its hash"), time.Hour)
	now := time.Now()
	var out []Alert
	for i := range alerts {
		if !alerts[i].Ends.IsZero() && !alerts[i].Ends.After(now) {
			known, _, err := stage.Exec(ctx, d.log, convert(&alerts[i], now))
			if err != nil {
				return nil, fmt.Errorf("look alert %s up in the notification log: %w", alerts[i].ID, err)
			}
			if hashes, _ := notify.ResolvedAlerts(known); !slices.ContainsFunc(hashes, func(h uint64) bool { return d.believed[h] }) {
				continue
			}
		}
		out = append(out, alerts[i])
	}
	return out, nil
}

// keep stores one entry; it is called while Alertmanager waits, so that nothing goes on before it is durable.
func (d *Deliverer) keep(kind string, raw []byte, key func([]byte) (registry.AlertMemory, error)) {
	m, err := key(raw)
	if err == nil {
		m.Data = bytes.Clone(raw)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err = d.o.Memory.PutAlertMemory(ctx, kind, m)
	}
	if err != nil {
		d.log.Error("remember what was told; after a restart it may be told again", "kind", kind, "err", err)
	}
}

func silenceKey(raw []byte) (registry.AlertMemory, error) {
	var e silencepb.MeshSilence
	if err := protodelim.UnmarshalFrom(bytes.NewReader(raw), &e); err != nil {
		return registry.AlertMemory{}, fmt.Errorf("read a silence: %w", err)
	}
	return registry.AlertMemory{Key: e.GetSilence().GetId(), Expires: earshot.InstantOf(e.GetExpiresAt().AsTime())}, nil
}

func logKey(raw []byte) (registry.AlertMemory, error) {
	var e nflogpb.MeshEntry
	if err := protodelim.UnmarshalFrom(bytes.NewReader(raw), &e); err != nil {
		return registry.AlertMemory{}, fmt.Errorf("read an entry of the notification log: %w", err)
	}
	r := e.GetEntry().GetReceiver()
	key := fmt.Sprintf("%s:%s/%s/%d", e.GetEntry().GetGroupKey(), r.GetGroupName(), r.GetIntegration(), r.GetIdx())
	return registry.AlertMemory{Key: key, Expires: earshot.InstantOf(e.GetExpiresAt().AsTime())}, nil
}

// collect drops what has expired.
func (d *Deliverer) collect(ctx context.Context) {
	if _, err := d.nflog.GC(); err != nil {
		d.log.Warn("drop what has expired of the notification log", "err", err)
	}
	if _, err := d.silences.GC(); err != nil {
		d.log.Warn("drop what has expired of the silences", "err", err)
	}
	if err := d.o.Memory.PruneAlertMemory(ctx, earshot.InstantOf(time.Now())); err != nil && ctx.Err() == nil {
		d.log.Warn("drop what has expired of alerts' memory", "err", err)
	}
}
