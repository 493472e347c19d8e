-- +goose Up

-- What the program itself has to remember: keys that sign, the state of the
-- clock, what was seeded. Nobody edits it.
CREATE TABLE state (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
