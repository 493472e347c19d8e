package app_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/app"
	"warta/internal/news"
	"warta/internal/testkit"
	"warta/internal/testkit/blog"
)

// TestOldAddressesAreChecked asks a server that runs for the addresses that stories
// brought along from another system: all of them lead to their story, in every
// spelling, and what does not is named.
func TestOldAddressesAreChecked(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "SQLite", true: "PostgreSQL"}[postgres], func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: postgres, Hosts: []string{"www.lama.example", "amp.lama.example", "lama.example"}, Unproved: true})
			const n = 120
			var items []news.Incoming
			var list strings.Builder
			list.WriteString("url,hits,target\n")
			for i := range n {
				items = append(items, news.Incoming{URI: fmt.Sprintf("urn:lama:%d", i), Version: "1", Hash: fmt.Sprint(i), Published: testkit.Start,
					Content:   news.Content{Headline: fmt.Sprint("Kabar lama ", i), SectionID: s.Section("nasional"), Body: s.Body("Isi.")},
					Redirects: []news.Redirect{{Host: "www.lama.example", Path: fmt.Sprintf("/2019/%02d/kabar-%d/", i%12+1, i)}, {Host: "www.lama.example", Path: fmt.Sprintf("/?p=%d", i+1000)}}})
				path := fmt.Sprintf("/2019/%02d/kabar-%d", i%12+1, i)
				for _, spelling := range []string{"https://www.lama.example" + path + "/", "http://amp.lama.example" + path, "https://www.lama.example" + path + "/amp/", "https://lama.example" + strings.ToUpper(path) + "?page=all",
					"https://www.lama.example" + path + "/?utm_source=wa&page=2", fmt.Sprintf("https://www.lama.example/?p=%d", i+1000), fmt.Sprintf("https://www.lama.example/index.php?p=%d", i+1000)} {
					fmt.Fprintf(&list, "%s,%d,urn:lama:%d\n", spelling, i, i)
				}
			}
			res, err := s.Desk.Import(t.Context(), account.System("import"), items)
			if err != nil {
				t.Fatal(err)
			}
			settle(t, s)
			run := func(text string, o app.URLCheck) (list []app.URLResult, sum app.URLSummary) {
				t.Helper()
				o.Inputs, o.Stdin = append(o.Inputs, "-"), strings.NewReader(text)
				o.Core = func() (*app.Core, error) {
					return app.Open(t.Context(), s.Config, s.Config.Logger(), nil)
				}
				sum, err := app.CheckURLs(t.Context(), s.Config, o, func(r app.URLResult) error { list = append(list, r); return nil })
				if err != nil {
					t.Fatal(err)
				}
				return list, sum
			}
			_, sum := run(list.String(), app.URLCheck{})
			if !sum.Complete() || sum.ByVerdict["redirect"] != 7*n || sum.Chains != 0 {
				t.Errorf("%+v", sum)
			}
			// One is withdrawn, one taken back, one of a host that nobody named.
			if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, res[3].ID, news.ReasonSARA, ""); err != nil {
				t.Fatal(err)
			}
			settle(t, s)
			if err := s.App.Site.DropRedirect(t.Context(), testkit.Actor, "www.lama.example", "/2019/06/kabar-5/"); err != nil {
				t.Fatal(err)
			}
			if err := s.App.Site.SaveRedirects(t.Context(), testkit.Actor, news.Redirect{Host: "www.lama.example", Path: "/iklan", Target: news.GoneTarget("Iklan yang sudah lewat.")}); err != nil {
				t.Fatal(err)
			}
			settle(t, s)
			log := filepath.Join(t.TempDir(), "access.log")
			text := strings.Repeat(`192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] "GET /2019/06/kabar-5/ HTTP/1.1" 200 1`+"\n", 9) +
				`192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] "GET /2019/04/kabar-3/ HTTP/1.1" 200 1` + "\n" +
				`tiada.example:80 192.0.2.7 - - [23/Nov/2026:10:00:00 +0700] "GET /x HTTP/1.1" 200 1` + "\n"
			if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			own := fmt.Sprintf("%s%s\n", s.URL, res[7].Path)
			results, sum := run(own, app.URLCheck{Inputs: []string{log}, Host: "www.lama.example"})
			got := ""
			for _, r := range results {
				got += fmt.Sprintf("%s %d %s %s\n", r.Path, r.Hits, r.Verdict, r.Reason)
			}
			if want := res[7].Path + " 0 same \n/2019/06/kabar-5/ 9 unmapped \n/2019/04/kabar-3/ 1 gone Masalah SARA (suku, agama, ras, dan antargolongan)\n/x 1 unmapped \n"; got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if sum.Complete() || sum.Bad[0].Path != "/2019/06/kabar-5/" {
				t.Errorf("the most wanted: %+v", sum.Bad)
			}
			results, sum = run("url,target\nhttps://www.lama.example/iklan/amp,gone\n", app.URLCheck{})
			if !sum.Complete() || results[0].Verdict != "gone" || results[0].Reason != "Iklan yang sudah lewat." {
				t.Errorf("an address that was given up: %+v", results)
			}
			results, sum = run("url,target\nhttps://www.lama.example/2019/08/kabar-7/,gone\n", app.URLCheck{})
			if sum.Complete() || results[0].Verdict != "wrong" {
				t.Errorf("one that should be, and leads to a story: %+v", results)
			}
			// The site's own sitemaps, over its index.
			results, sum = run("", app.URLCheck{Inputs: []string{s.URL + "/sitemap.xml"}, Fetch: true})
			if !sum.Complete() || sum.ByVerdict["same"] != n-1 || sum.Unreadable != 0 {
				t.Errorf("the site's own sitemap: %+v, %d", sum, len(results))
			}
		})
	}
}

