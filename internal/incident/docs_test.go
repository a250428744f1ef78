package incident_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/incident"
)

// The table of numbers in docs/incidents.md is that of the rules, all of them, in their order; and every state and change
// has its word there.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile("../../docs/incidents.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| [^|]+ \\|$").FindAllStringSubmatch(string(raw), -1) {
		got = append(got, m[1]+" "+m[2])
	}
	var want []string
	rules := reflect.ValueOf(incident.DefaultRules())
	for k := range rules.NumField() {
		value := fmt.Sprint(rules.Field(k).Interface())
		if d, ok := rules.Field(k).Interface().(time.Duration); ok {
			value = fmt.Sprintf("%g min", d.Minutes())
		}
		want = append(want, rules.Type().Field(k).Name+" "+value)
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("the table of docs/incidents.md:\n%s\n\nthe rules:\n%s", g, w)
	}
	for s := earshot.IncidentOpen; s <= earshot.IncidentMerged; s++ {
		if !strings.Contains(string(raw), "| "+s.String()+" |") {
			t.Errorf("the state %s is not told of", s)
		}
	}
	for c := earshot.IncidentOpened; c <= earshot.IncidentEnded; c++ {
		if !regexp.MustCompile(`\| timeline \|.*\b` + c.String() + `\b`).Match(raw) {
			t.Errorf("the change %s is not told of", c)
		}
	}
}
