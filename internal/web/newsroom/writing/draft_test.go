package writing_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/news"
	"warta/internal/testkit"
)

// delta is what the draft API answers.
type delta struct {
	Seq    int64                      `json:"seq"`
	Doc    doc.Doc                    `json:"doc"`
	Blocks []json.RawMessage          `json:"blocks"`
	Order  []string                   `json:"order"`
	Fields map[string]json.RawMessage `json:"fields"`
	Names  struct {
		People, Topics, Sources map[string]string
		Sections                []struct {
			ID    int64
			Name  string
			Depth int
		}
	} `json:"names"`
	Conflicts []struct {
		ID           int64
		Block, Field string
		Clash        string
		Kept, Other  json.RawMessage
		By           string
		KeptBy       string `json:"kept_by"`
	} `json:"conflicts"`
	Stage, Status string
	May           []string
	Error         struct{ Kind, Code, Field, Message string }
}

// ask sends a request to the draft API of a story and reads the answer.
func ask(t *testing.T, p *testkit.Staffer, method string, id int64, query string, body any) (int, delta) {
	t.Helper()
	res := p.Send(method, at(id, "/draft"+query), body, "Accept", "application/json", "Warta-Tab", "abcd1234")
	var d delta
	if err := res.JSON(&d); err != nil {
		t.Fatalf("%d: %v in %q", res.StatusCode, err, res.Body)
	}
	return res.StatusCode, d
}

// paragraph is a block as an editor sends it.
func paragraph(id, text string) map[string]any {
	return map[string]any{"type": "paragraph", "attrs": map[string]any{"id": id}, "content": []any{map[string]any{"type": "text", "text": text}}}
}

type saving map[string]any

func TestDraftIsOpenedWhole(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	people, err := s.DB.EnsurePersons(t.Context(), []string{"Rani Puspita"})
	if err != nil {
		t.Fatal(err)
	}
	id := written(t, rani, news.Content{Headline: "Pasar Ikan Pindah", Credits: []news.Credit{{PersonID: people["Rani Puspita"], Role: news.Writer}}})
	status, d := ask(t, rani, "GET", id, "", nil)
	if status != http.StatusOK || d.Seq != 1 || len(d.Doc.Blocks) != 2 || string(d.Fields["headline"]) != `"Pasar Ikan Pindah"` {
		t.Fatalf("%d: %+v", status, d)
	}
	if d.Stage != "draft" || d.Status != "unpublished" || len(d.Conflicts) != 0 {
		t.Errorf("stage %q, status %q, conflicts %v", d.Stage, d.Status, d.Conflicts)
	}
	if got := d.Names.People[fmt.Sprint(people["Rani Puspita"])]; got != "Rani Puspita" {
		t.Errorf("the byline is named %q", got)
	}
	if len(d.Names.Sections) == 0 {
		t.Error("the tree of sections is missing")
	}
	if all := strings.Join(d.May, " "); !strings.Contains(all, "save") || !strings.Contains(all, "submit") || strings.Contains(all, "publish") {
		t.Errorf("a reporter may: %s", all)
	}
	if _, ok := d.Fields["body"]; ok {
		t.Error("the body stands among the fields")
	}
}

