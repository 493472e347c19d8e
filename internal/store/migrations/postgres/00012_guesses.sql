-- +goose Up

-- Attempts to sign in, by the hash of what they are counted for: an account, or
-- an account from one network. They outlive a restart.
CREATE TABLE guesses (
	key   TEXT PRIMARY KEY,
	count BIGINT NOT NULL,
	until BIGINT NOT NULL -- then it begins anew
);
CREATE INDEX guesses_until ON guesses (until);
