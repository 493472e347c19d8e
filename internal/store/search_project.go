package store

// The search projection. A live story has one entry; any other has none. It is
// written in the transaction of the change that made it so (writeSearch).
//
// Key. The entry's key orders the results, newest first, without a join or a
// sort: first publication in milliseconds << 21 | id & 0x1fffff. It stands in
// stories.search_key (0: no entry; unique), so that results become cards by
// `WHERE search_key IN (…)` and a cursor's key is read from its story's row. If
// another story holds the key already (two million stories apart and the same
// millisecond), the next free one is taken. searchKey(at, id) gives the key of
// an instant for the date bounds and for a cursor whose story has gone.
//
// SQLite: the FTS5 table `search`, contentless, whose rowid is the key, with the
// columns head, body and tags. Phrases do not cross columns.
//
//	SELECT rowid FROM search WHERE search MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3
//
// PostgreSQL: the table search (key BIGINT PRIMARY KEY, terms TSVECTOR) with a
// GIN index on terms. The weights stand for the columns: A head, D body,
// C tags, and positions leave a gap between head and body, so that a phrase
// does not cross there either.
//
//	SELECT key FROM search WHERE terms @@ $1::tsquery AND key < $2 ORDER BY key DESC LIMIT $3
//
// Contents, as terms of [a-z0-9] from package stem, the same on both engines:
//   - head: headline, short headline, standfirst, names of the credited people,
//     names of the topics
//   - body: the body's plain text, together at most maxSearchTerms terms
//   - tags: stem.Tag(kind, id) for "section" (the story's and each above it),
//     "topic", "person". Ask for them in the column tags (weight C) only and for
//     words in head and body (weights A and D) only, so that a word never
//     matches a tag.
//
// A renamed person or topic is found by the new name in stories that are
// written after the change; the filter by tag is right at once. That is on
// purpose: an agency's byline stands under hundreds of thousands of stories.

// searchKey returns the key of a story that was first published at the
// millisecond ms, before a clash is settled.
func searchKey(ms, id int64) int64 { return ms<<21 | id&(1<<21-1) }

// maxSearchTerms bounds the terms of one entry: PostgreSQL keeps no positions
// above 16,383, and both engines must find the same phrases.
const maxSearchTerms = 16_000
