package writing

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// maxDays is how long a guest's link may live.
const maxDays = 14

// guestPage shows a link once; only its hash is kept.
type guestPage struct {
	newsroom.Shell
	ID       int64
	Headline string
	Link     string
	Expires  time.Time
}

// makeGuestLink makes a link by which a guest reads the draft.
func (x *Writing) makeGuestLink(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil || days < 1 || days > maxDays {
		return fault.Input("days", "a guest's link lives 1 to %d days", maxDays).Say("guest_days", "most", maxDays)
	}
	token, err := x.p.Desk.Invite(r.Context(), r.Actor, id, time.Duration(days)*24*time.Hour)
	if err != nil {
		return err
	}
	p := &guestPage{Shell: newsroom.Shell{Title: r.Words.T("writing.guest.title"), Active: "mine", Scripts: []string{"writing.js"}}, ID: id,
		Link: x.p.BaseURL + guestPath(token), Expires: r.Now.AddDate(0, 0, days)}
	if r.WantsJSON() {
		return newsroom.JSON(w, map[string]any{"url": p.Link, "expires": p.Expires, "text": r.Words.T("writing.guest.until",
			lang.Args{"time": lang.DateTime(r.Lang, p.Expires, r.Zone)})})
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	p.Headline = st.Content.Headline
	return x.d.Page(w, r, "writing-guest", p)
}

// endGuestLinks makes the link that the form names worthless, or all links to a
// draft if it names none.
func (x *Writing) endGuestLinks(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	said := "guest_ended"
	if hash := form.Get("link"); hash != "" {
		said = "guest_one_ended"
		err = x.p.Desk.EndInvitation(r.Context(), r.Actor, id, hash)
	} else {
		err = x.p.Desk.EndInvitations(r.Context(), r.Actor, id)
	}
	if err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, storyPath(id)+"?said="+said)
}

// guestRow is a link that still works, in words. Its address is not known any
// more: Hash is what is kept of it, by which it can be ended and not be used.
type guestRow struct {
	Hash string
	Line string // whose it is and until when
	Made string // when, and when it was last used
}

func (x *Writing) guestRows(r *newsroom.Request, id int64) ([]guestRow, error) {
	links, err := x.p.Store.GuestLinks(r.Context(), id, r.Now)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	ids := make([]int64, len(links))
	for i := range links {
		ids[i] = userOf(links[i].By)
	}
	users, err := x.p.Store.UsersByID(r.Context(), distinct(ids))
	if err != nil {
		return nil, err
	}
	out := make([]guestRow, len(links))
	for i, g := range links {
		out[i] = guestRow{Hash: g.Hash,
			Line: r.Words.T("writing.guest.line", lang.Args{"name": or(users[userOf(g.By)].Name, g.By), "time": lang.DateTime(r.Lang, g.Expires, r.Zone)}),
			Made: r.Words.T("writing.guest.unused", lang.Args{"made": lang.DateTime(r.Lang, g.At, r.Zone)})}
		if !g.Used.IsZero() {
			out[i].Made = r.Words.T("writing.guest.used", lang.Args{"made": lang.DateTime(r.Lang, g.At, r.Zone), "used": lang.DateTime(r.Lang, g.Used, r.Zone)})
		}
	}
	return out, nil
}

func guestPath(token string) string { return newsroom.Prefix + "/guest/" + token }

// invited returns what the holder of the request's token may read. A story that
// was withdrawn is nobody's to read any more.
func (x *Writing) invited(r *newsroom.Request) (news.DraftState, error) {
	st, err := x.p.Desk.Guest(r.Context(), r.PathValue("token"))
	if err == nil && st.Story.Status == news.Withdrawn {
		err = fault.New(fault.NotFound, "the story was withdrawn").Say("guest_expired")
	}
	return st, err
}

// guest shows a draft to somebody who was given its link.
func (x *Writing) guest(w http.ResponseWriter, r *newsroom.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is the key
	st, err := x.invited(r)
	if err != nil {
		return err
	}
	at := guestPath(r.PathValue("token")) + "/media/"
	d := edition.Draft{Story: st.Story, Content: st.Content, Banner: r.Words.T("writing.guest.banner"),
		Picture: func(id int64, crop media.Crop, width int, f media.Format) string {
			return at + strconv.FormatInt(id, 10) + "/" + string(crop) + "/" + strconv.Itoa(width) + "." + string(f)
		}}
	d.As = memberClass // a guest was asked to read all of it
	body, err := x.p.Edition.Preview(r.Context(), d)
	return x.siteHTML(w, body, err)
}

// guestPicture shows a guest a picture of the draft, and no other one.
func (x *Writing) guestPicture(w http.ResponseWriter, r *newsroom.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	nothing := fault.New(fault.NotFound, "there is no picture at this address")
	st, err := x.invited(r)
	if err != nil {
		return err
	}
	id, err := r.ID("picture")
	if err != nil {
		return err
	}
	width, format, ok := media.ParseFile(r.PathValue("file"))
	crop := media.Crop(r.PathValue("crop"))
	if !ok || !crop.Valid() || !slices.Contains(st.Content.PictureIDs(), id) {
		return nothing
	}
	list, err := x.p.Store.PicturesByID(r.Context(), []int64{id})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return nothing
	}
	out, err := x.p.Pictures.Open(r.Context(), list[0], crop, width, format)
	if err != nil {
		return err
	}
	defer out.Close()
	h := w.Header()
	h.Set("Content-Type", format.MIME())
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r.Request, "", time.Time{}, out)
	return nil
}
