-- panel: People now
SELECT uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE;

-- panel: Bad now
SELECT uniqExactIf(earshot_person_id, earshot_grade = 'bad') AS value
FROM earshot.minutes FINAL
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE;

-- panel: Bad minutes
SELECT countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time);

-- panel: Meetings now
SELECT uniqExact(earshot_meeting_id) AS value
FROM earshot.minutes FINAL
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE;

-- panel: Open incidents
SELECT count() AS value
FROM (
    SELECT earshot_incident_id, argMax(earshot_incident_state, time) AS state, argMax(earshot_cause, time) AS cause, argMax(earshot_site, time) AS site,
        argMax(earshot_incident_severity, time) AS severity, argMax(earshot_incident_scope, time) AS scope, argMax(earshot_incident_cell, time) AS cell,
        argMax(zoom_qos_incident_people, time) AS people, argMax(earshot_incident_start, time) AS begun, argMax(earshot_incident_end, time) AS ended, max(time) AS at
    FROM earshot.incidents FINAL
    WHERE time >= now() - INTERVAL 3 DAY
    GROUP BY earshot_incident_id
)
WHERE state IN ('open', 'quiet');

-- panel: People by grade
SELECT toStartOfMinute(time) AS at, earshot_grade AS series, uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY at, series
ORDER BY at;

-- panel: Open incidents by cause
SELECT $__timeInterval(time) AS at, earshot_cause AS series, uniqExactIf(earshot_incident_id, earshot_incident_state IN ('open', 'quiet')) AS value
FROM earshot.incidents FINAL
WHERE $__timeFilter(time)
GROUP BY at, series
ORDER BY at;

-- panel: Sites
SELECT earshot_site AS site, countIf(earshot_grade = 'bad') AS bad, countIf(earshot_grade = 'poor') AS poor, countIf(earshot_grade != 'unclassified') AS classified, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY site
ORDER BY bad DESC
LIMIT 200;

-- panel: Share of bad minutes by site
SELECT toStartOfTenMinutes(time) AS at, earshot_site AS series, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY at, series
HAVING countIf(earshot_grade != 'unclassified') >= 30
ORDER BY at;

-- panel: Bad minutes by network
SELECT network_connection_type AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes by carrier
SELECT earshot_isp AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes by Zoom data center
SELECT zoom_data_center AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes by client version
SELECT zoom_client_version AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes by device
SELECT device_class AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes by transport
SELECT network_transport AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Poor and bad people by cause
SELECT toStartOfMinute(time) AS at, earshot_cause AS series, uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_grade IN ('poor', 'bad')
GROUP BY at, series
ORDER BY at;

-- panel: Incidents of this span
SELECT at, severity, cause, site, scope, cell, people, begun, ended, state
FROM (
    SELECT earshot_incident_id, argMax(earshot_incident_state, time) AS state, argMax(earshot_cause, time) AS cause, argMax(earshot_site, time) AS site,
        argMax(earshot_incident_severity, time) AS severity, argMax(earshot_incident_scope, time) AS scope, argMax(earshot_incident_cell, time) AS cell,
        argMax(zoom_qos_incident_people, time) AS people, argMax(earshot_incident_start, time) AS begun, argMax(earshot_incident_end, time) AS ended, max(time) AS at
    FROM earshot.incidents FINAL
    WHERE $__timeFilter(time)
    GROUP BY earshot_incident_id
)
ORDER BY at DESC
LIMIT 500;

-- panel: Bad participant-minutes by hour
SELECT toStartOfHour(time) AS at, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY at
ORDER BY at;
