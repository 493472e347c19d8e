package reader

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/render"
	"warta/internal/web"
)

// Comments reads what readers said; *store.DB is one.
type Comments interface {
	discuss.Own
	Comment(ctx context.Context, id int64) (discuss.Entry, error)
	Commenter(ctx context.Context, memberID int64) (discuss.Author, error)
	OwnWaiting(ctx context.Context, memberID, storyID int64, limit int) ([]discuss.Comment, error)
	ReactionsOf(ctx context.Context, memberID, storyID int64, limit int) (map[int64]string, error)
	ReaderNotices(ctx context.Context, memberID, before int64, limit int) ([]discuss.Notice, error)
	UnseenNotices(ctx context.Context, memberID int64) (int, error)
	DiscussionRules(ctx context.Context, storyID, sectionID int64) (discuss.Rules, []int64, error)
}

// Talk prints comments and says how pages name their stories; *edition.Edition is
// one.
type Talk interface {
	OneComment(ctx context.Context, e discuss.Entry) ([]byte, error)
	CommentView(ctx context.Context, e discuss.Entry) (render.Comment, render.CommentBase, error)
	CommentBase(ctx context.Context, storyID int64) (render.CommentBase, error)
}

// commentRoutes are the addresses at which readers say something.
func (x *Reader) commentRoutes(add func(v web.Visibility, pattern string, h handler)) {
	for pattern, h := range map[string]handler{
		"GET /comment/reply/{id}":     x.replyPage,
		"GET /comment/report/{id}":    x.reportPage,
		"GET /account/letters/{key}":  x.lettersPage,
		"POST /account/letters/{key}": x.stopLetters,
	} {
		add(web.Public, pattern, h)
	}
	for pattern, h := range map[string]handler{
		"POST /comment/mute/{id}":       x.mute,
		"GET /comment/own/{id}":         x.ownPage,
		"POST /comment/delete/{id}":     x.deleteComment,
		"GET /account/comments":         x.commentsPage,
		"POST /account/comments":        x.savePrefs,
		"POST /account/comments/unmute": x.unmute,
	} {
		add(web.Reader, pattern, h)
	}
}

// number reads the id in an address.
func number(r *request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, fault.New(fault.NotFound, "there is no page at this address")
	}
	return id, nil
}

// posted is what a script learns of its comment.
type posted struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Message string `json:"message"`
	HTML    string `json:"html,omitempty"`
}

// postsAtOnce is how many comments, complaints and reactions are written at once,
// and postsWaiting how many wait for that. Whoever comes then is told to come
// again: a flood from many networks is stopped by none of the other limits. So
// many at once get their words back, and so many wait for these.
const (
	postsAtOnce  = 8
	postsWaiting = 256
	backAtOnce   = 4
	backWaiting  = 1024
)

// crowded is the answer to a comment for which there is no room.
func crowded() error {
	e := fault.New(fault.Limited, "a great many comments arrive; try again").Say("comment_crowd")
	e.RetryAfter = 5 * time.Second
	return e
}

// write wraps a handler that writes below stories. It waits for its turn before
// the database is asked who writes, since a flood would take the turns of all
// other pages; and after the form was read, since who sends it slowly holds
// nobody up. Without room the handler is called all the same, to give back what
// was typed.
func (x *Reader) write(v web.Visibility, h handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		private(w.Header())
		if _, err := formUpTo(w, &request{Request: r}, maxWords); err != nil {
			return err
		}
		turns, full := (*web.Turns)(nil), false
		done, err := x.posts.Take(r.Context())
		switch {
		case err == nil:
			defer done()
		case r.Context().Err() != nil:
			return err
		default:
			turns, full = x.returns, true
		}
		req, err := x.who(r, turns)
		if err != nil {
			return err
		}
		req.full = full
		return x.serve(w, req, v, h)
	}
}

// room returns an error if there is none for what a request wants to write.
func (r *request) room() error {
	if r.full {
		return crowded()
	}
	return nil
}

