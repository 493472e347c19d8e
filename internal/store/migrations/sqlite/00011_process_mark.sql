-- +goose Up

-- What tells another process of the same machine that this one has ended; see
-- process_mark_linux.go. Empty: nobody can tell.
ALTER TABLE processes ADD COLUMN mark TEXT NOT NULL DEFAULT '';
