package api_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/live"
)

func TestCalls(t *testing.T) {
	w := newWorld(t).fill(t)
	all := read[page[call]](t, w, "/api/v1/calls").Items
	if len(all) != 2 || all[0].ID != badCall.String() || all[0].Grade != "bad" || *all[0].MOS != 2.9 || all[0].Callee.Name != "Bob" || all[0].Callee.Network != "WiFi" {
		t.Errorf("got %+v", all)
	}
	if all[1].Grade != "good" || *all[1].MOS != 4.1 || all[1].Caller.Name != "Ann Ångström" {
		t.Errorf("the good one: %+v", all[1])
	}
	if got := read[page[call]](t, w, "/api/v1/calls?person="+ann.String()).Items; len(got) != 1 || got[0].ID != goodCall.String() {
		t.Errorf("Ann's calls: %+v", got)
	}
	d := read[call](t, w, "/api/v1/calls/"+goodCall.String())
	if len(d.Series) != 1 || d.Series[0].Side != "caller" || len(d.Series[0].At) != 2 || d.Series[0].Metrics["jitter_ms"][1] != nil || *d.Series[0].Metrics["mos"][1] != 4.1 {
		t.Errorf("series: %+v", d.Series)
	}
}

func TestRunningCalls(t *testing.T) {
	w := newWorld(t).fill(t)
	if got := read[struct{ Total int }](t, w, "/api/v1/calls/running"); got.Total != 0 {
		t.Fatalf("%d calls run before any did", got.Total)
	}
	running := func(id, account, person earshot.ID) earshot.Call {
		return earshot.Call{ID: id, Account: account, Start: at(-5), FirstSeen: at(-5), LastSeen: at(0), Caller: earshot.CallParty{Person: person, Number: "+33 1"}}
	}
	w.live.Apply(live.Update{
		Watermark: at(0), Calls: []earshot.Call{running(1, account, ann), running(2, account, bob), running(3, account, 0), running(4, account+1, 0)},
		Scores: []live.CallScore{{Call: 1, At: at(0), MOS: 4.1}, {Call: 2, At: at(0), MOS: 2.9}, {Call: 4, At: at(0), MOS: 2.2}},
	})
	type answer struct {
		Items   []call
		Total   int
		ByGrade api.GradeCount `json:"by_grade"`
	}
	list := func(path string) (answer, []string) {
		got := read[answer](t, w, path)
		var rows []string
		for _, c := range got.Items {
			mos := "none"
			if c.MOS != nil {
				mos = fmt.Sprint(*c.MOS)
			}
			rows = append(rows, fmt.Sprint(c.ID, " ", c.Grade, " ", mos, " ", c.Caller.Name))
		}
		return got, rows
	}
	got, rows := list("/api/v1/calls/running")
	if diff := cmp.Diff([]string{"0000000000000004 bad 2.2 ", "0000000000000002 bad 2.9 Bob", "0000000000000001 good 4.1 Ann Ångström", "0000000000000003 unclassified none "}, rows); diff != "" {
		t.Errorf("worst first (-want +got):\n%s", diff)
	}
	if got.Total != 4 || got.ByGrade != (api.GradeCount{Good: 1, Bad: 2, Unclassified: 1}) {
		t.Errorf("%d calls, %+v", got.Total, got.ByGrade)
	}
	if got, rows := list("/api/v1/calls/running?account=" + account.String()); len(rows) != 3 || got.Total != 3 {
		t.Errorf("of one account: %d, %q", got.Total, rows)
	}
}
