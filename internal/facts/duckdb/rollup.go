package duckdb

import (
	"context"
	"fmt"
	"math"
)

// settleSeconds is how long after its end an hour's minutes are moved: they are sealed three minutes after they ended.
const settleSeconds = 600

// settled is the end of the hours that are over when the newest minute is of that time.
func settled(newest int64) int64 { return floorTo(newest-settleSeconds, 3600) }

// everything settles all there is.
const everything = math.MaxInt64

// floorTo rounds down to a multiple of unit, also before 1970.
func floorTo(at, unit int64) int64 {
	r := at % unit
	if r < 0 {
		r += unit
	}
	return at - r
}

// settleMinutes moves the minutes of before a time to the sorted ones and counts them by the hour: day by day, each as one run, so that
// sorting takes bounded memory also when a month waits (a file of before there was tally). What came later than its hour was moved
// is another row of tally.
func settleMinutes(ctx context.Context, c *conn, before int64) error {
	for {
		var oldest int64
		waiting := false
		err := c.query(ctx, "SELECT min(at_s) FROM minute_recent WHERE at_s < ?", []any{before}, func(r row) error {
			oldest, waiting = r.i64(0), !r.null(0)
			return nil
		})
		if err != nil || !waiting {
			return err
		}
		const day = 86_400
		if err := settleRun(ctx, c, min(before, floorTo(oldest, day)+day)); err != nil {
			return fmt.Errorf("settle minutes: %w", err)
		}
	}
}

// settleRun moves the minutes of before a time as one run.
func settleRun(ctx context.Context, c *conn, before int64) error {
	for _, statement := range [...]string{
		`INSERT INTO tally SELECT m.at_s - (m.at_s % 3600 + 3600) % 3600 AS hour_s, account, meeting, segment, person, kind,
			site, network_type, data_center, client_version, device_class, isp, transport, coalesce(v.cause, 0) AS of_cause,
			count(*) FILTER (grade = 0), count(*) FILTER (grade = 1), count(*) FILTER (grade = 2), count(*) FILTER (grade = 3), count(*) FILTER (grade = 4)
			FROM minute_recent m LEFT JOIN (SELECT segment, at_s, cause FROM verdict) v USING (segment, at_s) WHERE m.at_s < ? GROUP BY ALL
			ORDER BY hour_s, account, site, person, meeting, segment`,
		"INSERT INTO minute_sorted SELECT * FROM minute_recent WHERE at_s < ? ORDER BY account, meeting, segment, at_s",
		"DELETE FROM minute_recent WHERE at_s < ?",
	} {
		if err := c.exec(ctx, statement, before); err != nil {
			return err
		}
	}
	return nil
}

// dropMinutes deletes the minutes of before a time, and what tally says of them. What is left of the hour that the time is in
// becomes recent again: the next settling counts it.
func dropMinutes(ctx context.Context, c *conn, before int64) error {
	hour := floorTo(before, 3600) + 3600
	for _, x := range [...]struct {
		statement string
		args      []any
	}{
		{"DELETE FROM verdict WHERE at_s < ?", []any{before}},
		{"DELETE FROM minute_recent WHERE at_s < ?", []any{before}},
		{"INSERT INTO minute_recent SELECT * FROM minute_sorted WHERE at_s >= ? AND at_s < ?", []any{before, hour}},
		{"DELETE FROM minute_sorted WHERE at_s < ?", []any{hour}},
		{"DELETE FROM tally WHERE hour_s < ?", []any{hour}},
	} {
		if err := c.exec(ctx, x.statement, x.args...); err != nil {
			return fmt.Errorf("%s: %w", x.statement, err)
		}
	}
	return nil
}

// deleteHour deletes an account's minutes of an hour, their verdicts and what tally says of them.
func deleteHour(ctx context.Context, c *conn, account uint64, hour int64) error {
	for _, statement := range [...]string{
		"DELETE FROM minute_sorted WHERE at_s >= ? AND at_s < ? AND account = ?",
		"DELETE FROM minute_recent WHERE at_s >= ? AND at_s < ? AND account = ?",
		"DELETE FROM verdict WHERE at_s >= ? AND at_s < ? AND account = ?",
		"DELETE FROM tally WHERE hour_s >= ? AND hour_s < ? AND account = ?",
	} {
		if err := c.exec(ctx, statement, hour, hour+3600, account); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
