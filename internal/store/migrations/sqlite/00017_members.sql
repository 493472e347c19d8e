-- +goose Up

-- Readers who have an account. Everything that is only theirs goes with the row.
CREATE TABLE members (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: the audit log names who is gone
	email      TEXT NOT NULL UNIQUE, -- in lower case
	name       TEXT NOT NULL,
	created    BIGINT NOT NULL,
	seen       BIGINT NOT NULL DEFAULT 0,
	terms      TEXT NOT NULL, -- the version that was accepted
	terms_at   BIGINT NOT NULL,
	new_device INTEGER NOT NULL DEFAULT 1,
	disabled   INTEGER NOT NULL DEFAULT 0,
	erase_at   BIGINT NOT NULL DEFAULT 0, -- 0: it stays
	handle     TEXT NOT NULL UNIQUE, -- what passkeys know the reader by
	password   TEXT NOT NULL DEFAULT '' -- PHC string
);
CREATE INDEX members_erase ON members (erase_at, id) WHERE erase_at <> 0;

CREATE TABLE member_passkeys (
	id        TEXT PRIMARY KEY, -- credential id in base64url
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	name      TEXT NOT NULL,
	data      TEXT NOT NULL, -- JSON of the credential
	created   BIGINT NOT NULL,
	used      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX member_passkeys_member ON member_passkeys (member_id, created, id);

-- Accounts elsewhere by which a reader signs in.
CREATE TABLE member_identities (
	provider  TEXT NOT NULL,
	subject   TEXT NOT NULL,
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	email     TEXT NOT NULL DEFAULT '',
	created   BIGINT NOT NULL,
	used      BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (provider, subject),
	UNIQUE (member_id, provider)
) WITHOUT ROWID;

CREATE TABLE member_sessions (
	id        INTEGER PRIMARY KEY,
	hash      TEXT NOT NULL UNIQUE, -- of the cookie's token
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	mark      BIGINT NOT NULL UNIQUE, -- what its class cookies carry
	created   BIGINT NOT NULL,
	seen      BIGINT NOT NULL,
	confirmed BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	network   TEXT NOT NULL DEFAULT '',
	device    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX member_sessions_member ON member_sessions (member_id, seen, id);
CREATE INDEX member_sessions_expires ON member_sessions (expires);

-- What can be redeemed once: links and codes of letters, and what takes several
-- requests.
CREATE TABLE member_tickets (
	hash      TEXT PRIMARY KEY, -- of the link's token
	kind      TEXT NOT NULL,
	member_id BIGINT NOT NULL, -- 0: nobody, or nobody yet
	email     TEXT NOT NULL DEFAULT '', -- to which the letter went
	browser   TEXT NOT NULL DEFAULT '', -- hash of the token of the one that asked
	code      TEXT NOT NULL DEFAULT '', -- hash of what can be typed there
	tries     INTEGER NOT NULL DEFAULT 0, -- wrong ones
	data      TEXT NOT NULL DEFAULT '',
	expires   BIGINT NOT NULL
);
CREATE INDEX member_tickets_member ON member_tickets (member_id, kind);
CREATE INDEX member_tickets_email ON member_tickets (email) WHERE email <> '';
CREATE INDEX member_tickets_browser ON member_tickets (browser) WHERE browser <> '';
CREATE INDEX member_tickets_expires ON member_tickets (expires);

-- Marks of class cookies that count no more, for as long as one could live.
CREATE TABLE class_revocations (
	mark  BIGINT PRIMARY KEY,
	at    BIGINT NOT NULL
);
CREATE INDEX class_revocations_at ON class_revocations (at, mark);

-- The terms that readers accepted, word for word, by their version.
CREATE TABLE terms (
	version TEXT PRIMARY KEY,
	at      BIGINT NOT NULL, -- when somebody was first asked
	title   TEXT NOT NULL,
	body    TEXT NOT NULL -- JSON of the document
);

-- A reader who is erased takes his letters along.
CREATE INDEX mails_recipient ON mails (recipient);
