package writing

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// maxSave is the most bytes that a save may have: a whole body and its fields.
const maxSave = 4 << 20

// draftAnswer is a story as an editor's tab opens it.
type draftAnswer struct {
	Seq       int64                      `json:"seq"`
	Doc       doc.Doc                    `json:"doc"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Names     names                      `json:"names"`
	Conflicts []conflict                 `json:"conflicts"`
	storyState
	May []news.Act `json:"may"`
}

// storyState is where a story is, for a page that is open.
type storyState struct {
	Stage   news.Stage  `json:"stage"`
	Status  news.Status `json:"status"`
	LiveNo  int         `json:"live_no"`
	Version int         `json:"version"`
	Changed bool        `json:"changed"`
	Text    string      `json:"text"` // the same in words
}

// deltaAnswer is what a tab has to take over.
type deltaAnswer struct {
	Seq       int64                      `json:"seq"`
	Blocks    json.RawMessage            `json:"blocks"`
	Order     []string                   `json:"order"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Names     *names                     `json:"names,omitempty"`
	Conflicts []conflict                 `json:"conflicts"`
}

// conflict is a change that did not get in.
type conflict struct {
	ID     int64           `json:"id"`
	Block  string          `json:"block"`
	Field  string          `json:"field"`
	Clash  doc.Clash       `json:"clash"`
	Kept   json.RawMessage `json:"kept"`
	Other  json.RawMessage `json:"other"`
	By     string          `json:"by"`
	KeptBy string          `json:"kept_by"`
	At     time.Time       `json:"at"`
}

func conflicts(list []news.DraftConflict) []conflict {
	out := make([]conflict, len(list))
	for i, c := range list {
		out[i] = conflict{ID: c.ID, Block: c.Block, Field: c.Field, Clash: c.Clash, Kept: c.Kept, Other: c.Other, By: c.By, KeptBy: c.KeptBy, At: c.At}
	}
	return out
}

// draft answers with the whole draft, or with ?since= what changed after that
// number.
func (x *Writing) draft(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if since := r.FormValue("since"); since != "" {
		base, err := strconv.ParseInt(since, 10, 64)
		if err != nil || base < 0 {
			return fault.Input("since", "%q is not the number of a save", since)
		}
		delta, err := x.p.Desk.Since(r.Context(), r.Actor, id, base)
		if err != nil {
			return err
		}
		return x.delta(w, r, id, &delta)
	}
	var out draftAnswer
	var c news.Content
	err = x.p.Desk.Look(r.Context(), r.Actor, id, func(world *news.World, rec *news.Record) error {
		st := rec.State(world)
		c = st.Content
		out.Seq, out.Doc, out.Fields, out.Conflicts = st.Seq, c.Body, c.Fields(), conflicts(st.Conflicts)
		out.storyState, out.May = stateOf(r, &st), rec.Acts(world, r.Actor)
		return nil
	})
	if err != nil {
		return err
	}
	if out.Names, err = x.names(r, &c); err != nil {
		return err
	}
	return newsroom.JSON(w, out)
}

// stateOf says where a story is.
func stateOf(r *newsroom.Request, st *news.DraftState) storyState {
	return storyState{Stage: st.Story.Stage, Status: st.Story.Status, LiveNo: st.Story.LiveNo, Version: st.Story.LastNo,
		Changed: st.Changed, Text: strings.Join(stateWords(r, st), " · ")}
}

// delta answers with what a tab has to take over, and the names of what is new
// in it.
func (x *Writing) delta(w http.ResponseWriter, r *newsroom.Request, id int64, d *news.DraftDelta) error {
	blocks, err := blockList(d.Blocks)
	if err != nil {
		return err
	}
	out := deltaAnswer{Seq: d.Seq, Blocks: blocks, Order: slices.Concat([]string{}, d.Order), Fields: d.Fields, Conflicts: conflicts(d.Conflicts)}
	if out.Fields == nil {
		out.Fields = map[string]json.RawMessage{}
	}
	if len(d.Fields) > 0 || !d.Blocks.Empty() {
		c, err := contentOf(d)
		if err != nil {
			return err
		}
		n, err := x.names(r, c)
		if err != nil {
			return err
		}
		n.Sections = nil // the tab has the tree
		out.Names = &n
	}
	return newsroom.JSON(w, out)
}

