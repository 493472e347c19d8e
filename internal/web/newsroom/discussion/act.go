package discussion

import (
	"net/http"
	"net/url"

	"time"
	"warta/internal/account"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/web/newsroom"
)

// rule approves, rejects or features one comment.
func (x *Room) rule(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	in := discuss.Ruling{Action: discuss.Action(f.Get("do")), Reason: discuss.Reason(f.Get("reason")), Note: f.Get("note"), Seen: map[int64]int64{id: number(f.Get("seen"))}}
	done, err := x.p.Forum.Rule(r.Context(), r.Actor, []int64{id}, in)
	if fault.Is(err, fault.Conflict) { // sent once more, it is a decision against the one that the page tells of
		if item, e := x.p.Store.QueueItem(r.Context(), id); e == nil {
			f.Set("seen", plain(stamp(&item)))
		}
	}
	return x.said(w, r, f, Prefix+"/comments/"+plain(id), string(in.Action), done, err)
}

// answer writes an answer of the newsroom.
func (x *Room) answer(w http.ResponseWriter, r *newsroom.Request) error {
	item, err := x.item(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	_, err = x.p.Forum.Answer(r.Context(), r.Actor, item.StoryID, item.ID, f.Get("text"))
	return x.said(w, r, f, Prefix+"/comments/"+plain(item.ID), "answer", discuss.Ruled{Done: 1}, err)
}

// same does one thing with everything that says the same words.
func (x *Room) same(w http.ResponseWriter, r *newsroom.Request) error {
	item, err := x.item(r)
	if err != nil {
		return err
	}
	return x.inBulk(w, r, discuss.QueueFilter{Kind: discuss.QueueText, Key: item.Key}, Prefix+"/comments/"+plain(item.ID))
}

// bulk does one thing with everything of one reader.
func (x *Room) bulk(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	return x.inBulk(w, r, discuss.QueueFilter{Kind: discuss.QueueAuthor, MemberID: id}, Prefix+"/readers/"+plain(id))
}

func (x *Room) inBulk(w http.ResponseWriter, r *newsroom.Request, q discuss.QueueFilter, fallback string) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	q.Sections = own(r, tree, 0)
	in := discuss.Ruling{Action: discuss.Action(f.Get("do")), Reason: discuss.Reason(f.Get("reason")), Note: f.Get("note")}
	done, err := x.p.Forum.Bulk(r.Context(), r.Actor, q, in)
	return x.said(w, r, f, fallback, "bulk_"+string(in.Action), done, err)
}

// undo takes something back.
func (x *Room) undo(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	done, err := x.p.Forum.Undo(r.Context(), r.Actor, id)
	done.ID = 0
	return x.said(w, r, f, Prefix+"/log", "undo", done, err)
}

// readerPage is what is known of a reader.
type readerPage struct {
	newsroom.Shell
	discuss.AuthorFile
	Marks     []line
	Sanctions []line
	Notes     []line
	Rows      []row
	More      string
	Reasons   []option
	Whole     bool // the sender moderates the whole site
	Closed    bool // the account, by the newsroom
	Undo      int64
	Self      string
	Because   int64 // the comment because of which he is looked at
}

func (x *Room) reader(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	ctx := r.Context()
	file, err := x.p.Store.AuthorFile(ctx, id)
	if err != nil {
		return err
	}
	tree, err := x.p.Store.Sections(ctx)
	if err != nil {
		return err
	}
	items, more, err := x.p.Store.Queue(ctx, discuss.QueueFilter{Kind: discuss.QueueAuthor, MemberID: id, Sections: own(r, tree, 0),
		After: readCursor(r.URL.Query().Get("after")), Limit: queueRows})
	if err != nil {
		return err
	}
	self := Prefix + "/readers/" + plain(id)
	page := &readerPage{Shell: x.shell(r, r.Words.T("moderation.reader", lang.Args{"name": file.Name})), AuthorFile: file, Marks: marks(r, &file.Author),
		Whole: r.Actor.Role.Can(account.Moderate), Self: self, Undo: number(r.URL.Query().Get("undo")), Because: number(r.URL.Query().Get("because"))}
	if rec, err := x.p.Readers.Record(ctx, id); err == nil {
		page.Closed = rec.Disabled
	}
	if more {
		page.More = self + "?after=0." + plain(items[len(items)-1].Cursor.ID)
	}
	if page.Rows, err = x.rows(r, items, self); err != nil {
		return err
	}
	for _, c := range discuss.ModeratorReasons {
		page.Reasons = append(page.Reasons, option{Value: string(c), Name: r.Words.T("moderation.reason." + string(c))})
	}
	return x.readerFile(w, r, page)
}

