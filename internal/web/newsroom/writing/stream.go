package writing

import (
	"context"
	"net/http"
	"slices"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// person is somebody who has the story open.
type person struct {
	ID    int64     `json:"id"`
	Name  string    `json:"name"`
	Tab   string    `json:"tab"`
	Since time.Time `json:"since"`
}

// people returns who has a story open.
func (x *Writing) people(ctx context.Context, id int64) ([]person, error) {
	list, err := x.p.Store.Present(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]person, len(list))
	for i, p := range list {
		out[i] = person{ID: p.UserID, Name: p.Name, Tab: p.Tab, Since: p.Since}
	}
	return out, nil
}

// presence notes that a tab has the story open, and says who else does. A tab
// says so every ten seconds, and once more with leave=1 when it closes.
func (x *Writing) presence(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := x.mayRead(r, id); err != nil {
		return err
	}
	t := tab(r.Request)
	if t == "" {
		return fault.Input("tab", "the request does not say which tab it is from").Say("tab_needed")
	}
	if r.URL.Query().Get("leave") != "" {
		if err := x.p.Store.Gone(r.Context(), id, r.Actor.ID, t); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err := x.p.Store.Here(r.Context(), id, r.Actor.ID, t); err != nil {
		return err
	}
	list, err := x.people(r.Context(), id)
	if err != nil {
		return err
	}
	return newsroom.JSON(w, map[string]any{"people": list})
}

// mayRead returns an error unless the actor may see the story.
func (x *Writing) mayRead(r *newsroom.Request, id int64) error {
	return x.p.Desk.Look(r.Context(), r.Actor, id, func(*news.World, *news.Record) error { return nil })
}

// stream tells an open editor what others do: that the draft has changed, who
// is here, and where the story is now.
func (x *Writing) stream(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := x.mayRead(r, id); err != nil {
		return err
	}
	s, err := newsroom.OpenStream(w)
	if err != nil {
		return err
	}
	v := view{x: x, r: r, s: s, id: id}
	return s.Watch(r.Context(), nil, x.d.StillIn(r), v.look)
}

// view is what one stream has told its browser.
type view struct {
	x  *Writing
	r  *newsroom.Request
	s  *newsroom.Stream
	id int64

	told   bool
	pulse  pulse
	state  storyState
	people []person
}

// look reads whether anything has moved, and tells it.
func (v *view) look(ctx context.Context) error {
	people, err := v.x.people(ctx, v.id)
	if err != nil {
		return err
	}
	if !v.told || !slices.Equal(people, v.people) {
		if err := v.s.Send("people", people); err != nil {
			return err
		}
		v.people = people
	}
	now, err := v.x.pulseOf(ctx, v.id)
	if err != nil || v.told && now == v.pulse {
		return err
	}
	return v.tell(ctx, now)
}

// pulse changes with everything that an open editor has to know.
type pulse struct {
	seq, touched, due, embargo        int64
	conflicts, signoffs, needed, live int
	stage                             news.Stage
	status                            news.Status
	changed                           bool
}

// pulseOf reads two rows by their keys.
func (x *Writing) pulseOf(ctx context.Context, id int64) (p pulse, err error) {
	if p.seq, err = x.p.Store.DraftSeq(ctx, id); err != nil {
		return p, err
	}
	cards, err := x.p.Store.WorkCards(ctx, []int64{id})
	if c, ok := cards[id]; ok {
		p.touched, p.due, p.embargo = c.Touched.UnixMilli(), c.Due.UnixMilli(), c.Embargo.UnixMilli()
		p.conflicts, p.signoffs, p.needed, p.live = c.Conflicts, c.Signoffs, c.Needed, c.LiveNo
		p.stage, p.status, p.changed = c.Stage, c.Status, c.Changed
	}
	return p, err
}

// tell sends what is new of the story itself. It is asked for as by the reader,
// whose rights may have changed.
func (v *view) tell(ctx context.Context, now pulse) error {
	st, err := v.x.p.Desk.Draft(ctx, v.r.Actor, v.id)
	if err != nil {
		return err
	}
	if !v.told || now.seq != v.pulse.seq || now.conflicts != v.pulse.conflicts {
		by := v.x.nameOf(ctx, st.By)
		if err := v.s.Send("draft", map[string]any{"seq": st.Seq, "by": by, "conflicts": len(st.Conflicts)}); err != nil {
			return err
		}
	}
	if state := stateOf(v.r, &st); !v.told || state != v.state {
		if err := v.s.Send("story", state); err != nil {
			return err
		}
		v.state = state
	}
	v.told, v.pulse = true, now
	return nil
}
