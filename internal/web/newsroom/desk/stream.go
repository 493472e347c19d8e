package desk

import (
	"context"
	"net/http"

	"warta/internal/account"
	"warta/internal/web/newsroom"
)

// stream tells a page how many notices wait and that cards have changed. What
// changed the page asks for itself, by its own address.
func (x *Room) stream(w http.ResponseWriter, r *newsroom.Request) error {
	// Before the head is out, an error still gets its page.
	unread, err := x.p.Notices.UnreadNotices(r.Context(), r.Actor.ID)
	if err != nil {
		return err
	}
	s, err := newsroom.OpenStream(w)
	if err != nil {
		return err
	}
	boards := r.Actor.CanSomewhere(account.WriteOwn)
	moderates := r.Actor.CanSomewhere(account.Moderate)
	sent, seq, talk := -1, int64(-1), int64(-1)
	return s.Watch(r.Context(), nil, x.d.StillIn(r), func(ctx context.Context) error {
		if sent >= 0 {
			if unread, err = x.p.Notices.UnreadNotices(ctx, r.Actor.ID); err != nil {
				return err
			}
		}
		if unread != sent {
			if err := s.Send("notices", map[string]int{"unread": unread}); err != nil {
				return err
			}
			sent = unread
		}
		if moderates {
			n, err := x.p.Work.DiscussionSeq(ctx)
			if err != nil {
				return err
			}
			if n != talk {
				talk = n
				if err := s.Send("discussion", map[string]int64{"seq": n}); err != nil {
					return err
				}
			}
		}
		if !boards {
			return nil
		}
		n, err := x.p.Work.WorkSeq(ctx)
		if err != nil || n == seq {
			return err
		}
		seq = n
		return s.Send("board", map[string]int64{"seq": n})
	})
}
