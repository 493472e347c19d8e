package news

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// Banner is the line of breaking news on every page.
type Banner struct {
	StoryID int64
	Text    string
	Until   time.Time
}

// Bounds of a banner.
const (
	maxBanner     = 200 // characters
	maxBannerLife = 24 * time.Hour
)

// Breaking is a headline that goes out at once.
type Breaking struct {
	Headline  string
	SectionID int64
	Until     time.Time // of the banner; zero: without one
	Text      string    // of the banner; empty: the headline
}

// Break publishes a story that is a headline, with the label breaking and a
// banner on every page, in one step; it grows under the same address. Where a
// rule asks for more people than the one who does it, the story waits for them
// instead and nothing goes out: the receipt's number is 0 then.
func (d *Desk) Break(ctx context.Context, actor account.Actor, b Breaking) (id int64, rc Receipt, err error) {
	defer fault.Wrap(&err, "break a story")
	if err := actor.RequireSomewhere(account.Breaking); err != nil {
		return 0, rc, err
	}
	c := Content{Headline: strings.TrimSpace(b.Headline), SectionID: b.SectionID, Labels: []Label{LabelBreaking}}
	rc, err = d.change(ctx, actor, Pick{New: 1}, func(w *World, recs []*Record) (out change.Outcome, err error) {
		r := recs[0]
		id = r.Story.ID
		if err := r.found(w, actor, &c); err != nil {
			return out, err
		}
		if err := w.May(actor, account.Breaking, &r.Story); err != nil {
			return out, err
		}
		if err := c.Check(w); err != nil {
			return out, err
		}
		v := r.freeze(w, actor, &c, "breaking")
		r.sign(w, actor, v.No, "")
		if r.signed(v.No) < w.Needed(&c) {
			r.Story.Stage, r.Story.NamedNo = StageSubmitted, v.No
			r.tellDesk(w, actor, NoticeBreaking, "", c.SectionID)
			out.Audit = []change.Audit{r.audit(actor, "create", Deed{}), r.audit(actor, "submit", Deed{Version: v.No, Reason: "breaking"})}
			return out, nil
		}
		r.DropDraft = true
		out = r.release(w, actor, v, w.Now)
		out.Audit = []change.Audit{r.audit(actor, "create", Deed{}), r.audit(actor, "publish", Deed{Version: v.No, Reason: "breaking"})}
		if b.Until.IsZero() {
			return out, nil
		}
		banner, err := r.raise(w, actor, b.Text, b.Until)
		out.Merge(banner)
		return out, err
	})
	return id, rc, err
}

// SetBanner puts a live story's banner on every page until the given time, in
// the place of the one that is there. An empty text is the story's headline.
func (d *Desk) SetBanner(ctx context.Context, actor account.Actor, b Banner) (rc Receipt, err error) {
	defer fault.Wrap(&err, "set the banner of story %d", b.StoryID)
	if err := actor.RequireSomewhere(account.Breaking); err != nil {
		return rc, err
	}
	return d.one(ctx, actor, b.StoryID, func(w *World, r *Record) (out change.Outcome, err error) {
		if err := w.May(actor, account.Breaking, &r.Story); err != nil {
			return out, err
		}
		return r.raise(w, actor, b.Text, b.Until)
	})
}

// raise puts the story's banner on every page.
func (r *Record) raise(w *World, actor account.Actor, text string, until time.Time) (out change.Outcome, err error) {
	if r.Story.Status != Live || r.Live == nil {
		return out, fault.New(fault.Conflict, "story %d is not live", r.Story.ID).Say("not_live")
	}
	if text = strings.TrimSpace(text); text == "" {
		text = r.Live.Content.ListHeadline()
	}
	if utf8.RuneCountInString(text) > maxBanner {
		return out, fault.Input("text", "a banner has at most %d characters", maxBanner).Say("banner_long", "most", maxBanner)
	}
	if !until.After(w.Now) || until.After(w.Now.Add(maxBannerLife)) {
		return out, fault.Input("until", "a banner ends within 24 hours from now").Say("banner_until")
	}
	w.Banner = &Banner{StoryID: r.Story.ID, Text: text, Until: until}
	out.Touch(TagBanner)
	out.Audit = []change.Audit{r.audit(actor, "banner", Deed{At: until})}
	return out, nil
}

// EndBanner takes the banner off every page.
func (d *Desk) EndBanner(ctx context.Context, actor account.Actor) (rc Receipt, err error) {
	defer fault.Wrap(&err, "end the banner")
	if err := actor.RequireSomewhere(account.Breaking); err != nil {
		return rc, err
	}
	return d.change(ctx, actor, Pick{}, func(w *World, _ []*Record) (out change.Outcome, err error) {
		if w.Banner == nil {
			return out, nil
		}
		r := Record{Story: Story{ID: w.Banner.StoryID}}
		w.Banner = nil
		out.Touch(TagBanner)
		out.Audit = []change.Audit{r.audit(actor, "end_banner", Deed{})}
		return out, nil
	})
}
