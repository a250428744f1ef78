-- variable: site
SELECT DISTINCT earshot_site FROM earshot.minutes FINAL WHERE $__timeFilter(time) ORDER BY earshot_site;

-- panel: People here now
SELECT uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE AND earshot_site = ${site:sqlstring};

-- panel: Bad here now
SELECT uniqExactIf(earshot_person_id, earshot_grade = 'bad') AS value
FROM earshot.minutes FINAL
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE AND earshot_site = ${site:sqlstring};

-- panel: Bad minutes here
SELECT countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring};

-- panel: Bad minutes elsewhere
SELECT countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site != ${site:sqlstring};

-- panel: Open incidents here
SELECT count() AS value
FROM (
    SELECT earshot_incident_id, argMax(earshot_incident_state, time) AS state, argMax(earshot_cause, time) AS cause, argMax(earshot_site, time) AS site,
        argMax(earshot_incident_severity, time) AS severity, argMax(earshot_incident_scope, time) AS scope, argMax(earshot_incident_cell, time) AS cell,
        argMax(zoom_qos_incident_people, time) AS people, argMax(earshot_incident_start, time) AS begun, argMax(earshot_incident_end, time) AS ended, max(time) AS at
    FROM earshot.incidents FINAL
    WHERE time >= now() - INTERVAL 3 DAY
    GROUP BY earshot_incident_id
)
WHERE state IN ('open', 'quiet') AND site = ${site:sqlstring};

-- panel: People here by grade
SELECT toStartOfMinute(time) AS at, earshot_grade AS series, uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Share of bad minutes, here and elsewhere
SELECT toStartOfTenMinutes(time) AS at, if(earshot_site = ${site:sqlstring}, 'here', 'elsewhere') AS series, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time)
GROUP BY at, series
ORDER BY at;

-- panel: Bad minutes here by network
SELECT network_connection_type AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes here by carrier
SELECT earshot_isp AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes here by Zoom data center
SELECT zoom_data_center AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes here by client version
SELECT zoom_client_version AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes here by device
SELECT device_class AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Bad minutes here by transport
SELECT network_transport AS what, countIf(earshot_grade = 'bad') / nullIf(countIf(earshot_grade != 'unclassified'), 0) AS bad_share, countIf(earshot_grade != 'unclassified') AS classified
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC
LIMIT 20;

-- panel: Poor and bad people here by cause
SELECT toStartOfMinute(time) AS at, earshot_cause AS series, uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring} AND earshot_grade IN ('poor', 'bad')
GROUP BY at, series
ORDER BY at;

-- panel: People here by network
SELECT toStartOfMinute(time) AS at, network_connection_type AS series, uniqExact(earshot_person_id) AS value
FROM earshot.minutes FINAL
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY at, series
ORDER BY at;
