-- +goose Up

-- The balance of each account of the ledger: what was debited less what was credited.
-- Whoever writes a move adds it here in the same transaction; the moves are the truth.
CREATE TABLE ledger_totals (
	account  TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	amount   BIGINT NOT NULL,
	PRIMARY KEY (currency, account)
);
INSERT INTO ledger_totals (account, currency, amount)
SELECT account, currency, CAST(SUM(amount) AS BIGINT)
FROM (
	SELECT debit AS account, currency, amount FROM ledger_moves
	UNION ALL
	SELECT credit AS account, currency, -amount FROM ledger_moves
) AS sides
GROUP BY account, currency;
