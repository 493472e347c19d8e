package news

import (
	"context"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// GiveUpSection closes a section for good and lets another one take over: its
// stories, those below it, drafts and what is scheduled. Nothing is rewritten;
// whatever names the old section means the new one from then on, and the old
// addresses lead there.
func (s *Site) GiveUpSection(ctx context.Context, actor account.Actor, id, into int64) (err error) {
	defer fault.Wrap(&err, "give up section %d", id)
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	tree, err := s.store.Sections(ctx)
	if err != nil {
		return err
	}
	old, next := tree.ByID(id), tree.ByID(into)
	if old == nil || old.ID != id {
		return fault.New(fault.NotFound, "there is no section %d", id)
	}
	if next == nil {
		return fault.Input("into", "choose the section that takes the stories over").Say("section_heir")
	}
	for _, a := range tree.Ancestry(next.ID) {
		if a.ID == id {
			return fault.Input("into", "a section cannot be taken over by itself or by one below it").Say("section_heir_below")
		}
	}
	out := outcome(actor, "give_up", "section:"+old.Slug, TagSections, TagRedirects, TagSection(id), TagSection(next.ID), TagAddress("", "/"+old.Slug))
	out.Audit[0].Detail = Deed{Into: next.ID}.detail()
	return s.store.GiveUpSection(ctx, id, next.ID, out)
}

// MergeTopics lets one topic take another one over: its stories, its name as an
// alias, its address as a redirect.
func (s *Site) MergeTopics(ctx context.Context, actor account.Actor, from, into int64) (err error) {
	defer fault.Wrap(&err, "merge topic %d into %d", from, into)
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	if from == into {
		return fault.Input("into", "a topic cannot be merged into itself").Say("topic_itself")
	}
	out := outcome(actor, "merge", TagTopic(from), TagTopic(from), TagTopicName(from), TagTopic(into), TagTopicName(into), TagRedirects)
	out.Audit[0].Detail = Deed{Into: into}.detail()
	return s.store.MergeTopics(ctx, from, into, out)
}

// maxAliases is how many other names a topic may have.
const maxAliases = 50

// SaveAliases replaces the other names of a topic: an import that brings one
// means the topic.
func (s *Site) SaveAliases(ctx context.Context, actor account.Actor, topicID int64, names []string) (err error) {
	defer fault.Wrap(&err, "save the aliases of topic %d", topicID)
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	if len(names) > maxAliases {
		return fault.Input("aliases", "a topic has at most %d other names", maxAliases).Say("too_many_aliases", "limit", maxAliases)
	}
	for _, n := range names {
		if strings.TrimSpace(n) == "" || len(n) > 200 {
			return fault.Input("aliases", "a name has 1 to 200 characters").Say("bad_alias")
		}
	}
	return s.store.SaveAliases(ctx, topicID, names, outcome(actor, "save", TagTopic(topicID)))
}

// DropPage removes a static page.
func (s *Site) DropPage(ctx context.Context, actor account.Actor, slug string) (err error) {
	defer fault.Wrap(&err, "drop page %q", slug)
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	return s.store.DropPage(ctx, slug, outcome(actor, "drop", TagPage(slug), TagPage(slug), TagPages, TagRedirects))
}

// AuditFilter selects lines of the audit log, the newest first. Of Actor,
// Action and Object any may be set.
type AuditFilter struct {
	Actor  string // "user:3", "import"
	Action string
	Object string // "story:55"; with a star at its end all that begin so: "story:*"
	Before int64  // ids below this one only
	Limit  int
}

// AuditLine is one line of the audit log.
type AuditLine struct {
	ID int64
	At time.Time
	change.Audit
}

// NameFilter selects persons, topics or sources by what their name holds, in
// the order of their names.
type NameFilter struct {
	Text  string // in any case; empty: all
	After string // what the list before it returned; empty: from the start
	Limit int
}
