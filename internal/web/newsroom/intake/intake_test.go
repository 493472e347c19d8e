package intake_test

import (
	"html"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/ingest"
	"warta/internal/media"
	"warta/internal/testkit"
	"warta/internal/web/newsroom"
	"warta/internal/web/newsroom/intake"
)

const copied = `Masuk
Home > News > Nasional
Pasar Apung Ditata Ulang Tanpa Memindahkan Pedagang
Suara Pesisir - 08/01/2022, 06:31 WITA
Penulis: Nur Aisyah
BANJAR, SUARA PESISIR – Pemerintah kabupaten menata ulang pasar apung tanpa memindahkan satu pun pedagang, Sabtu.
Dermaga baru dibangun di dua tempat agar pengunjung pasar apung tidak perlu berdesakan.
Sumber: ANTARA
Terkini Lainnya
Harga Ikan Haruan Turun
Hubungi Suara Pesisir di kantor`

func TestADraftOutOfAPage(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor, reporter := s.Staffer(account.Editor), s.Staffer(account.Reporter)

	form := editor.Send("POST", "/newsroom/from-page", url.Values{"text": {copied}, "from": {"https://pesisir.example/pasar"}})
	if form.StatusCode != 200 || !strings.Contains(form.Body, "Dermaga baru") || !strings.Contains(form.Body, `value="Suara Pesisir"`) {
		t.Fatalf("status %d: %.300s", form.StatusCode, form.Body)
	}
	field := func(name string) string {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(form.Body)
		if m == nil {
			t.Fatalf("the form has no %q", name)
		}
		return html.UnescapeString(m[1])
	}
	story := func(location string) int64 {
		t.Helper()
		id, err := strconv.ParseInt(location[strings.LastIndexByte(location, '/')+1:], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	send := url.Values{"headline": {"Pasar Apung Ditata"}, "section": {strconv.FormatInt(s.Section("nasional"), 10)}, "source": {"Suara Pesisir"}, "agencies": {"ANTARA"}, "authors": {"Penulis: Nur Aisyah"},
		"uri": {field("uri")}, "address": {field("address")}, "language": {"id"}, "body": {field("body")}, "block": {"0", "1"}, "extra": {"2|Satu baris lagi."}}
	made := editor.Send("POST", "/newsroom/from-page/draft", send)
	if made.StatusCode != 303 {
		t.Fatalf("status %d: %.500s", made.StatusCode, made.Body)
	}
	id := story(made.Header.Get("Location"))
	draft, err := s.Desk.Draft(t.Context(), editor.User.Actor(), id)
	if err != nil {
		t.Fatal(err)
	}
	c := draft.Content
	if c.Headline != "Pasar Apung Ditata" || len(c.Sources) != 2 || len(c.Credits) != 1 || !strings.Contains(c.Body.Plain(), "Satu baris lagi.") || strings.Contains(c.Body.Plain(), "SUARA PESISIR –") {
		t.Errorf("%+v\n%s", c, c.Body.Plain())
	}
	again := editor.Send("POST", "/newsroom/from-page/draft", send)
	if again.StatusCode != 422 || !strings.Contains(again.Body, "sudah pernah") {
		t.Errorf("the same page again: %d", again.StatusCode)
	}

	// A reporter may make no names; whose it is stands in the text.
	send.Set("uri", "https://pesisir.example/lain")
	send.Set("source", "Harian Yang Belum Dikenal")
	send.Set("authors", "Penulis: Orang Baru")
	made = reporter.Send("POST", "/newsroom/from-page/draft", send)
	if made.StatusCode != 303 {
		t.Fatalf("a reporter: %d: %.500s", made.StatusCode, made.Body)
	}
	draft, err = s.Desk.Draft(t.Context(), reporter.User.Actor(), story(made.Header.Get("Location")))
	if err != nil {
		t.Fatal(err)
	}
	if plain := draft.Content.Body.Plain(); !strings.Contains(plain, "Sumber: Harian Yang Belum Dikenal") || !strings.Contains(plain, "Penulis: Orang Baru") {
		t.Errorf("the credit is lost: %s", plain)
	}
}

// withPictures is a page whose text has two pictures, one of them beside the other
// site's own.
const withPictures = `<!doctype html><html lang="id"><head><title>Pasar Apung Ditata</title><link rel="canonical" href="https://pesisir.example/pasar"></head><body><article><h1>Pasar Apung Ditata</h1>
<p>Pemerintah kabupaten menata ulang pasar apung tanpa memindahkan satu pun pedagang yang telah lama berjualan di sana, Sabtu pagi.</p>
<figure><img src="http://127.0.0.1:9/dermaga.jpg" alt="Dermaga"><figcaption>Dermaga yang baru</figcaption></figure>
<p>Dermaga baru dibangun di dua tempat agar pengunjung pasar apung tidak perlu berdesakan setiap hari libur tiba.</p>
<p>Kepala dinas mengatakan bahwa pekerjaan akan selesai sebelum musim hujan dimulai pada bulan November.</p></article></body></html>`

func TestPicturesInTheTextAreOffered(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	form := editor.Send("POST", "/newsroom/from-page", url.Values{"text": {withPictures}})
	if form.StatusCode != 200 || !strings.Contains(form.Body, "http://127.0.0.1:9/dermaga.jpg") || !strings.Contains(form.Body, "Gambar</b>") {
		t.Fatalf("status %d: %.3000s", form.StatusCode, form.Body)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(form.Body))
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string) string { v, _ := d.Find(`input[name="` + name + `"]`).Attr("value"); return v }
	send := url.Values{"headline": {"Pasar Apung Ditata"}, "section": {strconv.FormatInt(s.Section("nasional"), 10)}, "body": {value("body")}, "sources": {value("sources")}}
	picture := ""
	d.Find(`input[name="block"]`).Each(func(_ int, in *goquery.Selection) {
		v, _ := in.Attr("value")
		if strings.Contains(in.Parent().Text(), "dermaga.jpg") {
			picture = v
			return
		}
		send.Add("block", v)
	})
	all := url.Values{}
	for k, v := range send {
		all[k] = v
	}
	all["block"] = append([]string{picture}, send["block"]...)
	if res := editor.Send("POST", "/newsroom/from-page/draft", all); res.StatusCode != 422 || !strings.Contains(res.Body, "Gambar http://127.0.0.1:9/dermaga.jpg tidak dapat diambil") {
		t.Errorf("a picture at an address that leads inwards: %d", res.StatusCode)
	}
	made := editor.Send("POST", "/newsroom/from-page/draft", send)
	if made.StatusCode != 303 {
		t.Fatalf("without the picture: %d: %.500s", made.StatusCode, made.Body)
	}
	all.Set("sources", "[]")
	if res := editor.Send("POST", "/newsroom/from-page/draft", all); res.StatusCode != 422 {
		t.Errorf("a number of no picture: %d", res.StatusCode)
	}
}

func TestPicturesInTheTextAreTaken(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := png.Encode(w, img); err != nil {
			t.Error(err)
		}
	}))
	defer there.Close()
	x := intake.New(intake.Parts{Library: s.App.Library, Pages: ingest.PageInput{Fetch: fetch.New(fetch.Options{Allow: []string{strings.TrimPrefix(there.URL, "http://")}})}})
	editor := s.Staffer(account.Editor)
	r := &newsroom.Request{Request: httptest.NewRequestWithContext(t.Context(), "POST", "/", nil), Actor: editor.User.Actor()}
	body, err := x.Place(r, []string{there.URL + "/a.png"}, doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text("Satu.")}, doc.Picture{Picture: 1, Caption: "Dermaga"}}})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.DB.Pictures(t.Context(), media.Filter{IDs: []int64{body.Blocks[1].(doc.Picture).Picture}})
	if err != nil || len(list) != 1 || list[0].Caption != "Dermaga" || list[0].URI != there.URL+"/a.png" {
		t.Errorf("%+v, %v", list, err)
	}
	r.Actor = account.Actor{ID: 7, Role: account.Commercial}
	body.Blocks[1] = doc.Picture{Picture: 1}
	if _, err := x.Place(r, []string{there.URL + "/a.png"}, body); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody without the right took a picture: %v", err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.Editor)
	for _, tt := range []struct {
		name, want string
		form       url.Values
	}{
		{"nothing", "Beri alamat", url.Values{}},
		{"an address that leads inwards", "internet terbuka", url.Values{"address": {"http://127.0.0.1/x"}}},
		{"one in another spelling", "internet terbuka", url.Values{"address": {"http://[::ffff:169.254.169.254]/"}}},
		{"one without a scheme", "internet terbuka", url.Values{"address": {"localhost/x"}}},
		{"a text without a story", "tidak ada teks", url.Values{"text": {"Beranda\nMasuk"}}},
		{"a page that is not there", "tidak ada di sana", url.Values{"text": {"<html><title>404</title><h1>Halaman tidak ditemukan</h1>"}}},
		{"too much", "3", url.Values{"text": {strings.Repeat("kata ", 700_000)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if res := editor.Send("POST", "/newsroom/from-page", tt.form); res.StatusCode != 422 || !strings.Contains(res.Body, tt.want) {
				t.Errorf("status %d, no %q", res.StatusCode, tt.want)
			}
		})
	}
	for _, bad := range []url.Values{{"section": {"1"}, "body": {`{"type":"doc","content":[]}`}}, {"headline": {"x"}, "body": {`{"type":"doc","content":[]}`}}} {
		if res := editor.Send("POST", "/newsroom/from-page/draft", bad); res.StatusCode != 422 {
			t.Errorf("%v: %d", bad, res.StatusCode)
		}
	}
	if res := editor.Send("POST", "/newsroom/from-page/draft", url.Values{"headline": {"x"}, "section": {"1"}, "body": {`{"type":"html"}`}}); res.StatusCode < 400 || res.StatusCode >= 500 {
		t.Errorf("a body that is none: %d", res.StatusCode)
	}
}
