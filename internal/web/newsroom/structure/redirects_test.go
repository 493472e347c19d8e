package structure_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// old is the desk on which old addresses are kept.
type old struct {
	*testkit.Staffer
	t *testing.T
}

// rows are the old addresses and where they lead on a page of the list.
func (o *old) rows(path string) (list []string, next string) {
	o.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(o.Open(path).Body))
	if err != nil {
		o.t.Fatal(err)
	}
	d.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		list = append(list, strings.TrimSpace(tr.Find("td").Eq(0).Text())+" "+strings.TrimSpace(tr.Find("td").Eq(1).Text()))
	})
	next, _ = d.Find(`a[href*="after="]`).Attr("href")
	return list, next
}

// table sends a file to the import.
func (o *old) table(content string) testkit.Response {
	o.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "alamat.csv")
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return o.Send("POST", "/newsroom/redirects/import", b.Bytes(), "Content-Type", m.FormDataContentType())
}

func TestOldAddressesAreKeptOnTheDesk(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Stopped: true, Hosts: []string{"lama.example"}})
	o := &old{s.Staffer(account.ManagingEditor), t}
	id := s.Create(news.Content{Headline: "Jembatan Gantung Dibuka"})
	add := o.Send("POST", "/newsroom/redirects", url.Values{"lines": {fmt.Sprintf("https://WWW.lama.example/2019/05/Jembatan/ %d\n/tentang %s/page/redaksi\n/mitra https://mitra.example/x\n/zz gone  Atas permintaan: keluarga", id, s.URL)}})
	if add.StatusCode != 303 {
		t.Fatalf("adding: %d %s", add.StatusCode, add.Body)
	}
	for path, want := range map[string][]string{
		"/newsroom/redirects":                       {"/mitra https://mitra.example/x", "/tentang /page/redaksi", "/zz gone:Atas permintaan: keluarga", fmt.Sprintf("www.lama.example/2019/05/Jembatan/ berita %d", id)},
		"/newsroom/redirects?q=/ten":                {"/tentang /page/redaksi"},
		"/newsroom/redirects?q=2019/05":             {fmt.Sprintf("www.lama.example/2019/05/Jembatan/ berita %d", id)},
		"/newsroom/redirects?host=www.lama.example": {fmt.Sprintf("www.lama.example/2019/05/Jembatan/ berita %d", id)},
		fmt.Sprintf("/newsroom/redirects?q=%d", id): {fmt.Sprintf("www.lama.example/2019/05/Jembatan/ berita %d", id)},
		"/newsroom/redirects?q=" + url.QueryEscape("http://amp.lama.example/2019/05/JEMBATAN/amp?a=1"): {fmt.Sprintf("www.lama.example/2019/05/Jembatan/ berita %d", id)},
		"/newsroom/redirects?q=" + url.QueryEscape("https://tiada.example/x"):                          nil,
		"/newsroom/redirects?q=%00&host=%ff":                                                           nil,
	} {
		if got, _ := o.rows(path); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s shows %q, want %q", path, got, want)
		}
	}
	for lines, words := range map[string]string{"/x": "Baris 1", "x /y": "Baris 1", "/x //jahat.example": "/x", "/x javascript:alert(1)": "/x", "/x 999999": "999999", "/x gone: " + strings.Repeat("a", 600): "gone:", "/x pergi saja": "Baris 1", "/tentang /tentang/": "berputar"} {
		if res := o.Send("POST", "/newsroom/redirects", url.Values{"lines": {lines}}); res.StatusCode != 422 || !strings.Contains(res.Body, words) {
			t.Errorf("adding %q: %d", lines, res.StatusCode)
		}
	}
	edit := "/newsroom/redirects/edit?" + url.Values{"host": {"www.lama.example"}, "path": {"/2019/05/Jembatan/"}}.Encode()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(o.Open(edit).Body))
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string) string { v, _ := d.Find(`input[name="` + name + `"]`).Attr("value"); return v }
	if value("old") != "https://www.lama.example/2019/05/Jembatan/" || value("leads") != fmt.Sprint(id) {
		t.Errorf("the form holds %q and %q", value("old"), value("leads"))
	}
	form := url.Values{"host": {value("host")}, "path": {value("path")}, "old": {"https://lama.example/2019/05/jembatan"}, "leads": {"/tentang/../x\x00"}}
	if res := o.Send("POST", "/newsroom/redirects/edit", form); res.StatusCode != 422 || !strings.Contains(res.Body, `aria-invalid="true"`) || !strings.Contains(res.Body, "https://lama.example/2019/05/jembatan") {
		t.Errorf("a bad change: %d", res.StatusCode)
	}
	if res := o.Send("POST", "/newsroom/redirects/edit", url.Values{"host": {""}, "path": {"/zz"}, "old": {"/zz"}, "leads": {"Gone: Dihapus"}}); res.StatusCode != 303 {
		t.Errorf("another reason: %d", res.StatusCode)
	}
	if got, _ := o.rows("/newsroom/redirects?q=/zz"); fmt.Sprint(got) != "[/zz gone:Dihapus]" {
		t.Errorf("the other reason: %q", got)
	}
	form.Set("leads", "/nasional")
	if res := o.Send("POST", "/newsroom/redirects/edit", form); res.StatusCode != 303 {
		t.Errorf("a change: %d", res.StatusCode)
	}
	if got, _ := o.rows("/newsroom/redirects?host=lama.example"); fmt.Sprint(got) != "[lama.example/2019/05/jembatan /nasional]" {
		t.Errorf("after the change: %q", got)
	}
	if res := o.Send("POST", "/newsroom/redirects/edit", form); res.StatusCode != 404 {
		t.Errorf("a change of what was changed meanwhile: %d", res.StatusCode)
	}
	if res := o.Open("/newsroom/redirects/edit?path=/tidak"); res.StatusCode != 404 {
		t.Errorf("one that is not there: %d", res.StatusCode)
	}
	if log := o.Open("/newsroom/audit").Body; !strings.Contains(log, "Alamat lama") {
		t.Error("the log does not name the change")
	}
}

