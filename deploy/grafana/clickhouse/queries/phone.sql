-- variable: call
SELECT DISTINCT zoom_call_id FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_call_id != '';

-- panel: Calls now
SELECT uniqExact(zoom_call_id) AS value
FROM earshot.samples FINAL
WHERE time >= now() - INTERVAL 3 MINUTE AND zoom_call_id != '';

-- panel: Mean of the least scores
SELECT avg(mos) AS value
FROM (
    SELECT zoom_call_id, min(zoom_qos_call_mos) AS mos FROM earshot.samples FINAL WHERE $__timeFilter(time) AND zoom_call_id != '' GROUP BY zoom_call_id
);

-- panel: Least scores
SELECT at, avg(mos) AS value
FROM (
    SELECT toStartOfFiveMinutes(time) AS at, zoom_call_id, min(zoom_qos_call_mos) AS mos
    FROM earshot.samples FINAL
    WHERE $__timeFilter(time) AND zoom_call_id != ''
    GROUP BY at, zoom_call_id
)
GROUP BY at
ORDER BY at;

-- panel: Calls by the caller's network
SELECT toStartOfMinute(time) AS at, network_connection_type AS series, uniqExact(zoom_call_id) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id != '' AND zoom_call_side = 'caller'
GROUP BY at, series
ORDER BY at;

-- panel: Worst calls
SELECT zoom_call_id AS call, min(zoom_qos_call_mos) AS mos, min(time) AS begun
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id != '' AND zoom_qos_call_mos > 0
GROUP BY call
ORDER BY mos, call
LIMIT 100;

-- panel: Mean opinion score
SELECT $__timeInterval(time) AS at, concat(zoom_call_side, ' ', zoom_direction) AS series, min(zoom_qos_call_mos) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id = ${call:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Jitter
SELECT $__timeInterval(time) AS at, concat(zoom_call_side, ' ', zoom_direction) AS series, max(zoom_qos_jitter) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id = ${call:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Greatest loss
SELECT $__timeInterval(time) AS at, concat(zoom_call_side, ' ', zoom_direction) AS series, max(zoom_qos_loss_maximum) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id = ${call:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Average loss
SELECT $__timeInterval(time) AS at, concat(zoom_call_side, ' ', zoom_direction) AS series, max(zoom_qos_loss_average) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id = ${call:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Network delay
SELECT $__timeInterval(time) AS at, concat(zoom_call_side, ' ', zoom_direction) AS series, max(zoom_qos_call_delay) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id = ${call:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Bit rate
SELECT $__timeInterval(time) AS at, concat(zoom_call_side, ' ', zoom_direction) AS series, max(zoom_qos_bitrate) AS value
FROM earshot.samples FINAL
WHERE $__timeFilter(time) AND zoom_call_id = ${call:sqlstring}
GROUP BY at, series
ORDER BY at;
