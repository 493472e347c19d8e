package reader

import (
	"context"
	"net/http"
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
	if err = r.refused; err == nil {
		c, err = x.Forum.Post(r.Context(), discuss.Draft{StoryID: story, ReplyTo: max(reply, 0), MemberID: r.session.Member.ID,
			Text: v.Get("text"), Network: r.ask.From.Network, Paying: r.session.Member.Benefits != 0, Aside: r.aside})
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
	return x.print(w, r, http.StatusUnauthorized, p, r.cut())
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
	if err = r.refused; err == nil {
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
