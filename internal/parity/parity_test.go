package parity_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/parity"
)

// old is a server with an answer of every kind. It stands for one that misbehaves,
// which Warta's own does not; that one is asked in the tests of app and cmd.
type old struct {
	busy atomic.Int64 // how often /sibuk still answers 429
	seen atomic.Int64
}

func (o *old) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.seen.Add(1)
	base := "http://kabar.example"
	story := func(id int) {
		fmt.Fprintf(w, `<!doctype html><html><head><link rel="canonical" href="%s/nasional/2026/11/23/%d/judul"></head><body>isi</body></html>`, base, id)
	}
	lead := func(to string) { w.Header().Set("Location", to); w.WriteHeader(301) }
	if r.Host != "kabar.example" && r.Host != "lama.example" && r.Host != "www.lama.example" && r.URL.Path != "/healthz" {
		w.WriteHeader(421)
		return
	}
	switch p := r.URL.RequestURI(); {
	case strings.HasPrefix(p, "/nasional/2026/11/23/7/"):
		story(7)
	case strings.HasPrefix(p, "/nasional/2026/11/23/8/"):
		w.WriteHeader(410)
		io.WriteString(w, `<main><div class="sorry"><h1>Berita dicabut</h1><p>Alasan: <b>SARA</b></p></div>`)
	case p == "/a" || p == "/b?id=7":
		lead(base + "/nasional/2026/11/23/7/judul")
	case p == "/rantai":
		lead("/a")
	case p == "/putar":
		lead("/putar2")
	case p == "/putar2":
		lead("/putar")
	case p == "/dicabut":
		lead("/nasional/2026/11/23/8/x")
	case p == "/mitra":
		lead("https://mitra.example/x")
	case p == "/beranda":
		lead("/")
	case p == "/nasional" || p == "/":
		fmt.Fprintf(w, `<link rel=canonical href="%s%s">`, base, p)
	case p == "/sibuk":
		if o.busy.Add(-1) >= 0 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(429)
			return
		}
		story(7)
	case p == "/rusak":
		w.WriteHeader(500)
	case p == "/tanpa-tujuan":
		w.WriteHeader(301)
	case p == "/asing":
		io.WriteString(w, `<link rel="canonical" href="https://jahat.example/nasional/2026/11/23/7/judul">`)
	case strings.HasPrefix(p, "/panjang/"):
		n, _ := strconv.Atoi(strings.TrimPrefix(p, "/panjang/"))
		lead(fmt.Sprint("/panjang/", n+1))
	case p == "/healthz":
	default:
		w.WriteHeader(404)
	}
}

var storyPath = regexp.MustCompile(`^/[a-z]+/\d{4}/\d\d/\d\d/(\d+)/`)

// check runs one over inputs that are texts.
func check(t *testing.T, server string, o parity.Options, texts ...string) ([]parity.Result, parity.Summary, error) {
	t.Helper()
	o.Server, o.BaseURL, o.Hosts = server, "http://kabar.example", []string{"lama.example", "www.lama.example"}
	o.StoryID = func(path string) (int64, bool) {
		m := storyPath.FindStringSubmatch(path)
		if m == nil {
			return 0, false
		}
		id, err := strconv.ParseInt(m[1], 10, 64)
		return id, err == nil
	}
	c, err := parity.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var in []parity.Input
	for i, text := range texts {
		in = append(in, parity.Input{Name: fmt.Sprint("masukan", i+1), Open: func(context.Context) (parity.Body, error) {
			return parity.Body{ReadCloser: io.NopCloser(strings.NewReader(text))}, nil
		}})
	}
	var list []parity.Result
	sum, err := c.Run(t.Context(), in, func(r parity.Result) error { list = append(list, r); return nil })
	return list, sum, err
}

