package wxr

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// head begins an export of one blog.
const head = `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"><channel><title>Kabar Lama</title><link>https://lama.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://lama.example</wp:base_site_url>
<wp:author><wp:author_login>rani</wp:author_login><wp:author_display_name><![CDATA[Rani Sari]]></wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>daerah</wp:category_nicename><wp:category_parent/><wp:cat_name><![CDATA[Daerah]]></wp:cat_name></wp:category>
`

const tail = `</channel></rss>`

// post writes an item.
func post(id int, content string) string {
	return fmt.Sprintf("<item>\n<title>Kabar %[1]d</title><link>https://lama.example/?p=%[1]d</link><pubDate>Fri, 01 May 2020 00:00:00 +0000</pubDate><guid isPermaLink=\"false\">https://lama.example/?p=%[1]d</guid>"+
		"<content:encoded>%[2]s</content:encoded><wp:post_id>%[1]d</wp:post_id><wp:post_type>post</wp:post_type></item>\n", id, content)
}

// read returns the items of a text, and what was said of those that are broken.
func read(t *testing.T, text string, most int64) (items []*Item, faults []string) {
	t.Helper()
	r, err := NewReader(strings.NewReader(text), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if most > 0 {
		r.Limit(most)
	}
	for {
		raw, err := r.Next()
		if errors.Is(err, io.EOF) {
			return items, faults
		}
		if err != nil {
			return items, append(faults, err.Error())
		}
		if raw.Name != "item" {
			continue
		}
		if raw.Err != nil {
			faults = append(faults, fmt.Sprintf("%d: %v", raw.Line, raw.Err))
			continue
		}
		if got := text[raw.Start:raw.End]; got != string(raw.Data) {
			t.Errorf("the offsets name %q", got)
		}
		if want := 1 + strings.Count(text[:raw.Start], "\n"); raw.Line != want {
			t.Errorf("line %d, want %d", raw.Line, want)
		}
		data, _ := Decode(raw.Data, r.Encoding)
		items = append(items, Parse(data))
	}
}

func TestReaderGoesOnBehindBrokenItems(t *testing.T) {
	t.Parallel()
	cdata := func(s string) string { return "<![CDATA[" + s + "]]>" }
	for _, c := range []struct {
		name, text string
		most       int64
		ids        string   // of the items that were read
		contents   []string // of some of them
		faults     []string // a part of each
	}{
		{"a whole file", head + post(1, cdata("<p>Satu</p>")) + post(2, cdata("Dua")) + tail, 0, "[1 2]", []string{"<p>Satu</p>", "Dua"}, nil},
		{"a byte-order mark", "\uFEFF" + head + post(1, cdata("a")) + tail, 0, "[1]", nil, nil},
		{"text without CDATA", head + post(1, "&lt;p&gt;A &amp; B&lt;/p&gt;") + tail, 0, "[1]", []string{"<p>A & B</p>"}, nil},
		{"markup that nobody escaped", head + post(1, "<p>1 < 2 & 3</p>") + tail, 0, "[1]", []string{"<p>1 < 2 & 3</p>"}, nil},
		{"an end of CDATA in a text, as WordPress writes it", head + post(1, cdata("a ]]]]><![CDATA[> b")) + tail, 0, "[1]", []string{"a ]]> b"}, nil},
		{"CDATA inside CDATA", head + post(1, cdata("x <![CDATA[ in ]]> y")) + post(2, cdata("b")) + tail, 0, "[1 2]", []string{"x <![CDATA[ in ]]> y"}, nil},
		{"a script with an end of CDATA", head + post(1, cdata("<script>//<![CDATA[\nf()//]]></script> z")) + tail, 0, "[1]", nil, nil},
		{"CDATA that does not end", head + post(1, "<![CDATA[lepas") + post(2, cdata("b")) + post(3, cdata("c")) + tail, 0, "[2 3]", nil, []string{"does not end before the next item"}},
		{"CDATA that does not end in the last item", head + post(1, cdata("a")) + post(2, "<![CDATA[lepas") + tail, 0, "[1]", nil, []string{"of content:encoded in it does not end"}},
		{"an end tag that is missing", head + strings.TrimSuffix(post(1, cdata("a")), "</item>\n") + post(2, cdata("b")) + tail, 0, "[2]", nil, []string{"another item begins within it"}},
		{"a file that ends within an item", head + post(1, cdata("a")) + "<item><title>Put", 0, "[1]", nil, []string{"the file ends within it"}},
		{"a file that ends within a CDATA section", head + post(1, cdata("a")) + "<item><title><![CDATA[Put", 0, "[1]", nil, []string{"of title in it does not end"}},
		{"an item that is too large", head + post(1, cdata(strings.Repeat("besar ", 20_000))) + post(2, cdata("b")) + tail, 100_000, "[2]", nil, []string{"more than the"}},
		{"an entity bomb", `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>` +
			strings.TrimPrefix(head, `<?xml version="1.0" encoding="UTF-8" ?>`) + post(1, "x &c; y") + tail, 0, "[1]", []string{"x &c; y"}, nil},
		{"an entity that reads a file", `<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]><rss><channel>` + post(1, "&f;") + tail, 0, "[1]", []string{"&f;"}, nil},
		{"something else", `<html><body>Halaman</body></html>`, 0, "[]", nil, []string{"no export of WordPress"}},
		{"nothing", "", 0, "[]", nil, []string{"no export of WordPress"}},
		{"a stray comment and a stray item tag in a comment", head + "<!-- <item> -->" + post(1, cdata("a <!-- wp:more --> <item>x</item>")) + tail, 0, "[1]", []string{"a <!-- wp:more --> <item>x</item>"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			items, faults := read(t, c.text, c.most)
			ids := []int64{}
			for i, it := range items {
				ids = append(ids, it.ID)
				if i < len(c.contents) && it.Content != c.contents[i] {
					t.Errorf("content %q, want %q", it.Content, c.contents[i])
				}
			}
			if fmt.Sprint(ids) != c.ids {
				t.Errorf("items %v, want %s", ids, c.ids)
			}
			if len(faults) != len(c.faults) {
				t.Fatalf("faults %q, want %q", faults, c.faults)
			}
			for i, want := range c.faults {
				if !strings.Contains(faults[i], want) {
					t.Errorf("fault %q, want %q", faults[i], want)
				}
			}
		})
	}
}

func TestManyUnclosedSectionsCostNoSquare(t *testing.T) {
	t.Parallel()
	text := head + strings.Repeat("<item><title><![CDATA[x\n", 60_000) + tail
	start := time.Now()
	_, faults := read(t, text, 0)
	if len(faults) == 0 || time.Since(start) > 20*time.Second {
		t.Errorf("%d faults after %s", len(faults), time.Since(start))
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, declared, want, how string }{
		{"UTF-8", "Ané", "utf-8", "Ané", ""},
		{"UTF-8 that says it is Latin-1", "Ané", "iso-8859-1", "Ané", ""},
		{"Latin-1", "An\xe9", "iso-8859-1", "Ané", "read as windows-1252"},
		{"Windows-1252 that says it is UTF-8", "\x93An\xe9\x94", "utf-8", "“Ané”", "bytes that are no UTF-8 were read as Windows-1252"},
		{"both in one text", "Ané An\xe9", "utf-8", "Ané Ané", "bytes that are no UTF-8 were read as Windows-1252"},
		{"an encoding that nobody knows", "An\xe9", "klingon", "Ané",
			`the declared encoding "klingon" is not known; bytes that are no UTF-8 were read as Windows-1252`},
		{"UTF-8 by a name that nobody knows", "Ané", "klingon", "Ané", `the declared encoding "klingon" is not known; the bytes are UTF-8`},
	} {
		if got, how := Decode([]byte(c.in), c.declared); string(got) != c.want || how != c.how {
			t.Errorf("%s: %q, %q, want %q, %q", c.name, got, how, c.want, c.how)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*3600)
	for _, c := range []struct {
		in   string
		want string
		ok   bool
	}{
		{"2020-05-01 07:30:00", "2020-05-01T00:30:00Z", true}, {"0000-00-00 00:00:00", "", true}, {"", "", true},
		{"2020-05-01T07:30:00Z", "2020-05-01T07:30:00Z", true}, {"Wed, 30 Nov -0001 00:00:00 +0000", "", true},
		{"kemarin", "", false}, {"2020-13-41 99:00:00", "", false}, {"1066-01-01 00:00:00", "1066-01-01", false},
	} {
		got, ok := Time(c.in, wib)
		text := ""
		if !got.IsZero() {
			text = got.UTC().Format(time.RFC3339)
		}
		if ok != c.ok || ok && text != c.want {
			t.Errorf("%q: %s, %v", c.in, text, ok)
		}
	}
}

func TestSerialized(t *testing.T) {
	t.Parallel()
	got := Serialized(`a:3:{s:5:"width";i:1200;s:4:"file";s:13:"2020/05/a.jpg";s:10:"image_meta";a:2:{s:6:"credit";s:5:"Anéa";s:7:"caption";s:4:"I;s;";}}`)
	if got["image_meta/credit"] != "Anéa" || got["image_meta/caption"] != "I;s;" || got["file"] != "2020/05/a.jpg" {
		t.Errorf("got %v", got)
	}
	for _, bad := range []string{"", "a:", "a:999999999:{", "s:5:", `a:1:{s:99:"x";`, strings.Repeat("a:1:{i:0;", 100_000), "O:8:\"stdClass\":0:{}"} {
		Serialized(bad)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(head + post(1, "<![CDATA[a]]>") + tail)
	f.Add("<rss><item><title><![CDATA[x]]></title><wp:postmeta><wp:meta_key>a</wp:meta_key></wp:postmeta></item>")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := NewReader(strings.NewReader(text), 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		r.Limit(1 << 16)
		last := int64(-1)
		for {
			raw, err := r.Next()
			if err != nil {
				return
			}
			if raw.Start <= last || raw.End > int64(len(text)) || raw.End < raw.Start {
				t.Fatalf("%d to %d after %d of %d", raw.Start, raw.End, last, len(text))
			}
			last = raw.Start
			if raw.Err == nil {
				data, _ := Decode(raw.Data, r.Encoding)
				Parse(data)
				ParseTerm(raw.Name, data)
				ParseAuthor(data)
			}
		}
	})
}
