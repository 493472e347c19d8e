-- +goose Up

-- Reads by story and hour. They may be lost, so SQLite keeps them in a file of
-- their own (internal/store/reads.go) and an unlogged table does here.
CREATE UNLOGGED TABLE reads (
	hour     BIGINT NOT NULL, -- UTC milliseconds of its start
	story_id BIGINT NOT NULL,
	n        BIGINT NOT NULL,
	PRIMARY KEY (hour, story_id)
);
