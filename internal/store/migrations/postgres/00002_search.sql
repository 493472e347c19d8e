-- +goose Up

-- Entries are kept by search_project.go, where the layout is described.
CREATE TABLE search (
	key   BIGINT PRIMARY KEY,
	terms TSVECTOR NOT NULL
);
CREATE INDEX search_terms ON search USING gin (terms);

-- Bodies and entries are compressed with lz4 where the server was built with it:
-- the default takes a fifth of an import's time.
-- +goose StatementBegin
DO $$
BEGIN
	ALTER TABLE search ALTER COLUMN terms SET COMPRESSION lz4;
	ALTER TABLE versions ALTER COLUMN content SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
	NULL;
END
$$;
-- +goose StatementEnd
