-- +goose Up

-- What readers keep: stories that they saved, and what they follow. kind is 0 for
-- a saved story, else the list of listings that is followed: section 2, topic 3,
-- person 4, story 6.
CREATE TABLE member_items (
	member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	kind      INTEGER NOT NULL,
	ref       BIGINT NOT NULL,
	since     BIGINT NOT NULL,
	ways      INTEGER NOT NULL DEFAULT 0, -- bits of member.Ways
	PRIMARY KEY (member_id, kind, ref)
);
CREATE INDEX member_items_since ON member_items (member_id, kind, since, ref);
CREATE INDEX member_items_ref ON member_items (kind, ref, member_id); -- who follows it

-- List 6: the stories that name a story as related.
INSERT INTO listings (list, ref, at, story_id)
SELECT DISTINCT 6, CAST(r.value AS BIGINT), s.first_published, s.id
FROM stories s
JOIN versions v ON v.story_id = s.id AND v.no = s.live_no
CROSS JOIN LATERAL jsonb_array_elements_text(COALESCE(CAST(v.content AS jsonb) -> 'related', '[]')) r
WHERE s.status = 'live' AND CAST(r.value AS BIGINT) <> s.id;
