-- Version 1. Columns are scalar; there are no keys, constraints or indexes: see the package comment.
-- *_s are seconds and *_ms milliseconds since the Unix epoch, UTC. Enumerations hold the numbers of package earshot.

CREATE TABLE meta (key VARCHAR, value BIGINT);
CREATE TABLE health (nonce BIGINT);

-- The applied position of a cursor in a journal is the greatest seq; rows are appended with each batch.
CREATE TABLE applied (cursor VARCHAR, journal VARCHAR, seq UBIGINT);

-- What the samples of a segment have in common. A sample names it by ref; when a dimension changes, a new ref begins.
CREATE TABLE context (
	ref UINTEGER, account UBIGINT, meeting UBIGINT, segment UBIGINT, site UBIGINT, network_type VARCHAR, data_center VARCHAR
);

-- Samples in long runs sorted by wire, ref and time, which is what makes them small ...
CREATE TABLE sample_sorted (
	ref UINTEGER, at_s BIGINT, wire UTINYINT,
	bitrate_kbps FLOAT, latency_ms FLOAT, jitter_ms FLOAT, loss_avg_pct FLOAT, loss_max_pct FLOAT,
	width_px FLOAT, height_px FLOAT, frame_rate_fps FLOAT,
	cpu_zoom_min_pct FLOAT, cpu_zoom_avg_pct FLOAT, cpu_zoom_max_pct FLOAT, cpu_system_max_pct FLOAT,
	pressure_min FLOAT, pressure_avg FLOAT, pressure_max FLOAT,
	quality FLOAT, quality_score FLOAT,
	rssi_min_dbm FLOAT, rssi_avg_dbm FLOAT, rssi_max_dbm FLOAT
);
-- ... and the newest ones, as they came.
CREATE TABLE sample_recent (
	ref UINTEGER, at_s BIGINT, wire UTINYINT,
	bitrate_kbps FLOAT, latency_ms FLOAT, jitter_ms FLOAT, loss_avg_pct FLOAT, loss_max_pct FLOAT,
	width_px FLOAT, height_px FLOAT, frame_rate_fps FLOAT,
	cpu_zoom_min_pct FLOAT, cpu_zoom_avg_pct FLOAT, cpu_zoom_max_pct FLOAT, cpu_system_max_pct FLOAT,
	pressure_min FLOAT, pressure_avg FLOAT, pressure_max FLOAT,
	quality FLOAT, quality_score FLOAT,
	rssi_min_dbm FLOAT, rssi_avg_dbm FLOAT, rssi_max_dbm FLOAT
);
CREATE VIEW sample_row AS SELECT * FROM sample_sorted UNION ALL SELECT * FROM sample_recent;
-- For people: one row per sample with everything in it.
CREATE VIEW sample AS
	SELECT c.account, c.meeting, c.segment, c.site, c.network_type, c.data_center, make_timestamp(r.at_s * 1000000) AS reported_at, r.* EXCLUDE (ref)
	FROM sample_row r JOIN context c ON c.ref = r.ref;

-- outbox is the entry that announced the row, 0 for none.
CREATE TABLE minute (
	account UBIGINT, meeting UBIGINT, segment UBIGINT, person UBIGINT, at_s BIGINT, kind UTINYINT,
	site UBIGINT, network_type VARCHAR, data_center VARCHAR, client_version VARCHAR, device_class VARCHAR, isp VARCHAR, transport VARCHAR,
	grade UTINYINT, why UTINYINT,
	reason_set BOOLEAN, reason_wire UTINYINT, reason_direction UTINYINT, reason_metric UTINYINT, reason_value FLOAT, reason_bound FLOAT,
	audio_send UTINYINT, audio_receive UTINYINT, video_send UTINYINT, video_receive UTINYINT, share_send UTINYINT, share_receive UTINYINT,
	cpu UTINYINT, wifi UTINYINT,
	spike BOOLEAN, reports UTINYINT, zoom_audio UTINYINT, zoom_video UTINYINT, zoom_share UTINYINT,
	outbox UBIGINT
);

CREATE TABLE summary (
	account UBIGINT, segment UBIGINT, at_ms BIGINT, wire UTINYINT,
	bitrate_min_kbps DOUBLE, bitrate_avg_kbps DOUBLE, bitrate_max_kbps DOUBLE,
	latency_min_ms DOUBLE, latency_avg_ms DOUBLE, latency_max_ms DOUBLE,
	jitter_min_ms DOUBLE, jitter_avg_ms DOUBLE, jitter_max_ms DOUBLE,
	loss_min_pct DOUBLE, loss_avg_of_pct DOUBLE, loss_max_of_pct DOUBLE,
	frame_rate_min_fps DOUBLE, frame_rate_avg_fps DOUBLE, frame_rate_max_fps DOUBLE,
	rssi_min_of_dbm DOUBLE, rssi_avg_of_dbm DOUBLE, rssi_max_of_dbm DOUBLE,
	bitrate_kbps FLOAT, latency_ms FLOAT, jitter_ms FLOAT, loss_avg_pct FLOAT, loss_max_pct FLOAT,
	width_px FLOAT, height_px FLOAT, frame_rate_fps FLOAT,
	cpu_zoom_min_pct FLOAT, cpu_zoom_avg_pct FLOAT, cpu_zoom_max_pct FLOAT, cpu_system_max_pct FLOAT,
	pressure_min FLOAT, pressure_avg FLOAT, pressure_max FLOAT,
	quality FLOAT, quality_score FLOAT,
	rssi_min_dbm FLOAT, rssi_avg_dbm FLOAT, rssi_max_dbm FLOAT,
	outbox UBIGINT
);

CREATE TABLE notification (account UBIGINT, meeting UBIGINT, segment UBIGINT, at_ms BIGINT, code VARCHAR);

CREATE TABLE call_sample (
	account UBIGINT, call UBIGINT, at_ms BIGINT, side UTINYINT, direction UTINYINT,
	bitrate_kbps DOUBLE, loss_avg_pct DOUBLE, loss_max_pct DOUBLE, jitter_ms DOUBLE, network_delay_ms DOUBLE, mos DOUBLE
);

CREATE TABLE dirty (account UBIGINT, hour_s BIGINT);

-- One row per entry. replaced: the entry says that the hour of the account was computed again. at_s never falls.
CREATE TABLE outbox (seq UBIGINT, at_s BIGINT, replaced BOOLEAN, account UBIGINT, hour_s BIGINT);
