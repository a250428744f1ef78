-- Without Kafka: what a destination of type file writes as Parquet by day, into the tables of schema.sql. Place it as folder earshot in
-- ClickHouse's user_files, or name an address with s3() in place of file(). It may be read as often as one likes, and in any order: of an
-- id in several files that of the highest number counts, so the number is what stands in written. What Kafka brings is newer than any.

INSERT INTO earshot.minutes SELECT *, fromUnixTimestamp64Milli(toInt64(extract(_file, '[0-9]+')))
FROM file('earshot/day=*/minutes-*.parquet', Parquet) SETTINGS use_hive_partitioning = 0;

INSERT INTO earshot.summaries SELECT *, fromUnixTimestamp64Milli(toInt64(extract(_file, '[0-9]+')))
FROM file('earshot/day=*/summaries-*.parquet', Parquet) SETTINGS use_hive_partitioning = 0;

INSERT INTO earshot.incidents SELECT *, fromUnixTimestamp64Milli(toInt64(extract(_file, '[0-9]+')))
FROM file('earshot/day=*/incidents-*.parquet', Parquet) SETTINGS use_hive_partitioning = 0;
