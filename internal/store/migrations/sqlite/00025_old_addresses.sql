-- +goose Up
-- Old addresses are found by what all spellings of one have in common. The
-- program fills it in, since SQL cannot: see foldRedirects.
ALTER TABLE redirects ADD COLUMN fold_host TEXT NOT NULL DEFAULT '';
ALTER TABLE redirects ADD COLUMN fold_path TEXT NOT NULL DEFAULT '';
CREATE INDEX redirects_fold ON redirects (fold_path, host, path);
-- Lists of the newsroom go by this order as well.
DROP INDEX redirects_story;
CREATE INDEX redirects_story ON redirects (story_id, host, path) WHERE story_id <> 0;
