package site_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/testkit"
)

const phoneAgent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"

// stall is a site with one card that is on, and its mark.
type stall struct {
	*testkit.Site
	item ads.Item
	card ads.Creative
	mark string
}

func newStall(t *testing.T) *stall {
	t.Helper()
	s := &stall{Site: testkit.New(t, testkit.Options{Unproved: true})}
	set := ads.DefaultSettings()
	set.On, set.AdsTxt = []ads.Placement{ads.Inline, ads.List}, "google.com, pub-1, DIRECT\n"
	s.ok(s.AdSales.SaveSettings(t.Context(), testkit.Actor, set))
	a, err := s.AdSales.SaveAdvertiser(t.Context(), testkit.Actor, ads.Advertiser{Name: "Toko Beras"})
	s.ok(err)
	o, err := s.AdSales.SaveOrder(t.Context(), testkit.Actor, ads.Order{AdvertiserID: a.ID, Name: "=Panen"})
	s.ok(err)
	now := s.Clock.Now()
	s.item, err = s.AdSales.SaveItem(t.Context(), testkit.Actor, ads.Item{OrderID: o.ID, Name: "=1+1", Starts: now.Add(-time.Hour), Ends: now.Add(72 * time.Hour), Goal: 1000, Priority: 5,
		Terms: ads.Terms{Weight: 1, Price: ads.Price{Currency: "IDR"}}})
	s.ok(err)
	s.card = s.save(ads.Content{Kind: ads.Native, Headline: "Beras Baru", Sponsor: "Toko Beras", Link: "https://toko.example/promo?a=1&b=2"})
	s.mark = s.sign(s.card.ID)
	rc, err := s.AdSales.SetItem(t.Context(), testkit.Actor, s.item.ID, ads.On)
	s.ok(err)
	s.Settle(rc.Seq)
	return s
}

