package writing

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// plainTexts are the fields that a form without script saves as they are.
var plainTexts = []string{"headline", "short_headline", "seo_title", "share_title", "standfirst", "dateline", "rights", "kind", "language", "access"}

// savePlain saves what the form of a browser without script holds. The body,
// and whatever is a list, stay as they are.
func (x *Writing) savePlain(w http.ResponseWriter, r *newsroom.Request, id int64) error {
	form, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	base, err := strconv.ParseInt(form.Get("seq"), 10, 64)
	if err != nil || base < 0 {
		return fault.Input("seq", "the form does not say which draft it is of").Say("draft_base")
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	fields, err := plainFields(form, &st.Content)
	if err != nil {
		return err
	}
	if _, err := x.p.Desk.Save(r.Context(), r.Actor, news.DraftSave{StoryID: id, Base: base, Fields: fields}); err != nil {
		return err
	}
	return newsroom.SeeOther(w, r, storyPath(id)+"?saved=1")
}

// plainFields returns the fields that a form holds and that differ from the
// draft.
func plainFields(form url.Values, c *news.Content) (map[string]json.RawMessage, error) {
	values := map[string]any{}
	for _, name := range plainTexts {
		if form.Has(name) {
			values[name] = form.Get(name)
		}
	}
	if form.Has("section") {
		n, err := strconv.ParseInt(form.Get("section"), 10, 64)
		if err != nil {
			return nil, fault.Input("section", "%q is no section", form.Get("section")).Say("section_needed", "headline", c.Headline)
		}
		values["section"] = n
	}
	if form.Has("labels_shown") { // an unticked box sends nothing
		labels := []string{}
		values["labels"] = append(labels, form["labels"]...)
	}
	if form.Has("lead.caption") {
		lead := c.Lead
		lead.Caption, lead.Credit, lead.Alt = form.Get("lead.caption"), form.Get("lead.credit"), form.Get("lead.alt")
		if form.Has("lead.video") {
			lead.Video = videoOf(form.Get("lead.video"), form.Get("lead.video_title"))
		}
		values["lead"] = lead
	}
	out := make(map[string]json.RawMessage, len(values))
	for name, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out[name] = raw
	}
	return out, nil
}

// videoOf returns the video of an address; an address of no service that can be
// embedded is kept as it is and refused when the story is to go out.
func videoOf(address, title string) *news.Video {
	if address == "" {
		return nil
	}
	provider, _ := doc.ProviderOf(address)
	return &news.Video{Provider: string(provider), URL: address, Title: title}
}
