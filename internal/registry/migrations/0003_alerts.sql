-- Alerts: what people were told, and what they typed about it. All of it is truth itself: nothing rebuilds it.

-- Each alert as it is now. body is JSON and holds ids, no names.
CREATE TABLE alerts (
  id        INTEGER PRIMARY KEY,
  rule      TEXT NOT NULL,
  severity  TEXT NOT NULL,
  firing    INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  ended_at  INTEGER NOT NULL, -- 0 while it fires
  incident  INTEGER NOT NULL,
  body      TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_time     ON alerts (raised_at, id);
CREATE INDEX alerts_firing      ON alerts (firing) WHERE firing = 1;
CREATE INDEX alerts_by_incident ON alerts (incident) WHERE incident <> 0;

-- What happened to an alert outside the engine: it was brought to somebody, refused, acknowledged. Wall time.
CREATE TABLE alert_notes (
  alert INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  what  TEXT NOT NULL,
  who   TEXT NOT NULL,
  text  TEXT NOT NULL,
  PRIMARY KEY (alert, at, n)
) STRICT, WITHOUT ROWID;

-- The engine between two looks; one row.
CREATE TABLE alert_engine (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL
) STRICT;

-- Rules, maintenance and lists of people that somebody made. body is JSON.
CREATE TABLE alert_typed (
  kind       TEXT NOT NULL, -- rule, maintenance, list
  name       TEXT NOT NULL,
  body       TEXT NOT NULL,
  who        TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

-- Alertmanager's own memory: silences, and which group was told to whom ("silence", "log"). data is its protobuf.
CREATE TABLE alert_memory (
  kind       TEXT NOT NULL,
  key        TEXT NOT NULL,
  data       BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
