package structure_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/testkit"
)

func TestAMergerIsAskedForTwice(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	managing, english := s.Staffer(account.ManagingEditor), s.Staffer(account.ManagingEditor)
	if err := s.Staff.SaveProfile(t.Context(), english.User.ID, account.Profile{Name: "Ann", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	var ids [2]int64
	for i, name := range []string{"Pilpres", "Pemilihan Presiden"} {
		topic, err := s.App.Site.SaveTopic(t.Context(), testkit.Actor, news.Topic{Name: name, Slug: []string{"pilpres", "pemilihan-presiden"}[i]})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = topic.ID
	}
	s.Publish(news.Content{Headline: "Debat Pertama", SectionID: s.Section("nasional"), Topics: ids[:1], Body: s.Body("Debat digelar.")})

	path, into := fmt.Sprintf("/newsroom/topics/%d/merge", ids[0]), fmt.Sprint(ids[1])
	if d := managing.Open(fmt.Sprintf("/newsroom/topics/%d?find=pemilihan", ids[0])); !strings.Contains(d.Body, path+"?into="+into) {
		t.Error("the topic's page does not lead to the question")
	}
	for who, want := range map[*testkit.Staffer][]string{
		managing: {"1 berita tayang dengan tag Pilpres pindah ke tag Pemilihan Presiden.", "/topic/pilpres", "Penggabungan tidak bisa dibatalkan."},
		english:  {"1 live story with the topic Pilpres moves to Pemilihan Presiden.", "/topic/pilpres", "A merger cannot be undone."},
	} {
		// A form that was sent without the question is asked it, too.
		for _, res := range []testkit.Response{who.Open(path + "?into=" + into), who.Post(path, "into", into)} {
			if res.StatusCode != http.StatusOK {
				t.Fatalf("the question answers %d", res.StatusCode)
			}
			for _, text := range want {
				if !strings.Contains(res.Body, text) {
					t.Errorf("the question does not say %q", text)
				}
			}
		}
	}
	if size, err := s.DB.TopicSize(t.Context(), ids[0], 10); err != nil || size != 1 {
		t.Fatalf("the topic has %d stories before anybody was sure, %v", size, err)
	}
	if res := managing.Post(path, "into", into, "sure", "yes"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the merger answers %d", res.StatusCode)
	}
	if size, err := s.DB.TopicSize(t.Context(), ids[1], 10); err != nil || size != 1 {
		t.Errorf("the topic that took over has %d stories, %v", size, err)
	}
	if res := managing.Post(path, "into", into, "sure", "yes"); res.StatusCode != http.StatusNotFound {
		t.Errorf("merging once more answers %d", res.StatusCode)
	}
	itself := fmt.Sprintf("/newsroom/topics/%d/merge", ids[1])
	if res := managing.Post(itself, "into", into, "sure", "yes"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("merging a topic into itself answers %d", res.StatusCode)
	}
}
