-- +goose Up

-- What readers can buy. A plan is never lost: whoever has one keeps it.
CREATE TABLE plans (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: the ledger names what is gone
	name       TEXT NOT NULL,
	note       TEXT NOT NULL DEFAULT '',
	period     TEXT NOT NULL, -- day, month, year
	price      BIGINT NOT NULL, -- with tax, in the currency's smallest unit
	currency   TEXT NOT NULL,
	benefits   INTEGER NOT NULL, -- bits of member.Benefits
	trial_days INTEGER NOT NULL DEFAULT 0,
	state      TEXT NOT NULL, -- offered, archived, deleted
	position   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX plans_position ON plans (position, id);

-- A plan as a member bought it. The member's number stays when he is erased: the
-- books are kept, and say of nobody who he was.
CREATE TABLE purchases (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	code         TEXT NOT NULL UNIQUE, -- by which gateways and bank statements name it
	member_id    BIGINT NOT NULL,
	plan_id      BIGINT NOT NULL,
	plan         TEXT NOT NULL,
	period       TEXT NOT NULL,
	price        BIGINT NOT NULL,
	currency     TEXT NOT NULL,
	benefits     INTEGER NOT NULL,
	tax_rate     BIGINT NOT NULL, -- hundredths of a per cent that are in the price
	trial_days   INTEGER NOT NULL DEFAULT 0,
	renews       INTEGER NOT NULL DEFAULT 0,
	gateway      TEXT NOT NULL,
	created      BIGINT NOT NULL,
	ref          TEXT NOT NULL DEFAULT '', -- the checkout at the gateway
	url          TEXT NOT NULL DEFAULT '',
	customer     TEXT NOT NULL DEFAULT '',
	subscription TEXT NOT NULL DEFAULT '',
	looked       BIGINT NOT NULL DEFAULT 0, -- when the gateway was last asked
	expired      INTEGER NOT NULL DEFAULT 0,
	noticed      TEXT NOT NULL DEFAULT '', -- the last letter about its end
	-- From here on: computed from the ledger, and computed again with every entry.
	canceled     INTEGER NOT NULL DEFAULT 0,
	revoked      INTEGER NOT NULL DEFAULT 0,
	failing      INTEGER NOT NULL DEFAULT 0,
	since        BIGINT NOT NULL DEFAULT 0, -- 0: nothing was paid
	until        BIGINT NOT NULL DEFAULT 0,
	access       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX purchases_member ON purchases (member_id, id);
CREATE INDEX purchases_plan ON purchases (plan_id, access);
CREATE INDEX purchases_subscription ON purchases (gateway, subscription) WHERE subscription <> '';
CREATE INDEX purchases_open ON purchases (gateway, looked, id) WHERE since = 0 AND expired = 0;
CREATE INDEX purchases_access ON purchases (access, id) WHERE access <> 0;
CREATE INDEX purchases_live ON purchases (gateway, id) WHERE since <> 0;

-- The ledger: what happened to purchases, for ever. Nothing in it is changed. A
-- move is a transfer between two accounts, so an entry cannot be out of balance.
CREATE TABLE ledger (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	key         TEXT NOT NULL UNIQUE, -- the same thing is entered once
	kind        TEXT NOT NULL,
	at          BIGINT NOT NULL, -- when it happened
	booked      BIGINT NOT NULL, -- when it became known here
	member_id   BIGINT NOT NULL,
	purchase_id BIGINT NOT NULL,
	payment     TEXT NOT NULL DEFAULT '',
	amount      BIGINT NOT NULL DEFAULT 0,
	currency    TEXT NOT NULL DEFAULT '',
	from_at     BIGINT NOT NULL DEFAULT 0, -- what a renewal paid for, as the gateway says
	until_at    BIGINT NOT NULL DEFAULT 0,
	days        INTEGER NOT NULL DEFAULT 0,
	actor       TEXT NOT NULL DEFAULT '',
	reason      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX ledger_member ON ledger (member_id, id);
CREATE INDEX ledger_payment ON ledger (payment, id) WHERE payment <> '';
CREATE INDEX ledger_at ON ledger (at, id);

CREATE TABLE ledger_moves (
	entry_id BIGINT NOT NULL REFERENCES ledger (id),
	n        INTEGER NOT NULL,
	debit    TEXT NOT NULL,
	credit   TEXT NOT NULL,
	amount   BIGINT NOT NULL CHECK (amount > 0),
	currency TEXT NOT NULL,
	PRIMARY KEY (entry_id, n),
	CHECK (debit <> credit AND debit <> '' AND credit <> '')
) WITHOUT ROWID;

-- What gateways told, without any person in it.
CREATE TABLE pay_events (
	gateway     TEXT NOT NULL,
	id          TEXT NOT NULL, -- the gateway's
	kind        TEXT NOT NULL,
	facts       TEXT NOT NULL, -- JSON
	received    BIGINT NOT NULL,
	outcome     TEXT NOT NULL,
	note        TEXT NOT NULL DEFAULT '',
	purchase_id BIGINT NOT NULL DEFAULT 0,
	member_id   BIGINT NOT NULL DEFAULT 0,
	by_actor    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (gateway, id)
) WITHOUT ROWID;
CREATE INDEX pay_events_outcome ON pay_events (outcome, received, gateway, id);
CREATE INDEX pay_events_member ON pay_events (member_id, received);

-- How often messages came for which nobody vouches, a line a day.
CREATE TABLE pay_refusals (
	gateway TEXT NOT NULL,
	day     BIGINT NOT NULL, -- its beginning in UTC
	n       BIGINT NOT NULL,
	last    BIGINT NOT NULL,
	PRIMARY KEY (gateway, day)
) WITHOUT ROWID;

-- Comparisons with gateways, and what they found.
CREATE TABLE pay_checks (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	begun   BIGINT NOT NULL,
	ended   BIGINT NOT NULL DEFAULT 0, -- 0: it broke off
	looked  BIGINT NOT NULL DEFAULT 0, -- at purchases
	after   BIGINT NOT NULL DEFAULT 0, -- the last purchase that was looked at
	error   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pay_checks_gateway ON pay_checks (gateway, id);
CREATE TABLE pay_differences (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway     TEXT NOT NULL,
	purchase_id BIGINT NOT NULL,
	member_id   BIGINT NOT NULL,
	key         TEXT NOT NULL UNIQUE, -- the same one is shown once
	kind        TEXT NOT NULL, -- missing_here, missing_there, amount
	detail      TEXT NOT NULL,
	at          BIGINT NOT NULL,
	settled     BIGINT NOT NULL DEFAULT 0,
	by_actor    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pay_differences_settled ON pay_differences (settled, id);

-- Refunds and gifts that staff ask for: above a sum a second person confirms.
CREATE TABLE pay_requests (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT NOT NULL, -- refund, comp
	member_id   BIGINT NOT NULL,
	purchase_id BIGINT NOT NULL DEFAULT 0,
	entry_id    BIGINT NOT NULL DEFAULT 0, -- the payment of a refund
	plan_id     BIGINT NOT NULL DEFAULT 0, -- of a comp
	count       INTEGER NOT NULL DEFAULT 0, -- its periods
	amount      BIGINT NOT NULL,
	currency    TEXT NOT NULL,
	reason      TEXT NOT NULL,
	by_actor    TEXT NOT NULL,
	at          BIGINT NOT NULL,
	state       TEXT NOT NULL, -- waiting, approved, done, refused, failed
	decided_by  TEXT NOT NULL DEFAULT '',
	decided_at  BIGINT NOT NULL DEFAULT 0,
	error       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pay_requests_state ON pay_requests (state, id);
CREATE INDEX pay_requests_member ON pay_requests (member_id, id);

-- Until when a member has what he paid for; 0: he has not.
ALTER TABLE members ADD COLUMN ad_free_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN text_until BIGINT NOT NULL DEFAULT 0;
