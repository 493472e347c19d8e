-- +goose Up

-- What readers and the newsroom write under stories. A thread is a comment of
-- the first level with all that answers it, however deep.
CREATE TABLE comments (
	id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: links and the audit log name what is gone
	story_id     BIGINT NOT NULL REFERENCES stories (id),
	section_id   BIGINT NOT NULL, -- of the story when the comment came: the desk that moderates it
	thread_id    BIGINT NOT NULL, -- the comment of the first level; its own id for one of these
	reply_to     BIGINT NOT NULL DEFAULT 0, -- the comment that it answers; 0: none
	level        INTEGER NOT NULL DEFAULT 0, -- 0: begins a thread, 1: answers
	member_id    BIGINT NOT NULL DEFAULT 0, -- 0: a reader who was erased, or the newsroom
	user_id      BIGINT NOT NULL DEFAULT 0, -- who answered for the newsroom
	body         TEXT NOT NULL,
	body_key     BIGINT NOT NULL, -- hash of the words, by which repetitions are found
	state        TEXT NOT NULL,
	reason       TEXT NOT NULL DEFAULT '', -- code of why it is not shown
	note         TEXT NOT NULL DEFAULT '', -- what the moderator told the author
	at           BIGINT NOT NULL,
	edited       BIGINT NOT NULL DEFAULT 0,
	published    BIGINT NOT NULL DEFAULT 0, -- when readers first saw it; 0: never
	decided      BIGINT NOT NULL DEFAULT 0,
	decided_by   TEXT NOT NULL DEFAULT '', -- account.Actor.String()
	featured     BIGINT NOT NULL DEFAULT 0, -- when the newsroom picked it; 0: it did not
	shown        INTEGER NOT NULL DEFAULT 0, -- it has a place in its thread
	answers      INTEGER NOT NULL DEFAULT 0, -- shown ones in the thread that it begins
	complaints   INTEGER NOT NULL DEFAULT 0, -- open ones
	network      TEXT NOT NULL DEFAULT '' -- hash of where it came from, for a month
);
CREATE INDEX comments_threads ON comments (story_id, id) WHERE shown = 1 AND level = 0;
CREATE INDEX comments_answers ON comments (thread_id, id) WHERE shown = 1 AND level = 1;
CREATE INDEX comments_featured ON comments (story_id, featured, id) WHERE featured <> 0;
CREATE INDEX comments_member ON comments (member_id, id) WHERE member_id <> 0;
CREATE INDEX comments_member_at ON comments (member_id, at) WHERE member_id <> 0;
CREATE INDEX comments_words ON comments (story_id, body_key, member_id, id);
CREATE INDEX comments_story ON comments (story_id, id);
-- The queues of the desk, each with and without a story or a section.
CREATE INDEX comments_pending ON comments (id) WHERE state = 'pending';
CREATE INDEX comments_pending_section ON comments (section_id, id) WHERE state = 'pending';
CREATE INDEX comments_pending_story ON comments (story_id, id) WHERE state = 'pending';
CREATE INDEX comments_newcomers ON comments (id) WHERE state = 'pending' AND reason = 'newcomer';
CREATE INDEX comments_newcomers_section ON comments (section_id, id) WHERE state = 'pending' AND reason = 'newcomer';
CREATE INDEX comments_same ON comments (body_key, id);
CREATE INDEX comments_section ON comments (section_id, id);
CREATE INDEX comments_reported ON comments (id) WHERE complaints > 0;
CREATE INDEX comments_reported_section ON comments (section_id, id) WHERE complaints > 0;
CREATE INDEX comments_network ON comments (at) WHERE network <> '';

-- What a story's discussion is, as far as it is counted.
CREATE TABLE discussions (
	story_id  BIGINT PRIMARY KEY REFERENCES stories (id),
	shown     INTEGER NOT NULL DEFAULT 0, -- comments that readers can read
	pending   INTEGER NOT NULL DEFAULT 0,
	featured  INTEGER NOT NULL DEFAULT 0,
	last_id   BIGINT NOT NULL DEFAULT 0, -- the newest comment that readers can read
	announced BIGINT NOT NULL DEFAULT 0, -- when the pages were last told
	dirty     INTEGER NOT NULL DEFAULT 0 -- there is something that they were not told
) WITHOUT ROWID;
CREATE INDEX discussions_dirty ON discussions (announced, story_id) WHERE dirty = 1;
CREATE INDEX discussions_pending ON discussions (pending, story_id) WHERE pending > 0;

