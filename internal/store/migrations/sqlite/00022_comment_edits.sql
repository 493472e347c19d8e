-- +goose Up

-- Whether a comment was changed since moderators looked.
CREATE INDEX comments_edited ON comments (edited) WHERE edited <> 0;
