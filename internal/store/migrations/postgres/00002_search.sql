-- +goose Up

-- Entries are kept by search_project.go, where the layout is described.
CREATE TABLE search (
	key   BIGINT PRIMARY KEY,
	terms TSVECTOR NOT NULL
);
CREATE INDEX search_terms ON search USING gin (terms);