func (s *stall) ok(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func (s *stall) save(is ads.Content) ads.Creative {
	s.T.Helper()
	c, err := s.AdSales.SaveCreative(s.T.Context(), testkit.Actor, ads.Creative{ItemID: s.item.ID, Placement: ads.List, Is: is})
	s.ok(err)
	return c
}

func (s *stall) signer() *ads.Signer {
	s.T.Helper()
	key, err := s.DB.Secret(s.T.Context(), "ads")
	s.ok(err)
	return ads.NewSigner(key)
}

func (s *stall) sign(creative int64) string {
	return s.signer().Sign(ads.Mark{Item: s.item.ID, Creative: creative, Placement: ads.List, Until: ads.MarkUntil(s.Clock.Now())})
}

// ask sends a request and follows nothing.
func (s *stall) ask(method, path, body, agent string, header ...string) (*http.Response, string) {
	s.T.Helper()
	req, err := http.NewRequestWithContext(s.T.Context(), method, s.URL+path, strings.NewReader(body))
	s.ok(err)
	req.Header.Set("User-Agent", agent)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	s.ok(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	s.ok(err)
	return res, string(text)
}

// counted returns what is rolled up of the card: seen, clicked, refused.
func (s *stall) counted() (sum [3]int64) {
	s.T.Helper()
	s.ok(s.AdCount.Flush(s.T.Context()))
	list, err := s.DB.AdCounts(s.T.Context(), []int64{s.item.ID}, s.Clock.Now().Add(-24*time.Hour), s.Clock.Now().Add(24*time.Hour))
	s.ok(err)
	for _, c := range list {
		sum = [3]int64{sum[0] + c.Seen, sum[1] + c.Clicked, sum[2] + c.Refused}
	}
	return sum
}

// A click leads to the advertiser's page and nowhere else, whatever is added to its
// address.
func TestAClickCannotBeMadeToLeadElsewhere(t *testing.T) {
	t.Parallel()
	s := newStall(t)
	const want = "https://toko.example/promo?a=1&b=2"
	res, _ := s.ask("GET", "/ads/go/"+s.mark, "", phoneAgent)
	if res.StatusCode != http.StatusFound || res.Header.Get("Location") != want || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("a click: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	evil := []string{"https://evil.example", "//evil.example", "///evil.example", "////evil.example", `\\evil.example`, `/\evil.example`, `\/evil.example`, "https:evil.example", "https:/evil.example",
		"http:evil.example", "/%09/evil.example", "/%2f%2fevil.example", "%2f%2fevil.example", "/%5cevil.example", "%5c%5cevil.example", "https%3a%2f%2fevil.example", "https%253a%252f%252fevil.example",
		"//evil.example%2f..", "//evil%E3%80%82example", "//evil。example", "https://toko.example@evil.example", "https://toko.example%40evil.example", "https://toko.example.evil.example", "https://evil.example#toko.example",
		"https://evil.example?toko.example", `https://evil.example\toko.example`, "javascript:alert(1)", "java%0d%0ascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//0x7f000001", "//2130706433", "//[::1]",
		"%0d%0aLocation:%20https://evil.example", "%0aLocation: https://evil.example", "%e5%98%8a%e5%98%8dLocation:https://evil.example", ".evil.example", "@evil.example", ":@evil.example", "..//evil.example", "%2e%2e%2f%2fevil.example",
		"/../../evil.example", ";@evil.example", "?evil.example", "#evil.example", "%00//evil.example", "%23//evil.example", "https://evil.example/%2e%2e", "〱evil.example", "/〵evil.example", "//evil.example//"}
	params := []string{"url", "u", "to", "next", "dest", "redirect", "redirect_uri", "return", "returnTo", "goto", "link", "target", "continue", "r", "q", "mark", "location", "host"}
	n := 0
	look := func(path, body string, header ...string) {
		t.Helper()
		n++
		method := "GET"
		if body != "" {
			method = "POST"
		}
		if _, err := url.Parse(s.URL + path); err != nil {
			return // no client sends it
		}
		res, _ := s.ask(method, path, body, phoneAgent, header...)
		if to := res.Header.Get("Location"); to != "" && to != want {
			// A redirect to a spelling of ours is none of the advertiser's.
			if u, err := url.Parse(to); err != nil || u.Host != "" && !strings.HasPrefix(to, s.URL+"/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
				t.Errorf("%s leads to %q", path, to)
			}
		}
	}
	for i, e := range evil {
		escaped := url.QueryEscape(e)
		for _, p := range params[:3+i%3] {
			look("/ads/go/"+s.mark+"?"+p+"="+escaped, "")
		}
		look("/ads/go/"+s.mark+"?"+params[i%len(params)]+"="+escaped+"&"+params[(i+5)%len(params)]+"="+escaped, "")
		look("/ads/go/"+url.PathEscape(e), "")
		look("/ads/go/"+s.mark+url.PathEscape(e), "")
		look("/ads/go/"+s.mark+"/"+url.PathEscape(e), "")
		look("/ads/go/"+url.PathEscape(e)+"/"+s.mark, "")
		look("/ads/go/"+s.mark, "url="+escaped, "Content-Type", "application/x-www-form-urlencoded")
		look("/ads/go/"+s.mark, "", "X-Forwarded-Host", "evil.example", "X-Original-URL", "/"+e[:min(3, len(e))], "Referer", "https://evil.example/", "X-Rewrite-URL", "//evil.example")
	}
	if n < 400 {
		t.Errorf("only %d tricks were tried", n)
	}
	// What is not on any more leads nowhere.
	forged := s.sign(s.card.ID + 1)
	for name, path := range map[string]string{"of no creative": "/ads/go/" + forged, "cut short": "/ads/go/" + s.mark[:20], "nothing": "/ads/go/x"} {
		if res, _ := s.ask("GET", path, "", phoneAgent); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	_, err := s.AdSales.SetItem(t.Context(), testkit.Actor, s.item.ID, ads.Paused)
	s.ok(err)
	if res, _ := s.ask("GET", "/ads/go/"+s.mark, "", phoneAgent); res.StatusCode != http.StatusNotFound {
		t.Errorf("an ad that is paused: %d", res.StatusCode)
	}
}

func TestOnlyWhatWasReallySeenIsCounted(t *testing.T) {
	t.Parallel()
	s := newStall(t)
	seen := func(body, agent string, header ...string) {
		t.Helper()
		res, text := s.ask("POST", "/ads/seen", body, agent, header...)
		if res.StatusCode != http.StatusNoContent || text != "" || len(res.Cookies()) > 0 {
			t.Fatalf("%d %q %v", res.StatusCode, text, res.Cookies())
		}
	}
	seen(s.mark, phoneAgent)
	seen(s.mark+"\n"+s.mark, phoneAgent) // the same on one page is one
	other := ads.NewSigner([]byte("not our key")).Sign(ads.Mark{Item: s.item.ID, Creative: s.card.ID, Placement: ads.List, Until: s.Clock.Now().Add(time.Hour)})
	seen(strings.Join([]string{other, "x", s.mark[1:], strings.ToLower(s.mark), s.mark + "x"}, "\n"), phoneAgent)
	seen(s.mark, "Googlebot/2.1")
	seen(s.mark, "")
	for range 2 {
		s.ask("GET", "/ads/go/"+s.mark, "", phoneAgent)
	}
	s.ask("HEAD", "/ads/go/"+s.mark, "", phoneAgent)
	s.ask("GET", "/ads/go/"+s.mark, "", phoneAgent, "Sec-Purpose", "prefetch;prerender")
	s.ask("GET", "/ads/go/"+s.mark, "", "curl/8.0")
	if got := s.counted(); got != [3]int64{2, 2, 3} {
		t.Errorf("seen, clicked, refused: %v", got)
	}
	if res, _ := s.ask("POST", "/ads/seen", strings.Repeat("x", 5000), phoneAgent); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a long beacon: %d", res.StatusCode)
	}
	if res, _ := s.ask("POST", "/ads/seen", s.mark, phoneAgent, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a beacon of another site: %d", res.StatusCode)
	}
	// A flood of one network fills no report.
	for range 600 {
		seen(s.mark, phoneAgent)
	}
	got := s.counted()
	if got[0] > 242+2 || got[0]+got[2] != 2+3+600 {
		t.Errorf("after a flood of 600: %v", got)
	}
	// A mark counts for hours and no longer.
	s.Clock.Set(s.Clock.Now().Add(4 * time.Hour))
	before := s.counted()
	seen(s.mark, phoneAgent)
	if after := s.counted(); after != before {
		t.Errorf("a mark of four hours ago was counted: %v, %v", before, after)
	}
}

func TestFramesOfAdvertisersReachNothing(t *testing.T) {
	t.Parallel()
	s := newStall(t)
	c := s.save(ads.Content{Kind: ads.HTML, Link: "https://toko.example/", HTML: `<a href="{click}">Beras</a>`})
	res, body := s.ask("GET", "/ads/frame/"+s.sign(c.ID), "", phoneAgent)
	policy := res.Header.Get("Content-Security-Policy")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(policy, "sandbox") || strings.Contains(policy, "allow-same-origin") || strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "script-src") {
		t.Errorf("%d, policy %q", res.StatusCode, policy)
	}
	if !strings.Contains(body, `<a href="/ads/go/`+s.sign(c.ID)+`">`) || strings.Contains(body, "{click}") {
		t.Errorf("the frame holds %q", body)
	}
	if res, _ := s.ask("GET", "/ads/frame/"+s.mark, "", phoneAgent); res.StatusCode != http.StatusNotFound {
		t.Errorf("a frame for a card: %d", res.StatusCode)
	}
	// A network's tag: only the owner brings one, only while they are on, only after
	// the reader's consent.
	seller := account.Actor{ID: 4, Role: account.Commercial}
	set, err := s.DB.AdSettings(t.Context())
	s.ok(err)
	set.Networks = true
	if err := s.AdSales.SaveSettings(t.Context(), seller, set); err == nil {
		t.Error("a seller turns networks on")
	}
	s.ok(s.AdSales.SaveSettings(t.Context(), testkit.Actor, set))
	item := s.item
	item.ID, item.Name, item.Goal, item.Terms.Kind = 0, "Jaringan", 0, ads.Network
	if _, err := s.AdSales.SaveItem(t.Context(), seller, item); err == nil {
		t.Error("a seller books a network")
	}
	s.item, err = s.AdSales.SaveItem(t.Context(), testkit.Actor, item)
	s.ok(err)
	tag := s.save(ads.Content{Kind: ads.Tag, HTML: "<script src=https://securepubads.g.doubleclick.net/tag/js/gpt.js></script>"})
	_, err = s.AdSales.SetItem(t.Context(), testkit.Actor, s.item.ID, ads.On)
	s.ok(err)
	path := "/ads/frame/" + s.sign(tag.ID)
	for cookie, want := range map[string]int{"": 404, "__Host-warta-consent=none": 404, "__Host-warta-consent=frequency": 404, "__Host-warta-consent=frequency.networks": 200} {
		res, _ := s.ask("GET", path, "", phoneAgent, "Cookie", cookie)
		if res.StatusCode != want {
			t.Errorf("with %q: %d, want %d", cookie, res.StatusCode, want)
		}
		if p := res.Header.Get("Content-Security-Policy"); want == 200 && (!strings.HasPrefix(p, "sandbox allow-scripts") || strings.Contains(p, "allow-same-origin")) {
			t.Errorf("policy %q", p)
		}
	}
	set.Networks = false
	s.ok(s.AdSales.SaveSettings(t.Context(), testkit.Actor, set))
	if res, _ := s.ask("GET", path, "", phoneAgent, "Cookie", "__Host-warta-consent=networks"); res.StatusCode != http.StatusNotFound {
		t.Errorf("while networks are off: %d", res.StatusCode)
	}
}

func TestConsentIsGivenAndWithdrawnInOneWay(t *testing.T) {
	t.Parallel()
	s := newStall(t)
	for body, want := range map[string]string{"for=frequency&for=networks": "frequency.networks", "for=frequency": "frequency", "": "none", "for=evil&for=x,y": "none"} {
		res, _ := s.ask("POST", "/consent", body, phoneAgent, "Content-Type", "application/x-www-form-urlencoded")
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/consent?said=1" {
			t.Errorf("%q: %d to %q", body, res.StatusCode, res.Header.Get("Location"))
		}
		if c := res.Cookies(); len(c) != 1 || c[0].Name != "__Host-warta-consent" || c[0].Value != want || !c[0].Secure || c[0].HttpOnly || c[0].MaxAge <= 0 {
			t.Errorf("%q: cookies %v", body, c)
		}
	}
	_, page := s.ask("GET", "/consent", "", phoneAgent, "Cookie", "__Host-warta-consent=frequency")
	if !strings.Contains(page, `value="frequency" checked`) {
		t.Error("the page does not say what was agreed to")
	}
	if res, _ := s.ask("GET", "/consent", "", phoneAgent); len(res.Cookies()) != 0 {
		t.Error("the page stores something by itself")
	}
}