func (x *Room) readerFile(w http.ResponseWriter, r *newsroom.Request, page *readerPage) error {
	var actors []string
	for _, s := range page.AuthorFile.Sanctions {
		actors = append(actors, s.By)
	}
	for _, n := range page.AuthorFile.Notes {
		actors = append(actors, n.By)
	}
	name, err := x.names(r, actors)
	if err != nil {
		return err
	}
	for _, s := range page.AuthorFile.Sanctions {
		reason := s.Reason
		if s.Kind == discuss.SanctionUndone {
			reason = r.Words.T("moderation.act." + s.Reason)
		}
		page.Sanctions = append(page.Sanctions, line{Text: r.Words.T("moderation.sanction", lang.Args{"what": r.Words.T("moderation.sanction." + string(s.Kind)),
			"who": name(s.By), "time": lang.DateTime(r.Lang, s.At, r.Zone), "why": reason})})
	}
	for _, n := range page.AuthorFile.Notes {
		page.Notes = append(page.Notes, line{Text: n.Text, Path: r.Words.T("moderation.note_by", lang.Args{"who": name(n.By), "time": lang.DateTime(r.Lang, n.At, r.Zone)})})
	}
	return x.d.Page(w, r, "discussion-reader", page)
}

// onReader reads the form of a page about a reader.
func (x *Room) onReader(w http.ResponseWriter, r *newsroom.Request, do func(id int64, f url.Values) (string, discuss.Ruled, error)) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	key, done, err := do(id, f)
	return x.said(w, r, f, Prefix+"/readers/"+plain(id), key, done, err)
}

// punish warns, suspends or bans a reader, or ends that.
func (x *Room) punish(w http.ResponseWriter, r *newsroom.Request) error {
	return x.onReader(w, r, func(id int64, f url.Values) (string, discuss.Ruled, error) {
		in := discuss.Punishment{MemberID: id, CommentID: number(f.Get("comment")), Kind: discuss.SanctionKind(f.Get("do")), Reason: f.Get("reason"), Days: int(number(f.Get("days")))}
		done, err := x.p.Forum.Punish(r.Context(), r.Actor, in)
		return string(in.Kind), done, err
	})
}

// note writes something down about a reader.
func (x *Room) note(w http.ResponseWriter, r *newsroom.Request) error {
	return x.onReader(w, r, func(id int64, f url.Values) (string, discuss.Ruled, error) {
		return "note", discuss.Ruled{}, x.p.Forum.SaveNote(r.Context(), r.Actor, id, f.Get("note"))
	})
}

// account closes a reader's account, or opens it again.
func (x *Room) account(w http.ResponseWriter, r *newsroom.Request) error {
	return x.onReader(w, r, func(id int64, f url.Values) (string, discuss.Ruled, error) {
		on, key := f.Get("do") == "disable", "enabled"
		if on {
			key = "disabled"
		}
		return key, discuss.Ruled{}, x.p.Readers.Disable(r.Context(), r.Actor, id, on, f.Get("reason"))
	})
}

// logPage is what moderators did.
type logPage struct {
	newsroom.Shell
	Rows []logRow
	More string
	Self string
}

type logRow struct {
	ID               int64
	What, Who        string
	When, ISO, Since string
	Path             string // of the comment or the reader
	Undone           string
	CanUndo          bool
}

// logRows is how much of the log is shown at once.
const logRows = 50

func (x *Room) log(w http.ResponseWriter, r *newsroom.Request) error {
	before := number(r.URL.Query().Get("before"))
	list, err := x.p.Store.Moderations(r.Context(), before, logRows)
	if err != nil {
		return err
	}
	page := &logPage{Shell: x.shell(r, r.Words.T("moderation.log")), Self: Prefix + "/log"}
	if len(list) == logRows {
		page.More = page.Self + "?before=" + plain(list[len(list)-1].ID)
	}
	var actors []string
	for _, m := range list {
		actors = append(actors, m.Actor, m.UndoneBy)
	}
	name, err := x.names(r, actors)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Batch != 0 {
			continue // the first part of it stands for all
		}
		o := logRow{ID: m.ID, Who: name(m.Actor), When: lang.DateTime(r.Lang, m.At, r.Zone), ISO: m.At.UTC().Format(time.RFC3339),
			What: r.Words.T("moderation.act."+string(m.Action), nil), CanUndo: m.UndoneAt.IsZero() && m.Action.Undoable()}
		if m.Undo.Count > 1 {
			o.What = r.Words.T("moderation.act_many", lang.Args{"what": o.What, "n": m.Undo.Count})
		}
		switch {
		case len(m.Undo.Comments) == 1:
			o.Path = Prefix + "/comments/" + plain(m.Undo.Comments[0].ID)
		case m.Undo.Member != 0:
			o.Path = Prefix + "/readers/" + plain(m.Undo.Member)
		}
		if !m.UndoneAt.IsZero() {
			o.Undone = r.Words.T("moderation.undone_by", lang.Args{"who": name(m.UndoneBy), "time": lang.DateTime(r.Lang, m.UndoneAt, r.Zone)})
		}
		page.Rows = append(page.Rows, o)
	}
	return x.d.Page(w, r, "discussion-log", page)
}
