package stem_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"warta/internal/stem"
)

// article is a document of the tests: fields in a language, and a section.
type article struct {
	language string
	fields   []string
	section  int64
}

func (a article) index() string {
	d := stem.NewDocument(a.language)
	for _, f := range a.fields {
		d.Add(f)
	}
	d.Tag(stem.Tag("section", a.section))
	return d.String()
}

var articles = []article{
	{"id", []string{"Pemerintah membangun jalan tol", "Pembangunan jalan di Jakarta, AFP melaporkan."}, 1},
	{"en", []string{"Government builds toll roads", "The roads in Jakarta were built by the people's company."}, 1},
	{"id", []string{"Anak-anak korban banjir dievakuasi", "Sebanyak 1.234 warga mengungsi, kata Erdoğan."}, 2},
	{"en", []string{"Permission denied for the mission", "It was the third mission of 2022."}, 2},
	{"id", []string{"Persija menang 2-1", "Harga beras naik lagi. Covid-19 mereda."}, 3},
	{"id", []string{"Harga", "beras turun di 北京大学, kata Ёж"}, 3},
}

func TestMatchesInFTS5(t *testing.T) {
	t.Parallel()
	db := openFTS5(t, articles)
	for _, c := range []struct {
		name, query string
		filters     []string
		want        []int64
	}{
		{"an inflected word finds its kin", "dibangun", nil, []int64{1}},
		{"an English word finds its kin", "building", nil, []int64{2}},
		{"one query finds both languages", "Jakarta", nil, []int64{1, 2}},
		{"the Indonesian stemmer leaves English texts alone", "mission", nil, []int64{4}},
		{"a repeated plural is found by its singular", "anak", nil, []int64{3}},
		{"a singular's plural is found", "anak-anak", nil, []int64{3}},
		{"accents do not matter", "ERDOGAN", nil, []int64{3}},
		{"a number is found with and without its separator", "1234", nil, []int64{3}},
		{"a number in English spelling is found", "1,234", nil, []int64{3}},
		{"a score is found as a phrase", `"2-1"`, nil, []int64{5}},
		{"a score the other way round is another", `"1-2"`, nil, nil},
		{"a hyphen may be left out", "covid19", nil, []int64{5}},
		{"a phrase keeps its order", `"harga beras"`, nil, []int64{5}},
		{"a phrase does not reach across fields", `"harga beras turun"`, nil, nil},
		{"words reach across fields", "harga beras", nil, []int64{5, 6}},
		{"an English phrase is found by inflected words", `"toll road"`, nil, []int64{2}},
		{"a possessive does not matter", "people company", nil, []int64{2}},
		{"other scripts are found in part", "大学", nil, []int64{6}},
		{"and in order", "学大", nil, nil},
		{"Cyrillic is found without its dots", "еж", nil, []int64{6}},
		{"an exclusion leaves out", "jakarta -tol", nil, []int64{2}},
		{"alternatives are both found", "Persija OR korban", nil, []int64{3, 5}},
		{"a filter narrows", "kata", []string{stem.Tag("section", 3)}, []int64{6}},
		{"a filter alone lists", "", []string{stem.Tag("section", 2)}, []int64{3, 4}},
		{"either filter lists", "", []string{stem.AnyOf(stem.Tag("section", 2), stem.Tag("section", 3))}, []int64{3, 4, 5, 6}},
		{"two filters contradict", "", []string{stem.Tag("section", 2), stem.Tag("section", 3)}, nil},
		{"a tag cannot be typed", "tsection3", nil, nil},
		{"an unknown tag finds nothing", "jakarta", []string{stem.Tag("section", 12)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := find(t, db, stem.ParseQuery(c.query).FTS5(c.filters...))
			if !slices.Equal(got, c.want) {
				t.Errorf("%s finds %v, want %v", c.query, got, c.want)
			}
		})
	}
}

// TestFTS5AgreesWithTheGrammar holds random queries on random documents against
// a plain reading of the clauses.
func TestFTS5AgreesWithTheGrammar(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields("jalan jalannya beras roads road building banjir-banjir covid19 7 1.234 北京 Ёж people's anak-anak")
	words := func(n int) string {
		var out []string
		for range n {
			out = append(out, vocabulary[r.IntN(len(vocabulary))])
		}
		return strings.Join(out, " ")
	}
	var docs []article
	for range 120 {
		docs = append(docs, article{[]string{"id", "en"}[r.IntN(2)], []string{words(1 + r.IntN(5)), words(r.IntN(6))}, r.Int64N(3)})
	}
	db := openFTS5(t, docs)
	hits := 0
	for range 300 {
		var parts []string
		for range 1 + r.IntN(3) {
			part := words(1)
			if r.IntN(3) == 0 {
				part = `"` + words(1+r.IntN(3)) + `"`
			}
			parts = append(parts, []string{"", "", "", "-", "OR "}[r.IntN(5)]+part)
		}
		query := strings.Join(parts, " ")
		q := stem.ParseQuery(query)
		if q.Empty() {
			continue
		}
		filter := stem.Tag("section", r.Int64N(3))
		var want []int64
		for i, d := range docs {
			if holds(q, filter, strings.Fields(d.index())) {
				want = append(want, int64(i+1))
			}
		}
		hits += len(want)
		if got := find(t, db, q.FTS5(filter)); !slices.Equal(got, want) {
			t.Fatalf("%s\nas %s\nfinds %v, want %v", query, q.FTS5(filter), got, want)
		}
	}
	if hits < 200 {
		t.Errorf("the queries found %d documents in all, too few to prove anything", hits)
	}
}

// holds reads the query's clauses as their documentation says.
func holds(q stem.Query, filter string, terms []string) bool {
	if !slices.Contains(terms, filter) {
		return false
	}
	for _, c := range q.Clauses {
		if slices.ContainsFunc(c.Runs, func(run []string) bool {
			for i := range len(terms) - len(run) + 1 {
				if slices.Equal(terms[i:i+len(run)], run) {
					return true
				}
			}
			return false
		}) == c.Not {
			return false
		}
	}
	return true
}

func openFTS5(t *testing.T, docs []article) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", fmt.Sprintf("file:%s/search.db", t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, `CREATE VIRTUAL TABLE d USING fts5(terms, content='', tokenize='unicode61')`); err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range docs {
		if _, err := tx.ExecContext(ctx, `INSERT INTO d (rowid, terms) VALUES ($1, $2)`, i+1, d.index()); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}

func find(t *testing.T, db *sql.DB, match string) []int64 {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), `SELECT rowid FROM d WHERE d MATCH $1 ORDER BY rowid`, match)
	if err != nil {
		t.Fatalf("%s: %v", match, err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
