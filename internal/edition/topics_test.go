package edition_test

import (
	"strings"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit"
)

// TestAHotTopicCoolsDown moves the clock over a front on which nothing else goes by
// it: a topic that nobody wrote of for a week leaves it.
func TestAHotTopicCoolsDown(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Unproved: true})
	topics, err := s.DB.EnsureTopics(t.Context(), []string{"Bakau"})
	if err != nil {
		t.Fatal(err)
	}
	s.Publish(news.Content{Topics: []int64{topics["Bakau"]}})
	home, err := s.DB.Front(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	home.Containers = []news.Container{{Kind: news.ContainerTopics, Size: 12}}
	if _, err := s.App.Site.SaveFront(t.Context(), testkit.Actor, home); err != nil {
		t.Fatal(err)
	}
	last, err := s.DB.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settle(last)
	for _, tt := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {7 * 24 * time.Hour, true}, {7*24*time.Hour + time.Hour, false}} {
		s.Clock.Set(testkit.Start.Add(tt.after))
		if got := strings.Contains(s.Get("/").Body, "/topic/bakau"); got != tt.want {
			t.Errorf("after %s the front shows the topic: %v", tt.after, got)
		}
	}
}
