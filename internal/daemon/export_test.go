package daemon_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/daemon"
)

// sameRows downloads the minutes over the socket and over the web, counts them in SQL, and wants the same number.
func (p *processes) sameRows(from time.Time) {
	p.t.Helper()
	quiet, err := os.Create(filepath.Join(p.t.TempDir(), "said"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer quiet.Close()
	got := map[string]int64{}
	for name, r := range map[string]daemon.ExportRequest{
		"over the socket": {Data: p.cfg.DataDir, Format: "jsonl"},
		"over the web":    {URL: "http://" + p.cfg.Web.Listen, Token: apiToken, Format: "parquet"},
	} {
		r.What, r.From, r.Now, r.Out = "minutes", from.Add(-time.Hour).Format(time.RFC3339), time.Now(), filepath.Join(p.t.TempDir(), "minutes")
		done, err := daemon.Export(p.t.Context(), r, nil, quiet)
		if err != nil {
			p.t.Fatalf("download %s: %v", name, err)
		}
		got[name] = done.Rows
	}
	var answer bytes.Buffer
	q := daemon.SQLRequest{Question: "SELECT count(*) AS n FROM minutes", Format: "csv", Data: p.cfg.DataDir, Timeout: time.Minute}
	if err := daemon.SQL(p.t.Context(), q, &answer, io.Discard); err != nil {
		p.t.Fatal(err)
	}
	rows := strings.TrimSpace(strings.TrimPrefix(answer.String(), "n\n"))
	if rows == "0" || rows != fmt.Sprint(got["over the socket"]) || rows != fmt.Sprint(got["over the web"]) {
		p.t.Errorf("SQL counts %s minutes, downloads have %v", rows, got)
	}
}

func TestExportSaysWhatItNeeds(t *testing.T) {
	for want, r := range map[string]daemon.ExportRequest{
		"no monitor runs":    {From: "1h", Data: t.TempDir()},
		"EARSHOT_API_TOKEN":  {From: "1h", URL: "http://127.0.0.1:1"},
		"an age such as 24h": {From: "yesterday", Data: t.TempDir()},
	} {
		r.What, r.Format, r.Out, r.Now = "minutes", "csv", filepath.Join(t.TempDir(), "x"), time.Now()
		if _, err := daemon.Export(t.Context(), r, nil, os.Stderr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
}
