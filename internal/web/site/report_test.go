package site_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"warta/internal/change"
	"warta/internal/news"
	"warta/internal/testkit"
)

// report sends the form of a story and returns the answer.
func report(s *testkit.Site, id int64, f url.Values, header ...string) testkit.Response {
	s.T.Helper()
	req, err := http.NewRequestWithContext(s.T.Context(), http.MethodPost, fmt.Sprintf("%s/report/%d", s.URL, id), strings.NewReader(f.Encode()))
	if err != nil {
		s.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		s.T.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.T.Fatal(err)
	}
	return testkit.Response{Response: res, Body: string(body), Wire: len(body)}
}

// filled is a form that is in order.
func filled() url.Values {
	return url.Values{"kind": {"error"}, "name": {"Sari Dewi"}, "email": {"sari@pembaca.example"}, "passage": {"5.000 ton"},
		"text": {"Angkanya 500 ton, bukan 5.000 ton, menurut dokumen dinas."}}
}

// letters returns what is in the outbox, the newest first.
func letters(s *testkit.Site) []change.Letter {
	s.T.Helper()
	list, _, err := s.DB.Letters(s.T.Context(), 0, 50)
	if err != nil {
		s.T.Fatal(err)
	}
	return list
}

// reports returns the open reports.
func reports(s *testkit.Site) []news.Report {
	s.T.Helper()
	list, _, err := s.DB.Reports(s.T.Context(), news.ReportFilter{Viewer: testkit.Actor})
	if err != nil {
		s.T.Fatal(err)
	}
	return list
}

