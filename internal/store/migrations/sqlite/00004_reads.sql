-- +goose Up

-- Reads are kept in a file of their own (internal/store/reads.go): they may be
-- lost, and must not wait for the writer. This step keeps both engines at the
-- same number.
SELECT 1;