func TestWhatBecomesOfAnAddress(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	t.Cleanup(server.Close)
	for line, want := range map[string]string{
		"/nasional/2026/11/23/7/judul":                     "same 0 7",
		"http://kabar.example/nasional/2026/11/23/7/judul": "same 0 7",
		"/a":                                    "redirect 1 7",
		"https://lama.example/a":                "redirect 1 7",
		"lama.example/b?id=7":                   "redirect 1 7",
		"http://www.lama.example:80/a#komentar": "redirect 1 7",
		"/rantai":                               "redirect 2 7",
		"/putar":                                "loop 2 0",
		"/panjang/1":                            "loop 11 0",
		"/dicabut":                              "gone 1 0",
		"/nasional/2026/11/23/8/x":              "gone 0 0",
		"/mitra":                                "elsewhere 1 0",
		"/mitra,,https://mitra.example/x":       "elsewhere 1 0",
		"/mitra,,https://mitra.example/y":       "wrong 1 0",
		"/beranda":                              "unmapped 1 0",
		"/":                                     "page 0 0",
		"/nasional":                             "page 0 0",
		"/tidak-ada":                            "unmapped 0 0",
		"https://tiada.example/a":               "unmapped 0 0",
		"/rusak":                                "failed 0 0",
		"/tanpa-tujuan":                         "failed 1 0",
		"/asing":                                "wrong 0 0",
		"/a\t12\t7":                             "redirect 1 7",
		"/a\t12\t8":                             "wrong 1 7",
		"/a,12,/nasional/2026/11/23/7/apa-saja": "redirect 1 7",
		"/a,12,http://kabar.example/nasional/2026/11/23/9/x": "wrong 1 7",
		"/nasional,,/nasional":                               "page 0 0",
		"/nasional,,/bola":                                   "wrong 0 0",
		"/a,3,urn:lama:7":                                    "redirect 1 7",
		"/a 3 urn:lama:8":                                    "wrong 1 7",
		"/a 3 urn:lama:tiada":                                "wrong 1 7",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			list, _, err := check(t, server.URL, parity.Options{Wait: func(context.Context, time.Duration) error { return nil },
				StoriesByURI: func(_ context.Context, uris []string) (map[string]int64, error) {
					return map[string]int64{"urn:lama:7": 7, "urn:lama:8": 8}, nil
				}}, line)
			if err != nil || len(list) != 1 {
				t.Fatalf("%v, %v", list, err)
			}
			r := list[0]
			if got := fmt.Sprint(r.Verdict, " ", r.Hops, " ", r.StoryID); got != want {
				t.Errorf("%s (%+v), want %s", got, r, want)
			}
			if r.Verdict == parity.Gone && r.Reason != "SARA" {
				t.Errorf("the reason is %q", r.Reason)
			}
			if r.Verdict.Bad() && r.Verdict != parity.Unmapped && r.Problem == "" {
				t.Error("nothing says why")
			}
			if asked := strings.HasSuffix(line, "https://mitra.example/y"); strings.Contains(r.Problem, "--data") != asked {
				t.Errorf("whether the database is the right one is asked where it may matter: %q", r.Problem)
			}
		})
	}
}

func TestABusyServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	o := &old{}
	o.busy.Store(3)
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	var waited atomic.Int64
	list, _, err := check(t, server.URL, parity.Options{Wait: func(_ context.Context, d time.Duration) error {
		waited.Add(int64(d))
		time.Sleep(d) // as long as it was told; the test names two seconds
		return nil
	}}, "/sibuk")
	if err != nil || len(list) != 1 || list[0].Verdict != parity.Same && list[0].Verdict != parity.Redirect {
		t.Fatalf("%+v, %v", list, err)
	}
	if w := time.Duration(waited.Load()); w < 5*time.Second || w > 7*time.Second {
		t.Errorf("it waited for %s, want three times two seconds", w)
	}
	if n := o.seen.Load(); n != 5 {
		t.Errorf("%d requests, want a greeting and four", n)
	}
}

func TestAServerThatIsDown(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	server.Close()
	_, sum, err := check(t, server.URL, parity.Options{}, "/a")
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(fault.Message(err), "--server") || sum.Asked != 0 {
		t.Errorf("%v, %+v", err, sum)
	}
	// One that goes away on the way: what was asked before is told.
	var n atomic.Int64
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 400 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(404)
	}))
	t.Cleanup(gone.Close)
	list, sum, err := check(t, gone.URL, parity.Options{Parallel: 1, Wait: func(context.Context, time.Duration) error { return nil }}, strings.Repeat("/x\n", 1000))
	if !fault.Is(err, fault.Unavailable) || sum.Asked != 399 || len(list) != 399 {
		t.Errorf("%v after %d, %d were told", err, sum.Asked, len(list))
	}
}