-- How a discussion is held: of the site (0), of a section, of a story. What a row
-- does not say, the next wider one does.
CREATE TABLE discussion_rules (
	scope  TEXT NOT NULL, -- site, section, story
	id     BIGINT NOT NULL,
	rules  TEXT NOT NULL, -- JSON
	PRIMARY KEY (scope, id)
) WITHOUT ROWID;

-- What each phase said about a comment, in their order.
CREATE TABLE comment_verdicts (
	comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
	no         INTEGER NOT NULL,
	phase      TEXT NOT NULL,
	decision   TEXT NOT NULL,
	reason     TEXT NOT NULL DEFAULT '',
	words      TEXT NOT NULL DEFAULT '[]', -- that made it, JSON
	number     INTEGER NOT NULL DEFAULT 0, -- the bound that was met, or percent
	like_id    BIGINT NOT NULL DEFAULT 0, -- the comment that it repeats
	wait       INTEGER NOT NULL DEFAULT 0, -- seconds
	at         BIGINT NOT NULL,
	PRIMARY KEY (comment_id, no)
) WITHOUT ROWID;

-- Reactions, one of a reader to a comment, and how many there are of each.
CREATE TABLE reactions (
	comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
	member_id  BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (comment_id, member_id)
) WITHOUT ROWID;
CREATE INDEX reactions_member ON reactions (member_id, comment_id);
CREATE TABLE reaction_counts (
	comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL,
	n          INTEGER NOT NULL,
	PRIMARY KEY (comment_id, kind)
) WITHOUT ROWID;

-- Whom a reader does not want to read.
CREATE TABLE mutes (
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	muted_id  BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	at        BIGINT NOT NULL,
	PRIMARY KEY (member_id, muted_id)
) WITHOUT ROWID;
CREATE INDEX mutes_muted ON mutes (muted_id);

