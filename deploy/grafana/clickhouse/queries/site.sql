-- variable: site
SELECT DISTINCT earshot_site FROM earshot.graded WHERE $__timeFilter(time) ORDER BY earshot_site;

-- panel: People here now
SELECT uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE AND earshot_site = ${site:sqlstring};

-- panel: Bad here now
SELECT uniqExactIf(earshot_person_id, bad) AS value
FROM earshot.graded
WHERE time >= now() - INTERVAL 6 MINUTE AND time < now() - INTERVAL 3 MINUTE AND earshot_site = ${site:sqlstring};

-- panel: Bad minutes here
SELECT avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring};

-- panel: Bad minutes elsewhere
SELECT avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site != ${site:sqlstring};

-- panel: Open incidents here
SELECT count() AS value
FROM earshot.incidents_newest
WHERE at >= now() - INTERVAL 3 DAY AND state IN ('open', 'quiet') AND site = ${site:sqlstring};

-- panel: People here by grade
SELECT toStartOfMinute(time) AS at, earshot_grade AS series, uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY at, series
ORDER BY at;

-- panel: Share of bad minutes, here and elsewhere
SELECT toStartOfTenMinutes(time) AS at, if(earshot_site = ${site:sqlstring}, 'here', 'elsewhere') AS series, avg(bad) AS value
FROM earshot.graded
WHERE $__timeFilter(time)
GROUP BY at, series
ORDER BY at;

-- panel: Bad minutes here by network
SELECT network_connection_type AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes here by carrier
SELECT earshot_isp AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes here by Zoom data center
SELECT zoom_data_center AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes here by client version
SELECT zoom_client_version AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes here by device
SELECT device_class AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Bad minutes here by transport
SELECT network_transport AS what, avg(bad) AS bad_share, count(bad) AS classified
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY what
HAVING classified >= 30
ORDER BY bad_share DESC, what
LIMIT 20;

-- panel: Poor and bad people here by cause
SELECT toStartOfMinute(time) AS at, earshot_cause AS series, uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring} AND earshot_grade IN ('poor', 'bad')
GROUP BY at, series
ORDER BY at;

-- panel: People here by network
SELECT toStartOfMinute(time) AS at, network_connection_type AS series, uniqExact(earshot_person_id) AS value
FROM earshot.graded
WHERE $__timeFilter(time) AND earshot_site = ${site:sqlstring}
GROUP BY at, series
ORDER BY at;
