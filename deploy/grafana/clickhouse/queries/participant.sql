-- variable: meeting
SELECT DISTINCT zoom_meeting_uuid FROM earshot.graded WHERE $__timeFilter(time);

-- variable: segment
SELECT DISTINCT earshot_segment_id FROM earshot.graded WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring};

-- variable: participant
SELECT DISTINCT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring};

-- panel: Grade, minute by minute
SELECT toStartOfMinute(time) AS at, max(zoom_qos_minute_grade) AS grade
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND earshot_segment_id = ${segment:sqlstring}
GROUP BY at
ORDER BY at;

-- panel: Greatest loss
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_loss_maximum) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'audio'
GROUP BY at, series
ORDER BY at;

-- panel: Jitter
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_jitter) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'audio'
GROUP BY at, series
ORDER BY at;

-- panel: Latency, there and back
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_latency) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'audio'
GROUP BY at, series
ORDER BY at;

-- panel: Video bit rate
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_bitrate) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'video'
GROUP BY at, series
ORDER BY at;

-- panel: Video frame rate
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_frame_rate) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'video'
GROUP BY at, series
ORDER BY at;

-- panel: Greatest video loss
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_loss_maximum) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'video'
GROUP BY at, series
ORDER BY at;

-- panel: Video height
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_frame_height) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'video'
GROUP BY at, series
ORDER BY at;

-- panel: Sharing frame rate
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_frame_rate) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'share'
GROUP BY at, series
ORDER BY at;

-- panel: Sharing bit rate
SELECT $__timeInterval(time) AS at, zoom_direction AS series, max(zoom_qos_bitrate) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring} AND zoom_media = 'share'
GROUP BY at, series
ORDER BY at;

-- panel: Processor
SELECT $__timeInterval(time) AS at, max(zoom_qos_cpu_zoom_average) AS client_average, max(zoom_qos_cpu_zoom_maximum) AS client_greatest, max(zoom_qos_cpu_system_maximum) AS computer
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring}
GROUP BY at
ORDER BY at;

-- panel: Wi-Fi signal
SELECT $__timeInterval(time) AS at, max(zoom_qos_wifi_rssi_average) AS average, min(zoom_qos_wifi_rssi_minimum) AS least
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_participant_id = ${participant:sqlstring}
GROUP BY at
ORDER BY at;
