package storetest

import (
	"fmt"
	"slices"
	"testing"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/news"
)

var oldAddressCases = []testcase{
	{"old addresses are found by their folds", foundByFolds},
	{"old addresses are listed by story, host, beginning", listedRedirects},
	{"an old address is changed, and the log says how", changedRedirect},
	{"old addresses that lead nowhere or in a circle are refused", refusedRedirects},
	{"a table of old addresses goes in whole", importedRedirects},
}

func foundByFolds(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	n.ok(n.db.SaveRedirects(ctx, []news.Redirect{{Host: "WWW.lama.example", Path: "/2019/Judul/", StoryID: 1}, {Host: "lain.example", Path: "/2019/judul", StoryID: 2},
		{Path: "/2019/judul?id=7", StoryID: 3}, {Path: "/kopi-%C3%A9", StoryID: 4}}, change.Outcome{}))
	find := func(host, address string) (ids []int64) {
		asked, ok := news.AskOldAddress("kabar.example", host, address)
		same(t, "can be asked", ok, true)
		list, err := n.db.OldAddresses(ctx, asked.Hosts, asked.Paths)
		n.ok(err)
		for _, r := range list {
			ids = append(ids, r.StoryID)
		}
		slices.Sort(ids)
		return ids
	}
	same(t, "by host", find("lama.example", "/2019/judul/amp"), []int64{1})
	same(t, "by query", find("", "/2019/judul?id=7&x=1"), []int64{3})
	same(t, "encoded", find("", "/Kopi-%c3%a9/"), []int64{4})
	same(t, "none", len(find("tiada.example", "/2019/judul")), 0)
}

func listedRedirects(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	var list []news.Redirect
	for i := range 30 {
		list = append(list, news.Redirect{Host: []string{"", "a.example", "b.example"}[i%3], Path: fmt.Sprintf("/2019/%02d", i), StoryID: int64(1 + i%2)})
	}
	list = append(list, news.Redirect{Path: "/2019/05%25_", Target: "/bola"}, news.Redirect{Path: "/lain", Target: "/bola"}, news.Redirect{Host: "a.example", Path: "/2019/Besar", Target: "/bola"})
	n.ok(n.db.SaveRedirects(ctx, list, change.Outcome{}))
	walk := func(f news.RedirectFilter) (out []news.Redirect) {
		t.Helper()
		f.Limit = 4
		for range 20 {
			part, err := n.db.RedirectList(ctx, f)
			n.ok(err)
			out = append(out, part...)
			if len(part) < f.Limit {
				break
			}
			f.After = part[len(part)-1]
		}
		return out
	}
	for _, c := range []struct {
		name string
		f    news.RedirectFilter
		want func(news.Redirect) bool
	}{
		{"all", news.RedirectFilter{}, func(news.Redirect) bool { return true }},
		{"of a story", news.RedirectFilter{StoryID: 2}, func(r news.Redirect) bool { return r.StoryID == 2 }},
		{"of a host", news.RedirectFilter{Host: "a.example"}, func(r news.Redirect) bool { return r.Host == "a.example" }},
		{"of a host, by beginning", news.RedirectFilter{Host: "a.example", Begin: "/2019/1"}, func(r news.Redirect) bool {
			return r.Host == "a.example" && len(r.Path) > 7 && r.Path[:7] == "/2019/1"
		}},
		{"by beginning, in any case", news.RedirectFilter{Begin: "/2019/B"}, func(r news.Redirect) bool { return r.Path == "/2019/Besar" }},
		{"by beginning, with a slash", news.RedirectFilter{Begin: "/2019/"}, func(r news.Redirect) bool { return r.Path != "/lain" }},
		{"by no pattern", news.RedirectFilter{Begin: "/2019/05%25_"}, func(r news.Redirect) bool { return r.Path == "/2019/05%25_" }},
	} {
		got := walk(c.f)
		seen := map[string]bool{}
		for _, r := range got {
			if seen[r.Address()] || !c.want(r) {
				t.Errorf("%s: %v is there twice or does not belong", c.name, r)
			}
			seen[r.Address()] = true
		}
		want := 0
		for _, r := range list {
			if c.want(r) {
				want++
			}
		}
		same(t, c.name, len(got), want)
	}
}