func TestReportForm(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	st := s.Publish(news.Content{Headline: "Panen Beras & Jagung"})
	draft := s.Create(news.Content{Headline: "RAHASIA konsep"})
	form := fmt.Sprintf("/report/%d", st.ID)
	t.Run("it is linked below the story", func(t *testing.T) {
		if body := s.Get(s.Path(st)).Body; !strings.Contains(body, `<a href="`+form+`"`) {
			t.Error("there is no link")
		}
	})
	t.Run("it is a page of the site that nobody keeps", func(t *testing.T) {
		res := s.Get(form)
		if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Body, `content="noindex"`) {
			t.Errorf("status %d, %v", res.StatusCode, res.Header)
		}
		for _, part := range []string{`<header class="mast"`, "Panen Beras &amp; Jagung", `href="` + s.Path(st) + `"`, `name="website"`, "</html>"} {
			if !strings.Contains(res.Body, part) {
				t.Errorf("it has no %s", part)
			}
		}
		if _, err := html.Parse(strings.NewReader(res.Body)); err != nil {
			t.Error(err)
		}
	})
	t.Run("a report comes into the queue, and its sender gets a letter", func(t *testing.T) {
		res := report(s, st.ID, filled())
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), form+"?sent=") {
			t.Fatalf("status %d, %v: %s", res.StatusCode, res.Header, res.Body)
		}
		thanks := s.Get(res.Header.Get("Location"))
		if !strings.Contains(thanks.Body, "dengan nomor 1.") || strings.Contains(thanks.Body, "<form method") {
			t.Error("it says no thanks")
		}
		list := reports(s)
		if len(list) != 1 || list[0].Name != "Sari Dewi" || list[0].StoryID != st.ID || list[0].Headline != "Panen Beras & Jagung" ||
			list[0].Path != s.Path(st) || !list[0].Due.Equal(testkit.Start.Add(48*time.Hour)) || list[0].Passage != "5.000 ton" {
			t.Errorf("%+v", list)
		}
		out := letters(s)
		if len(out) != 1 || out[0].To != "sari@pembaca.example" || !strings.Contains(out[0].Text, "25/11/2026, 12:00 WIB") ||
			strings.Contains(out[0].Text, "dokumen dinas") || out[0].Link != s.Path(st) {
			t.Errorf("%+v", out)
		}
	})
	t.Run("what is wrong is said beside what was typed", func(t *testing.T) {
		for _, c := range []struct{ field, value, want string }{
			{"text", "pendek", "Tulis penjelasan sepanjang 10 sampai 5.000 huruf"},
			{"text", strings.Repeat("a", 5001), "Tulis penjelasan"},
			{"passage", strings.Repeat("a", 1001), "paling banyak 1.000 huruf"},
			{"email", "sari", ""},
			{"name", "", ""},
			{"kind", "pujian", "Pilih dahulu"},
		} {
			f := filled()
			f.Set(c.field, c.value)
			res := report(s, st.ID, f, "X-Forwarded-For", "203.0.113.7")
			if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.Body, `role="alert"`) || !strings.Contains(res.Body, c.want) {
				t.Errorf("%s: status %d, want %q", c.field, res.StatusCode, c.want)
			}
			if c.field != "passage" && !strings.Contains(res.Body, "5.000 ton</textarea>") {
				t.Errorf("%s: what was typed is lost", c.field)
			}
			if strings.Contains(res.Body, "[problem.") || strings.Contains(res.Body, "{") && strings.Contains(res.Body, "{most}") {
				t.Errorf("%s: the sentence has gaps", c.field)
			}
		}
		if n := len(reports(s)); n != 1 {
			t.Errorf("%d reports", n)
		}
	})
	t.Run("nobody else's site can send it", func(t *testing.T) {
		res := report(s, st.ID, filled(), "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if res.StatusCode != http.StatusForbidden || len(reports(s)) != 1 {
			t.Errorf("status %d", res.StatusCode)
		}
	})
	t.Run("a program that fills in everything is thanked and forgotten", func(t *testing.T) {
		f := filled()
		f.Set("website", "https://spam.example")
		if res := report(s, st.ID, f); res.StatusCode != http.StatusSeeOther || len(reports(s)) != 1 {
			t.Errorf("status %d", res.StatusCode)
		}
	})
	t.Run("too much is refused with a sentence", func(t *testing.T) {
		f := filled()
		f.Set("text", strings.Repeat("a", 70_000))
		if res := report(s, st.ID, f); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(res.Body, "terlalu besar") {
			t.Errorf("status %d", res.StatusCode)
		}
	})
	t.Run("what readers never saw has no form and no address", func(t *testing.T) {
		for _, path := range []string{fmt.Sprintf("/report/%d", draft), "/report/999", "/report/0", "/report/x", "/report"} {
			res := s.Get(path)
			if res.StatusCode != http.StatusNotFound || strings.Contains(res.Body, "RAHASIA") {
				t.Errorf("%s: status %d", path, res.StatusCode)
			}
		}
		if res := report(s, draft, filled(), "X-Forwarded-For", "203.0.113.8"); res.StatusCode != http.StatusNotFound || len(reports(s)) != 1 {
			t.Errorf("a report on a draft: status %d", res.StatusCode)
		}
	})
	t.Run("a withdrawn story can be reported, and its headline stays unsaid", func(t *testing.T) {
		if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonTrauma, ""); err != nil {
			t.Fatal(err)
		}
		f := filled()
		f.Set("email", "budi@pembaca.example")
		res := report(s, st.ID, f, "X-Forwarded-For", "203.0.113.9")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d", res.StatusCode)
		}
		for _, body := range []string{s.Get(form).Body, s.Get(res.Header.Get("Location")).Body, letters(s)[0].Text, letters(s)[0].Subject, letters(s)[0].Link} {
			if strings.Contains(body, "Panen Beras") {
				t.Errorf("it tells the headline: %s", body)
			}
		}
	})
}

func TestReportsOfOneNetworkAreLimited(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	st := s.Publish(news.Content{})
	from := func(address, email string) testkit.Response {
		f := filled()
		f.Set("email", email)
		return report(s, st.ID, f, "X-Forwarded-For", address)
	}
	t.Run("a network has to wait after some, and its text is kept", func(t *testing.T) {
		for i := range 10 {
			if res := from("203.0.113.5", fmt.Sprintf("a%d@pembaca.example", i)); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("report %d: status %d", i, res.StatusCode)
			}
		}
		res := from("203.0.113.5", "b@pembaca.example")
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "60" ||
			!strings.Contains(res.Body, "Terlalu banyak laporan") || !strings.Contains(res.Body, "dokumen dinas") {
			t.Errorf("status %d, %v", res.StatusCode, res.Header)
		}
		s.Clock.Set(testkit.Start.Add(time.Minute))
		if res := from("203.0.113.5", "b@pembaca.example"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("after a minute: status %d", res.StatusCode)
		}
	})
	t.Run("nobody's mailbox is filled", func(t *testing.T) {
		for i := range 4 {
			res := from(fmt.Sprintf("2001:db8:%d::1", i), "Korban@pembaca.example")
			if want := []int{303, 303, 303, 429}[i]; res.StatusCode != want {
				t.Errorf("report %d: status %d, want %d", i, res.StatusCode, want)
			}
		}
	})
}
