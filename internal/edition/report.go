package edition

import (
	"context"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/render"
)

// ReportForm is what a reader has filled into the form below a story.
type ReportForm struct {
	Report news.Report
	Sent   int64 // the number of the report that was taken; 0: nothing was sent
	Err    error // why it was not
}

// Report returns the page with the form by which a reader reports something
// about a story. It is NotFound unless readers see the story, or saw it.
func (e *Edition) Report(ctx context.Context, storyID int64, f ReportForm) (_ []byte, err error) {
	defer fault.Wrap(&err, "form of story %d", storyID)
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	s, err := e.store.Story(ctx, storyID)
	if err != nil {
		return nil, err
	}
	if s.Status != news.Live && s.Status != news.Withdrawn {
		return nil, fault.New(fault.NotFound, "there is no page at this address")
	}
	title := b.words.T("outward.form.title")
	in := &f.Report
	v := &render.ReportPage{Shell: b.shell(about{title: title, description: title, nav: b.open(s.SectionID), robots: "noindex"}),
		Story: s.ID, Hours: int(b.settings.ReportTime() / time.Hour), MaxPassage: news.MaxReportPassage, MaxText: news.MaxReportText,
		Kind: string(in.Kind), Name: in.Name, Email: in.Email, Passage: in.Passage, Text: in.Text}
	if s.Status == news.Live {
		live, err := e.store.LiveStory(ctx, storyID)
		if err != nil {
			return nil, err
		}
		v.Headline, v.Back = b.named(&live.Version.Content), b.path(&s)
	}
	if f.Sent != 0 {
		v.Number = strconv.FormatInt(f.Sent, 10)
	}
	v.Field, v.Problem = b.sentence(f.Err)
	out, err := e.render.Report(v)
	if err != nil {
		return nil, err
	}
	return b.whole(out.Body, out.Holes, nil, 0)
}

// sentence says in the site's language what has to be mended.
func (b *build) sentence(err error) (field, text string) {
	f := fault.Find(err)
	switch {
	case err == nil:
		return "", ""
	case f == nil:
		return "", b.words.T("problem.internal")
	case f.Code != "" && b.words.Has("problem."+f.Code):
		return f.Field, b.words.T("problem."+f.Code, lang.Args(f.Args))
	}
	return f.Field, b.words.T("problem." + strings.ReplaceAll(f.Kind.String(), " ", "_"))
}
