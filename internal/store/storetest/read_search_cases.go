package storetest

import "strings"

// searchCase is a query over the corpus and the numbers of the stories that it
// finds, in order.
type searchCase struct {
	says  string // what the case holds
	query string
	want  []int

	section, topic, person string
	from, to               int // numbers of stories: the dates of a range, to exclusive
	ranked                 bool
}

// floods are the stories about floods, whatever form of the word they use.
var floods = []int{60, 44, 28, 25, 15, 3, 2}

// floodsInIndonesian are those that are written in Indonesian: the affixes of one
// language mean nothing in the other.
var floodsInIndonesian = []int{60, 44, 25, 15, 3, 2}

var searchCases = []searchCase{
	{says: "a word is found in headline, standfirst, body and topic", query: "banjir", want: floods},
	{says: "case does not matter", query: "BANJIR", want: floods},
	{says: "an affix does not matter", query: "kebanjiran", want: floodsInIndonesian},
	{says: "another affix does not matter", query: "membanjiri", want: floodsInIndonesian},
	{says: "a root finds its forms", query: "tani", want: []int{50, 45, 7, 1}},
	{says: "a form finds its root", query: "petani", want: []int{50, 45, 7, 1}},
	{says: "possessives do not matter", query: "sungai", want: []int{44, 25, 23, 17, 3}},
	{says: "a plural by repetition is found by the singular", query: "anak", want: []int{42, 13, 12}},
	{says: "a plural by repetition finds the singular", query: "anak-anak", want: []int{42, 13, 12}},
	{says: "an accent in the text does not matter", query: "cafe", want: []int{55}},
	{says: "an accent in the query does not matter", query: "kópi", want: []int{55, 45, 40, 7}},
	{says: "a decomposed accent does not matter", query: "Cafe\u0301 Braga", want: []int{55}},
	{says: "a topic of two words is found", query: "mobil listrik", want: []int{37, 11}},
	{says: "a person is found by name", query: "rani wulandari", want: []int{47, 19, 3, 1}},
	{says: "a person is found by first name", query: "yoga", want: []int{42, 10, 9}},
	{says: "a number is found", query: "412", want: []int{2}},
	{says: "a number with a hyphen is found", query: "SATRIA-1", want: []int{36}},
	{says: "a number alone is found", query: "1", want: []int{36, 33}},
	{says: "an English word finds its plural", query: "flood", want: []int{28}},
	{says: "an English plural finds other forms", query: "floodings", want: []int{28}},
	{says: "an English form finds the verb", query: "mapped", want: []int{59}},
	{says: "a name that both languages share is found in both", query: "manila", want: []int{29}},
	{says: "members' text behind the cut is not searched", query: "rahasia", want: nil},
	{says: "a word that nobody wrote finds nothing", query: "zeppelin", want: nil},

	{says: "all words must occur", query: "kopi petani", want: []int{45, 7}},
	{says: "their order does not matter", query: "petani kopi", want: []int{45, 7}},
	{says: "words may stand in different fields", query: "jakarta banjir", want: []int{60, 2}},
	{says: "three words narrow further", query: "kapal natuna pemerintah", want: []int{24}},
	{says: "a repeated word changes nothing", query: "dengue dengue", want: []int{39, 13}},
	{says: "a phrase keeps its order", query: `"suku bunga"`, want: []int{31, 6}},
	{says: "the words of a phrase turned round find nothing", query: `"bunga suku"`, want: nil},
	{says: "the same words without quotes are found", query: "bunga suku", want: []int{31, 6}},
	{says: "a phrase of three words is found", query: `"suku bunga kredit"`, want: []int{31}},
	{says: "a phrase is stemmed", query: `"harga minyak dunianya"`, want: []int{5}},
	{says: "a phrase does not cross from headline to standfirst", query: `"tipis pasokan"`, want: nil},
	{says: "a phrase does not cross from standfirst to body", query: `"lancar analis"`, want: nil},
	{says: "a phrase and a word are combined", query: `"tahan gempa" rumah`, want: []int{49}},
	{says: "curly quotes make a phrase", query: "“kereta bandara”", want: []int{57}},
	{says: "a word can be excluded", query: "banjir -jakarta", want: []int{44, 28, 25, 15, 3}},
	{says: "a phrase can be excluded", query: `banjir -"musim hujan"`, want: []int{44, 28, 25, 15, 3, 2}},
	{says: "two words can be excluded", query: "presiden -klub -prancis", want: []int{1}},
	{says: "a person can be excluded", query: "banjir -bagas", want: []int{44, 28, 25, 15}},
	{says: "two words can be joined by OR", query: "gempa OR gunung", want: []int{49, 45, 29, 26, 23}},
	{says: "two words can be joined by ATAU", query: "gempa ATAU gunung", want: []int{49, 45, 29, 26, 23}},
	{says: "OR binds closer than the words beside it", query: "gempa OR gunung warga", want: []int{23}},
	{says: "OR in small letters is a word", query: "gempa or gunung", want: nil},

	{says: "a section narrows", query: "banjir", section: "regional", want: []int{25, 3}},
	{says: "a section includes those below it", query: "banjir", section: "global", want: []int{28}},
	{says: "a section includes its own beside those below it", query: "volcano OR banjir", section: "global", want: []int{29, 28}},
	{says: "a section below includes nothing of the one above", query: "volcano OR banjir", section: "internasional", want: []int{28}},
	{says: "a topic narrows", query: "banjir", topic: "Banjir", want: []int{60, 28, 25, 15, 3, 2}},
	{says: "a person narrows", query: "banjir", person: "Bagas Prakoso", want: []int{60, 3, 2}},
	{says: "section and person narrow together", query: "pemilu", section: "nasional", person: "Rani Wulandari", want: []int{47}},
	{says: "a topic without the word finds nothing", query: "zeppelin", topic: "Banjir", want: nil},
	{says: "a range of dates includes its beginning and not its end", query: "banjir", from: 25, to: 28, want: []int{25}},
	{says: "an open end of the range is open", query: "banjir", from: 28, want: []int{60, 44, 28}},
	{says: "an open beginning of the range is open", query: "banjir", to: 15, want: []int{3, 2}},

	{says: "ranking puts headlines before standfirsts", query: "kopi", ranked: true, want: []int{45, 40, 7, 55}},
	{says: "ranking puts standfirsts before texts", query: "banjir", ranked: true, want: []int{15, 3, 2, 44, 60, 28, 25}},
	{says: "ranking settles a tie by time", query: "presiden", ranked: true, want: []int{58, 51, 1}},
	{says: "ranking counts each word", query: "harga turun", ranked: true, want: []int{57, 5}},
	{says: "ranking keeps to the filter", query: "banjir", ranked: true, section: "regional", want: []int{3, 25}},

	{says: "an empty query finds nothing", query: "", want: nil},
	{says: "blanks find nothing", query: " \t\n\u00a0", want: nil},
	{says: "an empty query with a filter finds nothing", query: "", section: "nasional", want: nil},
	{says: "only exclusions find nothing", query: "-banjir -kopi", want: nil},
	{says: "a lonely quote finds nothing", query: `"`, want: nil},
	{says: "empty quotes find nothing", query: `"" "-" "."`, want: nil},
	{says: "signs find nothing", query: "!@#$%^&*()_+{}|:<>?~`[]\\;',./=", want: nil},
	{says: "OR alone finds nothing", query: "OR OR OR", want: nil},
	{says: "an OR at the end joins nothing", query: "kopi OR", want: []int{55, 45, 40, 7}},
	{says: "an open quote reads to the end", query: `"kereta bandara`, want: []int{57}},
	{says: "SQL is words", query: "'; DROP TABLE stories; --", want: nil},
	{says: "a quote of SQLite's grammar is a quote", query: `banjir" OR "kopi`, want: nil},
	{says: "a column filter is words", query: "terms : banjir", want: nil},
	{says: "an initial-token mark is nothing", query: "^banjir", want: floods},
	{says: "a prefix mark is nothing", query: "banj* banjir*", want: nil},
	{says: "NEAR is a word", query: "NEAR(banjir jakarta, 5)", want: nil},
	{says: "AND is a word", query: "banjir AND jakarta", want: nil},
	{says: "signs of tsquery are nothing", query: "(banjir) & !! | <-> :*", want: floods},
	{says: "a weight of tsquery is a word", query: "kopi:A", want: nil},
	{says: "a backslash is nothing", query: `\banjir\`, want: floods},
	{says: "a wildcard of LIKE is nothing", query: "%banjir_", want: floods},
	{says: "a zero byte is nothing", query: "\x00banjir\x00", want: floods},
	{says: "broken UTF-8 is nothing", query: "\xff\xfebanjir\xc3", want: floods},
	{says: "a zero-width joiner is nothing", query: "ban\u200djir", want: floods},
	{says: "a filter's term cannot be typed", query: "tsection1", want: nil},
	{says: "an index term cannot be typed", query: "ibanjir", want: nil},
	{says: "a very long query is cut", query: strings.Repeat("banjir ", 5000), want: floods},
	{says: "a very long word finds nothing", query: strings.Repeat("x", 10_000), want: nil},
	{says: "deep brackets are nothing", query: strings.Repeat("(", 90) + "banjir" + strings.Repeat(")", 90), want: floods},
}
