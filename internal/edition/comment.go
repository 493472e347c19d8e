package edition

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/page"
	"warta/internal/render"
)

// TalkStore reads what is said below stories.
type TalkStore interface {
	RulesOf(ctx context.Context, storyID int64, sections []int64) (discuss.Rules, error)
	Threads(ctx context.Context, f discuss.Filter) (discuss.Page, error)
	Thread(ctx context.Context, id, after int64, limit int) (discuss.Entry, error)
	Discussion(ctx context.Context, storyID int64) (discuss.Discussion, error)
}

// rules returns how the discussion of a story is held. Whatever prints something
// of it is made anew when that changes.
func (b *build) rules(s *news.Story) (discuss.Rules, error) {
	b.tag(discuss.TagRules, discuss.TagStoryRules(s.ID))
	var sections []int64
	for _, sec := range b.tree.Ancestry(s.SectionID) {
		sections = append(sections, sec.ID)
		b.tag(discuss.TagSectionRules(sec.ID))
	}
	return b.e.store.RulesOf(b.ctx, s.ID, sections)
}

// discussed reports whether a story has a discussion. One without leaves no hole,
// so that its page is the same as if there were none anywhere.
func (b *build) discussed(s *news.Story) (bool, error) {
	r, err := b.rules(s)
	return r.Mode != discuss.ModeOff, err
}

// talkPath is the address of a story's threads by themselves.
func talkPath(id int64) string { return "/comment/story/" + strconv.FormatInt(id, 10) }

// comments is the piece below a story: the form and the newest threads.
func (b *build) comments(id string) (page.Rendering, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no story %q", id)
	}
	s, err := b.liveStory(n)
	if fault.Is(err, fault.NotFound) {
		return b.piece(nil, nil) // its page is about to go
	}
	if err != nil {
		return page.Rendering{}, err
	}
	v, _, err := b.threads(s, discuss.Newest, discuss.Cursor{})
	if err != nil || v == nil {
		return page.Rendering{}, err
	}
	return b.piece(b.e.render.Comments(v))
}

// liveStory returns a story that readers see, else NotFound.
func (b *build) liveStory(id int64) (*news.Story, error) {
	b.tag(news.TagStory(id))
	s, err := b.e.store.Story(b.ctx, id)
	if err == nil && s.Status != news.Live {
		err = fault.New(fault.NotFound, "there is no page at this address")
	}
	return &s, err
}

// threads is the view of one page of threads; nil if the discussion is off.
func (b *build) threads(s *news.Story, sort discuss.Sort, after discuss.Cursor) (*render.Comments, *discuss.Rules, error) {
	b.tag(discuss.TagComments(s.ID))
	r, err := b.rules(s)
	if err != nil || r.Mode == discuss.ModeOff {
		return nil, &r, err
	}
	d, err := b.e.store.Discussion(b.ctx, s.ID)
	if err != nil {
		return nil, &r, err
	}
	p, err := b.e.store.Threads(b.ctx, discuss.Filter{StoryID: s.ID, Sort: sort, After: after, Limit: discuss.PageThreads, Replies: discuss.PageReplies})
	if err != nil {
		return nil, &r, err
	}
	v := &render.Comments{Lang: string(b.code), Story: strconv.FormatInt(s.ID, 10), N: d.Shown, Last: strconv.FormatInt(d.LastID, 10), Max: r.MaxLength}
	v.Shut, v.Plans = b.shut(&r, s), b.plans(&r)
	for i := range p.Entries {
		v.Threads = append(v.Threads, b.comment(&p.Entries[i], &r, v.Shut == ""))
	}
	if len(p.Entries) > 0 || sort != discuss.Newest {
		for _, o := range discuss.Sorts {
			if o == discuss.Picks && d.Featured == 0 && sort != discuss.Picks {
				continue
			}
			l := render.Link{Text: b.words.T("talk.order." + string(o))}
			if o != sort {
				l.URL = talkPath(s.ID) + "?sort=" + string(o)
			}
			v.Sorts = append(v.Sorts, l)
		}
	}
	if p.Next.ID != 0 {
		v.More = talkPath(s.ID) + "?after=" + talkCursor(p.Next)
		if sort != discuss.Newest {
			v.More += "&sort=" + string(sort)
		}
	}
	return v, &r, nil
}

// plans is the address of the page about membership where members alone write.
func (b *build) plans(r *discuss.Rules) string {
	if r.Mode != discuss.ModeMembers {
		return ""
	}
	return b.settings.Get("membership_url")
}