func TestATableOfOldAddresses(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Stopped: true, Settings: map[string]string{"language": "id"}})
	o := &old{s.Staffer(account.ManagingEditor), t}
	id := s.Create(news.Content{Headline: "Jembatan Gantung Dibuka"})
	for name, table := range map[string]string{
		"with commas":             fmt.Sprintf("alamat,tujuan\r\n/a,%d\r\nhttps://lama.example/b?x=1,/bola\r\n", id),
		"with semicolons, a mark": fmt.Sprintf("\uFEFFalamat;tujuan\n/a;%d\n\"https://lama.example/b?x=1\";/bola\n\n", id),
		"with tabs, without head": fmt.Sprintf("/a\t%d\nhttps://lama.example/b?x=1\t/bola\tcatatan", id),
	} {
		if res := o.table(table); res.StatusCode != 303 {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
		want := fmt.Sprintf("[/a berita %d lama.example/b?x=1 /bola]", id)
		if got, _ := o.rows("/newsroom/redirects"); fmt.Sprint(got) != want {
			t.Errorf("%s: %q, want %s", name, got, want)
		}
		for _, v := range []url.Values{{"path": {"/a"}}, {"host": {"lama.example"}, "path": {"/b?x=1"}}} {
			o.Send("POST", "/newsroom/redirects/drop", v)
		}
	}
	bad := o.table("alamat,tujuan\n/ok,/bola\nx,/bola\n/dua\n/jahat,//jahat.example\n/ok,/tekno\n/tiada,4711\n/p,/q\n/q,/p\n/nul\x00,/bola\n")
	d, err := goquery.NewDocumentFromReader(strings.NewReader(bad.Body))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	d.Find("tbody tr td:first-child").Each(func(_ int, td *goquery.Selection) { lines = append(lines, td.Text()) })
	// Form comes first, for all lines; only then what is in the database.
	if bad.StatusCode != 422 || fmt.Sprint(lines) != "[3 4]" {
		t.Errorf("bad rows: %d, lines %v", bad.StatusCode, lines)
	}
	bad = o.table("/ok,/bola\n/jahat,//jahat.example\n/ok,/tekno\n/tiada,4711\n/p,/q\n/q,/p\n/nul\x00,/bola\n")
	if d, err = goquery.NewDocumentFromReader(strings.NewReader(bad.Body)); err != nil {
		t.Fatal(err)
	}
	lines = nil
	d.Find("tbody tr td:first-child").Each(func(_ int, td *goquery.Selection) { lines = append(lines, td.Text()) })
	if bad.StatusCode != 422 || fmt.Sprint(lines) != "[2 3 4 5 6 7]" {
		t.Errorf("bad rows: %d, lines %v", bad.StatusCode, lines)
	}
	if got, _ := o.rows("/newsroom/redirects"); len(got) != 0 {
		t.Errorf("something of a bad table was saved: %q", got)
	}
	for name, table := range map[string]string{"empty": "", "blank": " \n\n", "only a head": "alamat,tujuan\n", "no quote at its end": "/a,\"/bola\n/b,/tekno\n" + strings.Repeat("x", 100),
		"too many rows": strings.Repeat("/a,/b\n", news.MaxRedirects+1), "too large": strings.Repeat("x", 9<<20)} {
		if res := o.table(table); res.StatusCode != 422 && res.StatusCode != 413 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	var many strings.Builder
	for i := range 130 {
		fmt.Fprintf(&many, "/arsip/%03d,/bola\n", i)
	}
	if res := o.table(many.String()); res.StatusCode != 303 {
		t.Fatalf("130 rows: %d", res.StatusCode)
	}
	seen, next := 0, "/newsroom/redirects?q=/arsip/"
	for pages := 0; next != "" && pages < 5; pages++ {
		var rows []string
		rows, next = o.rows(next)
		seen += len(rows)
	}
	if seen != 130 || next != "" {
		t.Errorf("the pages hold %d of 130, and go on at %q", seen, next)
	}
	many.Reset()
	for i := range 150 {
		fmt.Fprintf(&many, "x%d,/bola\n", i)
	}
	if res := o.table("/a,/b\n" + many.String()); res.StatusCode != 422 || !strings.Contains(res.Body, "Dan 50 baris lain") {
		t.Errorf("150 bad rows: %d", res.StatusCode)
	}
}
