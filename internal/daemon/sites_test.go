package daemon_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/registry"
)

// TestTypedSitesReachThePastAndStay: a network of no site is given to one; the list has it at once, the minutes that are stored
// get there by themselves, the audit log tells it, and a restart forgets nothing.
func TestTypedSitesReachThePastAndStay(t *testing.T) {
	p, _, _ := newPast(t)

	var nowhere api.Addresses
	p.get("/api/v1/addresses", &nowhere)
	if len(nowhere.Networks) == 0 || nowhere.People == 0 {
		t.Fatalf("without a sites file everybody is at no site: %+v", nowhere)
	}
	network := nowhere.Networks[0]
	for _, n := range nowhere.Networks {
		if n.Public {
			network = n
			break
		}
	}
	var plan api.SitePlan
	if status := p.change("/api/v1/sites/changes", api.SiteChanges{Apply: true, Ranges: []api.SiteRangeChange{{Range: network.Range, Site: "Typed"}}}, &plan); status != 200 || !plan.Applied {
		t.Fatalf("%d %+v", status, plan)
	}
	typed := func() (row siteRow, ok bool) {
		var sites struct {
			Items []siteRow `json:"items"`
		}
		p.get("/api/v1/sites", &sites)
		for _, s := range sites.Items {
			if s.Name == "Typed" {
				return s, true
			}
		}
		return row, false
	}
	site, ok := typed()
	if !ok {
		t.Fatal("the site is not in the list")
	}
	p.noHourWaits()
	var stored struct {
		Total struct {
			People int `json:"people"`
		} `json:"total"`
	}
	if p.get("/api/v1/sites/"+site.ID, &stored); stored.Total.People == 0 {
		t.Error("stored minutes do not name the site")
	}
	p.get("/api/v1/addresses", &nowhere)
	for _, n := range nowhere.Networks {
		if n.Range == network.Range {
			t.Errorf("still of no site: %+v", n)
		}
	}
	p.stopOne("monitor")
	r, err := registry.Open(registry.Options{Dir: p.cfg.DataDir + "/registry"})
	if err != nil {
		t.Fatal(err)
	}
	audit, err := r.Audit(context.Background(), 0, 10)
	// The newest first; the oldest is how admin came to be.
	if err != nil || len(audit) != 2 || audit[0].Who != "admin" || audit[0].Action != "site.range" || !strings.Contains(audit[0].Detail, network.Range) {
		t.Errorf("audit: %+v, %v", audit, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	p.startMonitor()
	if again, ok := typed(); !ok || again.ID != site.ID {
		t.Errorf("after a restart: %+v", again)
	}
}

type siteRow struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// change sends a change as the admin.
func (p *processes) change(path string, body, answer any) int {
	p.t.Helper()
	address, err := daemon.LoginAddress(p.t.Context(), p.cfg.DataDir)
	if err != nil {
		p.t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	base := "http://" + p.cfg.Web.Listen
	login, err := client.Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	login.Body.Close()
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := client.Post(base+path, "application/json", strings.NewReader(string(raw)))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode
}
