-- Incidents. They are truth themselves: made once, while the journal is folded, and never rebuilt away. Each state replaces the
-- one before it, unless it is older (updated_at, in event time).

CREATE TABLE incidents (
  id            INTEGER NOT NULL UNIQUE,
  account       INTEGER NOT NULL,
  cause         INTEGER NOT NULL,
  candidates    TEXT NOT NULL, -- JSON, an array of the numbers of causes
  scope         INTEGER NOT NULL,
  cell_id       INTEGER NOT NULL,
  cell_name     TEXT NOT NULL,
  severity      INTEGER NOT NULL,
  state         INTEGER NOT NULL,
  start_at      INTEGER NOT NULL,
  end_at        INTEGER NOT NULL,
  opened_at     INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  direction     INTEGER NOT NULL,
  confidence    INTEGER NOT NULL,
  inside_bad    INTEGER NOT NULL,
  inside_of     INTEGER NOT NULL,
  elsewhere_bad INTEGER NOT NULL,
  elsewhere_of  INTEGER NOT NULL,
  affected      INTEGER NOT NULL,
  minutes       INTEGER NOT NULL,
  metric        INTEGER NOT NULL,
  merged_into   INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_by_time ON incidents (start_at, id);
CREATE INDEX incidents_by_cell ON incidents (cell_id, start_at) WHERE cell_id <> 0;
CREATE INDEX incidents_live    ON incidents (state) WHERE state IN (1, 2); -- open, quiet

-- The lines of an incident's timeline, in order. It is bounded, and replaced whole.
CREATE TABLE incident_events (
  incident   INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  what       INTEGER NOT NULL,
  inside_bad INTEGER NOT NULL,
  inside_of  INTEGER NOT NULL,
  other      INTEGER NOT NULL,
  scope      INTEGER NOT NULL,
  cell_id    INTEGER NOT NULL,
  cell_name  TEXT NOT NULL,
  cause      INTEGER NOT NULL,
  PRIMARY KEY (incident, n)
) STRICT, WITHOUT ROWID;

-- Whom and which meetings it touched. n is the place in the incident's own order.
CREATE TABLE incident_people (
  incident INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  person   INTEGER NOT NULL,
  PRIMARY KEY (incident, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_people_by_person ON incident_people (person, incident);

CREATE TABLE incident_meetings (
  incident INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  meeting  INTEGER NOT NULL,
  PRIMARY KEY (incident, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_meetings_by_meeting ON incident_meetings (meeting, incident);
