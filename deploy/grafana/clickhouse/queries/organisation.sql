-- panel: People now
SELECT uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE;

-- panel: Bad now
SELECT uniqExactIf(earshot_person_id, bad) AS value
FROM earshot.graded
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE;

-- panel: Bad minutes
SELECT avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time);

-- panel: Meetings now
SELECT uniqExact(earshot_meeting_id) AS value
FROM earshot.graded
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE;

-- panel: Open incidents
SELECT count() AS value
FROM earshot.incidents_newest
WHERE at >= now() - INTERVAL 3 DAY AND state IN ('open', 'quiet');

-- panel: People by grade
SELECT toStartOfMinute(time) AS at, earshot_grade AS series, uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY at, series
ORDER BY at;

-- panel: Open incidents by cause
SELECT $__timeInterval(minute) AS at, cause AS series, uniqExact(incident) AS value
FROM (
    SELECT incident, cause, arrayJoin(timeSlots(begun, toUInt32(greatest(0, dateDiff('second', begun, ifNull(ended, now())))), 60)) AS minute
    FROM earshot.incidents_newest
    WHERE state != 'merged' AND begun IS NOT NULL
)
WHERE $__timeFilter(minute)
GROUP BY at, series
ORDER BY at;

-- panel: Sites
SELECT earshot_site AS site, countIf(bad) AS bad_minutes, countIf(earshot_grade = 'poor') AS poor_minutes, count(bad) AS classified, avg(bad) AS bad_share
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY site
ORDER BY bad_minutes DESC, site
LIMIT 200;

-- panel: Share of bad minutes by site
SELECT toStartOfTenMinutes(time) AS at, earshot_site AS series, avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY at, series
HAVING count(bad) >= 30
ORDER BY at;

-- panel: Bad minutes by network
SELECT network_connection_type AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes by carrier
SELECT earshot_isp AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes by Zoom data center
SELECT zoom_data_center AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes by client version
SELECT zoom_client_version AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes by device
SELECT device_class AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes by transport
SELECT network_transport AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Poor and bad people by cause
SELECT toStartOfMinute(time) AS at, earshot_cause AS series, uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_grade IN ('poor', 'bad')
GROUP BY at, series
ORDER BY at;

-- panel: Incidents of this span
SELECT at, severity, cause, site, scope, cell, people, begun, ended, state
FROM earshot.incidents_newest
WHERE $__timeFilter(at)
ORDER BY at DESC, incident
LIMIT 500;

-- panel: Bad participant-minutes by hour
SELECT toStartOfHour(time) AS at, avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY at
ORDER BY at;
