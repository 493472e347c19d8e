-- +goose Up

-- A section that was given up leads to another one: versions name sections for
-- ever.
ALTER TABLE sections ADD COLUMN moved_to BIGINT NOT NULL DEFAULT 0;

-- So does a topic that was merged into another one; its names stay as aliases.
ALTER TABLE topics ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;
ALTER TABLE topics ADD COLUMN chronology INTEGER NOT NULL DEFAULT 0;
CREATE INDEX topics_merged ON topics (merged_into) WHERE merged_into <> 0;
CREATE TABLE topic_aliases (
	folded   TEXT PRIMARY KEY,
	name     TEXT NOT NULL,
	topic_id BIGINT NOT NULL REFERENCES topics (id)
);
CREATE INDEX topic_aliases_topic ON topic_aliases (topic_id, folded);

-- The log is read by person, by deed and by object.
CREATE INDEX audits_actor ON audits (actor, id);
CREATE INDEX audits_action ON audits (action, id);
CREATE INDEX audits_at ON audits (at, id);

-- What is being arranged, and every arrangement that went live.
CREATE TABLE front_drafts (
	section_id BIGINT PRIMARY KEY,
	seq        BIGINT NOT NULL,
	content    TEXT NOT NULL, -- JSON of the containers
	by_actor   TEXT NOT NULL,
	at         BIGINT NOT NULL
);
CREATE TABLE front_versions (
	section_id BIGINT NOT NULL,
	no         INTEGER NOT NULL,
	content    TEXT NOT NULL,
	by_actor   TEXT NOT NULL,
	at         BIGINT NOT NULL,
	why        TEXT NOT NULL,
	PRIMARY KEY (section_id, no)
);
