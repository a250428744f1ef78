-- Version 4. Minutes are counted by the hour, so that a month is not read to tell a rate, and sorted, which halves them.

-- Minutes as they came. When their hour is over they are moved to minute_sorted, in runs ordered by meeting, segment and time, and
-- counted in tally in the same transaction: tally always says what minute_sorted holds, by hour, and nothing of minute_recent.
DROP VIEW minute_row;
ALTER TABLE minute RENAME TO minute_recent;
CREATE TABLE minute_sorted (
	account UBIGINT, meeting UBIGINT, segment UBIGINT, person UBIGINT, at_s BIGINT, kind UTINYINT,
	site UBIGINT, network_type VARCHAR, data_center VARCHAR, client_version VARCHAR, device_class VARCHAR, isp VARCHAR, transport VARCHAR,
	grade UTINYINT, why UTINYINT,
	reason_set BOOLEAN, reason_wire UTINYINT, reason_direction UTINYINT, reason_metric UTINYINT, reason_value FLOAT, reason_bound FLOAT,
	audio_send UTINYINT, audio_receive UTINYINT, video_send UTINYINT, video_receive UTINYINT, share_send UTINYINT, share_receive UTINYINT,
	cpu UTINYINT, wifi UTINYINT,
	spike BOOLEAN, reports UTINYINT, zoom_audio UTINYINT, zoom_video UTINYINT, zoom_share UTINYINT,
	outbox UBIGINT
);
CREATE VIEW minute AS SELECT * FROM minute_sorted UNION ALL SELECT * FROM minute_recent;
CREATE VIEW minute_row AS
	SELECT m.*, v.cause, v.confidence, v.candidate, v.scope, v.cell, v.cell_label, v.bad_direction,
		v.inside_bad, v.inside_of, v.elsewhere_bad, v.elsewhere_of, v.evidence_metric, v.evidence_value, v.ruled_out, v.since_ms
	FROM minute m LEFT JOIN verdict v ON v.segment = m.segment AND v.at_s = m.at_s;

-- How many minutes of an hour had which grade. There may be several rows for the same: their sum counts.
CREATE TABLE tally (
	hour_s BIGINT, account UBIGINT, meeting UBIGINT, segment UBIGINT, person UBIGINT, kind UTINYINT,
	site UBIGINT, network_type VARCHAR, data_center VARCHAR, client_version VARCHAR, device_class VARCHAR, isp VARCHAR, transport VARCHAR,
	cause UTINYINT,
	unclassified UINTEGER, good UINTEGER, fair UINTEGER, poor UINTEGER, bad UINTEGER
);
