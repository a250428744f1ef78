-- What a segment can be found by, now with when: "10.20.4.17 yesterday at 09:41" is one range of this key. value is an address,
-- MAC or host name in the spelling of keys.go; at is when the segment's devices first said it. Where that was not written
-- down, it is when the segment began: no later, and a question reaches as far back as a meeting can last.

CREATE TABLE segment_marks (
  value   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  PRIMARY KEY (value, at, segment)
) STRICT, WITHOUT ROWID;

INSERT INTO segment_marks (value, at, segment)
  SELECT k.value, coalesce(s.began, 0), k.segment FROM segment_keys k LEFT JOIN segments s ON s.id = k.segment ORDER BY 1, 2, 3;

DROP TABLE segment_keys;

-- A meeting by a part of its topic: topics are few beside meetings, so they are walked through, then their meetings read.
CREATE INDEX meetings_by_topic  ON meetings (topic_f, first_seen) WHERE topic_f <> '';
CREATE INDEX meetings_by_number ON meetings (number, first_seen) WHERE number <> '';
CREATE INDEX meetings_by_uuid   ON meetings (uuid);
