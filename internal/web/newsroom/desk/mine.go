package desk

import (
	"net/http"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// own is a story of one's own with what an editor wrote about it.
type own struct {
	card
	Note, NoteBy string
}

// ownGroup is the own stories of one stage; those that were sent back stand in
// a group before the others.
type ownGroup struct {
	Name     string
	Returned bool
	Count    string
	Cards    []own
	More     string
}

// minePage is one's own work.
type minePage struct {
	newsroom.Shell
	Self   string
	Seq    int64 // of the work as it is shown
	Groups []ownGroup
}

// The stages in which own work is shown: what can be worked on first.
var mineColumns = []news.Column{news.ColumnDraft, news.ColumnSubmitted, news.ColumnApproved, news.ColumnScheduled, news.ColumnLive, news.ColumnWithdrawn}

// How many stories of a stage are shown, and how many notices are looked
// through for what editors wrote.
const (
	mineCards   = 40
	mineNotices = 200
)

// words that came with a story.
type note struct{ text, by string }

func (x *Room) mine(w http.ResponseWriter, r *newsroom.Request) error {
	ctx := r.Context()
	tree, err := x.p.Names.Sections(ctx)
	if err != nil {
		return err
	}
	page := &minePage{Shell: newsroom.Shell{Title: r.Words.T("room.nav.mine"), Active: "mine", Scripts: []string{"board.js"}, Said: x.said(r)},
		Self: newsroom.Prefix + "/mine"}
	if page.Seq, err = x.p.Work.WorkSeq(ctx); err != nil {
		return err
	}
	counts, err := x.p.Work.WorkCounts(ctx, news.WorkFilter{UserID: r.Actor.ID, Viewer: r.Actor})
	if err != nil {
		return err
	}
	lists := make([][]news.WorkCard, len(mineColumns))
	longer := make([]bool, len(mineColumns))
	for i, c := range mineColumns {
		if counts[c] == 0 {
			continue
		}
		q := news.WorkFilter{UserID: r.Actor.ID, Viewer: r.Actor, Column: c, By: orderOf(c), Limit: mineCards}
		if lists[i], _, longer[i], err = x.p.Work.Work(ctx, q); err != nil {
			return err
		}
	}
	notes, returned, err := x.words(r)
	if err != nil {
		return err
	}
	p, err := x.printer(ctx, r, tree, lists...)
	if err != nil {
		return err
	}
	back := ownGroup{Name: "returned", Returned: true}
	for i, c := range mineColumns {
		g := ownGroup{Name: string(c), Count: count(r, counts[c])}
		if longer[i] && r.Actor.CanSomewhere(account.ReadAny) {
			g.More = filter{Table: true, Column: c, UserID: r.Actor.ID}.path()
		}
		for _, one := range p.cards(lists[i]) {
			o := own{card: one}
			if n, ok := notes[one.ID]; ok && c != news.ColumnLive && c != news.ColumnWithdrawn {
				o.Note, o.NoteBy = n.text, n.by
			}
			if c == news.ColumnDraft && returned[one.ID] {
				back.Cards = append(back.Cards, o)
			} else {
				g.Cards = append(g.Cards, o)
			}
		}
		if len(g.Cards) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	if back.Count = count(r, len(back.Cards)); len(back.Cards) > 0 {
		page.Groups = append([]ownGroup{back}, page.Groups...)
	}
	if r.Header.Get(partHeader) != "" {
		return x.d.Fragment(w, r, "desk-mine-part", page)
	}
	return x.d.Page(w, r, "desk-mine", page)
}

// words returns the newest words that somebody left with each story, and which
// stories were sent back: no other decision about them came after that one.
func (x *Room) words(r *newsroom.Request) (notes map[int64]note, returned map[int64]bool, err error) {
	list, _, err := x.p.Notices.Notices(r.Context(), r.Actor.ID, 0, mineNotices)
	if err != nil {
		return nil, nil, err
	}
	notes, returned = map[int64]note{}, map[int64]bool{}
	decided := map[int64]bool{}
	for _, n := range list { // the newest first
		switch n.Kind {
		case news.NoticeAssigned, news.NoticeRemark:
		case news.NoticeSentBack, news.NoticeSigned, news.NoticeApproved:
			returned[n.StoryID] = returned[n.StoryID] || n.Kind == news.NoticeSentBack && !decided[n.StoryID]
			decided[n.StoryID] = true
		case news.NoticeScheduled, news.NoticePublished, news.NoticeCorrected, news.NoticeWithdrawn:
			decided[n.StoryID] = true
			continue
		default:
			continue
		}
		if _, ok := notes[n.StoryID]; !ok && n.Text != "" {
			notes[n.StoryID] = note{n.Text, r.Words.T("desk.mine.by", lang.Args{"name": n.Actor, "time": lang.DateTime(r.Lang, n.At, r.Zone)})}
		}
	}
	return notes, returned, nil
}
