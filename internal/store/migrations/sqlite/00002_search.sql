-- +goose Up

-- Entries are kept by search_project.go, where the layout is described. The
-- terms come in stemmed and in ASCII, so the plainest tokenizer will do.
CREATE VIRTUAL TABLE search USING fts5(
	terms,
	content = '', contentless_delete = 1, tokenize = 'ascii'
);