func TestSavesOfTwoPeopleMeet(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani, budi := s.Staffer(account.Reporter), s.Staffer(account.Editor)
	id := written(t, rani, news.Content{})
	_, d := ask(t, rani, "GET", id, "", nil)
	order := d.Doc.Order()

	status, first := ask(t, rani, "POST", id, "", saving{"base": 1, "blocks": []any{paragraph(order[0], "Warga menyeberang pada pagi buta.")}, "order": order,
		"fields": map[string]any{"headline": "Jembatan Dibuka"}})
	if status != http.StatusOK || first.Seq != 2 || len(first.Blocks) != 0 || len(first.Conflicts) != 0 {
		t.Fatalf("the first save: %d %+v", status, first)
	}

	t.Run("what others changed comes with the next save", func(t *testing.T) {
		status, d := ask(t, budi, "POST", id, "", saving{"base": 1, "blocks": []any{paragraph(order[1], "Anak sekolah lewat jembatan.")}, "order": order})
		if status != http.StatusOK || len(d.Blocks) != 1 || string(d.Fields["headline"]) != `"Jembatan Dibuka"` || len(d.Conflicts) != 0 {
			t.Fatalf("%d %+v", status, d)
		}
		if !strings.Contains(string(d.Blocks[0]), "pagi buta") {
			t.Errorf("the block is %s", d.Blocks[0])
		}
	})
	t.Run("since= gives the same without saving", func(t *testing.T) {
		_, d := ask(t, rani, "GET", id, "?since=2", nil)
		if d.Seq != 3 || len(d.Blocks) != 1 || len(d.Fields) != 0 || !strings.Contains(string(d.Blocks[0]), "lewat jembatan") {
			t.Errorf("%+v", d)
		}
	})
	t.Run("both texts are kept where both changed one block, and one is chosen", func(t *testing.T) {
		_, d := ask(t, budi, "POST", id, "", saving{"base": 1, "blocks": []any{paragraph(order[0], "Warga menyeberang diam-diam.")}, "order": order})
		if len(d.Conflicts) != 1 || d.Conflicts[0].Block != order[0] || d.Conflicts[0].Clash != "both_edited" {
			t.Fatalf("%+v", d.Conflicts)
		}
		c := d.Conflicts[0]
		if !strings.Contains(string(c.Kept), "pagi buta") || !strings.Contains(string(c.Other), "diam-diam") || c.By != budi.User.Name || c.KeptBy != rani.User.Name {
			t.Errorf("%+v", c)
		}
		if page := rani.Open(at(id, "")).Body; !strings.Contains(page, "pagi buta") || !strings.Contains(page, "diam-diam") {
			t.Error("the page does not show both texts")
		}
		res := rani.Send("POST", at(id, fmt.Sprintf("/conflicts/%d", c.ID)), nil, "Accept", "application/json")
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, `"conflicts":[]`) {
			t.Errorf("settling: %d %s", res.StatusCode, res.Body)
		}
		if _, d := ask(t, rani, "GET", id, "", nil); len(d.Conflicts) != 0 {
			t.Errorf("the conflict is still open: %+v", d.Conflicts)
		}
	})
	t.Run("the same save may come twice", func(t *testing.T) {
		again := saving{"base": 3, "fields": map[string]any{"dateline": "KUPANG"}}
		_, one := ask(t, rani, "POST", id, "", again)
		_, two := ask(t, rani, "POST", id, "", again)
		if one.Seq != two.Seq || len(two.Conflicts) != 0 {
			t.Errorf("%d then %d, conflicts %v", one.Seq, two.Seq, two.Conflicts)
		}
	})
}

func TestDraftRefusesWithASentence(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	id := written(t, rani, news.Content{})
	tests := []struct {
		name   string
		body   any
		status int
		field  string
	}{
		{"an unknown field of the story", saving{"base": 1, "fields": map[string]any{"colour": "red"}}, 400, "colour"},
		{"an unknown name in the request", saving{"base": 1, "colour": "red"}, 400, ""},
		{"a field of another form", saving{"base": 1, "fields": map[string]any{"topics": "banjir"}}, 400, "topics"},
		{"a save without its base", saving{"fields": map[string]any{"headline": "x"}}, 400, "base"},
		{"a base that is still to come", saving{"base": 99, "fields": map[string]any{"headline": "x"}}, 400, "base"},
		{"blocks without their order", saving{"base": 1, "blocks": []any{}}, 400, "order"},
		{"a block of unknown type", saving{"base": 1, "blocks": []any{map[string]any{"type": "script", "attrs": map[string]any{"id": "aaaaaaa1"}}}, "order": []string{"aaaaaaa1"}}, 400, ""},
		{"a link that runs script", saving{"base": 1, "order": []string{"aaaaaaa1"}, "blocks": []any{map[string]any{"type": "paragraph", "attrs": map[string]any{"id": "aaaaaaa1"},
			"content": []any{map[string]any{"type": "text", "text": "x", "marks": []any{map[string]any{"type": "link", "attrs": map[string]any{"href": "javascript:alert(1)"}}}}}}}}, 400, ""},
		{"no JSON", []byte("headline=x"), 400, ""},
		{"a topic that does not exist", saving{"base": 1, "fields": map[string]any{"topics": []int{4711}}}, 400, "topics"},
		{"more than four megabytes", saving{"base": 1, "fields": map[string]any{"rights": strings.Repeat("x", 4<<20)}}, 413, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, d := ask(t, rani, "POST", id, "", tt.body)
			if status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			if d.Error.Message == "" || strings.HasPrefix(d.Error.Message, "[") {
				t.Errorf("the sentence is %q", d.Error.Message)
			}
			if tt.field != "" && d.Error.Field != tt.field {
				t.Errorf("the field is %q, want %q", d.Error.Field, tt.field)
			}
		})
	}
	if _, d := ask(t, rani, "GET", id, "", nil); d.Seq != 1 {
		t.Errorf("something was saved: number %d", d.Seq)
	}
}

