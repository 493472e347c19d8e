package news

import (
	"context"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
)

// shelf is a store of one record.
type shelf struct {
	DeskStore // what is not asked for
	world     World
	rec       Record
	outs      []change.Outcome
}

func (s *shelf) Now(context.Context) (time.Time, error) { return s.world.Now, nil }

func (s *shelf) Due(context.Context, time.Time, bool, int) ([]int64, error) {
	if s.rec.Story.DueAt.IsZero() {
		return nil, nil
	}
	return []int64{s.rec.Story.ID}, nil
}

func (s *shelf) Change(_ context.Context, _ Pick, fn func(*World, []*Record) (change.Outcome, error)) (int64, error) {
	out, err := fn(&s.world, []*Record{&s.rec})
	s.outs = append(s.outs, out)
	return 1, err
}

func TestAReleaseIntoASectionThatIsGoneIsHeldAndSaid(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	s := &shelf{world: World{Now: now, Zone: time.UTC, Tree: NewTree([]Section{{ID: 1, Slug: "bola"}})}}
	s.rec = Record{Story: Story{ID: 5, Status: Unpublished, Stage: StageScheduled, NamedNo: 2, LastNo: 2, SectionID: 9,
		DueAt: now.Add(-time.Minute), DueBy: 3, OwnerID: 4, AssigneeID: 6}, Named: &Version{StoryID: 5, No: 2, Content: Content{Headline: "Yatim", SectionID: 9}}}
	released, err := NewDesk(s, nil).RunDue(t.Context(), false)
	if err != nil || released != 0 {
		t.Fatalf("released %d, %v", released, err)
	}
	if got := s.rec.Story; got.Stage != StageApproved || got.NamedNo != 2 || !got.DueAt.IsZero() || got.Status != Unpublished {
		t.Errorf("the story is %+v", got)
	}
	told := map[int64]bool{}
	for _, n := range s.rec.Notices {
		told[n.UserID] = n.Kind == NoticeHeld && n.Text == string(ProblemSection)
	}
	if len(told) != 3 || !told[3] || !told[4] || !told[6] {
		t.Errorf("told %+v", s.rec.Notices)
	}
	if len(s.outs) != 1 || len(s.outs[0].Tags) != 0 || len(s.outs[0].Audit) != 1 {
		t.Errorf("outcomes %+v", s.outs)
	}
}

func TestWordsAreCounted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "  ": 0, "satu": 1, "satu dua\n\ntiga": 3, "buku-buku lama": 2, "Jakarta — hujan": 2, "Rp 15.000, kata dia.": 4, "– –": 0} {
		if got := words(text); got != want {
			t.Errorf("%q has %d words, want %d", text, got, want)
		}
	}
}

func TestADraftForgetsNothingOfItsFields(t *testing.T) {
	t.Parallel()
	var c Content
	c.Lead.Video = &Video{Provider: "youtube", URL: "https://youtu.be/x"}
	for _, name := range FieldNames() {
		f := fieldByName(name)
		raw := map[string]string{"kind": `"video"`, "access": `"members"`, "labels": `["legal"]`, "credits": `[{"person":3,"role":"editor"}]`,
			"lead": `{"picture":4}`, "section": "5", "verifies": "6", "topics": "[1,2]", "related": "[3]", "sources": "[4]"}[name]
		if raw == "" {
			raw = `"x"`
		}
		if err := f.set(&c, []byte(raw)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(f.get(&c)); got != raw {
			t.Errorf("%s: got %s, want %s", name, got, raw)
		}
	}
	if all := c.Fields(); len(all) != len(fields) {
		t.Errorf("got %d fields", len(all))
	}
	for i := range fields {
		if err := fields[i].set(&c, []byte("null")); err != nil {
			t.Errorf("%s: %v", fields[i].name, err)
		}
	}
	if !SameContent(&c, &Content{}) {
		t.Errorf("emptied field by field it is %+v", c)
	}
	if got := PublicLabels([]Label{LabelLegal, LabelOpinion}); len(got) != 1 || got[0] != LabelOpinion {
		t.Errorf("readers see %v", got)
	}
	var actor account.Actor
	if nameOf(actor) != "" {
		t.Errorf("nobody has the name %q", nameOf(actor))
	}
}
