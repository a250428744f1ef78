package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/running"
	"github.com/earshot/earshot/zoom"
)

// The test binary is the program itself when this variable is set, also for the children that it starts.
const beMain = "EARSHOT_TEST_IS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const secret = "main-test-secret"

// command prepares a run of the program.
func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), beMain+"=1", "ZOOM_WEBHOOK_SECRET_TOKEN="+secret)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	return cmd
}

// output runs the program to its end.
func output(t *testing.T, wantOK bool, args ...string) string {
	t.Helper()
	out, err := command(t.Context(), args...).CombinedOutput()
	if (err == nil) != wantOK {
		t.Fatalf("earshot %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestCheckSaysEverythingThatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "earshot.yaml")
	if err := os.WriteFile(file, []byte("web:\n  listen: nowhere\njurnal:\n  retention: 3d\nlog:\n  level: loud\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := output(t, false, "check", "--config", file)
	for _, want := range []string{"earshot.yaml:2", "jurnal", "earshot.yaml:6", "3 problems"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	out = output(t, true, "check", "--data", t.TempDir())
	if strings.Contains(out, secret) {
		t.Errorf("the secret is printed:\n%s", out)
	}
}

func TestOpenAPIDocument(t *testing.T) {
	var doc struct {
		OpenAPI string                     `json:"openapi"`
		Paths   map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal([]byte(output(t, true, "openapi")), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Paths["/api/v1/meetings"] == nil || doc.Paths["/api/v1/ingest"] == nil {
		t.Errorf("version %q, %d paths", doc.OpenAPI, len(doc.Paths))
	}
}

func TestEmulateWithoutSecretSaysWhy(t *testing.T) {
	cmd := command(t.Context(), "emulate")
	cmd.Env = append(cmd.Env, "ZOOM_WEBHOOK_SECRET_TOKEN=")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "ZOOM_WEBHOOK_SECRET_TOKEN") {
		t.Errorf("%v: %s", err, out)
	}
}

// served is a running earshot serve.
type served struct {
	t            *testing.T
	cmd          *exec.Cmd
	log          *bytes.Buffer
	data         string
	webhook, web string
}

func serve(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{t: t, log: &bytes.Buffer{}, data: t.TempDir(), webhook: running.FreeAddress(), web: running.FreeAddress()}
	s.cmd = command(context.Background(), append([]string{"serve", "--data", s.data, "--webhook-listen", s.webhook, "--web-listen", s.web}, args...)...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := s.cmd.Wait(); err != nil {
			t.Errorf("serve ended with %v", err)
		}
		if strings.Contains(s.log.String(), secret) {
			t.Error("the secret is in the log")
		}
		if t.Failed() {
			t.Logf("log:\n%s", s.log)
		}
	})
	s.await("it is ready", s.ready)
	return s
}

func (s *served) ready() bool {
	resp, err := http.Get("http://" + s.web + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (s *served) await(what string, f func() bool) {
	s.t.Helper()
	deadline := time.After(3 * time.Minute) // on a machine that does something else
	for !f() {
		select {
		case <-deadline:
			s.t.Fatalf("waited in vain until %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// post sends a signed body and returns the status, 0 when nobody answers.
func (s *served) post(body string) int {
	req, err := http.NewRequest("POST", "http://"+s.webhook+"/webhook", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set(zoom.HeaderTimestamp, ts)
	req.Header.Set(zoom.HeaderSignature, zoom.Sign(secret, ts, []byte(body)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// child returns the process id of a child by its subcommand, 0 when it does not run.
func (s *served) child(subcommand string) int {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, task := range tasks {
		raw, err := os.ReadFile(task)
		if err != nil {
			continue // the thread is gone
		}
		for _, pid := range strings.Fields(string(raw)) {
			line, _ := os.ReadFile("/proc/" + pid + "/cmdline") // empty when the process is gone
			if args := strings.Split(string(line), "\x00"); len(args) > 1 && args[1] == subcommand {
				n, err := strconv.Atoi(pid)
				if err != nil {
					s.t.Fatal(err)
				}
				return n
			}
		}
	}
	return 0
}

func TestServeEndsWhereItsFolderCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out := output(t, false, "serve", "--data", filepath.Join(file, "data"), "--webhook-listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0")
	if strings.Count(out, "make the data folder") != 1 || !strings.Contains(out, file) || !strings.Contains(out, "--data") {
		t.Errorf("want the folder and the setting, once:\n%s", out)
	}
}

func TestServeOutlivesItsChildren(t *testing.T) {
	s := serve(t)
	if got := s.post(`{"event":"meeting.started","event_ts":1767778561800}`); got != 200 {
		t.Fatalf("first event: %d", got)
	}
	for _, name := range []string{"monitor", "receive"} {
		pid := s.child(name)
		if pid == 0 {
			t.Fatalf("no process %s", name)
		}
		if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err != nil || bytes.Contains(line, []byte(secret)) {
			t.Errorf("the secret is among the arguments of %s, or they cannot be read: %v", name, err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if name == "monitor" {
			if got := s.post(`{"event":"meeting.ended","event_ts":1767778561900}`); got != 200 {
				t.Errorf("without a monitor the receiver answers %d", got)
			}
		}
		s.await(name+" is started again", func() bool { again := s.child(name); return again != 0 && again != pid })
	}
	s.await("events are received again", func() bool { return s.post(`{"event":"meeting.started","event_ts":1767778562000}`) == 200 })
	s.await("it is ready again", s.ready)

	dump := output(t, true, "journal", "dump", "--data", s.data)
	for _, want := range []string{"1767778561800", "1767778561900", "1767778562000"} {
		if strings.Count(dump, want) != 1 {
			t.Errorf("%s is %d times in the journal, want once", want, strings.Count(dump, want))
		}
	}
	if out := output(t, true, "journal", "verify", "--data", s.data); !strings.Contains(out, "0 missing") {
		t.Errorf("verify beside the receiver: %s", out)
	}
	if out := output(t, true, "login", "--data", s.data); !strings.Contains(out, "/login?once=") {
		t.Errorf("login: %s", out)
	}
	backup := filepath.Join(t.TempDir(), "backup")
	output(t, true, "backup", "--data", s.data, backup)
	output(t, true, "restore", "--data", s.data, backup)
	s.await("the restore is carried out", func() bool {
		_, err := os.Stat(filepath.Join(s.data, "restore"))
		return os.IsNotExist(err) && s.ready()
	})
	other := t.TempDir()
	if out := output(t, true, "journal", "replay", "--data", s.data, other); !strings.Contains(out, "3 events stored") {
		t.Errorf("replay: %s", out)
	}
	if out := output(t, true, "journal", "verify", "--data", other); !strings.Contains(out, "sound") {
		t.Errorf("verify: %s", out)
	}
}
