-- +goose Up

-- Whose a story is, and what the due loop keeps of its release.
ALTER TABLE stories ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN assignee_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN assigned_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN due_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX stories_unchecked ON stories (due_at, id) WHERE due_at <> 0 AND checked_at = 0;

-- The numbers of a draft go on when it was published: its row stays, and clean
-- says that nobody writes. trail is JSON of news.Trail.
ALTER TABLE drafts ADD COLUMN clean INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN trail TEXT NOT NULL DEFAULT '{}';
ALTER TABLE drafts DROP COLUMN block_seqs;
ALTER TABLE drafts DROP COLUMN tombstones;

DROP TABLE draft_conflicts;
CREATE TABLE draft_conflicts (
	id       INTEGER PRIMARY KEY,
	story_id BIGINT NOT NULL REFERENCES stories (id),
	seq      BIGINT NOT NULL,
	block    TEXT NOT NULL DEFAULT '',
	field    TEXT NOT NULL DEFAULT '',
	clash    TEXT NOT NULL,
	kept     TEXT NOT NULL, -- JSON of the block or field
	other    TEXT NOT NULL,
	by_name  TEXT NOT NULL,
	kept_by  TEXT NOT NULL DEFAULT '',
	at       BIGINT NOT NULL,
	settled  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX draft_conflicts_open ON draft_conflicts (story_id, id) WHERE settled = 0;

CREATE TABLE signoffs (
	story_id BIGINT NOT NULL REFERENCES stories (id),
	no       INTEGER NOT NULL,
	user_id  BIGINT NOT NULL,
	name     TEXT NOT NULL,
	at       BIGINT NOT NULL,
	note     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (story_id, no, user_id)
);

CREATE TABLE signoff_rules (
	id         INTEGER PRIMARY KEY,
	section_id BIGINT NOT NULL DEFAULT 0,
	label      TEXT NOT NULL DEFAULT '',
	people     INTEGER NOT NULL
);

CREATE TABLE notices (
	id       INTEGER PRIMARY KEY,
	user_id  BIGINT NOT NULL,
	story_id BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	actor    TEXT NOT NULL,
	text     TEXT NOT NULL DEFAULT '',
	at       BIGINT NOT NULL,
	read_at  BIGINT NOT NULL DEFAULT 0,
	mailed   BIGINT NOT NULL DEFAULT 0 -- when a mail was sent, or found not to be wanted
);
CREATE INDEX notices_user ON notices (user_id, id);
CREATE INDEX notices_unread ON notices (user_id, id) WHERE read_at = 0;
CREATE INDEX notices_unmailed ON notices (id) WHERE mailed = 0;

-- The one line of breaking news on every page.
CREATE TABLE banner (
	id       INTEGER PRIMARY KEY, -- 1
	story_id BIGINT NOT NULL,
	text     TEXT NOT NULL,
	until    BIGINT NOT NULL
);

CREATE TABLE guest_links (
	hash     TEXT PRIMARY KEY, -- of the token
	story_id BIGINT NOT NULL REFERENCES stories (id),
	expires  BIGINT NOT NULL,
	by_actor TEXT NOT NULL,
	at       BIGINT NOT NULL
);
CREATE INDEX guest_links_story ON guest_links (story_id);

-- Who is in which story. It may be lost.
CREATE TABLE presence (
	story_id BIGINT NOT NULL,
	user_id  BIGINT NOT NULL,
	tab      TEXT NOT NULL,
	since    BIGINT NOT NULL,
	seen     BIGINT NOT NULL,
	PRIMARY KEY (story_id, user_id, tab)
);
CREATE INDEX presence_seen ON presence (seen);

-- A card for each story that the newsroom works on or worked on, written with
-- each change of it: see internal/store/work_card.go.
CREATE TABLE work (
	story_id  INTEGER PRIMARY KEY,
	key       BIGINT NOT NULL UNIQUE, -- when it was touched, and its rowid in work_search
	col       INTEGER NOT NULL,
	due       BIGINT NOT NULL DEFAULT 0,
	published BIGINT NOT NULL DEFAULT 0,
	card      TEXT NOT NULL -- JSON of what lists print
);
CREATE INDEX work_col ON work (col, key);
CREATE INDEX work_due ON work (due, story_id) WHERE due <> 0;
CREATE INDEX work_published ON work (published, story_id) WHERE published <> 0;

CREATE VIRTUAL TABLE work_search USING fts5(
	terms,
	content = '', contentless_delete = 1, tokenize = 'ascii'
);
INSERT INTO work_search (work_search, rank) VALUES ('automerge', 8);
