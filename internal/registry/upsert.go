package registry

import (
	"fmt"
	"strings"
)

// rule says what becomes of a column when a row that is there already comes again. Together they are the promise of the
// package: an upsert never forgets.
type rule string

// The rules. "old" is the stored value, "new" the one that comes; $c stands for the column and $t for the table.
const (
	keyColumn  rule = ""                                                                                                  // identifies the row
	keepText   rule = "coalesce(nullif(excluded.$c, ''), $t.$c)"                                                          // new, unless it is empty
	keepNumber rule = "coalesce(nullif(excluded.$c, 0), $t.$c)"                                                           // new, unless it is 0
	least      rule = "CASE WHEN excluded.$c = 0 OR ($t.$c <> 0 AND $t.$c < excluded.$c) THEN $t.$c ELSE excluded.$c END" // the earlier, 0 is none
	greatest   rule = "max($t.$c, excluded.$c)"                                                                           // the later, 0 is none
	keepArray  rule = "CASE WHEN excluded.$c IN ('[]', 'null') THEN $t.$c ELSE excluded.$c END"                           // new, unless it is empty
	newest     rule = "excluded.$c"                                                                                       // new
)

// A segment's person may become better known, never worse: a late event that carries only a name, about a segment that the
// fold no longer remembers, must not take a Zoom user's segment away from them. Better is the order of earshot.PersonKey,
// in which 0 is last. "external" follows the person that it describes.
const (
	personRank        = "coalesce((SELECT (key_kind + 5) % 6 FROM persons WHERE id = $id), 5)"
	betterPerson rule = `CASE WHEN excluded.person = 0 OR excluded.person = $t.person THEN $t.person
		WHEN $t.person = 0 OR $new <= $old THEN excluded.person ELSE $t.person END`
	withPerson rule = `CASE WHEN excluded.person = 0 THEN $t.external
		WHEN $t.person = 0 OR excluded.person = $t.person OR $new <= $old THEN excluded.external ELSE $t.external END`
)

type column struct {
	name string
	rule rule
}

type table struct {
	name    string
	columns []column
}

// upsertSQL is the statement that adds a row to t, or merges it into the one that is there.
func (t table) upsertSQL() string {
	var names, marks, keys, sets []string
	for _, c := range t.columns {
		names = append(names, c.name)
		marks = append(marks, "?")
		if c.rule == keyColumn {
			keys = append(keys, c.name)
			continue
		}
		expr := strings.NewReplacer(
			"$new", strings.ReplaceAll(personRank, "$id", "excluded.person"),
			"$old", strings.ReplaceAll(personRank, "$id", "segments.person"),
			"$c", c.name, "$t", t.name,
		).Replace(string(c.rule))
		sets = append(sets, c.name+" = "+expr)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s",
		t.name, strings.Join(names, ", "), strings.Join(marks, ", "), strings.Join(keys, ", "), strings.Join(sets, ", "))
}

// The numbers of the tables, by which their statements are found.
const (
	accountsTable = iota
	seriesTable
	meetingsTable
	personsTable
	segmentsTable
	callsTable
	sitesTable
	driftTable
)

// tables are the tables that Apply writes. The order of the columns is that of the arguments in apply.go.
var tables = [...]table{
	accountsTable: {"accounts", []column{{"id", keyColumn}, {"zoom_id", keepText}}},
	seriesTable:   {"series", []column{{"id", keyColumn}, {"account", keepNumber}, {"number", keepText}, {"topic", keepText}}},
	meetingsTable: {"meetings", []column{
		{"id", keyColumn}, {"account", keepNumber}, {"uuid", keepText}, {"kind", keepNumber}, {"series", keepNumber},
		{"number", keepText}, {"topic", keepText}, {"topic_f", keepText}, {"host_id", keepText}, {"parent", keepNumber},
		{"start_at", least}, {"end_at", greatest}, {"first_seen", least}, {"last_seen", greatest},
	}},
	personsTable: {"persons", []column{
		{"id", keyColumn}, {"account", keepNumber}, {"key_kind", keepNumber}, {"zoom_user_id", keepText}, {"registrant", keepText},
		{"customer_key", keepText}, {"email", keepText}, {"email_f", keepText}, {"name", keepText}, {"name_f", keepText},
		{"told_at", greatest},
	}},
	segmentsTable: {"segments", []column{
		{"id", keyColumn}, {"meeting", keepNumber}, {"account", keepNumber}, {"person", betterPerson}, {"in_meeting_id", keepText},
		{"name", keepText}, {"name_f", keepText}, {"join_at", least}, {"leave_at", greatest}, {"leave_reason", keepText},
		{"parent", keepNumber}, {"bound", keepNumber}, {"external", withPerson}, {"first_report", least}, {"last_report", greatest},
	}},
	callsTable: {"calls", append([]column{
		{"id", keyColumn}, {"account", keepNumber}, {"zoom_id", keepText}, {"start_at", least}, {"connected_at", least},
		{"end_at", greatest}, {"first_seen", least}, {"last_seen", greatest},
	}, append(partyColumns("caller_"), partyColumns("callee_")...)...)},
	sitesTable: {"sites", []column{
		{"id", keyColumn}, {"name", keepText}, {"ranges", keepArray}, {"zone", keepText}, {"isp", keepText},
		{"link_mbps", keepNumber}, {"vpn", newest}, {"tags", keepArray}, {"derived", newest},
	}},
	driftTable: {"drift", []column{
		{"event", keyColumn}, {"key", keyColumn}, {"count", greatest}, {"first_seen", least}, {"last_seen", greatest},
	}},
}

func partyColumns(prefix string) []column {
	return []column{
		{prefix + "person", keepNumber}, {prefix + "zoom_id", keepText}, {prefix + "email", keepText},
		{prefix + "number", keepText}, {prefix + "extension", keepText}, {prefix + "device", keepText},
		{prefix + "connection_type", keepText}, {prefix + "network", keepText},
	}
}

// A segment's devices are replaced by a list that reaches as far back and is no shorter: a fold that has forgotten the
// segment begins a new, shorter one. Between equal ones the longer text knows more.
const upsertDevicesSQL = `INSERT INTO segment_devices (segment, count, first_at, devices) VALUES (?, ?, ?, ?)
ON CONFLICT (segment) DO UPDATE SET count = excluded.count, first_at = excluded.first_at, devices = excluded.devices
WHERE excluded.first_at <= segment_devices.first_at AND (excluded.count > segment_devices.count
   OR excluded.count = segment_devices.count AND length(excluded.devices) >= length(segment_devices.devices))`

const insertMarkSQL = "INSERT INTO segment_marks (value, at, segment) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