// shut says why nobody can write now, and makes the piece end when that changes.
func (b *build) shut(r *discuss.Rules, s *news.Story) string {
	why, until := r.Shut(b.now, s.FirstPublished, b.zone)
	b.expires(until)
	switch {
	case why == discuss.ShutAge:
		return b.words.T("talk.shut.age")
	case why == discuss.ShutNight:
		return b.words.T("talk.shut.night", lang.Args{"time": lang.Clock(until, b.zone) + " " + lang.ZoneName(until, b.zone)})
	}
	return ""
}

// comment is the view of an entry with its replies.
func (b *build) comment(e *discuss.Entry, r *discuss.Rules, open bool) render.Comment {
	v := render.Comment{ID: strconv.FormatInt(e.ID, 10), Thread: strconv.FormatInt(e.ThreadID, 10), Time: b.cardTime(e.At)}
	v.Time.ISO = e.At.In(b.zone).Format(time.RFC3339)
	if e.Visible() {
		if e.MemberID != 0 {
			v.By = strconv.FormatInt(e.MemberID, 10)
			b.tag(discuss.TagCommenter(e.MemberID))
		}
		v.Name, v.Staff, v.Picked, v.Edited, v.Text = e.Name, e.Staff(), !e.Featured.IsZero(), !e.Edited.IsZero(), e.Body
		v.Answering, v.Open = e.Answering, open
		for _, kind := range r.Reactions {
			v.Reactions = append(v.Reactions, render.CommentReaction{Kind: kind, N: e.Reactions[kind]})
		}
	} else {
		gone := "removed"
		if e.State == discuss.Deleted || e.State == discuss.Hidden {
			gone = string(e.State)
		}
		v.Gone = b.words.T("talk.gone." + gone)
	}
	for i := range e.Replies {
		v.Replies = append(v.Replies, b.comment(&e.Replies[i], r, open))
	}
	if e.More {
		v.More, v.MoreN = discuss.Path(e.ID), e.Answers
	}
	return v
}

// talk is the page of a story's threads, or of the thread of one comment.
func (b *build) talk(parts []string, q query) (page.Rendering, error) {
	if len(parts) == 0 || len(parts) > 2 || len(parts) == 2 && parts[0] != "story" {
		return b.old("/comment/" + strings.Join(parts, "/"))
	}
	id, err := strconv.ParseInt(parts[len(parts)-1], 10, 64)
	if err != nil || id < 1 {
		return page.Rendering{}, fault.New(fault.NotFound, "there is no page at this address")
	}
	var v *render.CommentsPage
	if len(parts) == 2 {
		v, err = b.talkPage(id, q)
	} else {
		v, err = b.threadPage(id, q)
	}
	if err != nil {
		return page.Rendering{}, err
	}
	return b.html(b.e.render.CommentsPage(v))
}

// talkShell is the page around threads of a story.
func (b *build) talkShell(s *news.Story) (*render.CommentsPage, error) {
	live, err := b.e.store.LiveStory(b.ctx, s.ID)
	if err != nil {
		return nil, err
	}
	headline := b.named(&live.Version.Content)
	title := b.words.T("talk.all") + ": " + headline
	return &render.CommentsPage{Shell: b.shell(about{title: title, description: title, nav: b.open(s.SectionID), robots: "noindex"}),
		Headline: headline, Back: b.path(s)}, nil
}

func (b *build) talkPage(id int64, q query) (*render.CommentsPage, error) {
	s, err := b.liveStory(id)
	if err != nil {
		return nil, err
	}
	sort := discuss.Newest
	for _, o := range discuss.Sorts {
		if string(o) == q.get("sort") {
			sort = o
		}
	}
	c, _, err := b.threads(s, sort, parseTalkCursor(q.get("after")))
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, fault.New(fault.NotFound, "there is no page at this address")
	}
	v, err := b.talkShell(s)
	if err == nil {
		v.Comments = *c
	}
	return v, err
}

