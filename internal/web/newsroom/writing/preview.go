package writing

import (
	"net/http"
	"strconv"
	"strings"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/web/newsroom"
)

// inFrame lets a page stand in a frame of the newsroom, and of nothing else.
func inFrame(policy string) string {
	return strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
}

// sharePage is what messengers, networks and search engines print of a story.
type sharePage struct {
	newsroom.Shell
	Share edition.Share
	Drawn string
}

// memberClass is the reader who gets a members' story to its end.
const memberClass = page.Registered | page.MembersText

// preview shows a draft, or with ?version= a version, as readers would see it: the
// page as everybody or as members get it, the cards in lists, or what others print
// of it.
func (x *Writing) preview(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	d, err := x.shown(r, id)
	if err != nil {
		return err
	}
	h := w.Header()
	switch what := r.FormValue("what"); what {
	case "", "page", "member":
		if what == "member" {
			d.As = memberClass
		}
		body, err := x.p.Edition.Preview(r.Context(), d)
		return x.siteHTML(w, body, err)
	case "card":
		body, err := x.p.Edition.PreviewCards(r.Context(), d)
		return x.siteHTML(w, body, err)
	case "share":
		share, err := x.p.Edition.PreviewShare(r.Context(), d)
		if err != nil {
			return err
		}
		h.Set("Content-Security-Policy", inFrame(h.Get("Content-Security-Policy")))
		drawn := storyPath(id) + "/preview?what=drawn"
		if no := r.FormValue("version"); no != "" {
			drawn += "&version=" + no
		}
		return x.d.Page(w, r, "writing-share", &sharePage{Shell: newsroom.Shell{Title: share.Title, Bare: true}, Share: share, Drawn: drawn})
	case "drawn":
		body, err := x.p.Edition.DrawShareCard(r.Context(), d)
		if err != nil {
			return err
		}
		h.Set("Content-Type", "image/jpeg")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		_, _ = w.Write(body) // whoever asked may be gone
		return nil
	}
	return fault.New(fault.NotFound, "there is no such preview")
}

// siteHTML answers with a page that looks as readers see it.
func (x *Writing) siteHTML(w http.ResponseWriter, body []byte, err error) error {
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", inFrame(x.p.Policy))
	_, _ = w.Write(body) // whoever asked may be gone
	return nil
}

// shown returns what a preview shows: the draft, or the version that is asked for.
func (x *Writing) shown(r *newsroom.Request, id int64) (edition.Draft, error) {
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return edition.Draft{}, err
	}
	d := edition.Draft{Story: st.Story, Content: st.Content, Picture: roomPicture}
	if text := r.FormValue("version"); text != "" {
		no, err := strconv.Atoi(text)
		if err != nil {
			return d, noVersion()
		}
		v, err := x.versionOf(r, id, no)
		if err != nil {
			return d, err
		}
		d.Content = v.Content
	}
	return d, nil
}

// versionOf returns a version of a story. Who asks has been let see the story.
func (x *Writing) versionOf(r *newsroom.Request, id int64, no int) (news.Version, error) {
	if no < 1 || no > 1<<30 {
		return news.Version{}, noVersion()
	}
	return x.p.Store.Version(r.Context(), id, no)
}

func noVersion() error { return fault.New(fault.NotFound, "there is no such version") }
