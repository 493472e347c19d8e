// Package stem turns text and search queries into index terms that mean the same
// to SQLite's FTS5 and to PostgreSQL's tsvector. It holds the stemmers for
// Indonesian and English, the query's grammar, and the marking of matches. It
// knows no table, no story and no page.
//
// # Terms
//
// A text is cut into words: runs of letters, or of digits ("covid19" is two).
// Case and diacritics are folded, apostrophes vanish, "1.234" and "1,234" are
// 1234. Each word becomes one term of [a-z0-9], so both engines' own tokenizers
// leave it as it is, and the first letter keeps the kinds apart:
//
//	i  the Indonesian stem, in a text in Indonesian
//	e  the English stem, in a text in English
//	x  digits
//	u  other scripts, four characters a rune; Chinese, Japanese and Thai, which
//	   write no blanks, one rune a term
//	t  a tag, see Tag
//
// A text is indexed with the stems of its own language alone, and a query looks
// for either: "mission" is i+mission or e+mission. So one query finds stories in
// both languages, no stemmer touches words that it does not know, a position
// holds one term and phrases stay exact. A word that a query repeats exactly is
// found in any language, as it has one stem there.
//
// A repeated word with a hyphen ("anak-anak", "anak-anaknya") is one term: it is
// a plural, and "anak" should find it. No stop words are left out: they cost
// little, and without them a phrase such as "dari dan untuk" could not be found.
package stem
