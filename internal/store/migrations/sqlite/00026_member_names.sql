-- +goose Up

-- The words of readers' names in lower case, for the member desk's search. Those of
-- readers from before are written when the database is opened.
CREATE TABLE member_names (
	word      TEXT NOT NULL,
	member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	PRIMARY KEY (word, member_id)
) WITHOUT ROWID;
CREATE INDEX member_names_member ON member_names (member_id, word);
