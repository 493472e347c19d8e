package sales

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"warta/internal/ads"
	"warta/internal/fault"
	"warta/internal/web/newsroom"
)

type offersPage struct {
	newsroom.Shell
	Rows []offerRow
	Next string
}

type offerRow struct {
	ads.Offer
	StateWord, PlaceWord, WhoWord string
}

func (x *Room) offers(w http.ResponseWriter, r *newsroom.Request) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // rubbish is the top
	list, err := x.Store.AdOffers(r.Context(), before, pageSize+1)
	if err != nil {
		return err
	}
	p := &offersPage{Shell: shell(r, "offers", r.Words.T("room.nav.offers"))}
	if len(list) > pageSize {
		list = list[:pageSize]
		p.Next = r.URL.Path + "?after=" + strconv.FormatInt(list[pageSize-1].ID, 10)
	}
	for _, o := range list {
		who := string(o.Is.Audience)
		if who == "" {
			who = "all"
		}
		p.Rows = append(p.Rows, offerRow{o, r.Words.T("sales.state." + string(o.State)), r.Words.T("sales.offer_place." + string(o.Place)), r.Words.T("sales.audience." + who)})
	}
	return x.Door.Page(w, r, "sales-offers", p)
}

type offerPage struct {
	newsroom.Shell
	Offer     ads.Offer
	States    []Option
	Places    []Option
	Audiences []Option
	Pages     []Option
	Problems  newsroom.Problems
}

func (x *Room) findOffer(r *newsroom.Request) (o ads.Offer, err error) {
	id, err := r.IDOrNew("id")
	if err != nil {
		return o, err
	}
	if id == 0 {
		i := newItem(r, 0)
		return ads.Offer{State: ads.Draft, Place: ads.OfferEnd, Starts: i.Starts, Ends: i.Ends, Is: ads.OfferText{PerPage: 1, PerSession: 5, Audience: ads.Anonymous}}, nil
	}
	return x.Store.AdOffer(r.Context(), id)
}

func (x *Room) offer(w http.ResponseWriter, r *newsroom.Request) error {
	o, err := x.findOffer(r)
	if err != nil {
		return err
	}
	return x.offerForm(w, r, http.StatusOK, o, nil)
}

func (x *Room) offerForm(w http.ResponseWriter, r *newsroom.Request, status int, o ads.Offer, bad newsroom.Problems) error {
	p := &offerPage{Shell: shell(r, "offers", r.Words.T("sales.offer_new")), Offer: o, Problems: bad,
		States:    words(r, "state", ads.States, func(s ads.State) bool { return s == o.State }),
		Places:    words(r, "offer_place", ads.OfferPlaces, func(p ads.OfferPlace) bool { return p == o.Place }),
		Audiences: words(r, "audience", ads.Audiences, func(a ads.Audience) bool { return a == o.Is.Audience }),
		Pages:     words(r, "page", ads.PageTypes, func(t ads.PageType) bool { return slices.Contains(o.Is.Pages, t) })}
	if o.ID != 0 {
		p.Title = o.Name
	}
	return x.Door.PageStatus(w, r, status, "sales-offer", p)
}

func (x *Room) saveOffer(w http.ResponseWriter, r *newsroom.Request) error {
	o, err := x.findOffer(r)
	if err != nil {
		return err
	}
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	o.Name, o.State, o.Place = f.Get("name"), ads.State(f.Get("state")), ads.OfferPlace(f.Get("place"))
	o.Is = ads.OfferText{Text: f.Get("text"), Button: f.Get("button"), Link: f.Get("link"), Audience: ads.Audience(f.Get("audience")),
		PerPage: int(whole(f, "per_page")), PerSession: int(whole(f, "per_session"))}
	for _, v := range f["pages"] {
		o.Is.Pages = append(o.Is.Pages, ads.PageType(v))
	}
	starts, err := r.ParseLocal("starts", f.Get("starts"))
	if err == nil {
		o.Starts = starts
		o.Ends, err = r.ParseLocal("ends", f.Get("ends"))
	}
	saved := o
	if err == nil {
		saved, err = x.Sales.SaveOffer(r.Context(), r.Actor, o)
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.offerForm(w, r, http.StatusUnprocessableEntity, o, bad)
	}
	return back(w, r, at("offers", saved.ID), "saved")
}

type placesPage struct {
	newsroom.Shell
	Settings ads.Settings
	On       []Option
	Pages    []Option
	KB       int // bytes of one creative, in thousands
	Lints    []string
	Problems newsroom.Problems
}

func (x *Room) places(w http.ResponseWriter, r *newsroom.Request) error {
	s, err := x.Store.AdSettings(r.Context())
	if err != nil {
		return err
	}
	return x.placesForm(w, r, http.StatusOK, s, nil)
}

func (x *Room) placesForm(w http.ResponseWriter, r *newsroom.Request, status int, s ads.Settings, bad newsroom.Problems) error {
	p := &placesPage{Shell: shell(r, "places", r.Words.T("room.nav.places")), Settings: s, Problems: bad, KB: s.MaxBytes / 1000,
		On:    words(r, "place", ads.Placements, func(p ads.Placement) bool { return slices.Contains(s.On, p) }),
		Pages: words(r, "page", ads.PageTypes, func(t ads.PageType) bool { return slices.Contains(s.Pages, t) })}
	for _, l := range ads.LintAdsTxt(s.AdsTxt) {
		if !l.Grave || bad != nil {
			_, text := r.Sentence(fault.Input("ads_txt", "%s", l.Code).Say(l.Code, "line", l.Line, "text", l.Text))
			p.Lints = append(p.Lints, text)
		}
	}
	return x.Door.PageStatus(w, r, status, "sales-places", p)
}

func (x *Room) savePlaces(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	s := ads.Settings{FirstWords: int(whole(f, "first_words")), GapWords: int(whole(f, "gap_words")), InText: int(whole(f, "in_text")),
		MaxBytes: int(whole(f, "max_kb")) * 1000, Rotate: int(whole(f, "rotate")), Networks: f.Get("networks") != "", AdsTxt: strings.ReplaceAll(f.Get("ads_txt"), "\r\n", "\n")}
	for _, v := range f["on"] {
		s.On = append(s.On, ads.Placement(v))
	}
	for _, v := range f["pages"] {
		s.Pages = append(s.Pages, ads.PageType(v))
	}
	if err := x.Sales.SaveSettings(r.Context(), r.Actor, s); err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.placesForm(w, r, http.StatusUnprocessableEntity, s, bad)
	}
	return back(w, r, "/places", "saved")
}
