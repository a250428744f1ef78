-- Version 2. In both tables of samples an absent value is -32768, which no metric can have: telling DuckDB of each NULL costs a call
-- out of Go, more than all the values together. Rows of version 1 hold NULL, which reads the same.

DROP VIEW sample;
DROP VIEW sample_row;
CREATE VIEW sample_row AS
	SELECT ref, at_s, wire,
		nullif(bitrate_kbps, -32768) AS bitrate_kbps, nullif(latency_ms, -32768) AS latency_ms, nullif(jitter_ms, -32768) AS jitter_ms, nullif(loss_avg_pct, -32768) AS loss_avg_pct,
		nullif(loss_max_pct, -32768) AS loss_max_pct, nullif(width_px, -32768) AS width_px, nullif(height_px, -32768) AS height_px, nullif(frame_rate_fps, -32768) AS frame_rate_fps,
		nullif(cpu_zoom_min_pct, -32768) AS cpu_zoom_min_pct, nullif(cpu_zoom_avg_pct, -32768) AS cpu_zoom_avg_pct, nullif(cpu_zoom_max_pct, -32768) AS cpu_zoom_max_pct, nullif(cpu_system_max_pct, -32768) AS cpu_system_max_pct,
		nullif(pressure_min, -32768) AS pressure_min, nullif(pressure_avg, -32768) AS pressure_avg, nullif(pressure_max, -32768) AS pressure_max, nullif(quality, -32768) AS quality,
		nullif(quality_score, -32768) AS quality_score, nullif(rssi_min_dbm, -32768) AS rssi_min_dbm, nullif(rssi_avg_dbm, -32768) AS rssi_avg_dbm, nullif(rssi_max_dbm, -32768) AS rssi_max_dbm
	FROM (SELECT * FROM sample_sorted UNION ALL SELECT * FROM sample_recent);
CREATE VIEW sample AS
	SELECT c.account, c.meeting, c.segment, c.site, c.network_type, c.data_center, make_timestamp(r.at_s * 1000000) AS reported_at, r.* EXCLUDE (ref)
	FROM sample_row r JOIN context c ON c.ref = r.ref;
