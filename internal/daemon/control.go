package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/registry"
)

// ErrNotRunning says that no monitor runs on a data folder.
var ErrNotRunning = errors.New("no monitor runs on the data folder")

// ask asks the monitor that runs on a data folder to do something, over its socket. body is sent as JSON; the answer is what
// the action returns, nil for nothing.
func ask(ctx context.Context, data, action string, body any) ([]byte, error) {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(data, "monitor.sock"))
	}}}
	defer client.CloseIdleConnections()
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("ask the monitor: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", "http://monitor/"+action, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("ask the monitor: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, notReached(data, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read the monitor's answer: %w", err)
	}
	if resp.StatusCode == http.StatusUnprocessableEntity {
		return nil, errors.New(strings.TrimSpace(string(answer)))
	}
	if resp.StatusCode >= 300 {
		return nil, fmt.Errorf("the monitor could not %s: %s", action, strings.TrimSpace(string(answer)))
	}
	return answer, nil
}

// notReached says why nobody answered on a data folder.
func notReached(data string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission): // not for want of a monitor: nobody may act in its place
		return fmt.Errorf("ask the monitor of %s: %w; want to be run by the user that Earshot runs as", data, err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w %s", ErrNotRunning, data)
	}
	return fmt.Errorf("%w %s: %w", ErrNotRunning, data, err)
}

// controls is the handler behind ask. Whoever can reach the socket owns the data folder, and so the data.
func (m *Monitor) controls() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", action(func(ctx context.Context, dir string) (any, error) { return nil, m.Backup(ctx, dir) }))
	mux.HandleFunc("POST /facts-snapshot", action(func(ctx context.Context, dir string) (any, error) { return nil, m.facts.Backup(ctx, dir) }))
	mux.HandleFunc("POST /edit-users", action(func(ctx context.Context, e UserEdit) (any, error) { return nil, editUsers(ctx, m.registry, e) }))
	mux.HandleFunc("POST /list-users", action(func(ctx context.Context, _ any) (any, error) { return m.registry.Users(ctx) }))
	mux.HandleFunc("POST /login", action(func(ctx context.Context, _ any) (any, error) { return m.loginAddress(ctx) }))
	mux.HandleFunc("POST /regrade", action(func(ctx context.Context, r RegradeRequest) (any, error) { return m.Regrade(ctx, r) }))
	mux.HandleFunc("POST /waiting", action(func(ctx context.Context, _ any) (any, error) { return m.waiting(ctx) }))
	mux.HandleFunc("POST /check-stores", action(func(ctx context.Context, _ any) (any, error) { return m.checkStores(ctx), nil }))
	mux.HandleFunc("POST /alert-sample", action(m.sampleReceiver))
	mux.HandleFunc("POST /alert-list", action(func(ctx context.Context, _ any) (any, error) { return m.alertList(ctx) }))
	mux.HandleFunc("POST /alert-try", action(m.tryRules))
	mux.Handle("GET /api/v1/export/", m.api.Handler())
	mux.HandleFunc("POST /places", action(func(ctx context.Context, _ any) (any, error) { return export.PlacesOf(ctx, m.registry) }))
	mux.HandleFunc("POST /restart", action(func(context.Context, any) (any, error) {
		m.restart.Store(true)
		return nil, nil
	}))
	return mux
}

// action makes a handler of a function from JSON to JSON.
func action[In any](f func(context.Context, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		err := json.NewDecoder(r.Body).Decode(&in)
		var out any
		if err == nil {
			out, err = f(r.Context(), in)
		}
		var refused *registry.UserError
		switch {
		case errors.As(err, &refused): // in words that are good as they are
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if out == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_ = json.NewEncoder(w).Encode(out) // the client is this program's own; when it is gone nobody waits
	}
}
