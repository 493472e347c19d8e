package discuss

import (
	"context"
	"time"

	"warta/internal/member"
)

// Own reads what is a reader's own; a part of what *store.DB offers.
type Own interface {
	CommentsOf(ctx context.Context, memberID, before int64, limit int) ([]Comment, error)
	Mutes(ctx context.Context, memberID int64) ([]Muted, error)
	// ReactionsBy returns a reader's reactions to comments above an id, in the order
	// of these.
	ReactionsBy(ctx context.Context, memberID, after int64, limit int) ([]Reaction, error)
	// ComplaintsBy returns a reader's complaints above an id, in their order.
	ComplaintsBy(ctx context.Context, memberID, after int64, limit int) ([]Complaint, error)
}

// exportPage is how many rows are read at a time.
const exportPage = 500

// Files of the archive, as JSON has them.
type (
	commentFile struct {
		ID      int64      `json:"id"`
		Story   int64      `json:"story"`
		ReplyTo int64      `json:"reply_to,omitempty"`
		At      time.Time  `json:"at"`
		Edited  *time.Time `json:"edited,omitempty"`
		Text    string     `json:"text"`
		State   State      `json:"state"`
		Reason  Reason     `json:"reason,omitempty"`
		Note    string     `json:"moderator_says,omitempty"`
	}
	reactionFile struct {
		Comment int64  `json:"comment"`
		Kind    string `json:"reaction"`
	}
	mutedFile struct {
		Name string `json:"name"`
	}
	complaintFile struct {
		Comment int64            `json:"comment"`
		At      time.Time        `json:"at"`
		Reason  ComplaintReason  `json:"reason"`
		Text    string           `json:"text,omitempty"`
		Outcome ComplaintOutcome `json:"outcome,omitempty"`
	}
)

// Export returns the files of a reader's archive that are about discussions.
func Export(own Own, id int64) []member.Exported {
	return []member.Exported{
		{Name: "comments.jsonl", Write: func(ctx context.Context, put func(any) error) error {
			for before := int64(0); ; {
				list, err := own.CommentsOf(ctx, id, before, exportPage)
				if err != nil {
					return err
				}
				for i := range list {
					c := &list[i]
					f := commentFile{ID: c.ID, Story: c.StoryID, ReplyTo: c.ReplyTo, At: c.At, Text: c.Body, State: c.State, Reason: c.Reason, Note: c.Note}
					if !c.Edited.IsZero() {
						f.Edited = &c.Edited
					}
					if err := put(f); err != nil {
						return err
					}
					before = c.ID
				}
				if len(list) < exportPage {
					return nil
				}
			}
		}},
		{Name: "reactions.jsonl", Write: func(ctx context.Context, put func(any) error) error {
			for after := int64(0); ; {
				list, err := own.ReactionsBy(ctx, id, after, exportPage)
				if err != nil {
					return err
				}
				for _, v := range list {
					if err := put(reactionFile{v.CommentID, v.Kind}); err != nil {
						return err
					}
					after = v.CommentID
				}
				if len(list) < exportPage {
					return nil
				}
			}
		}},
		{Name: "muted.jsonl", Write: func(ctx context.Context, put func(any) error) error {
			list, err := own.Mutes(ctx, id)
			for _, m := range list {
				if err := put(mutedFile{m.Name}); err != nil {
					return err
				}
			}
			return err
		}},
		{Name: "complaints.jsonl", Write: func(ctx context.Context, put func(any) error) error {
			for after := int64(0); ; {
				list, err := own.ComplaintsBy(ctx, id, after, exportPage)
				if err != nil {
					return err
				}
				for i := range list {
					c := &list[i]
					if err := put(complaintFile{c.CommentID, c.At, c.Reason, c.Text, c.Outcome}); err != nil {
						return err
					}
					after = c.ID
				}
				if len(list) < exportPage {
					return nil
				}
			}
		}},
	}
}
