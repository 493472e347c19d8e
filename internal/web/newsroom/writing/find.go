package writing

import (
	"net/http"
	"slices"
	"strings"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// maxFound is how many suggestions one search returns.
const maxFound = 20

// found is one suggestion.
type found struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Note string `json:"detail,omitempty"`
}

// foundStory is a suggested story.
type foundStory struct {
	ID       int64  `json:"id"`
	Headline string `json:"headline"`
	Section  string `json:"section"`
	When     string `json:"when"`
	Detail   string `json:"detail"` // section, status and time in one line
	// Status is the word that people read; Live says whether readers can follow a
	// link to it now.
	Status string `json:"status"`
	Live   bool   `json:"live"`
	Path   string `json:"path,omitempty"`
}

// maxScanned is how many of the newest stories are looked through for a word
// that is not written to its end yet.
const maxScanned = 200

// findStories suggests stories: those that readers get, and those of the
// newsroom that the reader may see.
func (x *Writing) findStories(w http.ResponseWriter, r *newsroom.Request) error {
	text := strings.TrimSpace(r.FormValue("q"))
	if len(text) > 300 {
		return newsroom.JSON(w, map[string]any{"results": []foundStory{}})
	}
	head, unfinished := lastWord(text)
	s := suggestions{x: x, r: r, seen: map[int64]bool{}}
	err := s.add(text, maxFound, "")
	if err == nil && unfinished != "" && len(s.list) < maxFound {
		err = s.add(head, maxScanned, unfinished)
	}
	if err != nil {
		return err
	}
	return newsroom.JSON(w, map[string]any{"results": append([]foundStory{}, s.list...)})
}