// maxWords bounds a form with a comment, in bytes: the longest that rules allow,
// in signs of four bytes, as a form has them.
const maxWords = 12*discuss.LongestText + 4<<10

// post takes a comment or an answer. Whoever is not signed in gets his words back.
func (x *Reader) post(w http.ResponseWriter, r *request) error {
	story, err := number(r)
	if err != nil {
		return err
	}
	v := r.PostForm
	reply, _ := strconv.ParseInt(v.Get("reply"), 10, 64)
	if !r.in() {
		return x.notIn(w, r, story, reply, v.Get("text"))
	}
	var c discuss.Comment
	if err = r.room(); err == nil {
		c, err = x.Forum.Post(r.Context(), discuss.Draft{StoryID: story, ReplyTo: max(reply, 0), MemberID: r.session.Member.ID,
			Text: v.Get("text"), Network: r.ask.From.Network})
	}
	err = r.dated(err)
	if asJSON(r) {
		if err != nil {
			return refuse(w, r, err)
		}
		return x.tell(w, r, &c)
	}
	if err != nil {
		p, e := x.newForm(r, story, reply)
		if e != nil {
			return err
		}
		p.Text = v.Get("text")
		return x.mend(w, r, err, p)
	}
	return seeOther(w, r, "/comment/own/"+strconv.FormatInt(c.ID, 10)+"?said=talk_posted")
}

// dated puts times that an error names into the site's words.
func (r *request) dated(err error) error {
	if f := fault.Find(err); f != nil {
		for k, v := range f.Args {
			if t, ok := v.(time.Time); ok {
				f.Args[k] = lang.DateTime(r.ask.Lang, t, r.ask.Zone)
			}
		}
	}
	return err
}

// notIn answers somebody who wrote before he signed in.
func (x *Reader) notIn(w http.ResponseWriter, r *request, story, reply int64, text string) error {
	err := fault.New(fault.Unauthenticated, "nobody is signed in").Say("reader_signed_out")
	if asJSON(r) {
		return refuse(w, r, err)
	}
	p, e := x.newForm(r, story, reply)
	if e != nil {
		return e
	}
	p.Text, p.SignIn = text, with(signIn, "next", p.Back)
	return x.print(w, r, http.StatusUnauthorized, p, nil)
}

// tell answers a script with what became of a comment, and with how it looks.
func (x *Reader) tell(w http.ResponseWriter, r *request, c *discuss.Comment) error {
	out := posted{ID: strconv.FormatInt(c.ID, 10), State: string(c.State), Message: r.fate(c)}
	if c.State == discuss.Published || c.State == discuss.Pending {
		e, err := x.Comments.Comment(r.Context(), c.ID)
		if err != nil {
			return err
		}
		html, err := x.Talk.OneComment(r.Context(), e)
		if err != nil {
			return err
		}
		out.HTML = string(html)
	}
	return answer(w, out)
}

// fate says in plain words what became of a comment, and why.
func (r *request) fate(c *discuss.Comment) string {
	s := r.words().T("talk.state." + string(c.State))
	if why := r.why(c); why != "" {
		s += " " + why
	}
	return s
}

// why says why a comment is not shown, "" for one that is.
func (r *request) why(c *discuss.Comment) string {
	words := r.words()
	switch {
	case c.State == discuss.Published || c.State == discuss.Deleted || c.Reason == "":
		return ""
	case words.Has("talk.reason." + string(c.Reason)):
		return words.T("talk.reason." + string(c.Reason))
	case c.State == discuss.Pending:
		return words.T("talk.reason.other")
	}
	return ""
}