// blockList returns the blocks of a document as a list.
func blockList(d doc.Doc) (json.RawMessage, error) {
	list := make([]json.RawMessage, len(d.Blocks))
	for i, b := range d.Blocks {
		var err error
		if list[i], err = doc.MarshalBlock(b); err != nil {
			return nil, err
		}
	}
	return json.Marshal(list)
}

// contentOf returns what a delta holds as a content, for the names in it.
func contentOf(d *news.DraftDelta) (*news.Content, error) {
	var c news.Content
	all, err := json.Marshal(d.Fields)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(all, &c); err != nil {
		return nil, fault.New(fault.Internal, "read the fields of a draft: %w", err)
	}
	c.Body = d.Blocks
	return &c, nil
}

// tabForm is what a tab calls itself.
var tabForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// tab returns the name of the browser's tab that sent the request, empty if it
// has none.
func tab(r *http.Request) string {
	if t := r.Header.Get("Warta-Tab"); tabForm.MatchString(t) {
		return t
	}
	return ""
}

// save merges what a tab sends into the draft, or takes the plain form of a
// browser without script.
func (x *Writing) save(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return x.savePlain(w, r, id)
	}
	var in struct {
		Base   *int64                     `json:"base"`
		Blocks json.RawMessage            `json:"blocks"`
		Order  json.RawMessage            `json:"order"`
		Fields map[string]json.RawMessage `json:"fields"`
	}
	if err := newsroom.Decode(w, r, &in, maxSave); err != nil {
		return err
	}
	if in.Base == nil || *in.Base < 0 {
		return fault.Input("base", "a save names the number that it builds on").Say("draft_base")
	}
	s := news.DraftSave{StoryID: id, Base: *in.Base, Fields: in.Fields}
	if in.Order != nil || in.Blocks != nil {
		raw, err := json.Marshal(map[string]any{"base": *in.Base, "blocks": in.Blocks, "order": in.Order})
		if err != nil {
			return err
		}
		body, err := doc.ParseSave(raw)
		if err != nil {
			if f := fault.Find(err); f != nil && f.Code == "" {
				f.Say("draft_blocks")
			}
			return err
		}
		s.Body = &body
	}
	delta, err := x.p.Desk.Save(r.Context(), r.Actor, s)
	if err != nil {
		return err
	}
	if t := tab(r.Request); t != "" {
		// That somebody is here is only a courtesy: the save stands without it.
		_ = x.p.Store.Here(context.WithoutCancel(r.Context()), id, r.Actor.ID, t)
	}
	return x.delta(w, r, id, &delta)
}

// settle says that somebody chose between the texts of a conflict.
func (x *Writing) settle(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	conflictID, err := r.ID("cid")
	if err != nil {
		return err
	}
	if err := x.p.Desk.SettleConflict(r.Context(), r.Actor, id, conflictID); err != nil {
		return err
	}
	if r.WantsJSON() {
		delta, err := x.p.Desk.Since(r.Context(), r.Actor, id, 1<<62)
		if err != nil {
			return err
		}
		return newsroom.JSON(w, map[string]any{"conflicts": conflicts(delta.Conflicts)})
	}
	return newsroom.SeeOther(w, r, storyPath(id))
}

// names are what the numbers of a draft stand for.
type names struct {
	People   map[int64]string       `json:"people"`
	Topics   map[int64]string       `json:"topics"`
	Sources  map[int64]string       `json:"sources"`
	Stories  map[int64]foundStory   `json:"stories"`
	Pictures map[int64]namedPicture `json:"pictures"`
	Sections []foundSection         `json:"sections,omitempty"`
}

