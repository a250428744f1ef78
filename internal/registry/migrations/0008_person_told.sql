-- When the fold last told of a person, in event time: it does each time that they come into its memory. Whom nothing names any more,
-- and nobody has told of for as long as meetings are kept, is dropped (peoplesweep.go). Those who are there count as told of now.
ALTER TABLE persons ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;

UPDATE persons SET told_at = (SELECT coalesce(max(last_seen), 0) FROM meetings);