// newForm returns the form for a comment, or for an answer to one.
func (x *Reader) newForm(r *request, story, reply int64) (*render.CommentFormPage, error) {
	p := &render.CommentFormPage{}
	var err error
	if p.CommentBase, err = x.Talk.CommentBase(r.Context(), story); err != nil {
		return nil, err
	}
	if reply <= 0 {
		return p, nil
	}
	e, err := x.Comments.Comment(r.Context(), reply)
	if err != nil || !e.Visible() || e.StoryID != story {
		return p, nil // what is written is kept; sending it says what is wrong
	}
	v, _, err := x.Talk.CommentView(r.Context(), e)
	if err != nil {
		return nil, err
	}
	p.ReplyTo, p.Parent = v.ID, &v
	p.Heading = r.words().T("talk.reply_write")
	return p, nil
}

// readable returns a comment that everybody can read.
func (x *Reader) readable(r *request) (discuss.Entry, error) {
	id, err := number(r)
	if err != nil {
		return discuss.Entry{}, err
	}
	e, err := x.Comments.Comment(r.Context(), id)
	if err == nil && !e.Visible() {
		err = fault.New(fault.NotFound, "there is no page at this address")
	}
	return e, err
}

func (x *Reader) replyPage(w http.ResponseWriter, r *request) error {
	e, err := x.readable(r)
	if err != nil {
		return err
	}
	if !r.in() {
		return x.toSignIn(w, r)
	}
	p, err := x.newForm(r, e.StoryID, e.ID)
	if err != nil {
		return err
	}
	return x.show(w, r, p)
}

func (x *Reader) react(w http.ResponseWriter, r *request) error {
	id, err := number(r)
	if err != nil {
		return err
	}
	if err = r.room(); err == nil {
		err = x.Forum.React(r.Context(), id, r.session.Member.ID, r.PostForm.Get("kind"), r.ask.From.Network)
	}
	err = r.dated(err)
	if asJSON(r) {
		return script(w, r, map[string]bool{"done": true}, err)
	}
	if err != nil {
		return x.sorry(w, r, id, err)
	}
	return seeOther(w, r, discuss.Path(id)+"#"+discuss.Anchor(id))
}

// sorry says why something could not be done with a comment.
func (x *Reader) sorry(w http.ResponseWriter, r *request, id int64, err error) error {
	p := &render.NotePage{Text: "", Link: discuss.Path(id), LinkText: r.words().T("talk.see")}
	f := fault.Find(err)
	if f == nil || f.Code == "" || f.Kind == fault.NotFound {
		return err
	}
	p.Text, p.Heading = r.words().T("problem."+f.Code, lang.Args(f.Args)), r.words().T("talk.thread")
	web.RetryAfter(w.Header(), f.RetryAfter)
	return x.print(w, r, web.Status(f.Kind), p, nil)
}

// mine returns a comment of the reader's own.
func (x *Reader) mine(r *request) (discuss.Entry, error) {
	id, err := number(r)
	if err != nil {
		return discuss.Entry{}, err
	}
	e, err := x.Comments.Comment(r.Context(), id)
	if err == nil && e.MemberID != r.session.Member.ID {
		err = fault.New(fault.NotFound, "there is no page at this address")
	}
	return e, err
}

// own returns how the author sees a comment.
func (x *Reader) own(r *request, e *discuss.Entry) (render.OwnComment, render.CommentBase, error) {
	v := render.OwnComment{State: string(e.State), Why: r.why(&e.Comment), Note: e.Note, Delete: e.State != discuss.Deleted}
	view, base, err := x.Talk.CommentView(r.Context(), *e)
	if fault.Is(err, fault.NotFound) { // the story is not to be seen any more
		err, view = nil, render.Comment{ID: strconv.FormatInt(e.ID, 10), Text: e.Body, Time: r.time(e.At)}
	}
	if err != nil {
		return v, base, err
	}
	v.Comment, v.Headline = view, base.Headline
	if e.Visible() && base.Back != "" {
		v.URL = discuss.Path(e.ID) + "#" + discuss.Anchor(e.ID)
	}
	rules, _, err := x.Comments.DiscussionRules(r.Context(), e.StoryID, e.SectionID)
	if until := rules.Editable(&e.Comment, r.now); !until.IsZero() && base.Back != "" {
		v.Until = r.time(until).Text
	}
	return v, base, err
}

