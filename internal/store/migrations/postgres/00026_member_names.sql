-- +goose Up

-- The words of readers' names in lower case, for the member desk's search. Those of
-- readers from before are written when the database is opened.
CREATE TABLE member_names (
	word      TEXT COLLATE "C" NOT NULL, -- ranges of it are beginnings
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	PRIMARY KEY (word, member_id)
);
CREATE INDEX member_names_member ON member_names (member_id, word);
