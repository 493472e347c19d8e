package library

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// maxUses is how many uses of a picture its page tells.
const maxUses = 50

// field is one text of the form.
type field struct {
	Name, Label, Hint string
	Value             string
	Now               string // what is kept by now, if somebody else wrote meanwhile
	Error             string
	Lines             int // 1: a single line
	Disabled          bool
}

// use is one thing that shows the picture, in words.
type use struct {
	Kind  string // of the words: "library.use.live"
	Title string // empty: the reader of this page may not see it
	Path  string
}

// cut is one crop on a card.
type cut struct {
	Name          string // "16x9"
	Src           string
	Width, Height int
}

// picturePage is the page of one picture.
type picturePage struct {
	newsroom.Shell
	ID            int64
	Src, Srcset   string
	Width, Height int // of the preview
	Tone          int
	Name          string
	Pixels        [2]int
	Bytes         int64
	AddedBy       string
	Added, Taken  time.Time
	Line          string // the photo line as readers see it
	Missing       bool   // the credit
	Headline      string // on the cards
	Cuts          []cut
	Fields        []field
	FocalX        string // in hundredths, from the left
	FocalY        string
	FocalError    string
	AI            bool
	Base          string
	Problem       string // about the whole form
	MayDescribe   bool
	MayDelete     bool
	Uses          []use
	MoreUses      bool
	Words         string
}

// picture shows one picture.
func (x *Library) picture(w http.ResponseWriter, r *newsroom.Request) error {
	p, err := x.load(r)
	if err != nil {
		return err
	}
	page, err := x.pageOf(r, &p)
	if err != nil {
		return err
	}
	page.fill(r, &p, formOf(&p))
	if r.URL.Query().Get("said") == "saved" {
		page.Said = r.Words.T("library.saved")
	}
	return x.Door.Page(w, r, "library-picture", page)
}

func (x *Library) load(r *newsroom.Request) (media.Picture, error) {
	id, err := r.ID("id")
	if err != nil {
		return media.Picture{}, err
	}
	return x.Store.Picture(r.Context(), id)
}

// pageOf is the page without its form.
func (x *Library) pageOf(r *newsroom.Request, p *media.Picture) (*picturePage, error) {
	page := &picturePage{ID: p.ID, Tone: p.Tone, Name: p.Name, Pixels: [2]int{p.Width, p.Height}, Bytes: p.Bytes, Added: p.CreatedAt, Taken: p.TakenAt,
		Line: p.Line(), Missing: p.Credit == "", MayDescribe: p.MayDescribe(r.Actor) == nil, MayDelete: p.MayDelete(r.Actor) == nil}
	page.Title, page.Active, page.Wide, page.Scripts = p.Name, "pictures", true, []string{"library.js"}
	if page.Title == "" {
		page.Title = r.Words.T("library.picture", lang.Args{"id": strconv.FormatInt(p.ID, 10)})
	}
	page.Width, page.Height = p.RenditionSize(media.Orig, 960)
	page.Src = media.PreviewPath(p.ID, media.Orig, 960, media.WebP)
	var set []string
	for _, width := range []int{480, 960, 1600} {
		real, _ := p.RenditionSize(media.Orig, width)
		set = append(set, media.PreviewPath(p.ID, media.Orig, width, media.WebP)+" "+strconv.Itoa(real)+"w")
		if real < width {
			break
		}
	}
	page.Srcset = strings.Join(set, ", ")
	for _, c := range []struct {
		crop  media.Crop
		width int
	}{{media.Wide, 640}, {media.Classic, 320}, {media.Square, 192}} {
		k := cut{Name: string(c.crop), Src: media.PreviewPath(p.ID, c.crop, c.width, media.WebP)}
		k.Width, k.Height = p.RenditionSize(c.crop, c.width)
		page.Cuts = append(page.Cuts, k)
	}
	uses, more, err := x.Library.Uses(r.Context(), p.ID, maxUses)
	if err != nil {
		return nil, err
	}
	page.MoreUses = more
	if page.Uses, err = x.uses(r, uses); err != nil {
		return nil, err
	}
	page.Headline = r.Words.T("library.sample")
	if len(uses) > 0 && uses[0].Kind == media.UseLive {
		page.Headline = uses[0].Title
	}
	if page.Words, err = scriptWords(r); err != nil {
		return nil, err
	}
	page.AddedBy, err = x.nameOf(r.Context(), r.Words, p.AddedBy)
	return page, err
}

// nameOf returns the name of whoever brought a picture.
func (x *Library) nameOf(ctx context.Context, words *lang.Catalog, id int64) (string, error) {
	if id == 0 {
		return words.T("library.by_program"), nil
	}
	users, err := x.Store.UsersByID(ctx, []int64{id})
	if err != nil {
		return "", err
	}
	if u, ok := users[id]; ok {
		return u.Name, nil
	}
	return words.T("library.by_somebody"), nil
}

// uses puts uses into words. What is not live is named to those only who may
// read in its desk.
func (x *Library) uses(r *newsroom.Request, list []media.Use) (out []use, err error) {
	var tree *news.Tree
	for _, u := range list {
		v := use{Kind: "library.use." + string(u.Kind), Title: u.Title}
		switch u.Kind {
		case media.UseLive:
			v.Path = newsroom.Prefix + "/stories/" + strconv.FormatInt(u.ID, 10)
		case media.UseDraft:
			if tree == nil {
				if tree, err = x.Store.Sections(r.Context()); err != nil {
					return nil, err
				}
			}
			v.Path = newsroom.Prefix + "/stories/" + strconv.FormatInt(u.ID, 10)
			if !r.Actor.CanIn(account.ReadAny, deskOf(tree, u.SectionID)) {
				v.Title, v.Path = "", ""
			}
		case media.UsePage:
			v.Path = "/page/" + url.PathEscape(u.Slug)
		case media.UseAd:
			v.Path = newsroom.Prefix + "/ads/items/" + strconv.FormatInt(u.ID, 10)
			if !r.Actor.Role.Can(account.Sell) {
				v.Title, v.Path = "", ""
			}
		case media.UsePerson:
			v.Path = "/author/" + url.PathEscape(u.Slug)
		}
		out = append(out, v)
	}
	return out, nil
}

// deskOf returns the ids of a section and of those above it.
func deskOf(tree *news.Tree, id int64) (ids []int64) {
	for _, s := range tree.Ancestry(id) {
		ids = append(ids, s.ID)
	}
	return ids
}