-- What readers, with an account or without, have against a comment.
CREATE TABLE complaints (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
	story_id   BIGINT NOT NULL,
	section_id BIGINT NOT NULL,
	member_id  BIGINT NOT NULL DEFAULT 0, -- 0: a guest
	source     TEXT NOT NULL, -- who, hashed: a comment has one complaint of each
	reason     TEXT NOT NULL,
	body       TEXT NOT NULL DEFAULT '',
	at         BIGINT NOT NULL,
	due        BIGINT NOT NULL,
	remind_at  BIGINT NOT NULL DEFAULT 0,
	outcome    TEXT NOT NULL DEFAULT '', -- '': open
	settled_at BIGINT NOT NULL DEFAULT 0,
	settled_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX complaints_source ON complaints (comment_id, source);
CREATE INDEX complaints_open ON complaints (due, id) WHERE outcome = '';
CREATE INDEX complaints_open_section ON complaints (section_id, due, id) WHERE outcome = '';
CREATE INDEX complaints_settled ON complaints (settled_at, id) WHERE outcome <> '';
CREATE INDEX complaints_remind ON complaints (remind_at, id) WHERE remind_at <> 0;
-- Of each comment the complaint with the first deadline.
CREATE INDEX complaints_first ON complaints (comment_id, due, id) WHERE outcome = '';
CREATE INDEX complaints_member ON complaints (member_id, id) WHERE member_id <> 0;

-- What is known of a reader who comments, and what he wants to be told.
CREATE TABLE commenters (
	member_id       BIGINT PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
	published       INTEGER NOT NULL DEFAULT 0, -- of his comments, so many were shown
	rejected        INTEGER NOT NULL DEFAULT 0,
	warned          INTEGER NOT NULL DEFAULT 0,
	suspended_until BIGINT NOT NULL DEFAULT 0,
	banned          INTEGER NOT NULL DEFAULT 0,
	sanction        TEXT NOT NULL DEFAULT '', -- why, as he is told
	notices         INTEGER NOT NULL DEFAULT 0, -- in the account
	digest          INTEGER NOT NULL DEFAULT 0, -- by mail
	digest_at       BIGINT NOT NULL DEFAULT 0, -- of the last one
	digest_key      TEXT NOT NULL DEFAULT '', -- opens the page that ends it
	forget_text     INTEGER NOT NULL DEFAULT 0 -- his comments' words go with the account
) WITHOUT ROWID;
CREATE UNIQUE INDEX commenters_key ON commenters (digest_key) WHERE digest_key <> '';
CREATE INDEX commenters_digest ON commenters (digest_at, member_id) WHERE digest = 1;
CREATE INDEX commenters_banned ON commenters (member_id) WHERE banned = 1;
CREATE INDEX commenters_suspended ON commenters (suspended_until, member_id) WHERE suspended_until <> 0;

-- Warnings, suspensions and bans, and their ends.
CREATE TABLE sanctions (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	kind      TEXT NOT NULL,
	reason    TEXT NOT NULL DEFAULT '',
	until     BIGINT NOT NULL DEFAULT 0,
	at        BIGINT NOT NULL,
	by_actor  TEXT NOT NULL
);
CREATE INDEX sanctions_member ON sanctions (member_id, id);

-- What moderators write down about a reader, for each other.
CREATE TABLE commenter_notes (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	body      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	by_actor  TEXT NOT NULL
);
CREATE INDEX commenter_notes_member ON commenter_notes (member_id, id);

-- What moderators did, with what is needed to undo it.
CREATE TABLE moderations (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	actor     TEXT NOT NULL,
	kind      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	batch     BIGINT NOT NULL DEFAULT 0, -- the first one of a bulk action; 0: it stands alone, or is the first
	undo      TEXT NOT NULL, -- JSON
	undone    BIGINT NOT NULL DEFAULT 0,
	undone_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX moderations_actor ON moderations (actor, id);
CREATE INDEX moderations_batch ON moderations (batch, id) WHERE batch <> 0;

-- What a reader is told about his comments.
CREATE TABLE comment_notices (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	member_id  BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL,
	comment_id BIGINT NOT NULL DEFAULT 0, -- the answer, or his own that was decided about
	text       TEXT NOT NULL DEFAULT '',
	at         BIGINT NOT NULL,
	seen       INTEGER NOT NULL DEFAULT 0,
	mailed     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX comment_notices_member ON comment_notices (member_id, id);
CREATE INDEX comment_notices_unseen ON comment_notices (member_id) WHERE seen = 0;
CREATE INDEX comment_notices_unmailed ON comment_notices (member_id, id) WHERE mailed = 0;
CREATE INDEX comment_notices_comment ON comment_notices (comment_id);

-- The words that a phase looks for; of the whole site (0) or of a section.
CREATE TABLE word_lists (
	section_id BIGINT NOT NULL,
	name       TEXT NOT NULL, -- 'id' and 'en' are the built-in ones
	decision   TEXT NOT NULL, -- hold, refuse, off
	words      TEXT NOT NULL, -- JSON; of a built-in list further ones
	allow      TEXT NOT NULL, -- JSON; innocent words that contain a listed one
	PRIMARY KEY (section_id, name)
) WITHOUT ROWID;

-- By which near-repeated texts are found: the bands of the newest comments, see
-- discuss.Print.
CREATE TABLE comment_prints (
	band       BIGINT NOT NULL,
	comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
	PRIMARY KEY (band, comment_id)
) WITHOUT ROWID;
CREATE INDEX comment_prints_comment ON comment_prints (comment_id);

-- When the service that judges comments did not answer, the newest ones.
CREATE TABLE hook_failures (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	at    BIGINT NOT NULL,
	error TEXT NOT NULL
);
-- A path of the site that ends letters of the kind; empty: there is none.
ALTER TABLE mails ADD COLUMN unsubscribe TEXT NOT NULL DEFAULT '';
