package ingest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
)

// standNow is the clock of these tests.
var standNow = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func testConverter(t testing.TB, section string) *converter {
	t.Helper()
	tree := news.NewTree([]news.Section{{ID: 1, Slug: "nasional", Name: "Nasional"}, {ID: 2, Slug: "global", Name: "Global"},
		{ID: 3, ParentID: 2, Slug: "internasional", Name: "Internasional"}, {ID: 4, Slug: "cek-fakta", Name: "Cek Fakta"}})
	c, err := newConverter(&Options{Tree: tree, Section: section, BaseURL: "https://kabar.example",
		Settings: news.NewSettings(map[string]string{"name": "Kabar Nusantara"}), Now: func() time.Time { return standNow }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ninjsItem is a whole item of our own words; the tests change parts of it.
func ninjsItem(change string) string {
	base := map[string]any{}
	for _, s := range []string{`{"uri":"urn:kabar:1","type":"text","version":"3","language":"id",
		"firstCreated":"2022-01-07T23:31:00Z","headlines":[{"role":"main","value":"Warga Menanam Bakau"}],
		"bodies":[{"role":"main","contentType":"text/html","value":"<p>Ratusan warga menanam bakau.</p>"}],
		"subjects":[{"name":"Nasional"}]}`, change} {
		if s == "" {
			continue
		}
		if err := json.Unmarshal([]byte(s), &base); err != nil {
			panic(err) // a slip in a test's own text
		}
	}
	out, _ := json.Marshal(base) // it was JSON
	return string(out)
}

func converted(t *testing.T, change string) *draft {
	t.Helper()
	d, err := testConverter(t, "").convert([]byte(ninjsItem(change)))
	if err != nil {
		t.Fatalf("%s: %v", change, err)
	}
	return d
}

func TestNinjsFields(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		return t.UTC()
	}
	for name, c := range map[string]struct {
		change string
		get    func(*draft) any
		want   any
	}{
		"headlines by role": {`{"headlines":[{"role":"short","value":"Bakau"},{"role":"main","value":" Warga <b>Menanam</b>\n Bakau "},{"role":"seo","value":"Cari"},{"role":"http://x/social","value":"Bagi"},{"role":"aneh","value":"Lain"}]}`,
			func(d *draft) any {
				c := d.in.Content
				return []any{c.Headline, c.ShortHeadline, c.SEOTitle, c.ShareTitle, d.report.Counts[IgnoredField]}
			}, []any{"Warga Menanam Bakau", "Bakau", "Cari", "Bagi", 1}},
		"a headline without a role": {`{"headlines":[{"value":"Tanpa Peran"}]}`, func(d *draft) any { return d.in.Content.Headline }, "Tanpa Peran"},
		"HTML is preferred to plain text": {`{"bodies":[{"contentType":"text/plain","value":"polos"},{"contentType":"application/xml","value":"<x/>"},{"contentType":"application/xhtml+xml","value":"<body><p>Kaya</p></body>"}]}`,
			func(d *draft) any { return d.in.Content.Body.Plain() }, "Kaya"},
		"plain text where there is no HTML": {`{"bodies":[{"contentType":"text/vnd.IPTC.NITF","value":"<nitf/>"},{"contentType":"text/plain","value":"Satu.\n\nDua."}]}`,
			func(d *draft) any { return d.in.Content.Body.Plain() }, "Satu.\n\nDua."},
		"a description becomes the standfirst": {`{"descriptions":[{"role":"caption","value":"foto"},{"role":"summary","value":"Pantai dipulihkan."}]}`,
			func(d *draft) any { return d.in.Content.Standfirst }, "Pantai dipulihkan."},
		"a description that repeats the text is dropped": {`{"descriptions":[{"role":"text","value":"Ratusan warga menanam bak"}]}`,
			func(d *draft) any { return []any{d.in.Content.Standfirst, d.report.Counts[RemovedRepeat]} }, []any{"", 1}},
		"a description is the body of an item without one": {`{"bodies":[],"descriptions":[{"value":"Hanya ringkasan."}]}`,
			func(d *draft) any {
				return []any{d.in.Content.Body.Plain(), d.in.Content.Standfirst, d.report.Counts[MovedText]}
			}, []any{"Hanya ringkasan.", "", 1}},
		"the headline is not repeated in the text": {`{"bodies":[{"contentType":"text/html","value":"<h1>Warga menanam bakau</h1><p>Isi.</p>"}]}`,
			func(d *draft) any { return d.in.Content.Body.Plain() }, "Isi."},
		"the place before the text wins over located": {`{"located":"Surabaya","bodies":[{"value":"JAKARTA, KOMPAS.com – Ratusan warga datang."}]}`,
			func(d *draft) any {
				return []any{d.in.Content.Dateline, d.in.Content.Body.Plain(), d.sources, d.report.Counts[TakenDateline]}
			},
			[]any{"JAKARTA", "Ratusan warga datang.", []string{"KOMPAS.com"}, 1}},
		"our own dateline names no source": {`{"bodies":[{"value":"JAKARTA, KABAR NUSANTARA – Ratusan warga datang."}]}`,
			func(d *draft) any { return []any{d.in.Content.Dateline, d.sources} }, []any{"JAKARTA", []string(nil)}},
		"located is the dateline of a text without one": {`{"located":"Surabaya"}`,
			func(d *draft) any { return d.in.Content.Dateline }, "Surabaya"},
		"sources are those that are named": {`{"infosources":[{"name":"AFP"},{"name":"Reuters","role":"x"},{"name":"afp"}],"bodies":[{"value":"PARIS (AFP) - Hujan turun."}]}`,
			func(d *draft) any { return d.sources }, []string{"AFP", "Reuters"}},
		"a section below another is preferred": {`{"subjects":[{"name":"Laut"},{"name":"global"},{"name":"Internasional"}]}`,
			func(d *draft) any { return []any{d.in.Content.SectionID, d.topics} }, []any{int64(3), []string{"Laut", "global"}}},
		"a section by slug, by address and by genre": {`{"subjects":[{"name":"Hoaks"}],"genres":[{"name":"Verifikasi","uri":"http://x/cek-fakta"}]}`,
			func(d *draft) any { return []any{d.in.Content.SectionID, d.topics} }, []any{int64(4), []string{"Hoaks"}}},
		"genres that are labels": {`{"genres":[{"name":"Opini"},{"uri":"http://cv.iptc.org/newscodes/genre/Exclusive"},{"name":"Reportase"}]}`,
			func(d *draft) any { return []any{d.in.Content.Labels, d.topics} }, []any{[]news.Label{news.LabelOpinion, news.LabelExclusive}, []string{"Reportase"}}},
		"what a machine made is said": {`{"digitalSourceType":{"uri":"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}}`,
			func(d *draft) any { return d.in.Content.Labels }, []news.Label{news.LabelAIAssisted}},
		"times": {`{"versionCreated":"2022-01-08T09:12:00+07:00"}`, func(d *draft) any { return []any{d.in.Published, d.in.Updated} },
			[]any{at("2022-01-07T23:31:00Z"), at("2022-01-08T02:12:00Z")}},
		"a repair within the minute is no update": {`{"versionCreated":"2022-01-07T23:31:50Z"}`, func(d *draft) any { return d.in.Updated }, time.Time{}},
		"a time without a zone is the site's": {`{"firstCreated":null,"versionCreated":"2022-01-08T06:31:00"}`,
			func(d *draft) any { return d.in.Published }, at("2022-01-07T23:31:00Z")},
		"an embargo under either name": {`{"embargoed":"2030-01-01T00:00:00Z"}`, func(d *draft) any { return d.in.EmbargoUntil }, at("2030-01-01T00:00:00Z")},
		"an embargo of 3.x":            {`{"embargoedUntil":"2030-01-01T00:00:00Z"}`, func(d *draft) any { return d.in.EmbargoUntil }, at("2030-01-01T00:00:00Z")},
		"withheld":                     {`{"pubstatus":"withheld"}`, func(d *draft) any { return d.in.Hold }, true},
		"a version that is a number":   {`{"version":12}`, func(d *draft) any { return d.in.Version }, "12"},
		"without a version its time counts": {`{"version":null,"versionCreated":"2022-01-08T00:00:00Z"}`,
			func(d *draft) any { return d.in.Version }, "1641600000000"},
		"usage terms": {`{"usageTerms":"Tidak untuk dijual.","copyrightHolder":"Kantor A","rightsinfo":{"linkedrights":"http://x/hak"}}`,
			func(d *draft) any { return d.in.Content.Rights }, "Tidak untuk dijual.\n© Kantor A\nhttp://x/hak"},
		"languages":               {`{"language":"nb-NO"}`, func(d *draft) any { return d.in.Content.Language }, lang.Code("nb")},
		"a language that is none": {`{"language":"Bahasa!"}`, func(d *draft) any { return d.in.Content.Language }, lang.ID},
		"old addresses": {`{"uri":"https://Lama.example/berita?id=7","altids":[{"role":"url","value":"https://kabar.example/a/b"},{"value":"https://lama.example/"}]}`,
			func(d *draft) any { return d.in.Redirects },
			[]news.Redirect{{Host: "lama.example", Path: "/berita?id=7"}, {Path: "/a/b"}}},
		"an alternative id stands in for the uri": {`{"uri":"","altids":[{"role":"guid","value":"77"}]}`,
			func(d *draft) any { return d.in.URI }, "altid:guid:77"},
		"what has no place is counted": {`{"urgency":1,"slugline":"bakau","places":[{"name":"X"}],"ednote":"Jangan dipotong"}`,
			func(d *draft) any { return []int{d.report.Counts[IgnoredField], d.report.Counts[EditorNote]} }, []int{3, 1}},
		"an audio item without a body is no story": {`{"type":"audio","bodies":[]}`, func(d *draft) any { return d.skip != "" }, true},
		"a video item with a body is one":          {`{"type":"video"}`, func(d *draft) any { return []any{d.skip, d.in.Content.Kind} }, []any{"", news.KindVideo}},
		"an event without a type":                  {`{"type":null,"eventDetails":{"x":1},"headlines":[]}`, func(d *draft) any { return d.skip != "" }, true},
		"a cancelled item makes nothing": {`{"pubstatus":"canceled","headlines":[],"bodies":[]}`,
			func(d *draft) any { return []any{d.in.Withdrawn.Reason, d.in.Published.IsZero()} }, []any{news.ReasonNewsroom, true}},
		"read-also": {`{"bodies":[{"contentType":"text/html","value":"<p>Isi.</p><p>Baca juga: <a href=\"https://x.example/1\">Lain</a></p>"}]}`,
			func(d *draft) any { return d.in.Content.Body.ReadAlsos()[0].URL }, "https://x.example/1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.get(converted(t, c.change)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %#v\nwant %#v", got, c.want)
			}
		})
	}
}

