package running_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/earshot/earshot/internal/running"
)

// TestMain lets the test's own binary pretend to be Earshot where it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "serve":
			os.Exit(serve())
		case "monitor":
			select {}
		case "broken":
			fmt.Println("the data folder is somebody else's")
			select {}
		}
	}
	os.Exit(m.Run())
}

// serve answers as earshot serve does, with a child that it starts once.
func serve() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	child := exec.Command(os.Args[0], "monitor")
	if err := child.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	go func() { _ = child.Wait() }()
	after := func(name string) string { return os.Args[slices.Index(os.Args, name)+1] }
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "earshot_live_people 41\nearshot_live 7")
	})
	mux.HandleFunc("/api/v1/ingest", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+os.Getenv("EARSHOT_API_TOKEN") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"secret":%q}`, os.Getenv("ZOOM_WEBHOOK_SECRET_TOKEN"))
	})
	for _, name := range []string{"--webhook-listen", "--web-listen"} {
		go func() { fmt.Println(http.ListenAndServe(after(name), mux)) }()
	}
	<-ctx.Done()
	_ = child.Process.Kill()
	return 0
}

func options(t *testing.T) running.Options {
	return running.Options{
		Program: os.Args[0], Subcommand: "serve", Data: t.TempDir(), Webhook: running.FreeAddress(), Web: running.FreeAddress(), Secret: "zoom's", Token: "ours",
	}
}

func TestAProgramIsAskedAndEnds(t *testing.T) {
	p, err := running.Start(t.Context(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Secret string `json:"secret"`
	}
	if err := p.GetJSON(t.Context(), "/api/v1/ingest", &in); err != nil || in.Secret != "zoom's" {
		t.Errorf("GetJSON: %+v, %v; want the secret", in, err)
	}
	if n, err := p.Metric(t.Context(), "earshot_live"); err != nil || n != 7 {
		t.Errorf("Metric: %v, %v; want 7", n, err)
	}
	if n, err := p.Metric(t.Context(), "earshot"); err == nil {
		t.Errorf("Metric of a name that is only the beginning of others: %v; want an error", n)
	}
	if _, err := p.Get(t.Context(), "/nothing"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("Get of what there is not: %v; want 404", err)
	}
	for range 2 {
		if err := p.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
	}
	if _, err := p.Get(t.Context(), "/readyz"); err == nil {
		t.Error("it answers after it was stopped")
	}
}

func TestWhoDoesNotComeUpIsEndedAndQuoted(t *testing.T) {
	o := options(t)
	o.Subcommand = "broken"
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // once it has said why
		for {
			if raw, _ := os.ReadFile(o.Data + "/program.log"); len(raw) > 0 || ctx.Err() != nil {
				cancel()
				return
			}
		}
	}()
	if _, err := running.Start(ctx, o); err == nil || !strings.Contains(err.Error(), "somebody else's") {
		t.Errorf("Start: %v; want what it wrote", err)
	}
	cancel()
}