// TestOldAddressesOfAWordPressSite brings a made-up blog in and asks the server that
// runs for every address that a public post had, as it was and in other spellings.
// WARTA_PARITY=100000 makes it of that many posts, and asks for the addresses as they
// were.
func TestOldAddressesOfAWordPressSite(t *testing.T) {
	t.Parallel()
	large, _ := strconv.Atoi(os.Getenv("WARTA_PARITY"))
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "SQLite", true: "PostgreSQL"}[postgres], func(t *testing.T) {
			if large == 0 {
				t.Parallel()
			}
			s := testkit.New(t, testkit.Options{Postgres: postgres, Hosts: []string{"lama.example", "www.lama.example", "amp.lama.example"}, Unproved: true,
				Configure: func(c *app.Config) {
					if large > 0 {
						c.PageMemory, c.PageStore = 256<<20, 0
					}
				}})
			b := &blog.Blog{Posts: max(large, 60)}
			file := filepath.Join(t.TempDir(), "blog.xml")
			f, err := os.Create(file)
			if err == nil {
				err = errors.Join(b.Write(f, 0, b.Posts), f.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			sum, err := s.ImportWXR(t.Context(), app.WXRInput{Files: []string{file}}, app.ImportOptions{Section: "nasional"}, func(app.ImportLine) {})
			if err != nil || !sum.Complete() {
				t.Fatalf("%+v, %v", sum, err)
			}
			settle(t, s)
			t.Logf("%d posts in after %s", b.Posts, time.Since(start).Round(time.Second))
			r, w := io.Pipe()
			want := 0
			go func() {
				out := bufio.NewWriter(w)
				for address, uri := range b.Addresses {
					spellings := []string{address}
					if large == 0 {
						spellings = append(spellings, spellingsOf(address)...)
					}
					for _, a := range spellings {
						want++
						fmt.Fprintf(out, "%s\t\t%s\n", a, uri)
					}
				}
				w.CloseWithError(out.Flush())
			}()
			start = time.Now()
			got, err := app.CheckURLs(t.Context(), s.Config, app.URLCheck{Inputs: []string{"-"}, Stdin: r, Parallel: 8,
				Core: func() (*app.Core, error) { return app.Open(t.Context(), s.Config, s.Config.Logger(), nil) }},
				func(app.URLResult) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d old addresses asked in %s: %v, %d over more than one redirect", got.Asked, time.Since(start).Round(time.Second), got.ByVerdict, got.Chains)
			if !got.Complete() || got.ByVerdict["redirect"] != int64(want) || want < b.Posts*3/2 || got.Chains > 0 || got.Unreadable > 0 {
				t.Errorf("%d addresses, %+v", want, got)
			}
		})
	}
}

// spellingsOf are other ways in which people and machines write an address.
func spellingsOf(address string) []string {
	if path, query, ok := strings.Cut(address, "?"); ok {
		return []string{path + "index.php?" + query, path + "?utm_source=wa&" + query, path + "?" + query + "&amp=1"}
	}
	bare := strings.TrimSuffix(address, "/")
	return []string{bare, bare + "/amp/", bare + "?amp=1", bare + "/?page=all", bare + "/?page=2", bare + "/2/", strings.Replace(bare, "//lama", "//amp.lama", 1),
		strings.Replace(bare, "https://lama.example/", "http://www.lama.example/index.php/", 1), strings.Replace(bare, "-", "%2D", 1), bare[:22] + strings.ToUpper(bare[22:])}
}

// settle waits until readers see the effect of everything that was changed.
func settle(t *testing.T, s *testkit.Site) {
	t.Helper()
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
}
