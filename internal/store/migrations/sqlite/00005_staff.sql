-- +goose Up

CREATE TABLE users (
	id           INTEGER PRIMARY KEY,
	email        TEXT NOT NULL UNIQUE, -- in lower case
	name         TEXT NOT NULL,
	folded       TEXT NOT NULL, -- the name in lower case with single blanks
	role         TEXT NOT NULL,
	grants       TEXT NOT NULL DEFAULT '[]', -- JSON of account.Grant
	person_id    BIGINT NOT NULL DEFAULT 0,
	language     TEXT NOT NULL DEFAULT '',
	mail_notices INTEGER NOT NULL DEFAULT 1,
	disabled     INTEGER NOT NULL DEFAULT 0,
	demo         INTEGER NOT NULL DEFAULT 0,
	created      BIGINT NOT NULL,
	joined       BIGINT NOT NULL DEFAULT 0,
	seen         BIGINT NOT NULL DEFAULT 0,
	handle       TEXT NOT NULL UNIQUE, -- what passkeys know the user by
	password     TEXT NOT NULL DEFAULT '', -- PHC string
	totp         TEXT NOT NULL DEFAULT '', -- base32
	totp_step    BIGINT NOT NULL DEFAULT 0,
	failed       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX users_name ON users (folded, id);
CREATE UNIQUE INDEX users_person ON users (person_id) WHERE person_id <> 0;
CREATE INDEX users_owner ON users (id) WHERE role = 'owner';
CREATE INDEX users_demo ON users (id) WHERE demo = 1;

-- Which desks the grants of a user are for, to find the people of a desk.
CREATE TABLE user_desks (
	section_id BIGINT NOT NULL,
	user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	PRIMARY KEY (section_id, user_id)
) WITHOUT ROWID;
CREATE INDEX user_desks_user ON user_desks (user_id);

-- Recovery codes that are not used yet.
CREATE TABLE user_codes (
	user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	hash    TEXT NOT NULL,
	PRIMARY KEY (user_id, hash)
) WITHOUT ROWID;

CREATE TABLE user_passkeys (
	id      TEXT PRIMARY KEY, -- credential id in base64url
	user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	name    TEXT NOT NULL,
	data    TEXT NOT NULL, -- JSON of the credential
	created BIGINT NOT NULL,
	used    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX user_passkeys_user ON user_passkeys (user_id, created, id);

CREATE TABLE user_sessions (
	id        INTEGER PRIMARY KEY,
	hash      TEXT NOT NULL UNIQUE, -- of the cookie's token
	user_id   BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created   BIGINT NOT NULL,
	seen      BIGINT NOT NULL,
	confirmed BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	network   TEXT NOT NULL DEFAULT '',
	device    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX user_sessions_user ON user_sessions (user_id, seen, id);
CREATE INDEX user_sessions_expires ON user_sessions (expires);

-- What can be redeemed once: links, and sign-ins that take several steps.
CREATE TABLE user_tickets (
	hash    TEXT PRIMARY KEY,
	kind    TEXT NOT NULL,
	user_id BIGINT NOT NULL, -- 0: nobody yet
	data    TEXT NOT NULL DEFAULT '',
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX user_tickets_user ON user_tickets (user_id, kind);
CREATE INDEX user_tickets_expires ON user_tickets (expires);