func changedRedirect(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	n.ok(n.site.SaveRedirects(ctx, editor, news.Redirect{Path: "/a", Target: "/bola"}, news.Redirect{Path: "/b", Target: "/tekno"}))
	n.ok(n.site.ChangeRedirect(ctx, editor, "", "/a", news.Redirect{Host: "lama.example", Path: "/a", Target: "https://mitra.example/x"}))
	_, err := n.db.Redirect(ctx, "", "/a")
	n.is(err, fault.NotFound)
	r, err := n.db.Redirect(ctx, "lama.example", "/a")
	n.ok(err)
	same(t, "leads", r.Target, "https://mitra.example/x")
	n.is(n.site.ChangeRedirect(ctx, editor, "", "/a", news.Redirect{Path: "/a", Target: "/bola"}), fault.NotFound)
	n.is(n.site.ChangeRedirect(ctx, editor, "lama.example", "/a", news.Redirect{Path: "/b", Target: "/bola"}), fault.Invalid)
	r, err = n.db.Redirect(ctx, "", "/b")
	n.ok(err)
	same(t, "the other one", r.Target, "/tekno")
	r, err = n.db.Redirect(ctx, "lama.example", "/a")
	n.ok(err)
	same(t, "after the refusal", r.Target, "https://mitra.example/x")
	lines, err := n.db.Audits(ctx, news.AuditFilter{Object: "redirects", Action: "change", Limit: 1})
	n.ok(err)
	same(t, "in the log", string(lines[0].Detail), `{"address":"lama.example/a","target":"https://mitra.example/x","was":"/a /bola"}`)
	reporter := account.Actor{ID: 7, Role: account.Reporter}
	n.is(n.site.ChangeRedirect(ctx, reporter, "", "/b", news.Redirect{Path: "/b", Target: "/bola"}), fault.Forbidden)
	n.is(n.site.ImportRedirects(ctx, reporter, []news.Redirect{{Path: "/z", Target: "/bola"}}, nil), fault.Forbidden)
}

func refusedRedirects(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	n.ok(n.site.SaveRedirects(ctx, editor, news.Redirect{Path: "/a", Target: "/b"}, news.Redirect{Path: "/b", Target: "/c"}, news.Redirect{Host: "lama.example", Path: "/x", Target: "/y"}))
	for name, r := range map[string]news.Redirect{
		"to itself": {Path: "/z", Target: "/z"}, "to a spelling of itself": {Path: "/z", Target: "/Z/amp/?utm_source=x"}, "over two others": {Path: "/c", Target: "/a"},
		"over another host": {Path: "/y", Target: "https://www.lama.example/x/"}, "to a story that is none": {Path: "/z", StoryID: 4711},
		"without a target": {Path: "/z"}, "with two": {Path: "/z", Target: "/a", StoryID: 1}, "without a slash": {Path: "z", Target: "/a"}, "with a line end": {Path: "/z\n", Target: "/a"}, "with NUL": {Path: "/z\x00", Target: "/a"},
		"with an encoded NUL": {Path: "/z%00", Target: "/a"}, "with a space": {Path: "/z y", Target: "/a"}, "with broken text": {Path: "/z\xff", Target: "/a"},
		"to another host without a scheme": {Path: "/z", Target: "//jahat.example"}, "with a backslash": {Path: "/z", Target: `/\jahat.example`}, "to a script": {Path: "/z", Target: "javascript:alert(1)"},
		"to data": {Path: "/z", Target: "data:text/html,x"}, "with a password": {Path: "/z", Target: "https://a:b@jahat.example/"}, "to no host": {Path: "/z", Target: "https:///x"}, "to a line end": {Path: "/z", Target: "/a\r\nSet-Cookie: x"},
		"on no host": {Host: "a b", Path: "/z", Target: "/a"}, "on a host with a path": {Host: "a/b", Path: "/z", Target: "/a"}, "on a host with an empty label": {Host: "a..b", Path: "/z", Target: "/a"}, "on a user": {Host: "a@b", Path: "/z", Target: "/a"},
	} {
		if err := n.site.SaveRedirects(ctx, editor, r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Among what is saved together, and over more than there can be.
	n.is(n.site.SaveRedirects(ctx, editor, news.Redirect{Path: "/p", Target: "/q"}, news.Redirect{Path: "/q", Target: "/r"}, news.Redirect{Path: "/r", Target: "/p"}), fault.Invalid)
	var chain []news.Redirect
	for i := range 30 {
		chain = append(chain, news.Redirect{Path: fmt.Sprint("/k", i), Target: fmt.Sprint("/k", i+1)})
	}
	n.is(n.site.SaveRedirects(ctx, editor, chain...), fault.Invalid)
	_, err := n.db.Redirect(ctx, "", "/k0")
	n.is(err, fault.NotFound)
	n.ok(n.site.SaveRedirects(ctx, editor, chain[:8]...))
	// What replaces another one counts, not what it replaces.
	n.ok(n.site.SaveRedirects(ctx, editor, news.Redirect{Path: "/b", Target: "/bola"}, news.Redirect{Path: "/c", Target: "/a"}))
}

func importedRedirects(t *testing.T, open Open) {
	n := newNewsroom(t, open)
	ctx := t.Context()
	var list []news.Redirect
	for i := range 450 {
		list = append(list, news.Redirect{Host: "lama.example", Path: fmt.Sprintf("/%03d", i), Target: "/bola"})
	}
	bad := append(slices.Clone(list), news.Redirect{Path: "/z", StoryID: 4711})
	n.is(n.site.ImportRedirects(ctx, editor, bad, func(int) {}), fault.Invalid)
	got, err := n.db.RedirectList(ctx, news.RedirectFilter{Limit: 1})
	n.ok(err)
	same(t, "after a bad one", len(got), 0)
	var done []int
	n.ok(n.site.ImportRedirects(ctx, editor, list, func(n int) { done = append(done, n) }))
	same(t, "progress", done, []int{200, 400, 450})
	got, err = n.db.RedirectList(ctx, news.RedirectFilter{Host: "lama.example", Limit: 500})
	n.ok(err)
	same(t, "all are in", len(got), 450)
}
