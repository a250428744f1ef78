-- Tables that a destination of type kafka fills:
--
--   export:
--     - {name: clickhouse, type: kafka, logs: [samples, minutes, summaries, incidents], config: {brokers: ["kafka:9092"], topic: earshot}}
--
-- Columns are named as those of Parquet (docs/export.md), and written last wins for an id: ask with FINAL, or the views at the end.

CREATE DATABASE IF NOT EXISTS earshot;

-- What arrives goes through here to each kind's own table; nothing is kept. Lines of another's are of no kind.
CREATE TABLE IF NOT EXISTS earshot.lines (line String) ENGINE = Null;

CREATE TABLE IF NOT EXISTS earshot.minutes (
    id String,
    time DateTime64(3, 'UTC'),
    revised Bool,
    zoom_account_id LowCardinality(String),
    zoom_meeting_uuid String,
    earshot_meeting_id String,
    zoom_meeting_number String,
    zoom_meeting_topic String,
    zoom_meeting_kind LowCardinality(String),
    earshot_segment_id String,
    earshot_person_id String,
    enduser_id String,
    enduser_name String,
    enduser_email String,
    earshot_site LowCardinality(String),
    network_connection_type LowCardinality(String),
    network_transport LowCardinality(String),
    zoom_data_center LowCardinality(String),
    zoom_client_version LowCardinality(String),
    device_class LowCardinality(String),
    earshot_isp LowCardinality(String),
    earshot_grade LowCardinality(String),
    earshot_grade_why LowCardinality(String),
    earshot_grade_metric LowCardinality(String),
    earshot_cause LowCardinality(String),
    zoom_qos_minute_grade Nullable(Float64),
    zoom_qos_minute_stream_grade_audio_send Nullable(Float64),
    zoom_qos_minute_stream_grade_audio_receive Nullable(Float64),
    zoom_qos_minute_stream_grade_video_send Nullable(Float64),
    zoom_qos_minute_stream_grade_video_receive Nullable(Float64),
    zoom_qos_minute_stream_grade_share_send Nullable(Float64),
    zoom_qos_minute_stream_grade_share_receive Nullable(Float64),
    zoom_qos_minute_reports Nullable(Float64),
    written DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(time)
ORDER BY (time, id);

CREATE MATERIALIZED VIEW IF NOT EXISTS earshot.minutes_arrive TO earshot.minutes AS SELECT
    JSONExtractString(line, 'id') AS id,
    parseDateTime64BestEffortOrZero(JSONExtractString(line, 'time'), 3, 'UTC') AS time,
    JSONExtractBool(line, 'revised') AS revised,
    JSONExtractString(line, 'attributes', 'zoom.account.id') AS zoom_account_id,
    JSONExtractString(line, 'attributes', 'zoom.meeting.uuid') AS zoom_meeting_uuid,
    JSONExtractString(line, 'attributes', 'earshot.meeting.id') AS earshot_meeting_id,
    JSONExtractString(line, 'attributes', 'zoom.meeting.number') AS zoom_meeting_number,
    JSONExtractString(line, 'attributes', 'zoom.meeting.topic') AS zoom_meeting_topic,
    JSONExtractString(line, 'attributes', 'zoom.meeting.kind') AS zoom_meeting_kind,
    JSONExtractString(line, 'attributes', 'earshot.segment.id') AS earshot_segment_id,
    JSONExtractString(line, 'attributes', 'earshot.person.id') AS earshot_person_id,
    JSONExtractString(line, 'attributes', 'enduser.id') AS enduser_id,
    JSONExtractString(line, 'attributes', 'enduser.name') AS enduser_name,
    JSONExtractString(line, 'attributes', 'enduser.email') AS enduser_email,
    JSONExtractString(line, 'attributes', 'earshot.site') AS earshot_site,
    JSONExtractString(line, 'attributes', 'network.connection.type') AS network_connection_type,
    JSONExtractString(line, 'attributes', 'network.transport') AS network_transport,
    JSONExtractString(line, 'attributes', 'zoom.data_center') AS zoom_data_center,
    JSONExtractString(line, 'attributes', 'zoom.client.version') AS zoom_client_version,
    JSONExtractString(line, 'attributes', 'device.class') AS device_class,
    JSONExtractString(line, 'attributes', 'earshot.isp') AS earshot_isp,
    JSONExtractString(line, 'attributes', 'earshot.grade') AS earshot_grade,
    JSONExtractString(line, 'attributes', 'earshot.grade.why') AS earshot_grade_why,
    JSONExtractString(line, 'attributes', 'earshot.grade.metric') AS earshot_grade_metric,
    JSONExtractString(line, 'attributes', 'earshot.cause') AS earshot_cause,
    JSONExtract(line, 'values', 'zoom.qos.minute.grade', 'Nullable(Float64)') AS zoom_qos_minute_grade,
    JSONExtract(line, 'values', 'zoom.qos.minute.stream.grade/audio/send', 'Nullable(Float64)') AS zoom_qos_minute_stream_grade_audio_send,
    JSONExtract(line, 'values', 'zoom.qos.minute.stream.grade/audio/receive', 'Nullable(Float64)') AS zoom_qos_minute_stream_grade_audio_receive,
    JSONExtract(line, 'values', 'zoom.qos.minute.stream.grade/video/send', 'Nullable(Float64)') AS zoom_qos_minute_stream_grade_video_send,
    JSONExtract(line, 'values', 'zoom.qos.minute.stream.grade/video/receive', 'Nullable(Float64)') AS zoom_qos_minute_stream_grade_video_receive,
    JSONExtract(line, 'values', 'zoom.qos.minute.stream.grade/share/send', 'Nullable(Float64)') AS zoom_qos_minute_stream_grade_share_send,
    JSONExtract(line, 'values', 'zoom.qos.minute.stream.grade/share/receive', 'Nullable(Float64)') AS zoom_qos_minute_stream_grade_share_receive,
    JSONExtract(line, 'values', 'zoom.qos.minute.reports', 'Nullable(Float64)') AS zoom_qos_minute_reports,
    now64(3) AS written
FROM earshot.lines
WHERE JSONExtractString(line, 'kind') = 'minutes';

CREATE TABLE IF NOT EXISTS earshot.samples (
    id String,
    time DateTime64(3, 'UTC'),
    zoom_account_id LowCardinality(String),
    zoom_event_name LowCardinality(String),
    zoom_meeting_uuid String,
    zoom_meeting_kind LowCardinality(String),
    zoom_participant_id String,
    enduser_id String,
    enduser_email String,
    zoom_stream LowCardinality(String),
    zoom_media LowCardinality(String),
    zoom_direction LowCardinality(String),
    zoom_peer LowCardinality(String),
    zoom_call_id String,
    zoom_call_side LowCardinality(String),
    network_connection_type LowCardinality(String),
    zoom_qos_bitrate Nullable(Float64),
    zoom_qos_latency Nullable(Float64),
    zoom_qos_jitter Nullable(Float64),
    zoom_qos_loss_average Nullable(Float64),
    zoom_qos_loss_maximum Nullable(Float64),
    zoom_qos_frame_width Nullable(Float64),
    zoom_qos_frame_height Nullable(Float64),
    zoom_qos_frame_rate Nullable(Float64),
    zoom_qos_cpu_zoom_minimum Nullable(Float64),
    zoom_qos_cpu_zoom_average Nullable(Float64),
    zoom_qos_cpu_zoom_maximum Nullable(Float64),
    zoom_qos_cpu_system_maximum Nullable(Float64),
    zoom_qos_cpu_pressure_minimum Nullable(Float64),
    zoom_qos_cpu_pressure_average Nullable(Float64),
    zoom_qos_cpu_pressure_maximum Nullable(Float64),
    zoom_qos_zoom_quality Nullable(Float64),
    zoom_qos_zoom_score Nullable(Float64),
    zoom_qos_wifi_rssi_minimum Nullable(Float64),
    zoom_qos_wifi_rssi_average Nullable(Float64),
    zoom_qos_wifi_rssi_maximum Nullable(Float64),
    zoom_qos_call_delay Nullable(Float64),
    zoom_qos_call_mos Nullable(Float64),
    written DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(time)
ORDER BY (time, id);

CREATE MATERIALIZED VIEW IF NOT EXISTS earshot.samples_arrive TO earshot.samples AS SELECT
    JSONExtractString(line, 'id') AS id,
    parseDateTime64BestEffortOrZero(JSONExtractString(line, 'time'), 3, 'UTC') AS time,
    JSONExtractString(line, 'attributes', 'zoom.account.id') AS zoom_account_id,
    JSONExtractString(line, 'attributes', 'zoom.event.name') AS zoom_event_name,
    JSONExtractString(line, 'attributes', 'zoom.meeting.uuid') AS zoom_meeting_uuid,
    JSONExtractString(line, 'attributes', 'zoom.meeting.kind') AS zoom_meeting_kind,
    JSONExtractString(line, 'attributes', 'zoom.participant.id') AS zoom_participant_id,
    JSONExtractString(line, 'attributes', 'enduser.id') AS enduser_id,
    JSONExtractString(line, 'attributes', 'enduser.email') AS enduser_email,
    JSONExtractString(line, 'attributes', 'zoom.stream') AS zoom_stream,
    JSONExtractString(line, 'attributes', 'zoom.media') AS zoom_media,
    JSONExtractString(line, 'attributes', 'zoom.direction') AS zoom_direction,
    JSONExtractString(line, 'attributes', 'zoom.peer') AS zoom_peer,
    JSONExtractString(line, 'attributes', 'zoom.call.id') AS zoom_call_id,
    JSONExtractString(line, 'attributes', 'zoom.call.side') AS zoom_call_side,
    JSONExtractString(line, 'attributes', 'network.connection.type') AS network_connection_type,
    JSONExtract(line, 'values', 'zoom.qos.bitrate', 'Nullable(Float64)') AS zoom_qos_bitrate,
    JSONExtract(line, 'values', 'zoom.qos.latency', 'Nullable(Float64)') AS zoom_qos_latency,
    JSONExtract(line, 'values', 'zoom.qos.jitter', 'Nullable(Float64)') AS zoom_qos_jitter,
    JSONExtract(line, 'values', 'zoom.qos.loss.average', 'Nullable(Float64)') AS zoom_qos_loss_average,
    JSONExtract(line, 'values', 'zoom.qos.loss.maximum', 'Nullable(Float64)') AS zoom_qos_loss_maximum,
    JSONExtract(line, 'values', 'zoom.qos.frame.width', 'Nullable(Float64)') AS zoom_qos_frame_width,
    JSONExtract(line, 'values', 'zoom.qos.frame.height', 'Nullable(Float64)') AS zoom_qos_frame_height,
    JSONExtract(line, 'values', 'zoom.qos.frame.rate', 'Nullable(Float64)') AS zoom_qos_frame_rate,
    JSONExtract(line, 'values', 'zoom.qos.cpu.zoom.minimum', 'Nullable(Float64)') AS zoom_qos_cpu_zoom_minimum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.zoom.average', 'Nullable(Float64)') AS zoom_qos_cpu_zoom_average,
    JSONExtract(line, 'values', 'zoom.qos.cpu.zoom.maximum', 'Nullable(Float64)') AS zoom_qos_cpu_zoom_maximum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.system.maximum', 'Nullable(Float64)') AS zoom_qos_cpu_system_maximum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.pressure.minimum', 'Nullable(Float64)') AS zoom_qos_cpu_pressure_minimum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.pressure.average', 'Nullable(Float64)') AS zoom_qos_cpu_pressure_average,
    JSONExtract(line, 'values', 'zoom.qos.cpu.pressure.maximum', 'Nullable(Float64)') AS zoom_qos_cpu_pressure_maximum,
    JSONExtract(line, 'values', 'zoom.qos.zoom.quality', 'Nullable(Float64)') AS zoom_qos_zoom_quality,
    JSONExtract(line, 'values', 'zoom.qos.zoom.score', 'Nullable(Float64)') AS zoom_qos_zoom_score,
    JSONExtract(line, 'values', 'zoom.qos.wifi.rssi.minimum', 'Nullable(Float64)') AS zoom_qos_wifi_rssi_minimum,
    JSONExtract(line, 'values', 'zoom.qos.wifi.rssi.average', 'Nullable(Float64)') AS zoom_qos_wifi_rssi_average,
    JSONExtract(line, 'values', 'zoom.qos.wifi.rssi.maximum', 'Nullable(Float64)') AS zoom_qos_wifi_rssi_maximum,
    JSONExtract(line, 'values', 'zoom.qos.call.delay', 'Nullable(Float64)') AS zoom_qos_call_delay,
    JSONExtract(line, 'values', 'zoom.qos.call.mos', 'Nullable(Float64)') AS zoom_qos_call_mos,
    now64(3) AS written
FROM earshot.lines
WHERE JSONExtractString(line, 'kind') = 'samples';

CREATE TABLE IF NOT EXISTS earshot.summaries (
    id String,
    time DateTime64(3, 'UTC'),
    zoom_account_id LowCardinality(String),
    zoom_meeting_uuid String,
    earshot_meeting_id String,
    zoom_meeting_number String,
    zoom_meeting_topic String,
    earshot_segment_id String,
    earshot_person_id String,
    enduser_id String,
    enduser_name String,
    enduser_email String,
    zoom_stream LowCardinality(String),
    zoom_media LowCardinality(String),
    zoom_qos_summary_bitrate_minimum Nullable(Float64),
    zoom_qos_summary_bitrate_average Nullable(Float64),
    zoom_qos_summary_bitrate_maximum Nullable(Float64),
    zoom_qos_summary_latency_minimum Nullable(Float64),
    zoom_qos_summary_latency_average Nullable(Float64),
    zoom_qos_summary_latency_maximum Nullable(Float64),
    zoom_qos_summary_jitter_minimum Nullable(Float64),
    zoom_qos_summary_jitter_average Nullable(Float64),
    zoom_qos_summary_jitter_maximum Nullable(Float64),
    zoom_qos_summary_loss_minimum Nullable(Float64),
    zoom_qos_summary_loss_average Nullable(Float64),
    zoom_qos_summary_loss_maximum Nullable(Float64),
    zoom_qos_summary_frame_rate_minimum Nullable(Float64),
    zoom_qos_summary_frame_rate_average Nullable(Float64),
    zoom_qos_summary_frame_rate_maximum Nullable(Float64),
    zoom_qos_summary_wifi_rssi_minimum Nullable(Float64),
    zoom_qos_summary_wifi_rssi_average Nullable(Float64),
    zoom_qos_summary_wifi_rssi_maximum Nullable(Float64),
    zoom_qos_bitrate Nullable(Float64),
    zoom_qos_latency Nullable(Float64),
    zoom_qos_jitter Nullable(Float64),
    zoom_qos_loss_average Nullable(Float64),
    zoom_qos_loss_maximum Nullable(Float64),
    zoom_qos_frame_width Nullable(Float64),
    zoom_qos_frame_height Nullable(Float64),
    zoom_qos_frame_rate Nullable(Float64),
    zoom_qos_cpu_zoom_minimum Nullable(Float64),
    zoom_qos_cpu_zoom_average Nullable(Float64),
    zoom_qos_cpu_zoom_maximum Nullable(Float64),
    zoom_qos_cpu_system_maximum Nullable(Float64),
    zoom_qos_cpu_pressure_minimum Nullable(Float64),
    zoom_qos_cpu_pressure_average Nullable(Float64),
    zoom_qos_cpu_pressure_maximum Nullable(Float64),
    zoom_qos_zoom_quality Nullable(Float64),
    zoom_qos_zoom_score Nullable(Float64),
    zoom_qos_wifi_rssi_minimum Nullable(Float64),
    zoom_qos_wifi_rssi_average Nullable(Float64),
    zoom_qos_wifi_rssi_maximum Nullable(Float64),
    written DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(time)
ORDER BY (time, id);

CREATE MATERIALIZED VIEW IF NOT EXISTS earshot.summaries_arrive TO earshot.summaries AS SELECT
    JSONExtractString(line, 'id') AS id,
    parseDateTime64BestEffortOrZero(JSONExtractString(line, 'time'), 3, 'UTC') AS time,
    JSONExtractString(line, 'attributes', 'zoom.account.id') AS zoom_account_id,
    JSONExtractString(line, 'attributes', 'zoom.meeting.uuid') AS zoom_meeting_uuid,
    JSONExtractString(line, 'attributes', 'earshot.meeting.id') AS earshot_meeting_id,
    JSONExtractString(line, 'attributes', 'zoom.meeting.number') AS zoom_meeting_number,
    JSONExtractString(line, 'attributes', 'zoom.meeting.topic') AS zoom_meeting_topic,
    JSONExtractString(line, 'attributes', 'earshot.segment.id') AS earshot_segment_id,
    JSONExtractString(line, 'attributes', 'earshot.person.id') AS earshot_person_id,
    JSONExtractString(line, 'attributes', 'enduser.id') AS enduser_id,
    JSONExtractString(line, 'attributes', 'enduser.name') AS enduser_name,
    JSONExtractString(line, 'attributes', 'enduser.email') AS enduser_email,
    JSONExtractString(line, 'attributes', 'zoom.stream') AS zoom_stream,
    JSONExtractString(line, 'attributes', 'zoom.media') AS zoom_media,
    JSONExtract(line, 'values', 'zoom.qos.summary.bitrate.minimum', 'Nullable(Float64)') AS zoom_qos_summary_bitrate_minimum,
    JSONExtract(line, 'values', 'zoom.qos.summary.bitrate.average', 'Nullable(Float64)') AS zoom_qos_summary_bitrate_average,
    JSONExtract(line, 'values', 'zoom.qos.summary.bitrate.maximum', 'Nullable(Float64)') AS zoom_qos_summary_bitrate_maximum,
    JSONExtract(line, 'values', 'zoom.qos.summary.latency.minimum', 'Nullable(Float64)') AS zoom_qos_summary_latency_minimum,
    JSONExtract(line, 'values', 'zoom.qos.summary.latency.average', 'Nullable(Float64)') AS zoom_qos_summary_latency_average,
    JSONExtract(line, 'values', 'zoom.qos.summary.latency.maximum', 'Nullable(Float64)') AS zoom_qos_summary_latency_maximum,
    JSONExtract(line, 'values', 'zoom.qos.summary.jitter.minimum', 'Nullable(Float64)') AS zoom_qos_summary_jitter_minimum,
    JSONExtract(line, 'values', 'zoom.qos.summary.jitter.average', 'Nullable(Float64)') AS zoom_qos_summary_jitter_average,
    JSONExtract(line, 'values', 'zoom.qos.summary.jitter.maximum', 'Nullable(Float64)') AS zoom_qos_summary_jitter_maximum,
    JSONExtract(line, 'values', 'zoom.qos.summary.loss.minimum', 'Nullable(Float64)') AS zoom_qos_summary_loss_minimum,
    JSONExtract(line, 'values', 'zoom.qos.summary.loss.average', 'Nullable(Float64)') AS zoom_qos_summary_loss_average,
    JSONExtract(line, 'values', 'zoom.qos.summary.loss.maximum', 'Nullable(Float64)') AS zoom_qos_summary_loss_maximum,
    JSONExtract(line, 'values', 'zoom.qos.summary.frame.rate.minimum', 'Nullable(Float64)') AS zoom_qos_summary_frame_rate_minimum,
    JSONExtract(line, 'values', 'zoom.qos.summary.frame.rate.average', 'Nullable(Float64)') AS zoom_qos_summary_frame_rate_average,
    JSONExtract(line, 'values', 'zoom.qos.summary.frame.rate.maximum', 'Nullable(Float64)') AS zoom_qos_summary_frame_rate_maximum,
    JSONExtract(line, 'values', 'zoom.qos.summary.wifi.rssi.minimum', 'Nullable(Float64)') AS zoom_qos_summary_wifi_rssi_minimum,
    JSONExtract(line, 'values', 'zoom.qos.summary.wifi.rssi.average', 'Nullable(Float64)') AS zoom_qos_summary_wifi_rssi_average,
    JSONExtract(line, 'values', 'zoom.qos.summary.wifi.rssi.maximum', 'Nullable(Float64)') AS zoom_qos_summary_wifi_rssi_maximum,
    JSONExtract(line, 'values', 'zoom.qos.bitrate', 'Nullable(Float64)') AS zoom_qos_bitrate,
    JSONExtract(line, 'values', 'zoom.qos.latency', 'Nullable(Float64)') AS zoom_qos_latency,
    JSONExtract(line, 'values', 'zoom.qos.jitter', 'Nullable(Float64)') AS zoom_qos_jitter,
    JSONExtract(line, 'values', 'zoom.qos.loss.average', 'Nullable(Float64)') AS zoom_qos_loss_average,
    JSONExtract(line, 'values', 'zoom.qos.loss.maximum', 'Nullable(Float64)') AS zoom_qos_loss_maximum,
    JSONExtract(line, 'values', 'zoom.qos.frame.width', 'Nullable(Float64)') AS zoom_qos_frame_width,
    JSONExtract(line, 'values', 'zoom.qos.frame.height', 'Nullable(Float64)') AS zoom_qos_frame_height,
    JSONExtract(line, 'values', 'zoom.qos.frame.rate', 'Nullable(Float64)') AS zoom_qos_frame_rate,
    JSONExtract(line, 'values', 'zoom.qos.cpu.zoom.minimum', 'Nullable(Float64)') AS zoom_qos_cpu_zoom_minimum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.zoom.average', 'Nullable(Float64)') AS zoom_qos_cpu_zoom_average,
    JSONExtract(line, 'values', 'zoom.qos.cpu.zoom.maximum', 'Nullable(Float64)') AS zoom_qos_cpu_zoom_maximum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.system.maximum', 'Nullable(Float64)') AS zoom_qos_cpu_system_maximum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.pressure.minimum', 'Nullable(Float64)') AS zoom_qos_cpu_pressure_minimum,
    JSONExtract(line, 'values', 'zoom.qos.cpu.pressure.average', 'Nullable(Float64)') AS zoom_qos_cpu_pressure_average,
    JSONExtract(line, 'values', 'zoom.qos.cpu.pressure.maximum', 'Nullable(Float64)') AS zoom_qos_cpu_pressure_maximum,
    JSONExtract(line, 'values', 'zoom.qos.zoom.quality', 'Nullable(Float64)') AS zoom_qos_zoom_quality,
    JSONExtract(line, 'values', 'zoom.qos.zoom.score', 'Nullable(Float64)') AS zoom_qos_zoom_score,
    JSONExtract(line, 'values', 'zoom.qos.wifi.rssi.minimum', 'Nullable(Float64)') AS zoom_qos_wifi_rssi_minimum,
    JSONExtract(line, 'values', 'zoom.qos.wifi.rssi.average', 'Nullable(Float64)') AS zoom_qos_wifi_rssi_average,
    JSONExtract(line, 'values', 'zoom.qos.wifi.rssi.maximum', 'Nullable(Float64)') AS zoom_qos_wifi_rssi_maximum,
    now64(3) AS written
FROM earshot.lines
WHERE JSONExtractString(line, 'kind') = 'summaries';

CREATE TABLE IF NOT EXISTS earshot.incidents (
    id String,
    time DateTime64(3, 'UTC'),
    earshot_site LowCardinality(String),
    earshot_cause LowCardinality(String),
    earshot_incident_id String,
    earshot_incident_state LowCardinality(String),
    earshot_incident_severity LowCardinality(String),
    earshot_incident_scope LowCardinality(String),
    earshot_incident_cell String,
    earshot_incident_start String,
    earshot_incident_end String,
    zoom_qos_incident_people Nullable(Float64),
    zoom_qos_incident_minutes Nullable(Float64),
    zoom_qos_incident_severity Nullable(Float64),
    zoom_qos_incident_confidence Nullable(Float64),
    written DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(time)
ORDER BY (time, id);

CREATE MATERIALIZED VIEW IF NOT EXISTS earshot.incidents_arrive TO earshot.incidents AS SELECT
    JSONExtractString(line, 'id') AS id,
    parseDateTime64BestEffortOrZero(JSONExtractString(line, 'time'), 3, 'UTC') AS time,
    JSONExtractString(line, 'attributes', 'earshot.site') AS earshot_site,
    JSONExtractString(line, 'attributes', 'earshot.cause') AS earshot_cause,
    JSONExtractString(line, 'attributes', 'earshot.incident.id') AS earshot_incident_id,
    JSONExtractString(line, 'attributes', 'earshot.incident.state') AS earshot_incident_state,
    JSONExtractString(line, 'attributes', 'earshot.incident.severity') AS earshot_incident_severity,
    JSONExtractString(line, 'attributes', 'earshot.incident.scope') AS earshot_incident_scope,
    JSONExtractString(line, 'attributes', 'earshot.incident.cell') AS earshot_incident_cell,
    JSONExtractString(line, 'attributes', 'earshot.incident.start') AS earshot_incident_start,
    JSONExtractString(line, 'attributes', 'earshot.incident.end') AS earshot_incident_end,
    JSONExtract(line, 'values', 'zoom.qos.incident.people', 'Nullable(Float64)') AS zoom_qos_incident_people,
    JSONExtract(line, 'values', 'zoom.qos.incident.minutes', 'Nullable(Float64)') AS zoom_qos_incident_minutes,
    JSONExtract(line, 'values', 'zoom.qos.incident.severity', 'Nullable(Float64)') AS zoom_qos_incident_severity,
    JSONExtract(line, 'values', 'zoom.qos.incident.confidence', 'Nullable(Float64)') AS zoom_qos_incident_confidence,
    now64(3) AS written
FROM earshot.lines
WHERE JSONExtractString(line, 'kind') = 'incidents';

-- Minutes as they are now. bad is 1 or 0, and NULL where a minute is unclassified: avg(bad) is the share of bad minutes, count(bad) of how
-- many it is a share.
CREATE VIEW IF NOT EXISTS earshot.graded AS
SELECT *, if(earshot_grade = 'unclassified', NULL, earshot_grade = 'bad') AS bad
FROM earshot.minutes FINAL;

-- Each incident once, as it was last said to be. ended is NULL while it lasts.
CREATE VIEW IF NOT EXISTS earshot.incidents_newest AS
SELECT
    earshot_incident_id AS incident,
    max(time) AS at,
    argMax(earshot_incident_state, (time, written)) AS state,
    argMax(earshot_incident_severity, (time, written)) AS severity,
    argMax(earshot_cause, (time, written)) AS cause,
    argMax(earshot_site, (time, written)) AS site,
    argMax(earshot_incident_scope, (time, written)) AS scope,
    argMax(earshot_incident_cell, (time, written)) AS cell,
    argMax(zoom_qos_incident_people, (time, written)) AS people,
    parseDateTimeBestEffortOrNull(argMax(earshot_incident_start, (time, written)), 'UTC') AS begun,
    parseDateTimeBestEffortOrNull(argMax(earshot_incident_end, (time, written)), 'UTC') AS ended
FROM earshot.incidents FINAL
GROUP BY earshot_incident_id;

-- Last, for messages that come before every table is there would be lost. A message is a line, whatever it holds: what is not JSON is passed
-- over instead of holding up the queue.
CREATE TABLE IF NOT EXISTS earshot.queue (line String)
ENGINE = Kafka
SETTINGS kafka_broker_list = 'kafka:9092', kafka_topic_list = 'earshot', kafka_group_name = 'clickhouse', kafka_format = 'RawBLOB';

CREATE MATERIALIZED VIEW IF NOT EXISTS earshot.queue_arrives TO earshot.lines AS SELECT line FROM earshot.queue;
