package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"warta/internal/news"
	"warta/internal/stem"
)

// The desk's cards. Every story has one row in work, written with each change of
// it (saveWork), and its search terms: of all stories, not only of live ones.
//
// Key. Lists go by when a story was touched, the last one first, without a join
// or a sort: key is that instant in milliseconds << 21 | id & 0x1fffff, as in
// search_project.go. It is the key (on SQLite the rowid) in work_search as well,
// which is made like search: see there.
//
// Terms. Headline, standfirst, bylines and topics in the content's language, and
// the tags by which lists are narrowed: "column", "section", "desk" (handed to),
// "user" (owner and assignee), "topic".

// columnRefs are the numbers under which the columns are stored.
var columnRefs = map[news.Column]int64{news.ColumnDraft: 1, news.ColumnSubmitted: 2, news.ColumnApproved: 3,
	news.ColumnScheduled: 4, news.ColumnLive: 5, news.ColumnWithdrawn: 6}

// workRow is the JSON in work.card. Keys are short, since there is one of these
// per story.
type workRow struct {
	Column     news.Column  `json:"c"`
	Stage      news.Stage   `json:"s,omitempty"`
	Status     news.Status  `json:"t"`
	Kind       news.Kind    `json:"k,omitempty"`
	SectionID  int64        `json:"n,omitempty"`
	Headline   string       `json:"h,omitempty"`
	Labels     []news.Label `json:"l,omitempty"`
	OwnerID    int64        `json:"o,omitempty"`
	AssigneeID int64        `json:"a,omitempty"`
	AssignedTo int64        `json:"d,omitempty"`
	Due        int64        `json:"u,omitempty"`
	Embargo    int64        `json:"e,omitempty"`
	Touched    int64        `json:"m"`
	TouchedBy  string       `json:"b,omitempty"`
	Published  int64        `json:"p,omitempty"`
	LiveNo     int          `json:"v,omitempty"`
	Changed    bool         `json:"x,omitempty"`
	Conflicts  int          `json:"q,omitempty"`
	PictureID  int64        `json:"i,omitempty"`
	Signoffs   int          `json:"g,omitempty"`
	Needed     int          `json:"r,omitempty"`
	Words      int          `json:"w,omitempty"`
	Access     news.Access  `json:"f,omitempty"`
}

func rowOf(c *news.WorkCard) workRow {
	return workRow{Column: c.Column, Stage: c.Stage, Status: c.Status, Kind: c.Kind, SectionID: c.SectionID, Headline: c.Headline,
		Labels: c.Labels, OwnerID: c.OwnerID, AssigneeID: c.AssigneeID, AssignedTo: c.AssignedTo, Due: millis(c.Due),
		Embargo: millis(c.Embargo), Touched: millis(c.Touched), TouchedBy: c.TouchedBy, Published: millis(c.FirstPublished),
		LiveNo: c.LiveNo, Changed: c.Changed, Conflicts: c.Conflicts, PictureID: c.PictureID, Signoffs: c.Signoffs,
		Needed: c.Needed, Words: c.Words, Access: c.Access}
}

// scanWork reads story_id, card.
func scanWork(r scanner) (c news.WorkCard, err error) {
	var k workRow
	if err = r.Scan(&c.StoryID, document{&k}); err != nil {
		return c, err
	}
	c.Column, c.Stage, c.Status, c.Kind, c.SectionID, c.Headline = k.Column, k.Stage, k.Status, k.Kind, k.SectionID, k.Headline
	c.Labels, c.OwnerID, c.AssigneeID, c.AssignedTo = k.Labels, k.OwnerID, k.AssigneeID, k.AssignedTo
	c.Due, c.Embargo, c.Touched, c.TouchedBy = fromMillis(k.Due), fromMillis(k.Embargo), fromMillis(k.Touched), k.TouchedBy
	c.FirstPublished, c.LiveNo, c.Changed, c.Conflicts = fromMillis(k.Published), k.LiveNo, k.Changed, k.Conflicts
	c.PictureID, c.Signoffs, c.Needed, c.Words, c.Access = k.PictureID, k.Signoffs, k.Needed, k.Words, k.Access
	if c.Kind == "" {
		c.Kind = news.KindNews
	}
	return c, nil
}

// workEntry is one story's row of work on its way to the table.
type workEntry struct {
	story, key     int64
	col            int64
	due, published int64
	card           string
	terms          string
}

// saveWork writes the cards of the stories that were touched.
func saveWork(ctx context.Context, s *session, w *news.World, all []*held) error {
	touched := slices.DeleteFunc(slices.Clone(all), func(h *held) bool { return !h.touched() })
	if len(touched) == 0 {
		return nil
	}
	entries, err := workEntries(ctx, s, w, touched, func(h *held) (time.Time, string) { return h.touchedAt(w.Now) })
	if err != nil {
		return err
	}
	var known []int64
	for _, h := range touched {
		if !h.New {
			known = append(known, h.Story.ID)
		}
	}
	if err := writeWork(ctx, s, known, entries); err != nil {
		return err
	}
	return countWorkChange(ctx, s)
}

// countWorkChange tells those who look at the board that there is something new.
// It comes late in a transaction, since the row is locked until its end.
func countWorkChange(ctx context.Context, s *session) error {
	_, err := s.exec(ctx, `
		INSERT INTO marks (name, value)
		VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = marks.value + 1`, markWork)
	return err
}

// touched reports whether anything of the story is new.
func (h *held) touched() bool {
	switch {
	case h.New, h.Story != h.before, h.Relist, len(h.Added) > 0, len(h.Corrections) > 0, len(h.Settled) > 0, len(h.Signoffs) > h.signed:
		return true
	case h.Draft != nil:
		return h.Draft != h.row || h.DropDraft
	}
	return h.Clean != nil && h.Clean != h.row
}

