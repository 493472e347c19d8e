package edition

import (
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// static renders a page such as Redaksi.
func (b *build) static(slug string) (page.Rendering, error) {
	p, err := b.e.store.StaticPage(b.ctx, slug)
	if err != nil {
		return page.Rendering{}, err
	}
	b.tag(news.TagPage(slug), news.TagPages)
	all, err := b.e.store.StaticPages(b.ctx)
	if err != nil {
		return page.Rendering{}, err
	}
	ids := p.Body.Pictures()
	if err := b.load(ids...); err != nil {
		return page.Rendering{}, err
	}
	body := render.Body{Doc: p.Body, Base: b.e.opt.BaseURL, Pictures: map[int64]render.Picture{}}
	for _, id := range ids {
		b.tag(news.TagPicture(id))
		if pic := b.picture(id, media.Orig, widestPage); pic != nil {
			body.Pictures[id] = *pic
		}
	}
	t := b.time(p.Updated)
	t.Text = lang.LongDate(b.code, p.Updated, b.zone)
	v := &render.StaticPage{Heading: p.Title, Body: body, Updated: &t,
		Shell: b.shell(about{title: p.Title, description: p.Body.Excerpt(160), path: "/page/" + slug})}
	for _, o := range all {
		if o.Slug != slug {
			v.Others = append(v.Others, render.Link{Text: o.Title, URL: "/page/" + o.Slug})
		}
	}
	return b.html(b.e.render.Static(v))
}

// ProblemKey is the key of the page that answers a status such as 404.
func ProblemKey(status int) string { return "!" + strconv.Itoa(status) }

// problem renders the page for an error.
func (b *build) problem(path string) (page.Rendering, error) {
	status, err := strconv.Atoi(strings.TrimPrefix(path, "!"))
	if err != nil || status < 400 || status > 599 {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no page at this address")
	}
	out, err := b.html(b.e.render.Error(b.problemView(status)))
	out.Status = status
	return out, err
}

func (b *build) problemView(status int) *render.ErrorPage {
	title := b.words.T("error." + strconv.Itoa(status) + ".title")
	return &render.ErrorPage{Status: status, Shell: b.shell(about{title: title, description: title, robots: "noindex"})}
}

// withdrawn renders the notice that a withdrawn story leaves. Nothing of the
// story is on it.
func (b *build) withdrawn(s *news.Story) (page.Rendering, error) {
	w, err := b.e.store.Withdrawal(b.ctx, s.ID)
	if err != nil {
		return page.Rendering{}, err
	}
	title := b.words.T("withdrawal.title")
	v := b.problemView(410)
	v.Shell = b.shell(about{title: title, description: title, robots: "noindex"})
	v.Withdrawal = &render.Withdrawal{Reason: b.words.T("withdrawal.reason." + string(w.Reason)), Text: w.Note, Time: b.time(w.At)}
	out, err := b.html(b.e.render.Error(v))
	out.Status = 410
	return out, err
}
