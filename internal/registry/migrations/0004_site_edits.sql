-- What people typed about sites, over what the sites file says (internal/site). Both tables are replaced whole, in one
-- transaction with the entries of the audit log that say who did what.

CREATE TABLE site_ranges (
  range    TEXT NOT NULL PRIMARY KEY, -- CIDR
  site     TEXT NOT NULL,             -- '' takes the range from the site that the file gives it to
  typed_by TEXT NOT NULL,
  typed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE site_details (
  site      TEXT NOT NULL PRIMARY KEY,
  zone      TEXT NOT NULL,
  isp       TEXT NOT NULL,
  link_mbps REAL NOT NULL,
  vpn       INTEGER NOT NULL,
  tags      TEXT NOT NULL, -- JSON, an array of texts
  typed_by  TEXT NOT NULL,
  typed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
