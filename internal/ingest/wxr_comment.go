package ingest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/discuss"
	"warta/internal/doc"
	"warta/internal/ingest/wxr"
	"warta/internal/lang"
)

// comments reads the comments of a post. Neither addresses nor mail addresses of
// those who wrote them come along: they agreed to leave them elsewhere.
func (s *wxrSupplier) comments(it *wxr.Item, d *draft) {
	nobody := "Anonim"
	if s.im.conv.language == lang.EN {
		nobody = "Anonymous"
	}
	for i := range it.Comments {
		c := &it.Comments[i]
		if c.Type != "" && c.Type != "comment" {
			d.others = append(d.others, "left out: "+clip(c.Type, 40)+"s")
			continue
		}
		if c.ID == 0 {
			d.others = append(d.others, "left out: comments without an id")
			continue
		}
		in := discuss.Incoming{URI: s.commentURI(it.ID, c.ID), Name: oneLine(plainValue(roleText{Value: c.Author, ContentType: "text/html"})), Text: commentText(c.Content), State: discuss.Published}
		if c.Parent != 0 {
			in.ReplyTo = s.commentURI(it.ID, c.Parent)
		}
		if name := s.ix.authors[strings.ToLower(c.Author)]; c.UserID != 0 && name != "" {
			in.Name = name
		}
		if in.Name == "" {
			in.Name = nobody
		}
		at, ok := wxr.Time(c.DateGMT, time.UTC)
		if !ok || at.IsZero() {
			if at, ok = wxr.Time(c.Date, s.im.conv.zone); !ok || at.IsZero() {
				at = d.in.Published
				d.others = append(d.others, "comments without a time")
			}
		}
		in.At = at
		switch c.Approved {
		case "1", "approve", "approved", "":
		case "0", "hold", "pending":
			in.State, in.Reason = discuss.Pending, discuss.ReasonMode
		case "spam":
			in.State, in.Reason = discuss.Rejected, "mod_spam"
		default: // trash, post-trashed
			in.State, in.Reason = discuss.Rejected, "mod_other"
		}
		if in.Text == "" {
			d.others = append(d.others, "left out: comments without words")
			continue
		}
		d.comments = append(d.comments, in)
	}
}

// commentURI is the identity of a comment: its number counts below its post alone,
// for exports were put together by hand.
func (s *wxrSupplier) commentURI(post, id int64) string {
	return s.uri(post) + "#comment-" + strconv.FormatInt(id, 10)
}

// commentText turns the HTML of a comment into the plain text that comments are
// here.
func commentText(src string) string {
	if !strings.ContainsAny(src, "<&") {
		return strings.TrimSpace(src)
	}
	d, _, err := HTML(autop(src), HTMLOptions{IDs: doc.SeededIDs("")})
	if err != nil {
		return ""
	}
	return strings.TrimSpace(d.Plain())
}

// discussion brings in the comments of a batch of stories, by their ids here.
func (r *run) discussion(ctx context.Context, tasks []*task, ids []int64) error {
	var list []discuss.Incoming
	for i, t := range tasks {
		if ids[i] == 0 || t.err != nil {
			continue
		}
		for _, c := range t.draft.comments {
			c.StoryID = ids[i]
			list = append(list, c)
		}
	}
	if r.im.options.Rehearse {
		r.sum.Comments += len(list)
		return nil
	}
	// What is answered comes before the answer, also where that is in the next part.
	slices.SortStableFunc(list, func(a, b discuss.Incoming) int {
		if a.StoryID != b.StoryID {
			return int(max(min(a.StoryID-b.StoryID, 1), -1))
		}
		return a.At.Compare(b.At)
	})
	for part := range slices.Chunk(list, discuss.MaxImport) {
		added, cut, err := r.im.parts.Forum.Import(ctx, r.actor(), part)
		if err != nil {
			return err
		}
		r.sum.Comments += added
		if cut > 0 {
			r.sum.Others["comments that were cut"] += cut
		}
	}
	return nil
}
