package stem_test

import (
	"regexp"
	"strings"
	"testing"

	"warta/internal/stem"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, fts5, tsquery string }{
		{"a word is looked for in both languages", "governments", `("igovernments" OR "egovern")`, `(igovernments | egovern)`},
		{"a number has one form", "2026", `"x2026"`, `x2026`},
		{"all words are required", "17 2026", `"x17" AND "x2026"`, `x17 & x2026`},
		{"a phrase keeps its order", `"harga beras"`, `("iharga iberas" OR "eharga ebera")`, `((iharga <-> iberas) | (eharga <-> ebera))`},
		{"typographic quotes are quotes", `“17 2026”`, `"x17 x2026"`, `(x17 <-> x2026)`},
		{"an open quote reaches to the end", `"17 2026`, `"x17 x2026"`, `(x17 <-> x2026)`},
		{"a word behind a quote is one of its own", `"17"2026`, `"x17" AND "x2026"`, `x17 & x2026`},
		{"a minus excludes", `17 -18 -"19 20"`, `("x17") NOT ("x18" OR "x19 x20")`, `(x17) & !(x18 | (x19 <-> x20))`},
		{"a dash between blanks excludes nothing", "17 - 18 -", `"x17" AND "x18"`, `x17 & x18`},
		{"a word with a hyphen is a phrase", "covid-19", `("icovid x19" OR "ecovid x19")`, `((icovid <-> x19) | (ecovid <-> x19))`},
		{"a repeated word is its singular", "anak-anak", `("ianak" OR "eanak")`, `(ianak | eanak)`},
		{"OR joins neighbours", "17 OR 18 19", `("x17" OR "x18") AND "x19"`, `(x17 | x18) & x19`},
		{"ATAU joins neighbours", "17 ATAU 18 ATAU 18", `("x17" OR "x18")`, `(x17 | x18)`},
		{"OR without neighbours is a word or nothing", "OR 17 OR", `("ior" OR "eor") AND "x17"`, `(ior | eor) & x17`},
		{"OR does not reach over an exclusion", "17 OR -18", `("x17") NOT ("x18")`, `(x17) & !(x18)`},
		{"a small or is a word", "17 or", `"x17" AND ("ior" OR "eor")`, `x17 & (ior | eor)`},
		{"the same word twice is asked for once", "17 17 1.7", `"x17" AND "x1 x7"`, `x17 & (x1 <-> x7)`},
		{"exclusions alone ask for nothing", "-17", "", ""},
		{"signs alone ask for nothing", `"" * ( ) : ^ & | ! <-> \' ;`, "", ""},
		{"operators of the engines mean nothing", `17 NEAR(18) x*`, `"x17" AND ("inear x18" OR "enear x18") AND ("ix" OR "ex")`,
			`x17 & ((inear <-> x18) | (enear <-> x18)) & (ix | ex)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := stem.ParseQuery(c.in)
			if q.Shortened {
				t.Error("it was shortened")
			}
			if got := q.FTS5(); got != c.fts5 {
				t.Errorf("FTS5\ngot  %s\nwant %s", got, c.fts5)
			}
			if got := q.TSQuery(); got != c.tsquery {
				t.Errorf("TSQuery\ngot  %s\nwant %s", got, c.tsquery)
			}
			if q.Empty() != (c.fts5 == "") {
				t.Errorf("Empty = %v", q.Empty())
			}
		})
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	section := stem.Tag("section", 3)
	for _, c := range []struct {
		name, in string
		filters  []string
		fts5     string
	}{
		{"a filter is required", "17", []string{section}, `"tsection3" AND "x17"`},
		{"a filter may stand alone", "", []string{section}, `"tsection3"`},
		{"exclusions work on a filter", "-17", []string{section}, `("tsection3") NOT ("x17")`},
		{"one of several is enough", "17", []string{stem.AnyOf(section, stem.Tag("section", 4))}, `("tsection3" OR "tsection4") AND "x17"`},
		{"none of none is met", "17", []string{stem.AnyOf()}, `"z" AND "x17"`},
		{"an empty filter is met by nothing", "17", []string{""}, `"z" AND "x17"`},
		{"a forged filter is met by nothing", "17", []string{`t" OR "x`}, `("z" OR "z" OR "z") AND "x17"`},
		{"a filter that is no tag is met by nothing", "17", []string{"iberita"}, `"z" AND "x17"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := stem.ParseQuery(c.in).FTS5(c.filters...); got != c.fts5 {
				t.Errorf("got %s, want %s", got, c.fts5)
			}
		})
	}
}

func TestQueryBounds(t *testing.T) {
	t.Parallel()
	t.Run("twelve words are whole", func(t *testing.T) {
		t.Parallel()
		q := stem.ParseQuery("1 2 3 4 5 6 7 8 9 10 11 12")
		if len(q.Clauses) != 12 || q.Shortened {
			t.Errorf("%d clauses, shortened %v", len(q.Clauses), q.Shortened)
		}
	})
	t.Run("the thirteenth is left out and said so", func(t *testing.T) {
		t.Parallel()
		q := stem.ParseQuery(`1 2 3 4 5 6 7 8 9 10 "11 12 13" 14`)
		if len(q.Clauses) != 11 || !q.Shortened {
			t.Errorf("%d clauses, shortened %v", len(q.Clauses), q.Shortened)
		}
		if got := strings.Join(q.Clauses[10].Runs[0], " "); got != "x11 x12" {
			t.Errorf("the phrase became %q", got)
		}
	})
	t.Run("what is beyond 200 bytes is left out without breaking a letter", func(t *testing.T) {
		t.Parallel()
		q := stem.ParseQuery(strings.Repeat("a", 199) + "é")
		if !q.Shortened || len(q.Clauses) != 1 {
			t.Errorf("%+v", q)
		}
	})
}

var plainFTS5 = regexp.MustCompile(`^(AND|OR|NOT|[() ]|"[a-z0-9]+( [a-z0-9]+)*")*$`)

var plainTS = regexp.MustCompile(`^([a-z0-9]+|<->|[()&|! ])*$`)

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{`a "b c" -d OR e`, `-"x`, `“”«»`, "OR OR -OR", `"' OR 1=1 --`, "a\x00b", "anak-anak -北京"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := stem.ParseQuery(s)
		if got := q.FTS5(); !plainFTS5.MatchString(got) || q.Empty() != (got == "") {
			t.Fatalf("%q gives %s", s, got)
		}
		if got := q.TSQuery(); !plainTS.MatchString(got) || q.Empty() != (got == "") {
			t.Fatalf("%q gives %s", s, got)
		}
		if len(q.Clauses) > 12 {
			t.Fatalf("%q gives %d clauses", s, len(q.Clauses))
		}
		for _, c := range q.Clauses {
			if len(c.Runs) == 0 {
				t.Fatalf("%q gives an empty clause", s)
			}
		}
	})
}
