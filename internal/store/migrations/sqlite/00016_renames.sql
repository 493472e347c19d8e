-- +goose Up

-- Names that were changed, as long as stories are still found by the old ones:
-- what is left to do, and how far it is. A row goes away when all is done.
CREATE TABLE renames (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	ref      TEXT NOT NULL,           -- 'topic', 'person'
	ref_id   BIGINT NOT NULL,
	name     TEXT NOT NULL,           -- the old one
	phase    INTEGER NOT NULL,        -- 1: live stories, 2: the rest of the newsroom's
	at       BIGINT NOT NULL,         -- the place that comes next; of phase 2 a key
	story_id BIGINT NOT NULL,
	done     BIGINT NOT NULL DEFAULT 0,
	total    BIGINT NOT NULL DEFAULT -1, -- -1: not counted yet
	created  BIGINT NOT NULL
);
