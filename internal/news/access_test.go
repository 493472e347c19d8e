package news

import (
	"strings"
	"testing"

	"warta/internal/doc"
)

// blocksOf makes a body of signs: p a paragraph, h a heading, a an ad break, r a
// read-also block, | the cut.
func blocksOf(signs string) (d doc.Doc) {
	for i, sign := range signs {
		id := strings.Repeat("a", 7) + string(rune('a'+i))
		switch sign {
		case 'p':
			d.Blocks = append(d.Blocks, doc.Paragraph{ID: id, Text: doc.Text(id)})
		case 'h':
			d.Blocks = append(d.Blocks, doc.Heading{ID: id, Level: 2, Text: doc.Text(id)})
		case 'a':
			d.Blocks = append(d.Blocks, doc.AdBreak{ID: id})
		case 'r':
			d.Blocks = append(d.Blocks, doc.ReadAlso{ID: id, Story: 7})
		case '|':
			d.Blocks = append(d.Blocks, doc.MembersCut{ID: id})
		}
	}
	return d
}

func TestWhatEverybodyReads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		access       Access
		teaser       int
		body         string
		open, closed int // blocks
	}{
		{"a free story", Free, 1, "pppp", 4, 0},
		{"a free story with a cut that was left in it", Free, 0, "p|pp", 4, 0},
		{"as many blocks as the version says", Members, 2, "ppppp", 2, 3},
		{"of a version from before", Members, 0, "ppppp", 3, 2},
		{"a cut in the body", Members, 3, "p|ppp", 1, 3},
		{"two cuts", Members, 3, "p|pp|p", 1, 3},
		{"a cut at the top", Members, 3, "|ppp", 0, 3},
		{"a cut at the end", Members, 3, "ppp|", 3, 0},
		{"a text that is shorter than the teaser", Members, 9, "ppp", 2, 1},
		{"one paragraph", Members, 3, "p", 0, 1},
		{"no text", Members, 3, "", 0, 0},
		{"what is no text is not counted", Members, 2, "paprpp", 3, 3},
		{"not below a heading", Members, 2, "phpp", 1, 3},
		{"an access that nobody knows", "vip", 1, "pp", 1, 1},
	} {
		content := Content{Access: c.access, Teaser: c.teaser, Body: blocksOf(c.body)}
		open, closed := content.Open(), content.Closed()
		if len(open.Blocks) != c.open || len(closed.Blocks) != c.closed {
			t.Errorf("%s: %d blocks are open and %d closed, want %d and %d", c.name, len(open.Blocks), len(closed.Blocks), c.open, c.closed)
		}
	}
}

func TestWhatTakesTextAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		was, is  Content
		takeaway bool
	}{
		{"free becomes members'", Content{Body: blocksOf("ppp")}, Content{Access: Members, Body: blocksOf("ppp|")}, true},
		{"members' becomes free", Content{Access: Members, Body: blocksOf("ppp")}, Content{Body: blocksOf("ppp")}, false},
		{"the cut moves up", Content{Access: Members, Body: blocksOf("ppp|p")}, Content{Access: Members, Teaser: 1, Body: blocksOf("pppp")}, true},
		{"the cut moves down", Content{Access: Members, Teaser: 1, Body: blocksOf("pppp")}, Content{Access: Members, Body: blocksOf("ppp|p")}, false},
		{"a paragraph is written below it", Content{Access: Members, Teaser: 1, Body: blocksOf("ppp")}, Content{Access: Members, Teaser: 1, Body: blocksOf("pppp")}, false},
		{"free stays free", Content{Body: blocksOf("ppp")}, Content{Body: blocksOf("p")}, false},
	} {
		if got := tighter(&c.was, &c.is); got != c.takeaway {
			t.Errorf("%s: takes away %v, want %v", c.name, got, c.takeaway)
		}
	}
}
