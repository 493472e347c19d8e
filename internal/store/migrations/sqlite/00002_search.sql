-- +goose Up

-- Entries are kept by search_project.go, where the layout is described. The
-- terms come in stemmed and in ASCII, so the plainest tokenizer will do.
CREATE VIRTUAL TABLE search USING fts5(
	terms,
	content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- An import adds a segment to the index with each batch. Merging eight at a time
-- writes a term about four times on the way to a million stories; the buffer
-- takes a whole batch before it goes out.
INSERT INTO search (search, rank) VALUES ('automerge', 8);
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216);