// touchedAt returns when and by whom the story was touched. What only ever came
// in by an import has the time of its publication: else an archive would bury
// the day's work.
func (h *held) touchedAt(now time.Time) (at time.Time, by string) {
	by = h.By.Name
	if by == "" {
		by = h.By.String()
	}
	imported := len(h.Added) > 0 && h.Added[len(h.Added)-1].Origin == news.FromImport
	if h.By.ID == 0 && (h.New || imported) && !h.Story.FirstPublished.IsZero() {
		at = h.Story.FirstPublished
		if h.Story.Updated.After(at) {
			at = h.Story.Updated
		}
		return at, by
	}
	return now, by
}

// workEntries makes the entries of stories; touched says when and by whom each
// was touched.
func workEntries(ctx context.Context, s *session, w *news.World, all []*held, touched func(*held) (time.Time, string)) ([]workEntry, error) {
	var persons, topics []int64
	for _, h := range all {
		if c := h.Working(); c != nil {
			for _, cr := range c.Credits {
				persons = append(persons, cr.PersonID)
			}
			topics = append(topics, c.Topics...)
		}
	}
	personNames, err := namesOf(ctx, s, "persons", persons)
	if err != nil {
		return nil, err
	}
	topicNames, err := topicNames(ctx, s, topics)
	if err != nil {
		return nil, err
	}
	list, errs := make([]workEntry, len(all)), make([]error, len(all))
	// Few words of each: it is done sooner than others could be asked for help.
	for i, h := range all {
		list[i], errs[i] = h.workEntry(w, touched, personNames, topicNames)
	}
	return list, errors.Join(errs...)
}

func (h *held) workEntry(w *news.World, touched func(*held) (time.Time, string), persons, topics map[int64]string) (e workEntry, err error) {
	card := h.Card(w)
	card.Touched, card.TouchedBy = touched(h)
	e = workEntry{story: h.Story.ID, key: searchKey(millis(card.Touched), h.Story.ID), col: columnRefs[card.Column],
		due: millis(card.Due), published: millis(card.FirstPublished), terms: workTerms(&card, h.Working(), persons, topics)}
	e.card, err = marshal(rowOf(&card))
	return e, err
}

func workTerms(card *news.WorkCard, c *news.Content, persons, topics map[int64]string) string {
	language := ""
	if c != nil {
		language = string(c.Language)
	}
	doc := stem.NewDocument(language)
	doc.Add(card.Headline)
	if c != nil {
		doc.Add(c.ShortHeadline)
		doc.Add(c.Standfirst)
		for _, cr := range c.Credits {
			doc.Add(persons[cr.PersonID])
		}
		for _, id := range c.Topics {
			doc.Add(topics[id])
			doc.Tag(stem.Tag("topic", id))
		}
	}
	doc.Tag(stem.Tag("column", columnRefs[card.Column]))
	if card.SectionID != 0 {
		doc.Tag(stem.Tag("section", card.SectionID))
	}
	if card.AssignedTo != 0 {
		doc.Tag(stem.Tag("desk", card.AssignedTo))
	}
	for _, id := range []int64{card.OwnerID, card.AssigneeID} {
		if id != 0 {
			doc.Tag(stem.Tag("user", id))
		}
	}
	return doc.String()
}

// writeWork puts entries in the place of those that known stories have.
func writeWork(ctx context.Context, s *session, known []int64, entries []workEntry) error {
	if len(known) > 0 {
		column := "rowid"
		if s.postgres {
			column = "key"
		}
		if _, err := s.exec(ctx, `
			DELETE FROM work_search
			WHERE `+column+` IN (SELECT key FROM work WHERE story_id `+s.inIDs(1)+`)`, s.ids(known)); err != nil {
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM work WHERE story_id `+s.inIDs(1), s.ids(known)); err != nil {
			return err
		}
	}
	if err := freeWorkKeys(ctx, s, entries); err != nil {
		return err
	}
	// Ascending keys are appended to the indexes, others are sought in them.
	slices.SortFunc(entries, func(a, b workEntry) int { return cmp.Compare(a.key, b.key) })
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{e.story, e.key, e.col, e.due, e.published, e.card}
	}
	if err := s.insertRows(ctx, `INSERT INTO work (story_id, key, col, due, published, card)`, "", rows); err != nil {
		return err
	}
	return writeWorkTerms(ctx, s, entries)
}

func writeWorkTerms(ctx context.Context, s *session, entries []workEntry) error {
	terms := make([]searchEntry, len(entries))
	for i, e := range entries {
		terms[i] = searchEntry{key: e.key, terms: e.terms}
	}
	return insertTerms(ctx, s, "work_search", terms)
}

// freeWorkKeys moves keys that another story has (two million stories apart and
// the same millisecond) to the next free one.
func freeWorkKeys(ctx context.Context, s *session, entries []workEntry) error {
	keys := make([]int64, len(entries))
	for i := range entries {
		keys[i] = entries[i].key
	}
	taken, err := collect(scanID)(s.rows(ctx, `SELECT key FROM work WHERE key `+s.inIDs(1), s.ids(keys)))
	if err != nil {
		return err
	}
	used := make(map[int64]bool, len(entries)+len(taken))
	for _, k := range taken {
		used[k] = true
	}
	for i := range entries {
		e := &entries[i]
		for used[e.key] {
			e.key++
			var n int64
			if err := s.row(ctx, `SELECT count(*) FROM work WHERE key = $1`, e.key).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				used[e.key] = true
			}
		}
		used[e.key] = true
	}
	return nil
}