func TestBylines(t *testing.T) {
	t.Parallel()
	for by, want := range map[string]string{
		"Sari Dewi":                            "Sari Dewi writer",
		"Paulo S. and Frances d'Emilio":        "Paulo S. writer; Frances d'Emilio writer",
		"Ani, Budi dan Cici":                   "Ani writer; Budi writer; Cici writer",
		"Ani, Budi, and Cici":                  "Ani writer; Budi writer; Cici writer",
		"Oleh Sari Dewi":                       "Sari Dewi writer",
		"Penulis: Ani | Editor: Budi dan Cici": "Ani writer; Budi editor; Cici editor",
		"Pewarta: Ani, Editor: Budi":           "Ani reporter; Budi editor",
		"Von Karl Haus, dpa":                   "Karl Haus writer + dpa",
		"AFP":                                  "+ AFP",
		"Trond Hus, The Database":              "Trond Hus writer + The Database",
		"Dr. Budi Santoso, M.Si. dan Sari":     "Dr. Budi Santoso, M.Si. writer; Sari writer",
		"Budi Santoso, Sari":                   "Budi Santoso writer; Sari writer",
		"Foto: Ani; Teks: Budi":                "Ani photographer; Budi writer",
		"":                                     "",
		" , dan ":                              "",
		"Ani dan Ani":                          "Ani writer",
		"Danang Andika":                        "Danang Andika writer",
		"Alih bahasa: Ani":                     "Ani translator",
		"Contributor: Ani & Team: Redaksi Wilayah": "Ani contributor; Redaksi Wilayah team",
	} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			b, _ := json.Marshal(by)
			d := converted(t, `{"by":`+string(b)+`}`)
			var got []string
			for _, c := range d.credits {
				got = append(got, c.name+" "+string(c.role))
			}
			text := strings.Join(got, "; ")
			if len(d.sources) > 0 {
				text = strings.TrimSpace(text + " + " + strings.Join(d.sources, "; "))
			}
			if text != want {
				t.Errorf("got %q, want %q", text, want)
			}
		})
	}
	t.Run("people with a role are credited, others are not", func(t *testing.T) {
		t.Parallel()
		d := converted(t, `{"by":"Ani","people":[{"name":"Budi","rel":"http://x/editor"},{"name":"Ani","rel":"reporter"},{"name":"Menteri","rel":"about"},{"name":"Saksi"}]}`)
		want := []creditName{{"Ani", news.Reporter}, {"Budi", news.Editor}}
		if !reflect.DeepEqual(d.credits, want) || !reflect.DeepEqual(d.topics, []string{"Menteri"}) {
			t.Errorf("got %v, topics %v", d.credits, d.topics)
		}
	})
}

func TestNinjsRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ item, field string }{
		"no uri":                        {ninjsItem(`{"uri":" "}`), "uri"},
		"no headline":                   {ninjsItem(`{"headlines":[]}`), "headlines"},
		"a headline that is too long":   {ninjsItem(`{"headlines":[{"role":"sub","value":"x"},{"role":"main","value":"` + strings.Repeat("a ", 301) + `"}]}`), "headlines[1].value"},
		"no text":                       {ninjsItem(`{"bodies":[]}`), "bodies"},
		"a body of another kind":        {ninjsItem(`{"bodies":[{"contentType":"application/xml","value":"<x/>"}]}`), "bodies[0].contentType"},
		"a body that is too large":      {ninjsItem(`{"bodies":[{"contentType":"text/html","value":"` + strings.Repeat("x", MaxHTML+1) + `"}]}`), "bodies[0].value"},
		"no section":                    {ninjsItem(`{"subjects":[{"name":"Laut"}]}`), "subjects"},
		"a status that nobody knows":    {ninjsItem(`{"pubstatus":"maybe"}`), "pubStatus"},
		"an embargo that is no time":    {ninjsItem(`{"embargoed":"besok"}`), "embargoed"},
		"a time that is none":           {ninjsItem(`{"firstcreated":"kemarin"}`), "firstCreated"},
		"a text where a list should be": {`{"uri":"urn:x","headlines":"Judul"}`, "headlines"},
		"a number where a text should be": {`{"uri":"urn:x","headlines":[{"role":"main","value":"a"},{"role":"main","value":7}]}`,
			"headlines[1].value"},
		"a bad number":      {`{"uri":"urn:x","version":1.}`, "version"},
		"ninjs 1.x by name": {`{"uri":"urn:x","headline":"Judul","body_text":"Isi"}`, ""},
		"ninjs 1.x by its own word": {`{"uri":"urn:x","standard":{"name":"ninjs","version":"1.4"},"headlines":[{"value":"x"}]}`,
			"standard.version"},
		"an unknown kind in our extension": {ninjsItem(`{"warta":{"id":1,"headline":"x","section":"nasional","kind":"pidato"}}`), "warta.kind"},
		"unknown access in our extension":  {ninjsItem(`{"warta":{"id":1,"headline":"x","section":"nasional","access":"vip"}}`), "warta.access"},
		"a bad block in our extension": {ninjsItem(`{"warta":{"id":1,"headline":"x","section":"nasional","body":{"type":"doc","content":[{"type":"script"}]}}}`),
			"warta.body.content[0].type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := testConverter(t, "").convert([]byte(c.item))
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("got %v", err)
			}
			if f := fieldOf(err); f != c.field && c.field != "" {
				t.Errorf("the error is about %q, want %q: %v", f, c.field, err)
			}
		})
	}
	t.Run("the line of the field is found", func(t *testing.T) {
		t.Parallel()
		item := "{\n\"uri\":\"urn:x\",\n\"headlines\":[\n{\"value\":\"a\"},\n{\"value\":7}]}"
		if _, err := parseNinjs([]byte(item)); lineOf([]byte(item), fieldOf(err)) != 4 {
			t.Errorf("%v stands %d lines below the first", err, lineOf([]byte(item), fieldOf(err)))
		}
	})
}

