package export

import (
	"os"
	"strings"
	"testing"
)

// TestDocumentedNames holds docs/export.md and the names together.
func TestDocumentedNames(t *testing.T) {
	raw, err := os.ReadFile("../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // a table's first cell, and the rest of the row
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) > 1 && strings.HasPrefix(strings.TrimSpace(cells[0]), "`") {
			rows[strings.Trim(strings.TrimSpace(cells[0]), "`")] = strings.Join(cells[1:], "|")
		}
	}
	known := map[string]bool{}
	seen := map[string]bool{}
	for _, d := range definitions {
		known[d.Name] = true
		if d.Name == "" || d.About == "" {
			t.Errorf("a metric without a name or a text: %+v", d)
		}
		if seen[d.Name] {
			t.Errorf("%s is there twice", d.Name)
		}
		seen[d.Name] = true
		if row, ok := rows[d.Name]; !ok || !strings.Contains(row, d.About) || !strings.Contains(row, d.Unit) {
			t.Errorf("docs/export.md has no row | `%s` | %s | %s |", d.Name, d.Unit, d.About)
		}
	}
	for _, a := range attributes {
		known[a.key] = true
		if row, ok := rows[a.key]; !ok || !strings.Contains(row, a.about) {
			t.Errorf("docs/export.md has no row | `%s` | … | %s |", a.key, a.about)
		}
	}
	checkKinds(t, rows)
	for n := range rows {
		if (strings.HasPrefix(n, "zoom.") || strings.HasPrefix(n, "earshot.")) && !known[n] {
			t.Errorf("docs/export.md has %s, which never leaves", n)
		}
	}
}

// checkKinds holds the column that says which kinds of records have an attribute to what leaves.
func checkKinds(t *testing.T, rows map[string]string) {
	t.Helper()
	has := map[string][]string{}
	for _, k := range Kinds() {
		keys, _ := KeysOf(k)
		if k == KindMinute { // of the grades by stream, as metrics
			keys = append(keys, "zoom.media", "zoom.direction")
		}
		for _, key := range keys {
			has[key] = append(has[key], k.String())
		}
	}
	for key, kinds := range has {
		if of, _, _ := strings.Cut(rows[key], "|"); strings.TrimSpace(of) != strings.Join(kinds, ", ") {
			t.Errorf("docs/export.md says %s is of %s, want %s", key, of, strings.Join(kinds, ", "))
		}
	}
}
