package reader

import (
	"net/http"
	"strconv"

	"warta/internal/discuss"
	"warta/internal/render"
)

// What readers do about others' comments: report them, and mute their authors.

// newReport returns the form by which somebody complains.
func (x *Reader) newReport(r *request, e discuss.Entry) (*render.CommentReportPage, error) {
	v, base, err := x.Talk.CommentView(r.Context(), e)
	if err != nil {
		return nil, err
	}
	p := &render.CommentReportPage{CommentBase: base, Comment: v, Max: discuss.MaxComplaint,
		Reason: r.PostFormValue("reason"), Text: r.PostFormValue("text"), Mute: r.in() && e.MemberID != 0 && e.MemberID != r.session.Member.ID}
	for _, reason := range discuss.ComplaintReasons {
		p.Reasons = append(p.Reasons, string(reason))
	}
	return p, nil
}

func (x *Reader) reportPage(w http.ResponseWriter, r *request) error {
	e, err := x.readable(r)
	if err != nil {
		return err
	}
	if r.in() && e.MemberID == r.session.Member.ID {
		return seeOther(w, r, "/comment/own/"+r.PathValue("id"))
	}
	p, err := x.newReport(r, e)
	if err != nil {
		return err
	}
	p.Done = r.URL.Query().Get("done") != ""
	return x.show(w, r, p)
}

func (x *Reader) report(w http.ResponseWriter, r *request) error {
	v := r.PostForm
	e, err := x.readable(r)
	if err != nil {
		return err
	}
	if err = r.refused; err == nil {
		err = x.Forum.Complain(r.Context(), e.ID, r.session.Member.ID, discuss.ComplaintReason(v.Get("reason")), v.Get("text"), r.ask.From.Network)
	}
	if err != nil {
		p, e := x.newReport(r, e)
		if e != nil {
			return e
		}
		return x.mend(w, r, err, p)
	}
	if now, err := x.readable(r); err != nil || !now.Visible() { // it was hidden by that
		base, err := x.Talk.CommentBase(r.Context(), e.StoryID)
		if err != nil {
			return err
		}
		return x.show(w, r, &render.CommentReportPage{CommentBase: base, Done: true})
	}
	return seeOther(w, r, "/comment/report/"+r.PathValue("id")+"?done=1")
}

func (x *Reader) mute(w http.ResponseWriter, r *request) error {
	e, err := x.readable(r)
	if err != nil {
		return err
	}
	if err := x.Forum.Mute(r.Context(), r.session.Member.ID, e.MemberID, true); err != nil {
		return x.sorry(w, r, e.ID, err)
	}
	return seeOther(w, r, "/account/comments?said=talk_muted")
}

func (x *Reader) unmute(w http.ResponseWriter, r *request) error {
	v, err := form(w, r)
	if err != nil {
		return err
	}
	who, _ := strconv.ParseInt(v.Get("who"), 10, 64)
	if err := x.Forum.Mute(r.Context(), r.session.Member.ID, who, false); err != nil {
		return err
	}
	return seeOther(w, r, "/account/comments?said=talk_unmuted")
}
