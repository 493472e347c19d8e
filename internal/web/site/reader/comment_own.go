package reader

import (
	"net/http"
	"slices"
	"strconv"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/render"
)

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

// editOut answers somebody whose session ended while he changed a comment: the form
// with his words, and the way to sign in beside it. Whether the comment is his is
// asked when they come again.
func (x *Reader) editOut(w http.ResponseWriter, r *request) error {
	id, err := number(r)
	if err != nil {
		return err
	}
	if asJSON(r) {
		return x.toSignIn(w, r)
	}
	e, err := x.Comments.Comment(r.Context(), id)
	if err != nil || !e.Visible() { // nobody learns of one that waits
		e = discuss.Entry{}
		e.ID = id
	}
	p := &render.CommentFormPage{Edit: strconv.FormatInt(id, 10), Text: r.PostForm.Get("text")}
	if e.StoryID != 0 {
		p.CommentBase, err = x.Talk.CommentBase(r.Context(), e.StoryID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if p.Longest == 0 {
		p.Longest = discuss.LongestText
	}
	p.Heading, p.SignIn = r.words().T("talk.edit"), with(signIn, "next", "/account/comments")
	return x.print(w, r, http.StatusUnauthorized, p, r.cut())
}

func (x *Reader) edit(w http.ResponseWriter, r *request) error {
	if !r.in() {
		return x.editOut(w, r)
	}
	v := r.PostForm
	e, err := x.mine(r)
	if err != nil {
		return err
	}
	if err = r.refused; err == nil {
		_, err = x.Forum.Edit(r.Context(), e.ID, r.session.Member.ID, v.Get("text"), r.aside)
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
