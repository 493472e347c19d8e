package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"warta/internal/news"
)

// morsels are what random queries are made of: words of the corpus in several
// forms, the grammar's signs, and those of the engines' own grammars.
var morsels = strings.Fields(`banjir kebanjiran Jakarta kopi petani presiden gempa gunung pemilu harga turun warga air
	anak anak-anak dua tiga 412 1 SATRIA-1 floods the kapal Natuna rumah sungainya "suku bunga" "tahan gempa" Café
	rani yoga bagas OR ATAU OR ATAU AND NOT NEAR or - -- " “ ” ( ) * ^ : & | ! <-> + { } ' ; \ % _ $1 ? terms: search.terms
	-kopi -banjir -"air naik" \x00 漢字 банк ﬁ é ı 😀 tsection1 a b c`)

// Answers imports the corpus and returns what many random queries find there,
// a line each: the same on every engine.
func Answers(t testing.TB, open Open) []string {
	p := printCorpus(t, open)
	rng := rand.New(rand.NewPCG(20, 26))
	var lines []string
	for range 600 {
		words := make([]string, 1+rng.IntN(3))
		for i := range words {
			words[i] = morsels[rng.IntN(len(morsels))]
		}
		f := news.SearchFilter{Query: strings.Join(words, " "), Limit: 1 + rng.IntN(20), Ranked: rng.IntN(3) == 0}
		switch rng.IntN(6) {
		case 0:
			f.SectionID = p.section("nasional")
		case 1:
			f.SectionID = p.section("global")
		case 2:
			f.PersonID = p.people["Rani Wulandari"]
		case 3:
			f.From, f.To = firstDay.AddDate(0, 0, rng.IntN(30)), firstDay.AddDate(0, 0, 30+rng.IntN(30))
		}
		res, err := p.db.Search(t.Context(), f)
		if err != nil {
			t.Fatalf("search %q: %v", f.Query, err)
		}
		lines = append(lines, fmt.Sprintf("%q ranked %v: %v more %v", f.Query, f.Ranked, p.numbersOf(res.Cards), res.More))
	}
	return lines
}

// readDeepSection searches a section that hundreds of others stand below.
func readDeepSection(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	parent := n.section("opini")
	var last int64
	for i := range 300 {
		sec, err := n.site.SaveSection(t.Context(), editor, news.Section{ParentID: parent, Slug: fmt.Sprintf("kolom-%d", i), Name: fmt.Sprint("Kolom ", i)})
		n.ok(err)
		last = sec.ID
	}
	in := n.item("deep", "bola", "Zamrud", firstDay)
	in.Content.SectionID = last
	id := n.bring(in)[0]
	for section, want := range map[int64][]int64{parent: {id}, last: {id}, n.section("bola"): {}} {
		res, err := n.db.Search(t.Context(), news.SearchFilter{Query: "zamrud", SectionID: section, Limit: 5})
		n.ok(err)
		same(t, fmt.Sprint("in section ", section), cardIDs(res.Cards), want)
	}
}
