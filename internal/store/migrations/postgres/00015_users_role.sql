-- +goose Up

-- Who is told of what no desk has people for.
CREATE INDEX users_role ON users (role, id);
