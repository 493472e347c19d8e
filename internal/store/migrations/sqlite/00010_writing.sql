-- +goose Up

-- Names are suggested while somebody types by the unique indexes on folded. This
-- step keeps both engines at the same number.
SELECT 1;
