package ledger

// appID marks the file as a ledger ("LUMB"), for PRAGMA application_id.
const appID = 0x4c554d42

// migrations bring a ledger from version n to n+1 (PRAGMA user_version). A
// step that has been released is never edited; a change is a new step.
func migrations() []string {
	return []string{schema1, revisionsSchema, networkSchema, noticesSchema}
}

// All times are RFC 3339 in UTC with milliseconds, so that text order is time order.
const schema1 = `
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO meta VALUES ('fence', 0), ('run', 0);

CREATE TABLE runs (
  id       TEXT PRIMARY KEY,          -- r000012, from a counter
  pipeline TEXT NOT NULL,
  trigger  TEXT NOT NULL,             -- manual, schedule
  instant  TEXT,                      -- the scheduled instant
  started  TEXT NOT NULL,
  finished TEXT,
  outcome  TEXT NOT NULL CHECK (outcome IN ('running', 'published', 'unchanged', 'refused', 'failed', 'interrupted')),
  fence    INTEGER NOT NULL,          -- the token that this run may publish with
  pid      INTEGER NOT NULL,
  host     TEXT NOT NULL,
  snapshot TEXT,
  error    TEXT,
  rows_in          INTEGER NOT NULL DEFAULT 0,
  rows_loaded      INTEGER NOT NULL DEFAULT 0,
  rows_quarantined INTEGER NOT NULL DEFAULT 0,
  rows_skipped     INTEGER NOT NULL DEFAULT 0,
  CHECK ((outcome = 'running') = (finished IS NULL))
) STRICT;
CREATE INDEX runs_outcome ON runs (outcome);

CREATE TABLE steps (
  id       INTEGER PRIMARY KEY,
  run      TEXT NOT NULL REFERENCES runs (id),
  name     TEXT NOT NULL,             -- fetch, stage, build, audit ...
  source   TEXT NOT NULL,             -- the source or unit it works on; '' for the whole run
  started  TEXT NOT NULL,
  finished TEXT,
  state    TEXT NOT NULL CHECK (state IN ('running', 'ok', 'skipped', 'failed', 'interrupted')),
  rows     INTEGER NOT NULL DEFAULT 0,
  bytes    INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER,
  error    TEXT
) STRICT;
CREATE INDEX steps_run ON steps (run);

CREATE TABLE objects (
  sha256        TEXT NOT NULL,
  source        TEXT NOT NULL,
  url           TEXT NOT NULL,        -- or the file's name
  bytes         INTEGER NOT NULL,
  etag          TEXT NOT NULL,
  last_modified TEXT NOT NULL,        -- the header's text, not ours
  first_seen    TEXT NOT NULL,
  last_seen     TEXT NOT NULL,
  fetched_at    TEXT NOT NULL,        -- when the bytes last came over the wire
  unmodified    INTEGER NOT NULL DEFAULT 0, -- answers "not modified" since then
  PRIMARY KEY (source, url, sha256)
) STRICT;
CREATE INDEX objects_sha256 ON objects (sha256);

CREATE TABLE releases (
  source     TEXT NOT NULL,
  period     TEXT NOT NULL,
  revision   TEXT NOT NULL,
  contract   TEXT NOT NULL,
  parts_hash TEXT NOT NULL,           -- over names and hashes of the parts
  state      TEXT NOT NULL CHECK (state IN ('ok', 'refused', 'stale', 'withdrawn')),
  error      TEXT,
  stage_key  TEXT NOT NULL,
  run        TEXT NOT NULL,           -- the last run that saw it
  first_seen TEXT NOT NULL,
  last_seen  TEXT NOT NULL,
  last_good  TEXT,                    -- last time that it was ok
  PRIMARY KEY (source, period, revision, contract, parts_hash)
) STRICT;

CREATE TABLE sources (
  source  TEXT PRIMARY KEY,
  state   TEXT NOT NULL CHECK (state IN ('ok', 'unchanged', 'stale', 'refused')),
  error   TEXT,
  run     TEXT NOT NULL,
  checked TEXT NOT NULL,
  last_ok TEXT                        -- last time that it was ok or unchanged
) STRICT;

CREATE TABLE snapshots (
  id        TEXT PRIMARY KEY,
  run       TEXT NOT NULL,
  created   TEXT NOT NULL,
  content   TEXT NOT NULL,
  manifest  TEXT NOT NULL,            -- SHA-256 of manifest.json
  published TEXT NOT NULL,
  retired   TEXT                      -- when retention deleted it
) STRICT;

CREATE TABLE claims (
  pipeline TEXT NOT NULL,
  instant  TEXT NOT NULL,             -- scheduled, UTC
  claimed  TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('claimed', 'missed', 'skipped')),
  reason   TEXT,
  PRIMARY KEY (pipeline, instant)
) STRICT;
`
