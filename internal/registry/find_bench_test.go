package registry

import (
	"context"
	"log/slog"
	"syscall"
	"testing"

	"github.com/earshot/earshot"
)

// monthSQL and the next ones make a month of 5,000 people who join ten meetings of eight on each of 30 days: 1.5 million segments with their
// devices, each laptop with an address, a MAC and a host name of its own and its building's public address. It is made inside
// SQLite, in about a minute.
var monthSQL = []string{
	`INSERT INTO persons (id, account, key_kind, zoom_user_id, registrant, customer_key, email, email_f, name, name_f)
	 WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
	 SELECT 1000000007 * (i + 1), 1, 1, 'user' || i, '', '', 'person.' || i || '@example.com', 'person.' || i || '@example.com', 'Person ' || i || ' of Team ' || (i % 97), 'person ' || i || ' of team ' || (i % 97) FROM n`,
	`INSERT INTO meetings (id, account, uuid, kind, series, number, topic, topic_f, host_id, parent, start_at, end_at, first_seen, last_seen)
	 WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 187499)
	 SELECT 7000000033 * (i + 1), 1, 'uuid' || i, 1, i % 9000 + 1, '8' || (1000000000 + i % 9000), 'Topic ' || (i % 9000), 'topic ' || (i % 9000), 'user' || (i % 5000), 0, t, t + 2700000, t, t + 2700000
	 FROM (SELECT i, 1790000000000 + (i / 6250) * 86400000 + (i % 6250) * 4608 AS t FROM n)`,
}

// joinsSQL makes the segments: apart, since each person is told by the meeting and the seat.
const joinsSQL = `INSERT INTO segments (id, meeting, account, person, in_meeting_id, name, name_f, join_at, leave_at, leave_reason, parent, bound, external, first_report, last_report)
	SELECT 13000000027 * (r * 8 + k), id, 1, 1000000007 * (p + 1), '167', 'Person ' || p || ' of Team ' || (p % 97), 'person ' || p || ' of team ' || (p % 97), start_at, end_at, '', 0, 0, 0, start_at, end_at
	FROM (SELECT m.rowid AS r, m.id, m.start_at, m.end_at, j.value AS k, (m.rowid * 8 + j.value) * 7919 % 5000 AS p FROM meetings m, json_each('[0,1,2,3,4,5,6,7]') j)`

const devicesSQL = `INSERT INTO segment_devices (segment, count, first_at, devices)
	SELECT id, 1, join_at, json_array(json_object('at', join_at, 'device', 'Windows', 'client_version', '6.6.11 (23272)', 'network_type', 'Wired', 'data_center', 'Frankfurt', 'pc_name', 'BER-LT-' || p,
		'mac', printf('00005e00%04x', p), 'public_ip', '198.51.100.' || (p % 50), 'internal_ip', '10.20.' || (p / 250) || '.' || (p % 250), 'domain', 'corp.example', 'microphone', 'Headset (USB)'))
	FROM (SELECT id, join_at, person / 1000000007 - 1 AS p FROM segments)`

const marksSQL = `INSERT INTO segment_marks (value, at, segment)
	SELECT CASE j.value WHEN 0 THEN 'ber-lt-' || p WHEN 1 THEN printf('00005e00%04x', p) WHEN 2 THEN '198.51.100.' || (p % 50) ELSE '10.20.' || (p / 250) || '.' || (p % 250) END, join_at, s
	FROM (SELECT id AS s, join_at, person / 1000000007 - 1 AS p FROM segments), json_each('[0,1,2,3]') j ORDER BY 1, 2, 3`

// BenchmarkFind asks what tickets ask of a month of 5,000 people. Its promise: under 200 ms each.
func BenchmarkFind(b *testing.B) {
	r, err := Open(Options{Dir: b.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for _, q := range append(monthSQL, joinsSQL, devicesSQL, marksSQL) {
		if _, err := r.writer.Exec(q); err != nil {
			b.Fatal(err)
		}
	}
	const day = 86_400_000
	then := earshot.Instant(1_790_000_000_000 + 15*day + 4*3_600_000)
	quarter := earshot.Instant(15 * 60_000)
	window := func(text string) FindQuery { return FindQuery{Text: text, From: then - quarter, To: then + quarter} }
	for name, q := range map[string]FindQuery{
		"address":       window("10.20.4.17"),
		"public":        window("198.51.100.7"),
		"subnet":        window("10.20.4.0/22"),
		"everything":    window("10.0.0.0/8"),
		"mac":           window("00:00:5e:00:03:f9"),
		"host":          window("BER-LT-1017"),
		"hosts":         window("ber-lt"),
		"email":         window("person.1017@example.com"),
		"name":          window("Person 1017"),
		"team":          window("of team 7"),
		"number":        window("81000000017"),
		"address, day":  {Text: "10.20.4.17", From: then, To: then + day},
		"name, week":    {Text: "person 1017", From: then, To: then + 7*day},
		"address, ever": {Text: "10.20.4.17", To: then + 20*day},
		"public, ever":  {Text: "198.51.100.7", To: then + 20*day},
		"name, ever":    {Text: "person 1017", To: then + 20*day},
	} {
		b.Run(name, func(b *testing.B) {
			measure(b, func() error { _, err := r.Find(context.Background(), q); return err })
		})
	}
	for _, q := range []string{"10.2", "10.20.4.17", "198", "person 10", "ber", "8100", "zzz", "00:00"} {
		b.Run("box "+q, func(b *testing.B) {
			measure(b, func() error { _, err := r.Search(context.Background(), q, 20); return err })
		})
	}
	for name, q := range map[string]MeetingQuery{
		"meetings":                   {Limit: 50},
		"meetings of a name, week":   {Search: "person 1017", From: then, To: then + 7*day, Limit: 500},
		"meetings of nobody, week":   {Search: "zzzz", From: then, To: then + 7*day, Limit: 500},
		"meetings of a topic, month": {Search: "topic 17", Limit: 50},
		"meetings of nobody, month":  {Search: "zzzz", Limit: 50},
	} {
		b.Run(name, func(b *testing.B) {
			measure(b, func() error { _, err := r.Meetings(context.Background(), q); return err })
		})
	}
}

// measure also reports the processor's time, which is what can be compared where the machine is shared.
func measure(b *testing.B, ask func() error) {
	cpu := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	before := cpu()
	for b.Loop() {
		if err := ask(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu()-before)/float64(b.N)/1e6, "cpu-ms/op")
}
