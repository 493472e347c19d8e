-- +goose Up

-- FTS5 has no list that waits. This step keeps both engines at the same number.
SELECT 1;