// lastWord cuts the word off that somebody may still be typing.
func lastWord(text string) (head, unfinished string) {
	words := strings.Fields(account.FoldName(text))
	if len(words) == 0 || strings.ContainsAny(text, `"-`) {
		return text, ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

// suggestions collects stories for what somebody types.
type suggestions struct {
	x    *Writing
	r    *newsroom.Request
	seen map[int64]bool
	list []foundStory
}

// add looks for a text, the newest first; begins, if it is not empty, must begin
// a word of the headline. What was published comes before what nobody has seen.
func (s *suggestions) add(text string, limit int, begins string) error {
	for _, order := range []news.WorkOrder{news.ByPublished, news.ByTouched} {
		if text == "" && begins == "" && order == news.ByTouched {
			continue // without a word only what is fresh on the site
		}
		cards, _, _, err := s.x.p.Store.Work(s.r.Context(), news.WorkFilter{Text: text, Viewer: s.r.Actor, Limit: limit, By: order})
		if err != nil {
			return err
		}
		fit := cards[:0]
		for _, c := range cards {
			if !s.seen[c.StoryID] && hasWord(c.Headline, begins) && len(s.list)+len(fit) < maxFound {
				s.seen[c.StoryID] = true
				fit = append(fit, c)
			}
		}
		shown, err := s.x.storyNames(s.r, fit)
		if err != nil {
			return err
		}
		s.list = append(s.list, shown...)
	}
	if s.r.Actor.CanIn(account.ReadAny, nil) {
		return nil
	}
	return s.addPublic(text, limit, begins)
}

// addPublic adds what every reader can find, for those who do not see all of the
// newsroom's work.
func (s *suggestions) addPublic(text string, limit int, begins string) (err error) {
	var cards []news.Card
	if news.Searchable(text) {
		found, err := s.x.p.Store.Search(s.r.Context(), news.SearchFilter{Query: text, Limit: min(limit, 100)})
		if err != nil {
			return err
		}
		cards = found.Cards
	} else if cards, _, _, err = s.x.p.Store.List(s.r.Context(), news.ListFilter{Limit: limit}); err != nil {
		return err
	}
	tree, err := s.x.p.Store.Sections(s.r.Context())
	if err != nil {
		return err
	}
	for i := range cards {
		c := &cards[i]
		if s.seen[c.ID] || !hasWord(c.FullHeadline, begins) || len(s.list) >= maxFound {
			continue
		}
		s.seen[c.ID] = true
		s.list = append(s.list, publicStory(s.r, tree, c))
	}
	return nil
}

// publicStory is a live story as a suggestion.
func publicStory(r *newsroom.Request, tree *news.Tree, c *news.Card) foundStory {
	out := foundStory{ID: c.ID, Headline: c.FullHeadline, When: when(r, c.FirstPublished), Status: r.Words.T("room.stage.live"), Live: true,
		Path: c.Path(tree, r.Zone)}
	if s := tree.ByID(c.SectionID); s != nil {
		out.Section = s.Name
	}
	out.describe()
	return out
}

// describe puts into one line what tells the story from others.
func (s *foundStory) describe() {
	parts := slices.DeleteFunc([]string{s.Section, s.Status, s.When}, func(p string) bool { return p == "" })
	s.Detail = strings.Join(parts, " · ")
}

// hasWord reports whether a word of the headline begins like this.
func hasWord(headline, begins string) bool {
	return begins == "" || strings.Contains(" "+account.FoldName(headline), " "+begins)
}

// storyNames turns cards into what an editor's field prints of a story.
func (x *Writing) storyNames(r *newsroom.Request, cards []news.WorkCard) ([]foundStory, error) {
	if len(cards) == 0 {
		return nil, nil
	}
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(cards))
	for i := range cards {
		ids[i] = cards[i].StoryID
	}
	stories, err := x.p.Store.Stories(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	paths := map[int64]string{}
	for i := range stories {
		if s := &stories[i]; s.Status == news.Live {
			paths[s.ID] = news.Path(tree.Slug(s.SectionID), s.FirstPublished, r.Zone, s.ID, s.Slug)
		}
	}
	out := make([]foundStory, len(cards))
	for i := range cards {
		c := &cards[i]
		out[i] = foundStory{ID: c.StoryID, Headline: c.Headline, Status: r.Words.T("room.stage." + string(statusOf(c.Status, c.Column))),
			Live: c.Status == news.Live, Path: paths[c.StoryID], When: day(r, c)}
		if s := tree.ByID(c.SectionID); s != nil {
			out[i].Section = s.Name
		}
		if out[i].Headline == "" {
			out[i].Headline = r.Words.T("writing.untitled")
		}
		out[i].describe()
	}
	return out, nil
}

// statusOf is the word for a story in a list: what readers get comes before
// where its next draft is.
func statusOf(s news.Status, c news.Column) news.Column {
	switch s {
	case news.Live:
		return news.ColumnLive
	case news.Withdrawn:
		return news.ColumnWithdrawn
	}
	return c
}

// findNames suggests topics, persons or sources.
func (x *Writing) findNames(ref news.Ref) newsroom.Handler {
	return func(w http.ResponseWriter, r *newsroom.Request) error {
		names, err := x.p.Names.Find(r.Context(), ref, r.FormValue("q"))
		if err != nil {
			return err
		}
		list := make([]found, len(names))
		for i, n := range names {
			list[i] = found(n)
		}
		return newsroom.JSON(w, map[string]any{"results": list, "may_make": r.Actor.CanSomewhere(account.WriteAny)})
	}
}

// makeName makes a topic, a person or a source by its name.
func (x *Writing) makeName(ref news.Ref) newsroom.Handler {
	return func(w http.ResponseWriter, r *newsroom.Request) error {
		var in struct {
			Name string `json:"name"`
		}
		if err := newsroom.Decode(w, r, &in, 4<<10); err != nil {
			return err
		}
		n, err := x.p.Names.Make(r.Context(), r.Actor, ref, in.Name)
		if err != nil {
			return err
		}
		return newsroom.JSON(w, found(n))
	}
}

// foundSection is a section of the tree, in its order.
type foundSection struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Depth int    `json:"depth"`
}

// findSections lists the sections whose name has the text in it, all without one.
func (x *Writing) findSections(w http.ResponseWriter, r *newsroom.Request) error {
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	text := account.FoldName(r.FormValue("q"))
	list := []foundSection{}
	for _, s := range sections(tree) {
		if strings.Contains(strings.ToLower(s.Name), text) && (text == "" || len(list) < maxFound) {
			list = append(list, s)
		}
	}
	return newsroom.JSON(w, map[string]any{"results": list})
}

// sections returns the tree as a list.
func sections(tree *news.Tree) []foundSection {
	all := tree.All()
	out := make([]foundSection, len(all))
	for i, s := range all {
		out[i] = foundSection{ID: s.ID, Name: s.Name, Depth: len(tree.Ancestry(s.ID)) - 1}
	}
	return out
}
