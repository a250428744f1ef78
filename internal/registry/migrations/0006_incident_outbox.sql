-- What exports follow: the newest state of each incident, under a sequence that grows with every change, written in the
-- transaction of the change. An incident has one entry: whoever was away finds its last state, not all of them.

CREATE TABLE incident_outbox (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  incident INTEGER NOT NULL UNIQUE
) STRICT;

INSERT INTO incident_outbox (incident) SELECT id FROM incidents ORDER BY updated_at, id;

CREATE TRIGGER incident_outbox_new AFTER INSERT ON incidents BEGIN
  INSERT INTO incident_outbox (incident) VALUES (NEW.id);
END;

CREATE TRIGGER incident_outbox_changed AFTER UPDATE ON incidents BEGIN
  DELETE FROM incident_outbox WHERE incident = NEW.id;
  INSERT INTO incident_outbox (incident) VALUES (NEW.id);
END;
