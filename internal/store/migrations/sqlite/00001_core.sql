-- +goose Up

-- Times are UTC milliseconds, 0 where there is none. JSON is text. Names that
-- readers see are unique where an address is made of them.

CREATE TABLE settings (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE sections (
	id          INTEGER PRIMARY KEY,
	parent_id   BIGINT NOT NULL DEFAULT 0,
	slug        TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	position    INTEGER NOT NULL DEFAULT 0,
	hidden      INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE topics (
	id      INTEGER PRIMARY KEY,
	slug    TEXT NOT NULL UNIQUE,
	name    TEXT NOT NULL,
	folded  TEXT NOT NULL UNIQUE, -- the name in lower case with single blanks: the same topic is not made twice
	intro   TEXT NOT NULL DEFAULT '',
	curated INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE persons (
	id         INTEGER PRIMARY KEY,
	slug       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	folded     TEXT NOT NULL UNIQUE,
	title      TEXT NOT NULL DEFAULT '',
	bio        TEXT NOT NULL DEFAULT '',
	picture_id BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX persons_picture ON persons (picture_id) WHERE picture_id <> 0;

CREATE TABLE sources (
	id     INTEGER PRIMARY KEY,
	name   TEXT NOT NULL,
	folded TEXT NOT NULL UNIQUE,
	url    TEXT NOT NULL DEFAULT '',
	terms  TEXT NOT NULL DEFAULT ''
);

CREATE TABLE pictures (
	id         INTEGER PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL DEFAULT '',
	mime       TEXT NOT NULL,
	width      INTEGER NOT NULL,
	height     INTEGER NOT NULL,
	bytes      BIGINT NOT NULL,
	tone       INTEGER NOT NULL DEFAULT 0,
	caption    TEXT NOT NULL DEFAULT '',
	credit     TEXT NOT NULL DEFAULT '',
	copyright  TEXT NOT NULL DEFAULT '',
	alt        TEXT NOT NULL DEFAULT '',
	source     TEXT NOT NULL DEFAULT '',
	rights     TEXT NOT NULL DEFAULT '',
	uri        TEXT NOT NULL DEFAULT '',
	people     TEXT NOT NULL DEFAULT '[]',
	taken_at   BIGINT NOT NULL DEFAULT 0,
	created_at BIGINT NOT NULL,
	focal_x    DOUBLE PRECISION NOT NULL DEFAULT 0.5,
	focal_y    DOUBLE PRECISION NOT NULL DEFAULT 0.4,
	ai         INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX pictures_uri ON pictures (uri) WHERE uri <> '';

CREATE TABLE picture_addresses (
	token      TEXT PRIMARY KEY,
	picture_id BIGINT NOT NULL REFERENCES pictures (id),
	crop       TEXT NOT NULL,
	UNIQUE (picture_id, crop)
);

-- A story's row holds what decides its address and visibility, and what lists
-- print of the live version, so that a list reads no version.
CREATE TABLE stories (
	id              INTEGER PRIMARY KEY,
	status          TEXT NOT NULL,
	slug            TEXT NOT NULL DEFAULT '',
	uri             TEXT NOT NULL DEFAULT '',
	uri_version     TEXT NOT NULL DEFAULT '',
	uri_hash        TEXT NOT NULL DEFAULT '',
	live_no         INTEGER NOT NULL DEFAULT 0,
	last_no         INTEGER NOT NULL DEFAULT 0,
	section_id      BIGINT NOT NULL DEFAULT 0,
	first_published BIGINT NOT NULL DEFAULT 0,
	updated         BIGINT NOT NULL DEFAULT 0,
	created         BIGINT NOT NULL,
	embargo_until   BIGINT NOT NULL DEFAULT 0,
	stage           TEXT NOT NULL DEFAULT '',
	named_no        INTEGER NOT NULL DEFAULT 0,
	due_at          BIGINT NOT NULL DEFAULT 0,
	headline_key    BIGINT NOT NULL DEFAULT 0, -- news.HeadlineKey of the live headline
	verifies        BIGINT NOT NULL DEFAULT 0, -- the story that the live version verifies
	search_key      BIGINT NOT NULL DEFAULT 0, -- of its search entry, see search_project.go; 0: none
	card            TEXT NOT NULL DEFAULT ''   -- JSON: what news.Card holds beyond these columns; '' unless live
);
CREATE UNIQUE INDEX stories_uri ON stories (uri) WHERE uri <> '';
CREATE UNIQUE INDEX stories_search ON stories (search_key) WHERE search_key <> 0;
CREATE INDEX stories_due ON stories (due_at, id) WHERE due_at <> 0;
CREATE INDEX stories_headline ON stories (headline_key, first_published, id) WHERE headline_key <> 0;
CREATE INDEX stories_verifies ON stories (verifies, id) WHERE verifies <> 0;
CREATE INDEX stories_updated ON stories (updated, first_published, id) WHERE updated <> 0 AND status = 'live';

CREATE TABLE versions (
	story_id BIGINT NOT NULL REFERENCES stories (id),
	no       INTEGER NOT NULL,
	origin   TEXT NOT NULL,
	content  TEXT NOT NULL, -- JSON of news.Content
	by_actor TEXT NOT NULL,
	at       BIGINT NOT NULL,
	why      TEXT NOT NULL,
	PRIMARY KEY (story_id, no)
);

CREATE TABLE drafts (
	story_id   BIGINT PRIMARY KEY REFERENCES stories (id),
	seq        BIGINT NOT NULL,
	content    TEXT NOT NULL,
	block_seqs TEXT NOT NULL DEFAULT '{}', -- JSON: block or field -> number of its last change
	tombstones TEXT NOT NULL DEFAULT '{}', -- JSON: deleted block -> {number, at}
	by_actor   TEXT NOT NULL,
	at         BIGINT NOT NULL
);

CREATE TABLE draft_conflicts (
	id       INTEGER PRIMARY KEY,
	story_id BIGINT NOT NULL REFERENCES stories (id),
	block    TEXT NOT NULL,
	text     TEXT NOT NULL, -- JSON of the block or field that lost
	by_actor TEXT NOT NULL,
	at       BIGINT NOT NULL,
	settled  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX draft_conflicts_open ON draft_conflicts (story_id, id) WHERE settled = 0;

-- Every list of live stories is a range of this table: one row for each list
-- that a story stands in. list is 1 whole site, 2 section (and each above it),
-- 3 topic, 4 person, 5 the whole site narrowed to a kind (ref: 1 gallery, 2
-- video, 3 live).
CREATE TABLE listings (
	list     INTEGER NOT NULL,
	ref      BIGINT NOT NULL, -- the section, topic or person; 0 for the whole site
	at       BIGINT NOT NULL, -- first published
	story_id BIGINT NOT NULL,
	PRIMARY KEY (list, ref, at, story_id)
) WITHOUT ROWID;
CREATE INDEX listings_story ON listings (story_id);

CREATE TABLE picture_uses (
	picture_id BIGINT NOT NULL,
	story_id   BIGINT NOT NULL,
	PRIMARY KEY (picture_id, story_id)
) WITHOUT ROWID;
CREATE INDEX picture_uses_story ON picture_uses (story_id);

CREATE TABLE corrections (
	id        INTEGER PRIMARY KEY,
	story_id  BIGINT NOT NULL REFERENCES stories (id),
	kind      TEXT NOT NULL,
	text      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	notice_id BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX corrections_story ON corrections (story_id, at, id);
CREATE INDEX corrections_notice ON corrections (notice_id, at, id) WHERE notice_id <> 0;

CREATE TABLE withdrawals (
	story_id BIGINT PRIMARY KEY REFERENCES stories (id),
	reason   TEXT NOT NULL,
	note     TEXT NOT NULL DEFAULT '',
	at       BIGINT NOT NULL,
	by_actor TEXT NOT NULL,
	headline TEXT NOT NULL DEFAULT ''
);

CREATE TABLE redirects (
	host     TEXT NOT NULL,
	path     TEXT NOT NULL,
	story_id BIGINT NOT NULL DEFAULT 0,
	target   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (host, path)
);
CREATE INDEX redirects_story ON redirects (story_id) WHERE story_id <> 0;

CREATE TABLE pages (
	slug     TEXT PRIMARY KEY,
	title    TEXT NOT NULL,
	body     TEXT NOT NULL,
	position INTEGER NOT NULL DEFAULT 0,
	updated  BIGINT NOT NULL
);

-- The pictures that static pages show; their addresses are public.
CREATE TABLE page_pictures (
	slug       TEXT NOT NULL REFERENCES pages (slug) ON DELETE CASCADE,
	picture_id BIGINT NOT NULL,
	PRIMARY KEY (slug, picture_id)
);
CREATE INDEX page_pictures_picture ON page_pictures (picture_id);

CREATE TABLE fronts (
	id         INTEGER PRIMARY KEY,
	section_id BIGINT NOT NULL UNIQUE -- 0: the home page
);

CREATE TABLE containers (
	id       INTEGER PRIMARY KEY,
	front_id BIGINT NOT NULL REFERENCES fronts (id),
	kind     TEXT NOT NULL,
	title    TEXT NOT NULL DEFAULT '',
	position INTEGER NOT NULL,
	size     INTEGER NOT NULL,
	rule     TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX containers_front ON containers (front_id, position, id);

CREATE TABLE slots (
	container_id BIGINT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
	position     INTEGER NOT NULL,
	story_id     BIGINT NOT NULL,
	until        BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (container_id, position)
);
CREATE INDEX slots_story ON slots (story_id);

-- Rows are in commit order: see internal/store/event.go.
CREATE TABLE events (
	seq      INTEGER PRIMARY KEY,
	at       BIGINT NOT NULL,
	tags     TEXT NOT NULL, -- JSON array
	takedown INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE processes (
	id        TEXT PRIMARY KEY,
	name      TEXT NOT NULL,
	started   BIGINT NOT NULL,
	heartbeat BIGINT NOT NULL,
	applied   BIGINT NOT NULL
);

CREATE TABLE audits (
	id     INTEGER PRIMARY KEY,
	at     BIGINT NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audits_object ON audits (object, id);

-- Which input an import has taken in how far, so that an interrupted run goes
-- on where it stopped.
CREATE TABLE import_progress (
	source  TEXT PRIMARY KEY, -- file name and content hash or size
	done    BIGINT NOT NULL,  -- items or bytes that are in
	at      BIGINT NOT NULL
);

-- Single numbers that the store keeps for itself: see internal/store/mark.go.
CREATE TABLE marks (
	name  TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);