// namedPicture is a picture as the editor shows it.
type namedPicture struct {
	ID      int64  `json:"id"`
	Src     string `json:"src"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Caption string `json:"caption"`
	Credit  string `json:"credit"`
	Alt     string `json:"alt"`
}

// editorWidth is the rendition that the editor shows.
const editorWidth = 960

// names looks up everything that a content points at, one query a kind.
func (x *Writing) names(r *newsroom.Request, c *news.Content) (n names, err error) {
	ctx := r.Context()
	n = names{People: map[int64]string{}, Topics: map[int64]string{}, Sources: map[int64]string{}, Stories: map[int64]foundStory{},
		Pictures: map[int64]namedPicture{}}
	tree, err := x.p.Store.Sections(ctx)
	if err != nil {
		return n, err
	}
	n.Sections = sections(tree)
	people := make([]int64, len(c.Credits))
	for i, cr := range c.Credits {
		people[i] = cr.PersonID
	}
	persons, err := x.p.Store.Persons(ctx, distinct(people))
	if err != nil {
		return n, err
	}
	for _, p := range persons {
		n.People[p.ID] = p.Name
	}
	topics, err := x.p.Store.Topics(ctx, distinct(c.Topics))
	if err != nil {
		return n, err
	}
	for _, t := range topics {
		n.Topics[t.ID] = t.Name
	}
	sources, err := x.p.Store.Sources(ctx, distinct(c.Sources))
	if err != nil {
		return n, err
	}
	for _, s := range sources {
		n.Sources[s.ID] = s.Name
	}
	if err := x.nameStories(r, c, &n); err != nil {
		return n, err
	}
	pictures, err := x.p.Store.PicturesByID(ctx, distinct(c.PictureIDs()))
	for _, p := range pictures {
		n.Pictures[p.ID] = pictureName(&p)
	}
	return n, err
}

func pictureName(p *media.Picture) namedPicture {
	w, h := p.RenditionSize(media.Orig, editorWidth)
	return namedPicture{ID: p.ID, Src: roomPicture(p.ID, media.Orig, editorWidth, media.WebP), Width: w, Height: h,
		Caption: p.Caption, Credit: p.Credit, Alt: p.Alt}
}

// nameStories names the stories that a content points at. Of a story that is
// not live only those learn the headline who may read it.
func (x *Writing) nameStories(r *newsroom.Request, c *news.Content, n *names) error {
	ids := append([]int64{c.Verifies}, c.Related...)
	for _, b := range c.Body.ReadAlsos() {
		ids = append(ids, b.Story)
	}
	if ids = distinct(ids); len(ids) == 0 {
		return nil
	}
	byID, err := x.p.Store.WorkCards(r.Context(), ids)
	if err != nil {
		return err
	}
	tree, err := x.p.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	world := news.World{Tree: tree}
	var cards []news.WorkCard
	var public []int64
	for _, id := range ids {
		c, ok := byID[id]
		s := news.Story{ID: id, SectionID: c.SectionID, OwnerID: c.OwnerID, AssigneeID: c.AssigneeID, AssignedTo: c.AssignedTo}
		if ok && world.MayRead(r.Actor, &s) == nil {
			cards = append(cards, c)
		} else {
			public = append(public, id) // what readers get of it, if anything
		}
	}
	live, err := x.p.Store.Cards(r.Context(), public)
	if err != nil {
		return err
	}
	for i := range live {
		n.Stories[live[i].ID] = publicStory(r, tree, &live[i])
	}
	list, err := x.storyNames(r, cards)
	if err != nil {
		return err
	}
	for _, s := range list {
		n.Stories[s.ID] = s
	}
	return nil
}

// distinct returns the numbers but zero, each once.
func distinct(ids []int64) []int64 {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(id int64) bool { return id == 0 })
}

// storyPath returns the address of a story's editor.
func storyPath(id int64) string { return newsroom.Prefix + "/stories/" + strconv.FormatInt(id, 10) }

// roomPicture returns the address at which the newsroom sees a picture.
func roomPicture(id int64, crop media.Crop, width int, f media.Format) string {
	return newsroom.Prefix + "/media/" + strconv.FormatInt(id, 10) + "/" + string(crop) + "/" + strconv.Itoa(width) + "." + string(f)
}