func TestSavingNeverPublishes(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	editor := s.Staffer(account.ManagingEditor)
	st := s.Publish(news.Content{Headline: "Harga Garam Naik"})
	status, d := ask(t, editor, "GET", st.ID, "", nil)
	if status != http.StatusOK || d.Status != "live" {
		t.Fatalf("%d %+v", status, d)
	}
	status, d = ask(t, editor, "POST", st.ID, "", saving{"base": d.Seq, "fields": map[string]any{"headline": "Harga Garam Turun"}})
	if status != http.StatusOK {
		t.Fatalf("%d %+v", status, d.Error)
	}
	if page := s.Get(s.Path(st)); page.StatusCode != http.StatusOK || strings.Contains(page.Body, "Turun") {
		t.Errorf("readers get the draft: %d", page.StatusCode)
	}

	t.Run("a story that is withdrawn meanwhile keeps what is typed", func(t *testing.T) {
		if _, err := s.Desk.Withdraw(t.Context(), testkit.Actor, st.ID, news.ReasonChild, ""); err != nil {
			t.Fatal(err)
		}
		status, d := ask(t, editor, "POST", st.ID, "", saving{"base": d.Seq, "fields": map[string]any{"dateline": "MADURA"}})
		if status != http.StatusOK || string(d.Fields["dateline"]) != "" {
			t.Fatalf("%d %+v", status, d)
		}
		_, d = ask(t, editor, "GET", st.ID, "", nil)
		if d.Status != "withdrawn" || string(d.Fields["dateline"]) != `"MADURA"` {
			t.Errorf("status %q, dateline %s", d.Status, d.Fields["dateline"])
		}
		if page := s.Get(s.Path(st)); page.StatusCode != http.StatusGone {
			t.Errorf("readers get %d, want 410", page.StatusCode)
		}
	})
}

func TestPlainFormSavesWithoutScript(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	rani := s.Staffer(account.Reporter)
	id := written(t, rani, news.Content{Labels: []news.Label{news.LabelOpinion}})
	form := url.Values{"seq": {"1"}, "headline": {"Judul Baru"}, "standfirst": {"Ringkasan."}, "section": {fmt.Sprint(s.Section("bola"))},
		"labels_shown": {"1"}, "labels": {"exclusive", "unverified"}, "lead.caption": {"Keterangan"}, "lead.credit": {"Dok"}, "lead.alt": {""}}
	res := rani.Send("POST", at(id, "/draft"), form)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != at(id, "?saved=1") {
		t.Fatalf("%d %s: %s", res.StatusCode, res.Header.Get("Location"), res.Body)
	}
	_, d := ask(t, rani, "GET", id, "", nil)
	for field, want := range map[string]string{"headline": `"Judul Baru"`, "standfirst": `"Ringkasan."`, "section": fmt.Sprint(s.Section("bola")),
		"labels": `["exclusive","unverified"]`, "lead": `{"caption":"Keterangan","credit":"Dok"}`} {
		if got := string(d.Fields[field]); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
	if len(d.Doc.Blocks) != 2 {
		t.Errorf("the body has %d blocks, want the two of before", len(d.Doc.Blocks))
	}
}
