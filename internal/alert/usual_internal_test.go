package alert

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The UI says beside the fields of a rule, and in its one line, what holds where the rule says nothing. It reads the figures from a
// file of its own, which must say the same as this package.
func TestTheUIKnowsWhatIsUsual(t *testing.T) {
	file, err := os.ReadFile("../../web/src/model/usual.json")
	if err != nil {
		t.Fatal(err)
	}
	type usual struct {
		Minutes    int               `json:"minutes"`
		ClearPct   float64           `json:"clear_pct_of_share"`
		ClearAfter Duration          `json:"clear_after"`
		Cooldown   Duration          `json:"cooldown"`
		Window     map[Kind]Duration `json:"window"`
		Threshold  map[What]float64  `json:"threshold"`
	}
	var got usual
	if err := json.Unmarshal(file, &got); err != nil {
		t.Fatal(err)
	}
	share := Rule{Kind: KindShare, SharePct: 100}
	want := usual{
		Minutes: share.minutes(), ClearPct: share.clearPct(), ClearAfter: Duration(share.clearAfter()), Cooldown: Duration(share.cooldown()),
		Window: map[Kind]Duration{}, Threshold: map[What]float64{},
	}
	for _, kind := range []Kind{KindShare, KindDrops, KindPhone} {
		want.Window[kind] = Duration((&Rule{Kind: kind}).window())
	}
	for _, what := range Whats() {
		want.Threshold[what] = (&Rule{Kind: KindAbsence, What: what}).threshold()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("web/src/model/usual.json (-this package +the file):\n%s", diff)
	}
}
