-- +goose Up

-- What is sold: advertisers, their orders, line items, and the creatives that
-- readers see.
CREATE TABLE ad_advertisers (
	id      INTEGER PRIMARY KEY,
	name    TEXT NOT NULL,
	folded  TEXT NOT NULL UNIQUE,
	contact TEXT NOT NULL DEFAULT '',
	note    TEXT NOT NULL DEFAULT ''
);

CREATE TABLE ad_orders (
	id            INTEGER PRIMARY KEY,
	advertiser_id BIGINT NOT NULL REFERENCES ad_advertisers (id),
	name          TEXT NOT NULL,
	state         TEXT NOT NULL,
	note          TEXT NOT NULL DEFAULT '',
	created_at    BIGINT NOT NULL,
	link_no       BIGINT NOT NULL DEFAULT 0 -- report links of earlier numbers count no more
);
CREATE INDEX ad_orders_state ON ad_orders (state, id);
CREATE INDEX ad_orders_advertiser ON ad_orders (advertiser_id, id);

CREATE TABLE ad_items (
	id       INTEGER PRIMARY KEY,
	order_id BIGINT NOT NULL REFERENCES ad_orders (id),
	name     TEXT NOT NULL,
	state    TEXT NOT NULL,
	starts   BIGINT NOT NULL,
	ends     BIGINT NOT NULL,
	goal     BIGINT NOT NULL,
	priority INTEGER NOT NULL,
	terms    TEXT NOT NULL,
	seen     BIGINT NOT NULL DEFAULT 0, -- sums of ad_counts
	clicked  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ad_items_order ON ad_items (order_id, id);
CREATE INDEX ad_items_live ON ad_items (state, ends, id);

CREATE TABLE ad_creatives (
	id         INTEGER PRIMARY KEY,
	item_id    BIGINT NOT NULL REFERENCES ad_items (id),
	state      TEXT NOT NULL,
	placement  TEXT NOT NULL,
	narrow     BIGINT NOT NULL DEFAULT 0,
	wide       BIGINT NOT NULL DEFAULT 0,
	content    TEXT NOT NULL,
	link_fault TEXT NOT NULL DEFAULT '',
	link_tried BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ad_creatives_item ON ad_creatives (item_id, id);

-- The pictures of creatives; shown ones are public.
CREATE TABLE ad_pictures (
	picture_id  BIGINT NOT NULL,
	creative_id BIGINT NOT NULL REFERENCES ad_creatives (id),
	shown       INTEGER NOT NULL,
	PRIMARY KEY (picture_id, creative_id)
) WITHOUT ROWID;
CREATE INDEX ad_pictures_creative ON ad_pictures (creative_id);

-- How often a creative was seen and clicked, by the hour.
CREATE TABLE ad_counts (
	item_id     BIGINT NOT NULL,
	hour        BIGINT NOT NULL,
	creative_id BIGINT NOT NULL,
	placement   TEXT NOT NULL,
	seen        BIGINT NOT NULL,
	clicked     BIGINT NOT NULL,
	refused     BIGINT NOT NULL,
	PRIMARY KEY (item_id, hour, creative_id, placement)
) WITHOUT ROWID;

CREATE TABLE ad_offers (
	id      INTEGER PRIMARY KEY,
	name    TEXT NOT NULL,
	state   TEXT NOT NULL,
	place   TEXT NOT NULL,
	starts  BIGINT NOT NULL,
	ends    BIGINT NOT NULL,
	content TEXT NOT NULL
);
CREATE INDEX ad_offers_state ON ad_offers (state, ends, id);

-- One row: which places pages have, and the budget.
CREATE TABLE ad_settings (
	id       INTEGER PRIMARY KEY,
	settings TEXT NOT NULL
);
