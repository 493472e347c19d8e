-- +goose Up

-- search_key orders the library, newest first, and is the rowid of the search
-- entry: created_at << 21 | id & 0x1fffff, see internal/store/picture_search.go.
-- idle: nothing shows the picture; kept by the triggers below, whoever writes.
ALTER TABLE pictures ADD COLUMN added_by BIGINT NOT NULL DEFAULT 0; -- the user; 0: a part of the program
ALTER TABLE pictures ADD COLUMN search_key BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pictures ADD COLUMN idle INTEGER NOT NULL DEFAULT 1;
UPDATE pictures SET search_key = (created_at << 21) | (id & 2097151);
CREATE UNIQUE INDEX pictures_search ON pictures (search_key);
CREATE INDEX pictures_uncredited ON pictures (search_key) WHERE credit = '';
CREATE INDEX pictures_ai ON pictures (search_key) WHERE ai = 1;
CREATE INDEX pictures_idle ON pictures (search_key) WHERE idle = 1;
CREATE INDEX pictures_added ON pictures (added_by, search_key) WHERE added_by <> 0;

CREATE VIRTUAL TABLE picture_search USING fts5(
	terms,
	content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- The pictures of drafts, of versions named for release, and of withdrawn
-- stories, which may come back. Live ones are in picture_uses.
CREATE TABLE picture_draft_uses (
	picture_id BIGINT NOT NULL,
	story_id   BIGINT NOT NULL,
	PRIMARY KEY (picture_id, story_id)
) WITHOUT ROWID;
CREATE INDEX picture_draft_uses_story ON picture_draft_uses (story_id);

-- Pictures that were deleted and whose files may still lie in the store.
CREATE TABLE picture_trash (
	hash TEXT PRIMARY KEY,
	mime TEXT NOT NULL,
	at   BIGINT NOT NULL
);

-- Uploads on their way. received is never ahead of the bytes that are kept.
CREATE TABLE uploads (
	id         TEXT PRIMARY KEY, -- random
	user_id    BIGINT NOT NULL,
	name       TEXT NOT NULL,
	length     BIGINT NOT NULL,
	received   BIGINT NOT NULL DEFAULT 0,
	picture_id BIGINT NOT NULL DEFAULT 0, -- what it became
	known      INTEGER NOT NULL DEFAULT 0, -- the picture was there before
	created    BIGINT NOT NULL,
	touched    BIGINT NOT NULL
);
CREATE INDEX uploads_user ON uploads (user_id) WHERE picture_id = 0;
CREATE INDEX uploads_touched ON uploads (touched, id);

CREATE TABLE upload_parts (
	upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
	at        BIGINT NOT NULL, -- its first byte
	size      BIGINT NOT NULL,
	key       TEXT NOT NULL,   -- of the blob
	PRIMARY KEY (upload_id, at)
) WITHOUT ROWID;

UPDATE pictures
SET idle = 0
WHERE id IN (SELECT picture_id FROM picture_uses)
   OR id IN (SELECT picture_id FROM page_pictures)
   OR id IN (SELECT picture_id FROM persons WHERE picture_id <> 0);

-- +goose StatementBegin
CREATE TRIGGER picture_uses_added AFTER INSERT ON picture_uses BEGIN
	UPDATE pictures SET idle = 0 WHERE id = NEW.picture_id AND idle = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER picture_draft_uses_added AFTER INSERT ON picture_draft_uses BEGIN
	UPDATE pictures SET idle = 0 WHERE id = NEW.picture_id AND idle = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER page_pictures_added AFTER INSERT ON page_pictures BEGIN
	UPDATE pictures SET idle = 0 WHERE id = NEW.picture_id AND idle = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER persons_picture_added AFTER INSERT ON persons WHEN NEW.picture_id <> 0 BEGIN
	UPDATE pictures SET idle = 0 WHERE id = NEW.picture_id AND idle = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER picture_uses_gone AFTER DELETE ON picture_uses BEGIN
	UPDATE pictures SET idle = 1
	WHERE id = OLD.picture_id AND idle = 0
	  AND NOT EXISTS (SELECT 1 FROM picture_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM picture_draft_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM page_pictures WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM persons WHERE picture_id = OLD.picture_id AND picture_id <> 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER picture_draft_uses_gone AFTER DELETE ON picture_draft_uses BEGIN
	UPDATE pictures SET idle = 1
	WHERE id = OLD.picture_id AND idle = 0
	  AND NOT EXISTS (SELECT 1 FROM picture_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM picture_draft_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM page_pictures WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM persons WHERE picture_id = OLD.picture_id AND picture_id <> 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER page_pictures_gone AFTER DELETE ON page_pictures BEGIN
	UPDATE pictures SET idle = 1
	WHERE id = OLD.picture_id AND idle = 0
	  AND NOT EXISTS (SELECT 1 FROM picture_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM picture_draft_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM page_pictures WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM persons WHERE picture_id = OLD.picture_id AND picture_id <> 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER persons_picture_gone AFTER DELETE ON persons WHEN OLD.picture_id <> 0 BEGIN
	UPDATE pictures SET idle = 1
	WHERE id = OLD.picture_id AND idle = 0
	  AND NOT EXISTS (SELECT 1 FROM picture_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM picture_draft_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM page_pictures WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM persons WHERE picture_id = OLD.picture_id AND picture_id <> 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER persons_picture_moved AFTER UPDATE OF picture_id ON persons WHEN NEW.picture_id <> OLD.picture_id BEGIN
	UPDATE pictures SET idle = 0 WHERE id = NEW.picture_id AND idle = 1;
	UPDATE pictures SET idle = 1
	WHERE id = OLD.picture_id AND idle = 0
	  AND NOT EXISTS (SELECT 1 FROM picture_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM picture_draft_uses WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM page_pictures WHERE picture_id = OLD.picture_id)
	  AND NOT EXISTS (SELECT 1 FROM persons WHERE picture_id = OLD.picture_id AND picture_id <> 0);
END;
-- +goose StatementEnd
