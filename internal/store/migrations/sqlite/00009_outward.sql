-- +goose Up

-- Letters to people, written with the change that causes them. The text is
-- forgotten once a letter is sent: it may hold a link that lets somebody in.
CREATE TABLE mails (
	id        INTEGER PRIMARY KEY,
	ref       TEXT NOT NULL UNIQUE, -- the same letter is not written twice; also its Message-ID
	recipient TEXT NOT NULL,
	name      TEXT NOT NULL DEFAULT '',
	language  TEXT NOT NULL DEFAULT '',
	subject   TEXT NOT NULL,
	body      TEXT NOT NULL DEFAULT '',
	link      TEXT NOT NULL DEFAULT '',
	link_text TEXT NOT NULL DEFAULT '',
	bulk      INTEGER NOT NULL DEFAULT 0,
	state     TEXT NOT NULL, -- waiting, sent, failed
	attempts  INTEGER NOT NULL DEFAULT 0,
	error     TEXT NOT NULL DEFAULT '',
	at        BIGINT NOT NULL,
	next_at   BIGINT NOT NULL DEFAULT 0, -- of the next attempt, while waiting
	sent_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mails_due ON mails (next_at, id) WHERE state = 'waiting';
CREATE INDEX mails_at ON mails (at);

-- What a look at the running server showed after a story went out or was taken
-- away.
CREATE TABLE receipts (
	id         INTEGER PRIMARY KEY,
	story_id   BIGINT NOT NULL,
	kind       TEXT NOT NULL, -- release, takedown
	version    INTEGER NOT NULL DEFAULT 0, -- that went out or was taken away
	at         BIGINT NOT NULL, -- of the change
	state      TEXT NOT NULL, -- open, confirmed, unconfirmed
	looks      INTEGER NOT NULL DEFAULT 0,
	looked_at  BIGINT NOT NULL DEFAULT 0,
	surfaces   TEXT NOT NULL DEFAULT '',
	UNIQUE (story_id, kind, at)
);
CREATE INDEX receipts_at ON receipts (at);

-- What readers report of stories: errors, and the right of reply.
CREATE TABLE reports (
	id            INTEGER PRIMARY KEY,
	story_id      BIGINT NOT NULL,
	section_id    BIGINT NOT NULL, -- of the story when the report came in: whose desk it is
	kind          TEXT NOT NULL, -- error, reply
	name          TEXT NOT NULL,
	email         TEXT NOT NULL,
	passage       TEXT NOT NULL DEFAULT '',
	body          TEXT NOT NULL,
	language      TEXT NOT NULL DEFAULT '',
	at            BIGINT NOT NULL,
	due           BIGINT NOT NULL,
	remind_at     BIGINT NOT NULL DEFAULT 0, -- of the next reminder; 0: none
	assignee_id   BIGINT NOT NULL DEFAULT 0,
	outcome       TEXT NOT NULL DEFAULT '', -- empty while it is open; correction, reply, refusal
	reason        TEXT NOT NULL DEFAULT '',
	correction_id BIGINT NOT NULL DEFAULT 0,
	notice_id     BIGINT NOT NULL DEFAULT 0,
	settled_at    BIGINT NOT NULL DEFAULT 0,
	settled_by    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX reports_open ON reports (due, id) WHERE outcome = '';
CREATE INDEX reports_settled ON reports (settled_at, id) WHERE outcome <> '';
CREATE INDEX reports_story ON reports (story_id, id);
CREATE INDEX reports_assignee ON reports (assignee_id, due, id) WHERE outcome = '';
CREATE INDEX reports_remind ON reports (remind_at) WHERE remind_at <> 0;
CREATE INDEX reports_correction ON reports (correction_id) WHERE correction_id <> 0;
