-- +goose Up

-- Names are suggested while somebody types: ranges by bytes, whatever the
-- database's own order of letters is.
CREATE INDEX topics_folded ON topics (folded COLLATE "C");
CREATE INDEX persons_folded ON persons (folded COLLATE "C");
CREATE INDEX sources_folded ON sources (folded COLLATE "C");
CREATE INDEX topic_aliases_folded ON topic_aliases (folded COLLATE "C");