func TestNinjsHash(t *testing.T) {
	t.Parallel()
	of := func(s string) string {
		it, err := parseNinjs([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return it.hash()
	}
	two := `{"uri":"urn:x","pubstatus":"usable","headlines":[{"contenttype":"text/plain","value":"A"}],"standard":{"version":"2.1"}}`
	three := "{ \"headlines\": [ {\"value\": \"\\u0041\", \"contentType\":\"text/plain\"} ],\n \"standard\":{\"version\":\"3.0\"}, \"pubStatus\":\"usable\", \"uri\":\"urn:x\"}"
	if of(two) != of(three) {
		t.Error("the same item in 2.x and 3.x has two hashes")
	}
	if of(two) == of(strings.Replace(two, `"A"`, `"B"`, 1)) {
		t.Error("two items have one hash")
	}
}

func TestNinjsPictures(t *testing.T) {
	t.Parallel()
	d := converted(t, `{"associations":[
		{"name":"logo","type":"graphic","uri":"urn:logo","renditions":[{"href":"logo.png","contentType":"image/png"}]},
		{"name":"a","type":"picture","uri":"urn:a","by":"Ani Foto","copyrightHolder":"AFP","usageTerms":"Sekali pakai",
		 "people":[{"name":"Wali Kota"}],"descriptions":[{"role":"caption","value":"Pantai pagi."}],
		 "renditions":[{"name":"thumb","href":"a-kecil.jpg","contentType":"image/jpeg","width":10,"height":10},
		  {"name":"hires","href":"a.jpg","contentType":"image/jpeg","width":100,"height":80,"poi":{"x":25,"y":40}},{"href":"a.mp4","contentType":"video/mp4"}]},
		{"name":"b","type":"picture","uri":"urn:b","pubstatus":"withheld","renditions":[{"href":"b.jpg"}]},
		{"name":"featured","type":"picture","uri":"urn:c","by":"Budi/KABAR","embargoed":"2030-01-01T00:00:00Z","renditions":[{"href":"c.jpg?x=1"}]},
		{"type":"text","name":"lain"}],
		"bodies":[{"contentType":"text/html","value":"<p>Satu.</p><figure><img src=\"a-kecil.jpg\" alt=\"Pantai\"><figcaption>Di pantai</figcaption></figure><p>Dua.<img src=\"d.png\"></p>"}]}`)
	type seen struct {
		uri, file, credit string
		inText, blocked   bool
	}
	var got []seen
	for _, p := range d.pictures {
		got = append(got, seen{p.uri, p.files[0], p.details.Credit, p.inText, p.blocked != ""})
	}
	want := []seen{{"urn:a", "a.jpg", "AFP/ANI FOTO", true, false}, {"urn:b", "b.jpg", "", false, true},
		{"urn:c", "c.jpg?x=1", "Budi/KABAR", false, true}, {"", "d.png", "", true, false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	a := d.pictures[0].details
	if a.Focal == nil || a.Focal.X != 0.25 || a.Focal.Y != 0.5 || a.Rights != "Sekali pakai\n© AFP" || fmt.Sprint(a.People) != "[Wali Kota]" {
		t.Errorf("the picture's details are %+v", a)
	}
	if n := d.report.Counts[IgnoredField]; n != 2 {
		t.Errorf("%d other associations were counted, want 2", n)
	}
	if ids := d.in.Content.Body.Pictures(); fmt.Sprint(ids) != "[1 4]" {
		t.Errorf("the text shows the pictures %v", ids)
	}
}

func TestExtensionTakesPrecedence(t *testing.T) {
	t.Parallel()
	d := converted(t, `{"located":"Surabaya","by":"Lain","warta":{"id":55,"slug":"judul-asli","section":"internasional","headline":"Judul asli",
		"first_published":"2020-02-03T04:05:06Z","labels":["breaking"],"access":"members","credits":[{"id":9,"name":"Ani","slug":"ani","role":"editor"}],
		"topics":[{"id":3,"name":"Laut"}],"related":[1,2],"lead":{"picture":7,"caption":"Kapal"},"pictures":[{"id":7,"sha256":"AB","file":"pictures/x.jpg"}],
		"corrections":[{"kind":"ralat","text":"Salah tulis.","at":"2020-02-04T00:00:00Z","notice":8}],
		"body":{"type":"doc","content":[{"type":"read_also","attrs":{"id":"abcdefgh","story":12,"headline":"Lama"}}]}}}`)
	c := d.in.Content
	if c.Headline != "Judul asli" || c.Dateline != "" || c.SectionID != 3 || c.Access != news.Members || !c.Has(news.LabelBreaking) ||
		d.in.Slug != "judul-asli" || d.in.ID != 0 || len(c.Related) != 0 || fmt.Sprint(d.credits) != "[{Ani editor}]" || fmt.Sprint(d.topics) != "[Laut]" {
		t.Errorf("got %+v\n%+v", d.in, d.credits)
	}
	if got, ok := c.Body.Blocks[0].(doc.ReadAlso); !ok || got.Story != 0 || got.Headline != "Lama" || got.ID != "abcdefgh" {
		t.Errorf("the block is %+v", c.Body.Blocks)
	}
	if d.in.Published != time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC) || !d.in.Updated.IsZero() || d.in.Corrections[0].NoticeID != 0 {
		t.Errorf("times and notices are %v %v %+v", d.in.Published, d.in.Updated, d.in.Corrections)
	}
	if p := d.pictures[0]; p.hash != "ab" || p.number != 7 || d.lead.PictureID != 7 {
		t.Errorf("pictures are %+v, lead %+v", d.pictures, d.lead)
	}
}

// Whatever an item says, it becomes a draft that can be stored, or an error.
func FuzzNinjs(f *testing.F) {
	f.Add([]byte(ninjsItem("")))
	f.Add([]byte(ninjsItem(`{"by":"A: B | C, dan\u0000 D","associations":[{"renditions":[{"href":"\u0000","width":-1}]}],"rightsinfo":{"encodedrights":"x"}}`)))
	f.Add([]byte(ninjsItem(`{"warta":{"id":1,"headline":"x","section":"nasional","body":{"type":"doc"}}}`)))
	conv := testConverter(f, "nasional")
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := conv.convert(in)
		if err != nil || d.skip != "" || d.only || d.in.Withdrawn != nil {
			return
		}
		d.assemble(nil)
		if err := d.in.Content.Body.Validate(); err != nil {
			t.Fatalf("the body cannot be stored: %v", err)
		}
		for _, s := range []string{d.uri, d.in.Version, d.in.Content.Headline, d.in.Content.Standfirst, d.in.Content.Dateline, d.in.Content.Rights} {
			if strings.ContainsRune(s, 0) {
				t.Fatalf("%q holds a zero byte", s)
			}
		}
		if len(d.credits) > 50 || len(d.topics) > 50 || len(d.sources) > 20 || d.in.Content.Headline == "" {
			t.Fatalf("more than a story takes: %+v", d)
		}
	})
}
