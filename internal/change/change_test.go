package change

import (
	"slices"
	"testing"
)

func TestMergeKeepsEverythingAndEachTagOnce(t *testing.T) {
	t.Parallel()
	o := Outcome{Tags: []string{"story:1", "latest"}, Audit: []Audit{{Action: "publish"}}, Takedown: true}
	o.Merge(Outcome{Tags: []string{"latest", "story:2"}, Audit: []Audit{{Action: "correct"}}, Jobs: []Job{{Kind: "ping"}}})
	if want := []string{"story:1", "latest", "story:2"}; !slices.Equal(o.Tags, want) {
		t.Errorf("tags %v, want %v", o.Tags, want)
	}
	if len(o.Audit) != 2 || o.Audit[1].Action != "correct" || len(o.Jobs) != 1 || !o.Takedown {
		t.Errorf("something got lost: %+v", o)
	}
}

func TestTouchAddsATagOnce(t *testing.T) {
	t.Parallel()
	var o Outcome
	o.Touch("a", "b", "a")
	o.Touch("b", "c")
	if want := []string{"a", "b", "c"}; !slices.Equal(o.Tags, want) {
		t.Errorf("tags %v, want %v", o.Tags, want)
	}
}
