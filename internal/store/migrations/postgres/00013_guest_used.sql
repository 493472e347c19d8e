-- +goose Up

-- When a guest last read by the link, to the minute; 0: never.
ALTER TABLE guest_links ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
