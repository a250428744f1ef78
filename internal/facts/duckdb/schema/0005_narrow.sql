-- Version 5. Sorted samples of streams and of devices have tables of their own, with the metrics that these have: most of the
-- values of a row of twenty metrics are absent, and each costs as much to write, log and pack as one that is there.

DROP VIEW sample;
DROP VIEW sample_row;

-- Wire types 1 to 18: what runs between a participant and Zoom.
CREATE TABLE sample_stream (
	ref UINTEGER, at_s BIGINT, wire UTINYINT,
	bitrate_kbps FLOAT, latency_ms FLOAT, jitter_ms FLOAT, loss_avg_pct FLOAT, loss_max_pct FLOAT,
	width_px FLOAT, height_px FLOAT, frame_rate_fps FLOAT
);
-- Wire types 19 and 23: CPU and Wi-Fi.
CREATE TABLE sample_device (
	ref UINTEGER, at_s BIGINT, wire UTINYINT,
	cpu_zoom_min_pct FLOAT, cpu_zoom_avg_pct FLOAT, cpu_zoom_max_pct FLOAT, cpu_system_max_pct FLOAT,
	pressure_min FLOAT, pressure_avg FLOAT, pressure_max FLOAT,
	rssi_min_dbm FLOAT, rssi_avg_dbm FLOAT, rssi_max_dbm FLOAT
);
-- sample_sorted keeps the others: other wire types, samples with a metric that their wire type does not have, and all that was
-- sorted before version 5. sample_recent holds none that belong to a table of their own and do not fit there.
INSERT INTO sample_sorted SELECT * FROM sample_recent ORDER BY wire, ref, at_s;
DELETE FROM sample_recent;

CREATE VIEW sample_row AS
	SELECT ref, at_s, wire,
		nullif(bitrate_kbps, -32768) AS bitrate_kbps, nullif(latency_ms, -32768) AS latency_ms, nullif(jitter_ms, -32768) AS jitter_ms, nullif(loss_avg_pct, -32768) AS loss_avg_pct,
		nullif(loss_max_pct, -32768) AS loss_max_pct, nullif(width_px, -32768) AS width_px, nullif(height_px, -32768) AS height_px, nullif(frame_rate_fps, -32768) AS frame_rate_fps,
		nullif(cpu_zoom_min_pct, -32768) AS cpu_zoom_min_pct, nullif(cpu_zoom_avg_pct, -32768) AS cpu_zoom_avg_pct, nullif(cpu_zoom_max_pct, -32768) AS cpu_zoom_max_pct, nullif(cpu_system_max_pct, -32768) AS cpu_system_max_pct,
		nullif(pressure_min, -32768) AS pressure_min, nullif(pressure_avg, -32768) AS pressure_avg, nullif(pressure_max, -32768) AS pressure_max, nullif(quality, -32768) AS quality,
		nullif(quality_score, -32768) AS quality_score, nullif(rssi_min_dbm, -32768) AS rssi_min_dbm, nullif(rssi_avg_dbm, -32768) AS rssi_avg_dbm, nullif(rssi_max_dbm, -32768) AS rssi_max_dbm
	FROM (SELECT * FROM sample_sorted UNION ALL SELECT * FROM sample_recent)
	UNION ALL BY NAME
	SELECT ref, at_s, wire,
		nullif(bitrate_kbps, -32768) AS bitrate_kbps, nullif(latency_ms, -32768) AS latency_ms, nullif(jitter_ms, -32768) AS jitter_ms, nullif(loss_avg_pct, -32768) AS loss_avg_pct,
		nullif(loss_max_pct, -32768) AS loss_max_pct, nullif(width_px, -32768) AS width_px, nullif(height_px, -32768) AS height_px, nullif(frame_rate_fps, -32768) AS frame_rate_fps
	FROM sample_stream
	UNION ALL BY NAME
	SELECT ref, at_s, wire,
		nullif(cpu_zoom_min_pct, -32768) AS cpu_zoom_min_pct, nullif(cpu_zoom_avg_pct, -32768) AS cpu_zoom_avg_pct, nullif(cpu_zoom_max_pct, -32768) AS cpu_zoom_max_pct, nullif(cpu_system_max_pct, -32768) AS cpu_system_max_pct,
		nullif(pressure_min, -32768) AS pressure_min, nullif(pressure_avg, -32768) AS pressure_avg, nullif(pressure_max, -32768) AS pressure_max,
		nullif(rssi_min_dbm, -32768) AS rssi_min_dbm, nullif(rssi_avg_dbm, -32768) AS rssi_avg_dbm, nullif(rssi_max_dbm, -32768) AS rssi_max_dbm
	FROM sample_device;
CREATE VIEW sample AS
	SELECT c.account, c.meeting, c.segment, c.site, c.network_type, c.data_center, make_timestamp(r.at_s * 1000000) AS reported_at, r.* EXCLUDE (ref)
	FROM sample_row r JOIN context c ON c.ref = r.ref;
