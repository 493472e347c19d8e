package doc_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"warta/internal/doc"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		to      doc.Doc
		changed []string // blocks with the new number
		gone    []string
		moved   int64
	}{
		{"an equal body keeps every number", body("a=1", "b=2", "c=3"), nil, nil, 0},
		{"a changed block has the new number", body("a=1", "b=x", "c=3"), []string{id("b")}, nil, 0},
		{"a block that is missing leaves a tombstone", body("a=1", "c=3"), nil, []string{id("b")}, 0},
		{"a new block is made with the number", body("a=1", "b=2", "d=4", "c=3"), []string{id("d")}, nil, 0},
		{"another order counts as a move", body("c=3", "a=1", "b=2"), nil, nil, 7},
		{"another body has nothing in common", body("x=1"), []string{id("x")}, []string{id("a"), id("b"), id("c")}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stored := doc.NewStored(body("a=1", "b=2", "c=3"), 1)
			got, err := doc.Replace(stored, tt.to, 7)
			if err != nil {
				t.Fatal(err)
			}
			var changed []string
			for id, r := range got.Revs {
				if r.Changed == 7 {
					changed = append(changed, id)
				}
			}
			slices.Sort(changed)
			if !reflect.DeepEqual(changed, tt.changed) {
				t.Errorf("changed %v, want %v", changed, tt.changed)
			}
			if gone := slices.Sorted(maps.Keys(got.Gone)); !slices.Equal(gone, tt.gone) {
				t.Errorf("gone %v, want %v", gone, tt.gone)
			}
			if got.Moved != tt.moved || show(got.Doc) != show(tt.to) || len(got.Revs) != len(tt.to.Blocks) {
				t.Errorf("got %+v", got)
			}
			if len(stored.Gone) != 0 || len(stored.Revs) != 3 {
				t.Error("Replace changed its argument")
			}
		})
	}
}

func TestAReplacedBodyMergesAsAColleaguesSave(t *testing.T) {
	t.Parallel()
	stored := doc.NewStored(body("a=1", "b=2", "c=3"), 1)
	stored, err := doc.Replace(stored, body("a=1", "b=y"), 2)
	if err != nil {
		t.Fatal(err)
	}
	got, conflicts, err := doc.Merge(stored, save(1, "a b c", "a=x", "b=z", "c=w"), 3)
	if err != nil {
		t.Fatal(err)
	}
	if s := show(got.Doc); s != "a=x b=y" {
		t.Errorf("body = %s", s)
	}
	if s := showConflicts(conflicts); s != "both_edited b kept=y other=z; edit_of_gone c other=w" {
		t.Errorf("conflicts = %s", s)
	}
	back, err := doc.Replace(got, body("a=x", "b=y", "c=3"), 4)
	if err != nil || len(back.Gone) != 0 || back.Revs[id("c")] != (doc.Rev{Made: 4, Changed: 4}) {
		t.Errorf("a block that came back: %+v, %v", back, err)
	}
	if since := show(back.Since(2)); since != "a=x c=3" {
		t.Errorf("since 2: %s", since)
	}
}

func TestLinksFindsThoseInEveryBlock(t *testing.T) {
	t.Parallel()
	link := func(href string) doc.Inline { return doc.Inline{{Text: "x", Href: href}} }
	d := doc.Doc{Blocks: []doc.Block{
		doc.Paragraph{Text: link("/a")}, doc.Heading{Text: link("/b")}, doc.Quote{Paragraphs: []doc.Inline{link("/c")}},
		doc.List{Items: []doc.ListItem{{Text: link("/d"), Lists: []doc.List{{Items: []doc.ListItem{{Text: link("/e")}}}}}}},
		doc.Table{Rows: []doc.Row{{Cells: []doc.Cell{{Text: link("/f")}}}}},
		doc.FactBox{Blocks: []doc.Block{doc.Paragraph{Text: link("/g")}}}, doc.Paragraph{Text: link("/a")}, doc.Paragraph{Text: doc.Text("y")},
	}}
	if got, want := d.Links(), []string{"/a", "/b", "/c", "/d", "/e", "/f", "/g"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
