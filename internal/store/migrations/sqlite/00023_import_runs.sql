-- +goose Up

-- Each run of an import, and how far it is: a run that was interrupted goes on
-- where it stopped.
DROP TABLE import_progress;
CREATE TABLE import_runs (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: people name runs
	kind     TEXT NOT NULL, -- ninjs, wxr, page
	name     TEXT NOT NULL, -- what was read, as people know it
	identity TEXT NOT NULL, -- what tells its input from others; '': it cannot be read twice
	state    TEXT NOT NULL, -- running, stopped, done, undoing, undone
	started  BIGINT NOT NULL,
	touched  BIGINT NOT NULL, -- when it last said how far it is
	ended    BIGINT NOT NULL DEFAULT 0,
	done     BIGINT NOT NULL DEFAULT 0, -- bytes of the input that are in
	total    BIGINT NOT NULL DEFAULT 0,
	first_id BIGINT NOT NULL DEFAULT 0, -- of the stories' ids that are kept for it
	ids      BIGINT NOT NULL DEFAULT 0, -- how many these are
	counts   TEXT NOT NULL DEFAULT '{}' -- JSON of news.ImportCounts
);
CREATE INDEX import_runs_open ON import_runs (identity, id) WHERE state IN ('running', 'stopped') AND identity <> '';

-- What a run made, and what it changed: taken back when the run is.
CREATE TABLE import_made (
	run_id BIGINT NOT NULL REFERENCES import_runs (id),
	kind   TEXT NOT NULL, -- change.MadeStory and its like
	id     BIGINT NOT NULL DEFAULT 0,
	name   TEXT NOT NULL DEFAULT '', -- of what has no id: the slug of a page, an old address
	was    TEXT NOT NULL DEFAULT '', -- JSON of what stood there before; '': nothing did
	PRIMARY KEY (run_id, kind, id, name)
) WITHOUT ROWID;
CREATE INDEX import_made_version ON import_made (id) WHERE kind = 'version';
CREATE INDEX import_made_page ON import_made (name) WHERE kind = 'page';

-- The items that were not taken in whole, with what is to be said of them.
CREATE TABLE import_lines (
	run_id BIGINT NOT NULL REFERENCES import_runs (id),
	file   TEXT NOT NULL,
	line   BIGINT NOT NULL,
	uri    TEXT NOT NULL,
	result TEXT NOT NULL,
	field  TEXT NOT NULL DEFAULT '',
	why    TEXT NOT NULL,
	PRIMARY KEY (run_id, file, line, uri)
) WITHOUT ROWID;

-- Whoever wrote a comment elsewhere has no account here, only a name; uri is
-- what it was known by there.
ALTER TABLE comments ADD COLUMN guest TEXT NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN uri TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX comments_uri ON comments (uri) WHERE uri <> '';

-- The notices about a story go with it.
CREATE INDEX notices_story ON notices (story_id);
