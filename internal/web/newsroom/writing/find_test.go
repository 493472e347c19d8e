package writing_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

// results asks one of the searches and returns the names that it finds.
func results(t *testing.T, p *testkit.Staffer, kind, q string) (names []string, may bool) {
	t.Helper()
	var out struct {
		Results []struct {
			ID             int64
			Name, Headline string
			Detail, Path   string
			Live           bool
		}
		MayMake bool `json:"may_make"`
	}
	res := p.Open("/newsroom/find/"+kind+"?q="+url.QueryEscape(q), "Accept", "application/json")
	if err := res.JSON(&out); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v %s", kind, res.StatusCode, err, res.Body)
	}
	for _, r := range out.Results {
		if r.ID == 0 {
			t.Errorf("a result of %s has no id: %+v", kind, r)
		}
		name := r.Name
		if name == "" {
			name = r.Headline
			if r.Live {
				name += " (live)"
			}
			if r.Live != (r.Path != "") || r.Detail == "" {
				t.Errorf("%+v", r)
			}
		}
		names = append(names, name)
	}
	return names, out.MayMake
}

func TestNamesAreSuggestedWhileOneTypes(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine == "PostgreSQL"})
			editor, reporter := s.Staffer(account.Editor), s.Staffer(account.Reporter)
			if _, err := s.DB.EnsureTopics(t.Context(), []string{"Banjir Jakarta", "Banjir", "Pasca Banjir Bandang", "Bandung", "100% Lokal", "Écologie"}); err != nil {
				t.Fatal(err)
			}
			many := make([]string, 60)
			for i := range many {
				many[i] = fmt.Sprintf("Pemilu %02d", i)
			}
			if _, err := s.DB.EnsureTopics(t.Context(), many); err != nil {
				t.Fatal(err)
			}
			tests := []struct {
				q    string
				want []string
			}{
				{"ban", []string{"Bandung", "Banjir", "Banjir Jakarta", "Pasca Banjir Bandang"}},
				{"BANJIR  j", []string{"Banjir Jakarta"}},
				{"banjir ban", []string{"Pasca Banjir Bandang"}},
				{"anjir", nil},
				{"100%", []string{"100% Lokal"}},
				{"%", nil},
				{"_", nil},
				{"éco", []string{"Écologie"}},
				{"", nil},
			}
			for _, tt := range tests {
				if got, _ := results(t, reporter, "topics", tt.q); !slices.Equal(got, tt.want) {
					t.Errorf("%q finds %v, want %v", tt.q, got, tt.want)
				}
			}
			if got, _ := results(t, reporter, "topics", "pemilu"); len(got) != 20 {
				t.Errorf("%d suggestions, want 20", len(got))
			}
			if _, may := results(t, reporter, "people", "x"); may {
				t.Error("a reporter is offered to make a person")
			}
			if _, may := results(t, editor, "people", "x"); !may {
				t.Error("an editor is not offered to make a person")
			}
			testMaking(t, s, editor, reporter)
		})
	}
}

// testMaking makes names as an editor and as somebody who may not.
func testMaking(t *testing.T, s *testkit.Site, editor, reporter *testkit.Staffer) {
	t.Helper()
	type made struct {
		ID    int64
		Name  string
		Error struct{ Code, Message string }
	}
	post := func(p *testkit.Staffer, kind, name string) (int, made) {
		t.Helper()
		var m made
		res := p.Send("POST", "/newsroom/find/"+kind, map[string]string{"name": name})
		if err := res.JSON(&m); err != nil {
			t.Fatalf("%d %s", res.StatusCode, res.Body)
		}
		return res.StatusCode, m
	}
	for _, kind := range []string{"topics", "people", "sources"} {
		status, one := post(editor, kind, "  Suku   Bajo ")
		if status != http.StatusOK || one.ID == 0 || one.Name != "Suku Bajo" {
			t.Errorf("%s: %d %+v", kind, status, one)
		}
		if _, again := post(editor, kind, "SUKU BAJO"); again.ID != one.ID {
			t.Errorf("%s: the same name is made twice: %+v", kind, again)
		}
		if got, _ := results(t, reporter, kind, "suku"); !slices.Equal(got, []string{"Suku Bajo"}) {
			t.Errorf("%s: finds %v", kind, got)
		}
		if status, m := post(reporter, kind, "Suku Laut"); status != http.StatusForbidden || m.Error.Message == "" {
			t.Errorf("%s: a reporter gets %d %+v", kind, status, m)
		}
		for _, name := range []string{"", "  ", strings.Repeat("x", 121)} {
			if status, m := post(editor, kind, name); status != http.StatusBadRequest || m.Error.Code != "name_length" {
				t.Errorf("%s: a name of %d bytes gets %d %+v", kind, len(name), status, m)
			}
		}
	}
	lines, err := s.DB.Audits(t.Context(), news.AuditFilter{Object: "topic:*", Limit: 10})
	if err != nil || len(lines) != 1 || lines[0].Actor != editor.User.Actor().String() {
		t.Errorf("the log says %+v, %v", lines, err)
	}
}

func TestStoriesAreSuggestedToThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	reporter, contributor := s.Staffer(account.Reporter), s.Staffer(account.Contributor)
	s.Publish(news.Content{Headline: "Bakau Tumbuh di Pesisir"})
	written(t, reporter, news.Content{Headline: "Bakau Ditebang Diam-diam"})
	written(t, contributor, news.Content{Headline: "Bakau dalam Puisi"})
	live, theirs, own := "Bakau Tumbuh di Pesisir (live)", "Bakau Ditebang Diam-diam", "Bakau dalam Puisi"
	tests := []struct {
		name string
		who  *testkit.Staffer
		q    string
		want []string
	}{
		{"what is live comes first, then drafts", reporter, "bakau", []string{live, own, theirs}},
		{"a word that is not written to its end", reporter, "bak", []string{live, own, theirs}},
		{"a word, and another that is begun", reporter, "bakau tum", []string{live}},
		{"a contributor sees his own and what readers see", contributor, "bakau", []string{own, live}},
		{"also before a word is written to its end", contributor, "bak", []string{own, live}},
		{"without a word, what is fresh on the site", reporter, "", []string{live}},
		{"nothing fits", reporter, "kereta", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := results(t, tt.who, "stories", tt.q)
			sorted := func(list []string) []string { list = slices.Clone(list); slices.Sort(list); return list }
			if !slices.Equal(sorted(got), sorted(tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if len(tt.want) > 0 && tt.who == reporter && got[0] != tt.want[0] {
				t.Errorf("the first is %q, want %q", got[0], tt.want[0])
			}
		})
	}
	t.Run("the name of a draft that somebody may not read is kept from him", func(t *testing.T) {
		secret := written(t, reporter, news.Content{Headline: "Rahasia Meja Hijau"})
		id := written(t, contributor, news.Content{Related: []int64{secret}})
		if res := contributor.Open(at(id, "/draft")); res.StatusCode != http.StatusOK || strings.Contains(res.Body, "Rahasia") {
			t.Errorf("%d %s", res.StatusCode, res.Body)
		}
		if res := contributor.Open(at(id, "")); res.StatusCode != http.StatusOK || strings.Contains(res.Body, "Rahasia") {
			t.Error("the page shows it")
		}
	})
}