func TestAReportOpensByItsLinkAlone(t *testing.T) {
	t.Parallel()
	s := newStall(t)
	s.ask("POST", "/ads/seen", s.mark, phoneAgent)
	s.counted()
	l, err := s.AdSales.Link(t.Context(), testkit.Actor, s.item.OrderID, 2, false)
	s.ok(err)
	path := "/ads/report/" + s.signer().SignLink(l)
	res, page := s.ask("GET", path, "", phoneAgent)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(page, "Toko Beras") || !strings.Contains(page, "<svg") {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	res, table := s.ask("GET", path+"/csv", "", phoneAgent)
	if want := fmt.Sprintf("2026-11-23,%d,'=1+1,1,0,0.00,0,1,", s.item.ID); res.StatusCode != http.StatusOK || !strings.Contains(table, want) {
		t.Errorf("%d, the table lacks %q:\n%s", res.StatusCode, want, table)
	}
	for i := len("/ads/report/"); i < len(path); i += 3 {
		if forged := path[:i] + string(path[i]^1) + path[i+1:]; forged != path {
			if res, _ := s.ask("GET", forged, "", phoneAgent); res.StatusCode == http.StatusOK {
				t.Fatalf("%s opens it as well", forged)
			}
		}
	}
	other := l
	other.Order++
	if res, _ := s.ask("GET", "/ads/report/"+ads.NewSigner([]byte("x")).SignLink(other), "", phoneAgent); res.StatusCode != http.StatusNotFound {
		t.Errorf("another's link: %d", res.StatusCode)
	}
	_, err = s.AdSales.Link(t.Context(), testkit.Actor, s.item.OrderID, 1, true)
	s.ok(err)
	if res, _ := s.ask("GET", path, "", phoneAgent); res.StatusCode != http.StatusNotFound {
		t.Errorf("after the links were ended: %d", res.StatusCode)
	}
	again, err := s.AdSales.Link(t.Context(), testkit.Actor, s.item.OrderID, 1, false)
	s.ok(err)
	path = "/ads/report/" + s.signer().SignLink(again)
	if res, _ := s.ask("GET", path, "", phoneAgent); res.StatusCode != http.StatusOK {
		t.Errorf("a new link: %d", res.StatusCode)
	}
	s.Clock.Set(s.Clock.Now().Add(25 * time.Hour))
	if res, _ := s.ask("GET", path, "", phoneAgent); res.StatusCode != http.StatusNotFound {
		t.Errorf("when its time is over: %d", res.StatusCode)
	}
	if res, text := s.ask("GET", "/ads.txt", "", "curl/8"); res.StatusCode != http.StatusOK || text != "google.com, pub-1, DIRECT\n" {
		t.Errorf("ads.txt: %d %q", res.StatusCode, text)
	}
}

// deadEnd is a web in which nothing is there.
type deadEnd struct{}

func (deadEnd) Try(context.Context, string) string { return "404" }

func TestADeadLinkIsNotTaken(t *testing.T) {
	t.Parallel()
	s := newStall(t)
	s.AdSales.SetLinks(deadEnd{})
	_, err := s.AdSales.SaveCreative(t.Context(), testkit.Actor, ads.Creative{ItemID: s.item.ID, Placement: ads.List, Is: s.card.Is})
	if f := fault.Find(err); f == nil || f.Code != "ads_link_dead" || f.Field != "link" {
		t.Errorf("a link that answers 404: %v", err)
	}
}