func (x *Reader) newOwn(r *request, e *discuss.Entry, twice bool) (*render.OwnCommentPage, error) {
	p := &render.OwnCommentPage{Twice: twice}
	var err error
	p.Own, p.CommentBase, err = x.own(r, e)
	return p, err
}

// newEdit returns the form by which a reader changes his comment.
func (x *Reader) newEdit(r *request, e *discuss.Entry, text string) (*render.CommentFormPage, error) {
	p, err := x.newForm(r, e.StoryID, 0)
	if err != nil {
		return nil, err
	}
	p.Edit, p.Text, p.Heading = strconv.FormatInt(e.ID, 10), text, r.words().T("talk.edit")
	return p, nil
}

func (x *Reader) ownPage(w http.ResponseWriter, r *request) error {
	e, err := x.mine(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("edit") != "" {
		p, err := x.newEdit(r, &e, e.Body)
		if err != nil {
			return err
		}
		return x.show(w, r, p)
	}
	p, err := x.newOwn(r, &e, false)
	if err != nil {
		return err
	}
	return x.show(w, r, p)
}

func (x *Reader) edit(w http.ResponseWriter, r *request) error {
	v := r.PostForm
	e, err := x.mine(r)
	if err != nil {
		return err
	}
	if err = r.room(); err == nil {
		_, err = x.Forum.Edit(r.Context(), e.ID, r.session.Member.ID, v.Get("text"))
	}
	if err != nil {
		p, e := x.newEdit(r, &e, v.Get("text"))
		if e != nil {
			return e
		}
		return x.mend(w, r, r.dated(err), p)
	}
	return seeOther(w, r, "/comment/own/"+r.PathValue("id")+"?said=talk_edited")
}

func (x *Reader) deleteComment(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	e, err := x.mine(r)
	if err != nil {
		return err
	}
	if v.Get("twice") == "" {
		p, err := x.newOwn(r, &e, true)
		if err != nil {
			return err
		}
		return x.show(w, r, p)
	}
	if _, err := x.Forum.Delete(r.Context(), e.ID, r.session.Member.ID); err != nil {
		return err
	}
	return seeOther(w, r, "/account/comments?said=talk_deleted")
}

// ownAtOnce is how many of his comments and notices a reader's page lists.
const ownAtOnce = 20

func (x *Reader) commentsPage(w http.ResponseWriter, r *request) error {
	id := r.session.Member.ID
	p := &render.OwnCommentsPage{}
	a, err := x.Comments.Commenter(r.Context(), id)
	if err != nil {
		return err
	}
	p.Tell, p.Digest, p.Forget = a.Notices, a.Digest, a.ForgetText
	if f := fault.Find(r.dated(a.Quiet(r.now))); f != nil && f.Code != "" {
		p.Quiet = r.words().T("problem."+f.Code, lang.Args(f.Args))
	}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	list, err := x.Comments.CommentsOf(r.Context(), id, max(before, 0), ownAtOnce+1)
	if err != nil {
		return err
	}
	if len(list) > ownAtOnce {
		list = list[:ownAtOnce]
		p.More = "/account/comments?before=" + strconv.FormatInt(list[ownAtOnce-1].ID, 10)
	}
	for i := range list {
		v, _, err := x.own(r, &discuss.Entry{Comment: list[i], Name: r.session.Member.Name})
		if err != nil {
			return err
		}
		p.List = append(p.List, v)
	}
	if err := x.addNotices(r, p); err != nil {
		return err
	}
	muted, err := x.Comments.Mutes(r.Context(), id)
	for _, m := range muted {
		p.Muted = append(p.Muted, render.MutedReader{ID: strconv.FormatInt(m.MemberID, 10), Name: m.Name})
	}
	if err != nil {
		return err
	}
	return x.show(w, r, p)
}

// addNotices lists what a reader is told, and notes that he has seen it.
func (x *Reader) addNotices(r *request, p *render.OwnCommentsPage) error {
	list, err := x.Comments.ReaderNotices(r.Context(), r.session.Member.ID, 0, ownAtOnce)
	if err != nil || len(list) == 0 {
		return err
	}
	for i := range list {
		n := &list[i]
		v := render.CommenterNotice{Text: discuss.NoticeText(r.words(), n), Note: n.Text, Time: r.time(n.At), New: !n.Seen}
		switch {
		case n.CommentID == 0:
		case n.Kind == discuss.NoticeReply || n.Kind == discuss.NoticeFeatured || n.Kind == discuss.NoticePublished:
			v.URL = discuss.Path(n.CommentID) + "#" + discuss.Anchor(n.CommentID)
		case n.Kind != discuss.NoticeComplaint:
			v.URL = "/comment/own/" + strconv.FormatInt(n.CommentID, 10)
		}
		p.Notices = append(p.Notices, v)
	}
	if r.Method != http.MethodGet || list[0].Seen && !slices.ContainsFunc(list, func(n discuss.Notice) bool { return !n.Seen }) {
		return nil
	}
	return x.Forum.SeeNotices(r.Context(), r.session.Member.ID, list[0].ID)
}

func (x *Reader) savePrefs(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	p := discuss.Prefs{Notices: v.Get("tell") != "", Digest: v.Get("digest") != "", ForgetText: v.Get("forget") != ""}
	if err := x.Forum.SavePrefs(r.Context(), r.session.Member.ID, p); err != nil {
		return err
	}
	return seeOther(w, r, "/account/comments?said=talk_saved")
}

func (x *Reader) lettersPage(w http.ResponseWriter, r *request) error {
	return x.show(w, r, &render.LettersPage{Key: r.PathValue("key")})
}

// stopLetters ends a reader's letters: by the button of the page, or by the mail
// program itself (RFC 8058).
func (x *Reader) stopLetters(w http.ResponseWriter, r *request) error {
	if err := x.Forum.StopDigest(r.Context(), r.PathValue("key")); err != nil {
		return err
	}
	return x.show(w, r, &render.LettersPage{Done: true})
}

// talk is what a page with a discussion learns of its reader.
type talk struct {
	ID      string            `json:"id"`
	Muted   []string          `json:"muted,omitempty"`
	Said    map[string]string `json:"said,omitempty"`
	Waiting []waiting         `json:"waiting,omitempty"`
}

// waiting is a comment that its author alone sees.
type waiting struct {
	ID      string `json:"id"`
	HTML    string `json:"html"`
	Message string `json:"message"`
}

// Bounds of what a page learns of its reader.
const (
	saidAtOnce    = 200
	waitingAtOnce = 5
)

// talkOf returns what a page below which a story's discussion stands learns of its
// reader.
func (x *Reader) talkOf(r *request, m member.Member, story int64) (*talk, error) {
	t := &talk{ID: strconv.FormatInt(m.ID, 10)}
	muted, err := x.Comments.Mutes(r.Context(), m.ID)
	if err != nil {
		return nil, err
	}
	for _, u := range muted {
		t.Muted = append(t.Muted, strconv.FormatInt(u.MemberID, 10))
	}
	said, err := x.Comments.ReactionsOf(r.Context(), m.ID, story, saidAtOnce)
	if err != nil {
		return nil, err
	}
	for id, kind := range said {
		if t.Said == nil {
			t.Said = map[string]string{}
		}
		t.Said[strconv.FormatInt(id, 10)] = kind
	}
	list, err := x.Comments.OwnWaiting(r.Context(), m.ID, story, waitingAtOnce)
	if err != nil {
		return nil, err
	}
	for i := range list {
		c := &list[i]
		html, err := x.Talk.OneComment(r.Context(), discuss.Entry{Comment: *c, Name: m.Name})
		if err != nil {
			return nil, err
		}
		t.Waiting = append(t.Waiting, waiting{ID: strconv.FormatInt(c.ID, 10), HTML: string(html), Message: r.fate(c)})
	}
	return t, nil
}
