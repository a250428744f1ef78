-- The first schema. Ids are the 64 bits of earshot.ID as a signed integer, times are earshot.Instant (milliseconds, UTC, 0
-- unknown), text is '' where it is unknown: nothing is NULL, so that one rule ("empty does not overwrite") serves every column.
-- Columns that end in _f hold folded text for searching (see searchtext.go). There are no foreign keys: events come in any
-- order, so a segment may be known before its meeting.
--
-- Ids are hashes, spread evenly over all numbers. So the large tables are not laid out by id but in the order of insertion
-- (rowid), with the id in an index: what is live then lies together, and a batch of changes touches few pages.

CREATE TABLE applied (
  journal TEXT NOT NULL PRIMARY KEY,
  seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id      INTEGER PRIMARY KEY,
  zoom_id TEXT NOT NULL
) STRICT;

CREATE TABLE series (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  number  TEXT NOT NULL,
  topic   TEXT NOT NULL
) STRICT;

CREATE TABLE meetings (
  id         INTEGER NOT NULL UNIQUE,
  account    INTEGER NOT NULL,
  uuid       TEXT NOT NULL,
  kind       INTEGER NOT NULL,
  series     INTEGER NOT NULL,
  number     TEXT NOT NULL,
  topic      TEXT NOT NULL,
  topic_f    TEXT NOT NULL,
  host_id    TEXT NOT NULL,
  parent     INTEGER NOT NULL,
  start_at   INTEGER NOT NULL,
  end_at     INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL
) STRICT;
CREATE INDEX meetings_by_time   ON meetings (first_seen, id);
CREATE INDEX meetings_by_series ON meetings (series, first_seen) WHERE series <> 0;
CREATE INDEX meetings_by_parent ON meetings (parent) WHERE parent <> 0;

CREATE TABLE persons (
  id           INTEGER NOT NULL UNIQUE,
  account      INTEGER NOT NULL,
  key_kind     INTEGER NOT NULL,
  zoom_user_id TEXT NOT NULL,
  registrant   TEXT NOT NULL,
  customer_key TEXT NOT NULL,
  email        TEXT NOT NULL,
  email_f      TEXT NOT NULL,
  name         TEXT NOT NULL,
  name_f       TEXT NOT NULL,
  -- The order of the list of persons: those with a name, then those with an e-mail address, then the others.
  sort_key     TEXT NOT NULL GENERATED ALWAYS AS
    (CASE WHEN name_f <> '' THEN '1' || name_f WHEN email_f <> '' THEN '2' || email_f ELSE '3' || zoom_user_id END) VIRTUAL
) STRICT;
CREATE INDEX persons_by_name ON persons (sort_key, id);

CREATE TABLE segments (
  id            INTEGER NOT NULL UNIQUE,
  meeting       INTEGER NOT NULL,
  account       INTEGER NOT NULL,
  person        INTEGER NOT NULL,
  in_meeting_id TEXT NOT NULL,
  name          TEXT NOT NULL,
  name_f        TEXT NOT NULL,
  join_at       INTEGER NOT NULL,
  leave_at      INTEGER NOT NULL,
  leave_reason  TEXT NOT NULL,
  parent        INTEGER NOT NULL,
  bound         INTEGER NOT NULL,
  external      INTEGER NOT NULL,
  first_report  INTEGER NOT NULL,
  last_report   INTEGER NOT NULL,
  -- When the person was first heard of in this segment: the join, or the first report of one that began before Earshot.
  began         INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN join_at <> 0 THEN join_at ELSE first_report END) VIRTUAL
) STRICT;
CREATE INDEX segments_by_meeting ON segments (meeting, name_f);
CREATE INDEX segments_by_person  ON segments (person, began, id);

-- Apart from their segments, because a segment changes with each report and its devices hardly ever do.
CREATE TABLE segment_devices (
  segment  INTEGER NOT NULL UNIQUE,
  count    INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  devices  TEXT NOT NULL -- JSON, an array of earshot.DeviceSnapshot
) STRICT;

-- What a segment can be looked up by: addresses, MACs and host names of its devices, in the spelling of keys.go.
CREATE TABLE segment_keys (
  value   TEXT NOT NULL,
  segment INTEGER NOT NULL,
  PRIMARY KEY (value, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
  id                     INTEGER NOT NULL UNIQUE,
  account                INTEGER NOT NULL,
  zoom_id                TEXT NOT NULL,
  start_at               INTEGER NOT NULL,
  connected_at           INTEGER NOT NULL,
  end_at                 INTEGER NOT NULL,
  first_seen             INTEGER NOT NULL,
  last_seen              INTEGER NOT NULL,
  caller_person          INTEGER NOT NULL,
  caller_zoom_id         TEXT NOT NULL,
  caller_email           TEXT NOT NULL,
  caller_number          TEXT NOT NULL,
  caller_extension       TEXT NOT NULL,
  caller_device          TEXT NOT NULL,
  caller_connection_type TEXT NOT NULL,
  caller_network         TEXT NOT NULL,
  callee_person          INTEGER NOT NULL,
  callee_zoom_id         TEXT NOT NULL,
  callee_email           TEXT NOT NULL,
  callee_number          TEXT NOT NULL,
  callee_extension       TEXT NOT NULL,
  callee_device          TEXT NOT NULL,
  callee_connection_type TEXT NOT NULL,
  callee_network         TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_time   ON calls (first_seen, id);
CREATE INDEX calls_by_caller ON calls (caller_person) WHERE caller_person <> 0;
CREATE INDEX calls_by_callee ON calls (callee_person) WHERE callee_person <> 0;

CREATE TABLE sites (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL,
  ranges    TEXT NOT NULL, -- JSON, an array of CIDR texts
  zone      TEXT NOT NULL,
  isp       TEXT NOT NULL,
  link_mbps REAL NOT NULL,
  vpn       INTEGER NOT NULL,
  tags      TEXT NOT NULL, -- JSON, an array of texts
  derived   INTEGER NOT NULL
) STRICT;

CREATE TABLE drift (
  event      TEXT NOT NULL,
  key        TEXT NOT NULL,
  count      INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  PRIMARY KEY (event, key)
) STRICT, WITHOUT ROWID;

-- From here on: what people typed or caused. It is in no journal; a backup is all there is of it.

CREATE TABLE users (
  name       TEXT NOT NULL PRIMARY KEY,
  hash       TEXT NOT NULL, -- argon2id, in PHC's string format
  role       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE login_tokens (
  hash       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the token
  user       TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  hash       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the token
  data       BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE audit (
  seq    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  who    TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash   BLOB NOT NULL -- SHA-256 over the row before's hash and this row
) STRICT;
