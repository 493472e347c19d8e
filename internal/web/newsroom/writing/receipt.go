package writing

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// proofsShown is how many receipts one page has.
const proofsShown = 10

// surfaceRow is what one address answered.
type surfaceRow struct {
	Name, Path, Want, Got, ETag, When, ISO string
	Right                                  bool
}

// proofRow is the receipt of one change.
type proofRow struct {
	Title, State, Said, When, ISO string
	Open                          bool
	Rows                          []surfaceRow
}

// receiptPage shows what the running server answered after a story went out or
// was taken away.
type receiptPage struct {
	newsroom.Shell
	ID       int64
	Headline string
	List     []proofRow
	More     string
	// Watch says that a look is still to come: the page asks again.
	Watch bool
}

// Path returns the address of the story in the newsroom with what follows.
func (p *receiptPage) Path(rest string) string { return storyPath(p.ID) + rest }

// receipt shows the receipts of a story, the newest change first.
func (x *Writing) receipt(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	var before time.Time
	if ms, err := position(r, "before"); err != nil {
		return err
	} else if ms > 0 {
		before = time.UnixMilli(ms)
	}
	list, more, err := x.p.Store.Proofs(r.Context(), id, before, proofsShown)
	if err != nil {
		return err
	}
	p := &receiptPage{Shell: newsroom.Shell{Title: r.Words.T("writing.receipt.title"), Active: "mine", Said: said(r), Scripts: []string{"writing.js"}},
		ID: id, Headline: or(st.Content.Headline, headlineOf(&st)), Watch: before.IsZero() && waiting(&st, list, r.Now)}
	for i := range list {
		p.List = append(p.List, proofOf(r, &list[i]))
	}
	if more {
		p.More = p.Path("/receipt?before=" + strconv.FormatInt(list[len(list)-1].At.UnixMilli(), 10))
	}
	return x.d.Page(w, r, "writing-receipt", p)
}

// headlineOf is what the newsroom still calls a story that was withdrawn.
func headlineOf(st *news.DraftState) string {
	if st.Withdrawal != nil {
		return st.Withdrawal.Headline
	}
	return ""
}

// firstLook is how long after a change its first look is expected.
const firstLook = 2 * time.Minute

// waiting reports whether a receipt is on its way or not finished yet.
func waiting(st *news.DraftState, list []news.Proof, now time.Time) bool {
	if len(list) > 0 && list[0].State == news.ProofOpen {
		return true
	}
	changed := st.Story.FirstPublished
	if st.Withdrawal != nil {
		changed = st.Withdrawal.At
	} else if st.Live != nil && st.Live.At.After(changed) {
		changed = st.Live.At
	}
	known := len(list) > 0 && !list[0].At.Before(changed)
	return !known && !changed.IsZero() && now.Sub(changed) < firstLook
}

// proofOf puts a receipt into words.
func proofOf(r *newsroom.Request, p *news.Proof) proofRow {
	out := proofRow{Title: r.Words.T("writing.receipt."+string(p.Kind), lang.Args{"no": strconv.Itoa(p.Version), "time": lang.DateTime(r.Lang, p.At, r.Zone)}),
		State: string(p.State), Said: r.Words.T("writing.receipt.state." + string(p.State)), When: when(r, p.LookedAt),
		ISO: p.LookedAt.UTC().Format(isoForm), Open: p.State == news.ProofOpen}
	for _, s := range p.Surfaces {
		row := surfaceRow{Name: placeName(r, &s), Path: s.Path, Want: r.Words.T("writing.want." + string(s.Want)), ETag: s.ETag,
			Right: s.Right, When: lang.Clock(s.At, r.Zone), ISO: s.At.UTC().Format(isoForm)}
		switch {
		case s.Status == 0:
			row.Got = r.Words.T("writing.got.nothing")
		case s.Found:
			row.Got = r.Words.T("writing.got.there", lang.Args{"status": strconv.Itoa(s.Status)})
		default:
			row.Got = r.Words.T("writing.got.absent", lang.Args{"status": strconv.Itoa(s.Status)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// feedForms are the forms of a feed, by the end of its address.
var feedForms = map[string]string{"rss.xml": "RSS", "atom.xml": "Atom", "feed.json": "JSON"}

// placeName names what was looked at, so that pages and feeds of a receipt can be
// told from each other.
func placeName(r *newsroom.Request, s *news.Surface) string {
	parts := strings.Split(strings.TrimPrefix(s.Path, "/"), "/")
	key, args := "writing.surface."+s.Name, lang.Args{}
	switch last := parts[len(parts)-1]; s.Name {
	case "feed":
		args["form"] = or(feedForms[last], last)
		if key += "_all"; len(parts) > 3 {
			key, args["of"] = "writing.surface.feed_"+parts[1], or(s.Of, parts[2])
		}
	case "section", "topic", "author":
		args["of"] = or(s.Of, last)
	}
	return r.Words.T(key, args)
}