func TestLogsAreCounted(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	t.Cleanup(server.Close)
	line := func(host, request string, status int) string {
		return fmt.Sprintf("%s192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] \"%s\" %d 512 \"https://ref.example/\" \"Mozilla/5.0 (X; \\\"Y\\\")\"\n", host, request, status)
	}
	var b strings.Builder
	for range 30 {
		b.WriteString(line("", "GET /tidak-ada?utm_source=wa&amp=1 HTTP/1.1", 200))
		b.WriteString(line("", "GET /a?fbclid=x HTTP/2.0", 301))
	}
	for range 7 {
		b.WriteString(line("www.lama.example:443 ", "HEAD /hilang HTTP/1.1", 304))
	}
	b.WriteString(line("", "GET http://lama.example/b?id=7&utm_medium=y HTTP/1.1", 200))
	b.WriteString("192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] \"GET /a HTTP/1.0\" 200 12\n") // common
	b.WriteString(line("", "POST /wp-login.php HTTP/1.1", 200) + line("", "GET /wp-login.php HTTP/1.1", 404) + line("", "GET /gaya.CSS?v=2 HTTP/1.1", 200))
	// What cannot be read.
	b.WriteString("rusak\n" + line("", "GET /x\\x00y HTTP/1.1", 200) + line("", "GET /x%zz HTTP/1.1", 200) + line("", "-", 200) + line("", "GET ftp://x/ HTTP/1.1", 200) +
		line("a..b:80 ", "GET / HTTP/1.1", 200) + line("", "GET /"+strings.Repeat("x", 3000)+" HTTP/1.1", 200) + strings.Repeat("z", 10<<20) + "\n")
	b.WriteString(line("", "GET /terakhir HTTP/1.1", 200))
	list, sum, err := check(t, server.URL, parity.Options{}, b.String())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, fmt.Sprint(r.Text(), " ", r.Hits, " ", r.Verdict))
	}
	want := "[/a 31 redirect /tidak-ada 30 unmapped www.lama.example/hilang 7 unmapped /terakhir 1 unmapped lama.example/b?id=7 1 redirect]"
	if fmt.Sprint(got) != want {
		t.Errorf("asked for\n%v, want\n%s", got, want)
	}
	if sum.Unreadable != 7 || len(sum.Samples) != 7 || sum.Skipped["other methods"] != 2 || sum.Skipped["files"] != 1 || sum.Skipped["answered with an error then"] != 1 {
		t.Errorf("%+v", sum)
	}
	if sum.Complete() || len(sum.Bad) != 3 || sum.Bad[0].Hits != 30 || sum.Hits[parity.Unmapped] != 38 {
		t.Errorf("the most wanted: %+v", sum.Bad)
	}
	for name, mode := range map[string]func() string{"gzip": func() string { return packed(t, b.String()) }, "gzip in two parts": func() string {
		return packed(t, b.String()[:2000]) + packed(t, b.String()[2000:])
	}} {
		if again, _, err := check(t, server.URL, parity.Options{}, mode()); err != nil || len(again) != len(list) {
			t.Errorf("%s: %d of %d, %v", name, len(again), len(list), err)
		}
	}
	// One that breaks off: what came before counts.
	cut := packed(t, b.String())
	if again, sum, err := check(t, server.URL, parity.Options{}, cut[:len(cut)-10]); err != nil || len(again) == 0 || sum.Unreadable == 0 {
		t.Errorf("a gzip that breaks off: %d, %+v, %v", len(again), sum, err)
	}
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, text)
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLogsNeedLittleMemory reads more distinct addresses than are counted at once.
func TestLogsNeedLittleMemory(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	t.Cleanup(server.Close)
	pr, pw := io.Pipe()
	go func() {
		for i := range 60_000 {
			fmt.Fprintf(pw, "192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] \"GET /arsip/%d HTTP/1.1\" 200 1\n", i)
			if i%10 == 0 {
				fmt.Fprintf(pw, "192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] \"GET /paling-dicari HTTP/1.1\" 200 1\n")
			}
		}
		pw.Close()
	}()
	c, err := parity.New(parity.Options{Server: server.URL, BaseURL: "http://kabar.example", Distinct: 400, Keep: 5, StoryID: func(string) (int64, bool) { return 0, false }})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	sum, err := c.Run(t.Context(), []parity.Input{{Name: "log", Open: func(context.Context) (parity.Body, error) { return parity.Body{ReadCloser: pr}, nil }}},
		func(r parity.Result) error { asked++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if asked > 400 || sum.Bad[0].Path != "/paling-dicari" || sum.Bad[0].Hits != 6000 || len(sum.Bad) != 5 {
		t.Errorf("%d were asked, the most wanted is %+v of %d", asked, sum.Bad[0], len(sum.Bad))
	}
	if sum.Uncounted < 59_000 || sum.Lost < 1 || sum.Lost > 700 {
		t.Errorf("%d forgotten, none of more than %d", sum.Uncounted, sum.Lost)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	t.Cleanup(server.Close)
	for name, c := range map[string]struct{ text, want string }{
		"with names of columns": {"\uFEFFurl,judul,target,hits\n/a,Judul,7,5\nhttps://lama.example/b?id=7,\"Judul, dua\",7,9\n", "[/a 5 7 lama.example/b?id=7 9 7]"},
		"with a comma in it":    {"/x,y.html\n/a,5\n", "[/x,y.html 0  /a 5 ]"},
		"comments, blank lines": {"# daftar\n\n   \n/a\r\n/b?id=7\r\n", "[/a 0  /b?id=7 0 ]"},
		"an IDN host":           {"https://bücher.example/a\n/a\n", "[xn--bcher-kva.example/a 0  /a 0 ]"},
		"bad lines": {"/a\nhttp://a b/c\nhttp://[::1/x\nhttp://a..b/x\nhttp:///x\n/x\x00y\n/x\x1by\njavascript:alert(1)\nkata\n/\xff\nhttp://u:p@lama.example/\n" + strings.Repeat("http://x.example/", 9000) + "\n/" + strings.Repeat("y", 2500) + "\n/b?id=7",
			"[/a 0  /b?id=7 0 ]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, sum, err := check(t, server.URL, parity.Options{}, c.text)
			var got []string
			for _, r := range list {
				got = append(got, fmt.Sprint(r.Text(), " ", r.Hits, " ", r.Expect))
			}
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("%v, %v, want %s (%+v)", got, err, c.want, sum.Samples)
			}
			if name == "bad lines" && sum.Unreadable != 12 {
				t.Errorf("%d unreadable: %+v", sum.Unreadable, sum.Samples)
			}
		})
	}
	for name, text := range map[string]string{"empty": "", "blank": "\n\n  \n", "nothing in it": "kata\nlagi\n"} {
		if _, _, err := check(t, server.URL, parity.Options{}, text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSitemaps(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	t.Cleanup(server.Close)
	dir := t.TempDir()
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	set := head + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="x"><url><loc> http://lama.example/a </loc><image:image><image:loc>http://lama.example/x.jpg</image:loc></image:image></url>
<url><loc>http://lama.example/b?id=7&amp;x=1</loc></url><url><loc><![CDATA[http://kabar.example/rantai]]></loc></url></urlset>`
	index := head + `<sitemapindex><sitemap><loc>http://lama.example/sitemap-1.xml.gz</loc></sitemap><sitemap><loc>http://lama.example/tidak-ada.xml</loc></sitemap></sitemapindex>`
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("sitemap-1.xml.gz", packed(t, set))
	write("loop.xml", head+`<sitemapindex><sitemap><loc>http://lama.example/loop.xml</loc></sitemap></sitemapindex>`)
	run := func(text string, o parity.Options) ([]string, parity.Summary, error) {
		o.Server, o.BaseURL, o.Hosts, o.StoryID = server.URL, "http://kabar.example", []string{"lama.example"}, func(string) (int64, bool) { return 7, true }
		c, err := parity.New(o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		sum, err := c.Run(t.Context(), []parity.Input{{Name: "peta.xml", Dir: dir, Open: func(context.Context) (parity.Body, error) {
			return parity.Body{ReadCloser: io.NopCloser(strings.NewReader(text))}, nil
		}}}, func(r parity.Result) error { got = append(got, r.Text()); return nil })
		return got, sum, err
	}
	const all = "[lama.example/a lama.example/b?id=7&x=1 kabar.example/rantai]"
	for name, text := range map[string]string{"plain": set, "gzip": packed(t, set)} {
		if got, sum, err := run(text, parity.Options{}); err != nil || fmt.Sprint(got) != all || sum.Unreadable != 0 {
			t.Errorf("%s: %v, %+v, %v", name, got, sum, err)
		}
	}
	if got, sum, err := run(index, parity.Options{}); err != nil || fmt.Sprint(got) != all || sum.Unreadable != 1 || !strings.Contains(sum.Samples[0].Why, "--fetch") {
		t.Errorf("an index: %v, %+v, %v", got, sum, err)
	}
	if got, _, err := run(index, parity.Options{Sitemap: func(_ context.Context, url string) (parity.Body, error) {
		return parity.Body{ReadCloser: io.NopCloser(strings.NewReader(strings.ReplaceAll(set, "/a", "/a?dari="+url[len(url)-3:])))}, nil
	}}); err != nil || len(got) != 6 {
		t.Errorf("an index that is fetched: %v, %v", got, err)
	}
	bomb := packed(t, head+"<urlset><url><loc>http://lama.example/a</loc></url>"+strings.Repeat(" ", 65<<20)+"</urlset>")
	for name, c := range map[string]struct{ text, why string }{
		"a bomb":           {bomb, "more than 64 MB"},
		"entities":         {head + `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>http://lama.example/&b;</loc></url></urlset>`, "document type"},
		"an entity":        {head + `<urlset><url><loc>http://lama.example/&x;</loc></url></urlset>`, "entity"},
		"broken off":       {set[:len(set)-40], "read any further"},
		"not well-formed":  {head + `</urlset>`, "well-formed"},
		"too deep":         {head + "<urlset>" + strings.Repeat("<a>", 100), "too deep"},
		"a long address":   {head + "<urlset><url><loc>http://lama.example/" + strings.Repeat("x", 9000) + "</loc></url></urlset>", "too long"},
		"another encoding": {`<?xml version="1.0" encoding="ISO-8859-1"?><urlset></urlset>`, "ISO-8859-1"},
		"a circle":         {head + `<sitemapindex><sitemap><loc>http://lama.example/loop.xml</loc></sitemap></sitemapindex>`, "nested too deep"},
		"a way out":        {head + `<sitemapindex><sitemap><loc>http://lama.example/../../etc/..</loc></sitemap></sitemapindex>`, "--fetch"},
		"a web page":       {"<html><body><p>halo</body></html>", "no sitemap"},
	} {
		_, sum, _ := run(c.text, parity.Options{})
		if sum.Unreadable == 0 || !strings.Contains(fmt.Sprint(sum.Samples), c.why) {
			t.Errorf("%s: %+v", name, sum)
		}
	}
}

func TestACheckCanBeStopped(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&old{})
	t.Cleanup(server.Close)
	ctx, stop := context.WithCancel(t.Context())
	c, err := parity.New(parity.Options{Server: server.URL, BaseURL: "http://kabar.example", StoryID: func(string) (int64, bool) { return 0, false }})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	sum, err := c.Run(ctx, []parity.Input{{Name: "daftar", Open: func(context.Context) (parity.Body, error) {
		return parity.Body{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("/a\n", 5000)))}, nil
	}}}, func(parity.Result) error {
		if n++; n == 300 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || sum.Asked < 300 || sum.Asked > 1000 {
		t.Errorf("%v after %d", err, sum.Asked)
	}
}

func FuzzLog(f *testing.F) {
	f.Add(`www.lama.example:443 192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] "GET /a\x22?x=1 HTTP/1.1" 200 1 "-" "x"`)
	f.Add(`https://lama.example/a,5,urn:x`)
	f.Add(`<urlset><url><loc>http://a.example/</loc></url></urlset>`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }))
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, text string) {
		_, sum, err := check(t, server.URL, parity.Options{StoriesByURI: func(context.Context, []string) (map[string]int64, error) { return nil, nil }}, text)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%q: %v", text, err)
		}
		if sum.ByVerdict[parity.Failed] > 0 {
			t.Fatalf("%q was taken for an address that cannot be asked for: %+v", text, sum.Bad)
		}
	})
}