func (b *build) threadPage(id int64, q query) (*render.CommentsPage, error) {
	// One that a reader asks for by its number may be far down its thread.
	after := int64(0)
	if c := parseTalkCursor(q.get("after")); c.ID > 0 {
		after = c.ID
	}
	e, err := b.e.store.Thread(b.ctx, id, after, discuss.PageThread)
	if err != nil {
		return nil, err
	}
	if after == 0 && id != e.ID && e.More && id > e.Replies[len(e.Replies)-1].ID {
		if e, err = b.e.store.Thread(b.ctx, id, id-1, discuss.PageThread); err != nil {
			return nil, err
		}
	}
	s, err := b.liveStory(e.StoryID)
	if err != nil {
		return nil, err
	}
	b.tag(discuss.TagComments(s.ID))
	r, err := b.rules(s)
	if err != nil {
		return nil, err
	}
	if r.Mode == discuss.ModeOff {
		return nil, fault.New(fault.NotFound, "there is no page at this address")
	}
	d, err := b.e.store.Discussion(b.ctx, s.ID)
	if err != nil {
		return nil, err
	}
	v, err := b.talkShell(s)
	if err != nil {
		return nil, err
	}
	v.One = true
	v.Comments = render.Comments{Lang: string(b.code), Story: strconv.FormatInt(s.ID, 10), N: d.Shown, Last: strconv.FormatInt(d.LastID, 10), Max: r.MaxLength}
	v.Comments.Shut, v.Comments.Plans = b.shut(&r, s), b.plans(&r)
	more := e.More
	e.More = false
	v.Comments.Threads = []render.Comment{b.comment(&e, &r, v.Comments.Shut == "")}
	if more {
		v.Comments.More = discuss.Path(e.ID) + "?after=" + strconv.FormatInt(e.Replies[len(e.Replies)-1].ID, 10)
	}
	return v, nil
}

// talkCursor writes a position among threads: the number of the comment, and
// with a pick when that was made.
func talkCursor(c discuss.Cursor) string {
	s := strconv.FormatInt(c.ID, 10)
	if !c.At.IsZero() {
		s += "-" + strconv.FormatInt(c.At.UnixMilli(), 10)
	}
	return s
}

// parseTalkCursor reads what talkCursor wrote; anything else is the top.
func parseTalkCursor(s string) discuss.Cursor {
	id, ms, timed := strings.Cut(s, "-")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 1 || n == math.MaxInt64 {
		return discuss.Cursor{}
	}
	c := discuss.Cursor{ID: n}
	if at, err := strconv.ParseInt(ms, 10, 64); timed && err == nil && at > 0 {
		c.At = time.UnixMilli(at).UTC()
	}
	return c
}

// OneComment prints a comment for a script that puts it into its place. Nobody
// else may get it: it may wait still.
func (e *Edition) OneComment(ctx context.Context, entry discuss.Entry) (_ []byte, err error) {
	defer fault.Wrap(&err, "print comment %d", entry.ID)
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	s, err := b.liveStory(entry.StoryID)
	if err != nil {
		return nil, err
	}
	r, err := b.rules(s)
	if err != nil {
		return nil, err
	}
	v := b.ownComment(entry, &r)
	return b.e.render.Comment(string(b.code), &v)
}

// ownComment is a comment as its author sees it, whatever its state.
func (b *build) ownComment(entry discuss.Entry, r *discuss.Rules) render.Comment {
	public := entry.Visible()
	if entry.State != discuss.Deleted {
		entry.State = discuss.Published
	}
	entry.Replies, entry.More = nil, false
	v := b.comment(&entry, r, public)
	if !public {
		v.Reactions = nil
	}
	return v
}

// CommentView returns a comment as the pages of one reader print it, with its
// story's headline and path. It is NotFound unless readers see the story.
func (e *Edition) CommentView(ctx context.Context, entry discuss.Entry) (v render.Comment, base render.CommentBase, err error) {
	defer fault.Wrap(&err, "look at comment %d", entry.ID)
	base, b, r, err := e.commentBase(ctx, entry.StoryID)
	if err != nil {
		return v, base, err
	}
	return b.ownComment(entry, r), base, err
}

// CommentBase returns how the pages of one reader name a story. It is NotFound
// unless readers see it and it has a discussion.
func (e *Edition) CommentBase(ctx context.Context, storyID int64) (base render.CommentBase, err error) {
	defer fault.Wrap(&err, "look at story %d", storyID)
	base, _, _, err = e.commentBase(ctx, storyID)
	return base, err
}

func (e *Edition) commentBase(ctx context.Context, storyID int64) (base render.CommentBase, b *build, r *discuss.Rules, err error) {
	if b, err = e.begin(ctx); err != nil {
		return base, b, nil, err
	}
	s, err := b.liveStory(storyID)
	if err != nil {
		return base, b, nil, err
	}
	live, err := e.store.LiveStory(ctx, storyID)
	if err != nil {
		return base, b, nil, err
	}
	rules, err := b.rules(s)
	if err == nil && rules.Mode == discuss.ModeOff {
		err = fault.New(fault.NotFound, "there is no discussion under story %d", storyID)
	}
	base = render.CommentBase{Story: strconv.FormatInt(storyID, 10), Headline: b.named(&live.Version.Content), Back: b.path(s), Longest: rules.MaxLength, Plans: b.plans(&rules)}
	return base, b, &rules, err
}
