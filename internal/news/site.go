package news

import (
	"context"
	"strings"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// SiteStore writes the structure of the site. Each method is one transaction
// with the outcome in it; a zero id means a new row.
type SiteStore interface {
	Sections(ctx context.Context) (*Tree, error)
	SaveSection(ctx context.Context, s Section, out change.Outcome) (Section, error)
	SaveTopic(ctx context.Context, t Topic, out change.Outcome) (Topic, error)
	SavePerson(ctx context.Context, p Person, out change.Outcome) (Person, error)
	SaveSource(ctx context.Context, s Source, out change.Outcome) (Source, error)
	SavePage(ctx context.Context, p StaticPage, out change.Outcome) error
	SaveFront(ctx context.Context, f Front, out change.Outcome) (Front, error)
	SaveSettings(ctx context.Context, values map[string]string, out change.Outcome) error
	SaveSignoffRules(ctx context.Context, rules []SignoffRule, out change.Outcome) error
	// GiveUpSection lets into take over all that stands in id.
	GiveUpSection(ctx context.Context, id, into int64, out change.Outcome) error
	MergeTopics(ctx context.Context, from, into int64, out change.Outcome) error
	SaveAliases(ctx context.Context, topicID int64, names []string, out change.Outcome) error
	RedirectStore
	DropPage(ctx context.Context, slug string, out change.Outcome) error
	// SaveFrontDraft writes a draft over the one with number d.Seq and returns it
	// with its new number; a Conflict if another one is there.
	SaveFrontDraft(ctx context.Context, d FrontDraft) (FrontDraft, error)
	DropFrontDraft(ctx context.Context, sectionID int64) error
	// PublishFront makes the front live, adds the version and drops the draft.
	PublishFront(ctx context.Context, v FrontVersion, out change.Outcome) (FrontVersion, error)
}

// Site changes the structure that stories stand in, and the settings.
type Site struct{ store SiteStore }

// NewSite returns the operations on the site's structure.
func NewSite(store SiteStore) *Site { return &Site{store: store} }

func outcome(actor account.Actor, action, object string, tags ...string) change.Outcome {
	return change.Outcome{Tags: tags, Run: actor.Run, Audit: []change.Audit{{Actor: actor.String(), Action: action, Object: object}}}
}

// SaveSection creates or changes a section.
func (s *Site) SaveSection(ctx context.Context, actor account.Actor, sec Section) (_ Section, err error) {
	defer fault.Wrap(&err, "save section %q", sec.Slug)
	if err := actor.Require(account.Structure); err != nil {
		return sec, err
	}
	if err := CheckSectionSlug("slug", sec.Slug); err != nil {
		return sec, err
	}
	if strings.TrimSpace(sec.Name) == "" || len(sec.Name) > 120 {
		return sec, fault.Input("name", "a section needs a name of at most 120 characters")
	}
	tree, err := s.store.Sections(ctx)
	if err != nil {
		return sec, err
	}
	for _, a := range tree.Ancestry(sec.ParentID) {
		if a.ID == sec.ID && sec.ID != 0 {
			return sec, fault.Input("parent", "section %q cannot stand below itself", sec.Slug)
		}
	}
	return s.store.SaveSection(ctx, sec, outcome(actor, "save", "section:"+sec.Slug, TagSections, TagRedirects))
}

// SaveTopic creates or changes a topic.
func (s *Site) SaveTopic(ctx context.Context, actor account.Actor, t Topic) (_ Topic, err error) {
	defer fault.Wrap(&err, "save topic %q", t.Slug)
	if err := CheckSlug("slug", t.Slug); err != nil {
		return t, err
	}
	out := outcome(actor, "save", "topic:"+t.Slug, TagRedirects)
	if t.ID != 0 {
		out.Touch(TagTopic(t.ID), TagTopicName(t.ID))
	}
	return s.store.SaveTopic(ctx, t, out)
}

// SavePerson creates or changes a person.
func (s *Site) SavePerson(ctx context.Context, actor account.Actor, p Person) (_ Person, err error) {
	defer fault.Wrap(&err, "save person %q", p.Slug)
	if err := CheckSlug("slug", p.Slug); err != nil {
		return p, err
	}
	out := outcome(actor, "save", "person:"+p.Slug, TagRedirects)
	if p.ID != 0 {
		out.Touch(TagPerson(p.ID), TagPersonName(p.ID))
	}
	return s.store.SavePerson(ctx, p, out)
}

// SaveSource creates or changes a source.
func (s *Site) SaveSource(ctx context.Context, actor account.Actor, src Source) (_ Source, err error) {
	defer fault.Wrap(&err, "save source %q", src.Name)
	if err := webURL(src.URL); err != nil {
		return src, fault.Input("url", "%s", err.Error())
	}
	out := outcome(actor, "save", "source:"+src.Name)
	if src.ID != 0 {
		out.Touch(TagSource(src.ID))
	}
	return s.store.SaveSource(ctx, src, out)
}

// SavePage creates or changes a static page.
func (s *Site) SavePage(ctx context.Context, actor account.Actor, p StaticPage) (err error) {
	defer fault.Wrap(&err, "save page %q", p.Slug)
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	if err := CheckSlug("slug", p.Slug); err != nil {
		return err
	}
	return s.store.SavePage(ctx, p, outcome(actor, "save", TagPage(p.Slug), TagPage(p.Slug), TagPages, TagRedirects))
}

// SaveFront replaces the arrangement of a front.
func (s *Site) SaveFront(ctx context.Context, actor account.Actor, f Front) (_ Front, err error) {
	defer fault.Wrap(&err, "save front of section %d", f.SectionID)
	if err := actor.Require(account.Fronts); err != nil {
		return f, err
	}
	if len(f.Containers) > 60 {
		return f, fault.Input("containers", "a front holds at most 60 containers")
	}
	for _, c := range f.Containers {
		if c.Size < 1 || c.Size > 30 {
			return f, fault.Input("containers", "a container shows 1 to 30 stories, not %d", c.Size)
		}
	}
	return s.store.SaveFront(ctx, f, outcome(actor, "save", TagFront(f.SectionID), TagFront(f.SectionID)))
}

// SaveSettings checks and stores settings; all or none.
func (s *Site) SaveSettings(ctx context.Context, actor account.Actor, values map[string]string) (err error) {
	defer fault.Wrap(&err, "save settings")
	if err := actor.Require(account.Configure); err != nil {
		return err
	}
	for k, v := range values {
		if err := CheckSetting(k, v); err != nil {
			return err
		}
	}
	return s.store.SaveSettings(ctx, values, outcome(actor, "save", "settings", TagSettings))
}
