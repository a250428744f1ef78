-- variable: meeting
SELECT DISTINCT zoom_meeting_uuid FROM earshot.graded WHERE $__timeFilter(time);

-- panel: People
SELECT uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring};

-- panel: Bad minutes
SELECT countIf(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring};

-- panel: Share bad
SELECT avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring};

-- panel: People with a bad minute
SELECT uniqExactIf(earshot_person_id, bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring};

-- panel: People by grade
SELECT toStartOfMinute(time) AS at, earshot_grade AS series, uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Everybody, minute by minute
SELECT toStartOfMinute(time) AS at, earshot_segment_id AS series, max(zoom_qos_minute_grade) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Joins
SELECT earshot_segment_id AS segment, argMax(earshot_person_id, time) AS person, argMax(enduser_name, time) AS name, countIf(bad) AS bad_minutes, count() AS minutes
FROM earshot.graded
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring}
GROUP BY segment
ORDER BY bad_minutes DESC, segment;

-- panel: Greatest audio loss, received
SELECT $__timeInterval(time) AS at, zoom_participant_id AS series, max(zoom_qos_loss_maximum) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'receive'
    AND zoom_participant_id IN (
        SELECT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'receive' GROUP BY zoom_participant_id ORDER BY max(zoom_qos_loss_maximum) DESC, zoom_participant_id LIMIT 10
    )
GROUP BY at, series
ORDER BY at;

-- panel: Audio jitter, received
SELECT $__timeInterval(time) AS at, zoom_participant_id AS series, max(zoom_qos_jitter) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'receive'
    AND zoom_participant_id IN (
        SELECT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'receive' GROUP BY zoom_participant_id ORDER BY max(zoom_qos_jitter) DESC, zoom_participant_id LIMIT 10
    )
GROUP BY at, series
ORDER BY at;

-- panel: Audio latency, there and back, received
SELECT $__timeInterval(time) AS at, zoom_participant_id AS series, max(zoom_qos_latency) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'receive'
    AND zoom_participant_id IN (
        SELECT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'receive' GROUP BY zoom_participant_id ORDER BY max(zoom_qos_latency) DESC, zoom_participant_id LIMIT 10
    )
GROUP BY at, series
ORDER BY at;

-- panel: Greatest audio loss, sent
SELECT $__timeInterval(time) AS at, zoom_participant_id AS series, max(zoom_qos_loss_maximum) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'send'
    AND zoom_participant_id IN (
        SELECT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'audio' AND zoom_direction = 'send' GROUP BY zoom_participant_id ORDER BY max(zoom_qos_loss_maximum) DESC, zoom_participant_id LIMIT 10
    )
GROUP BY at, series
ORDER BY at;

-- panel: Video bit rate, received
SELECT $__timeInterval(time) AS at, zoom_participant_id AS series, min(zoom_qos_bitrate) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'video' AND zoom_direction = 'receive'
    AND zoom_participant_id IN (
        SELECT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_media = 'video' AND zoom_direction = 'receive' GROUP BY zoom_participant_id ORDER BY min(zoom_qos_bitrate) ASC, zoom_participant_id LIMIT 10
    )
GROUP BY at, series
ORDER BY at;

-- panel: Processor of the computer
SELECT $__timeInterval(time) AS at, zoom_participant_id AS series, max(zoom_qos_cpu_system_maximum) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_stream = 'cpu_usage'
    AND zoom_participant_id IN (
        SELECT zoom_participant_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_meeting_uuid = ${meeting:sqlstring} AND zoom_stream = 'cpu_usage' GROUP BY zoom_participant_id ORDER BY max(zoom_qos_cpu_system_maximum) DESC, zoom_participant_id LIMIT 10
    )
GROUP BY at, series
ORDER BY at;
