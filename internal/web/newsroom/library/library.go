// Package library is the part of the newsroom in which pictures are kept: the
// list that is searched, the page of one picture with its words, crops and uses,
// uploads in pieces, previews for staff, and the search of the editor's picker.
package library

import (
	"context"
	"net/http"

	"warta/internal/account"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web"
	"warta/internal/web/newsroom"
)

// Store reads what these pages show. *store.DB satisfies it.
type Store interface {
	Picture(ctx context.Context, id int64) (media.Picture, error)
	PicturesByID(ctx context.Context, ids []int64) ([]media.Picture, error)
	FindPictures(ctx context.Context, f media.Search) ([]media.Picture, media.Cursor, bool, error)
	Sections(ctx context.Context) (*news.Tree, error)
	UsersByID(ctx context.Context, ids []int64) (map[int64]account.User, error)
}

// Parts are what the pages need.
type Parts struct {
	Door    *newsroom.Door
	Store   Store
	Library *media.Library
	Uploads *media.Uploads
}

// Library answers these pages.
type Library struct{ Parts }

// New returns the pages over their parts.
func New(p Parts) *Library { return &Library{p} }

// Where the pages are.
const (
	picturesPath = newsroom.Prefix + "/pictures"
	uploadsPath  = newsroom.Prefix + "/uploads"
)

// Routes are the addresses of the library. What somebody may do to a picture is
// decided by media.Library.
func (x *Library) Routes() []newsroom.Route {
	route := func(method, path string, h newsroom.Handler) newsroom.Route {
		return newsroom.Route{Method: method, Pattern: newsroom.Prefix + path, Visibility: web.Staff, Capability: account.Pictures, Handler: h}
	}
	about := func(what string, r newsroom.Route) newsroom.Route {
		r.About = what
		return r
	}
	return []newsroom.Route{
		route("GET", "/pictures", x.list),
		route("POST", "/pictures", x.takeForm),
		about("picture", route("GET", "/pictures/{id}", x.picture)),
		about("picture", route("POST", "/pictures/{id}", x.describe)),
		about("picture", route("GET", "/pictures/{id}/delete", x.askDelete)),
		about("picture", route("POST", "/pictures/{id}/delete", x.delete)),
		route("GET", "/find/pictures", x.find),
		about("picture", route("GET", "/media/{id}/{crop}/{file}", x.preview)),
		route("POST", "/uploads", x.beginUpload),
		about("upload", route("HEAD", "/uploads/{id}", x.headUpload)),
		about("upload", route("PATCH", "/uploads/{id}", x.appendUpload)),
		about("upload", route("DELETE", "/uploads/{id}", x.dropUpload)),
	}
}

// shown is a picture as scripts get it.
type shown struct {
	ID      int64  `json:"id"`
	Src     string `json:"src"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Caption string `json:"caption"`
	Credit  string `json:"credit"`
	Alt     string `json:"alt"`
	Tone    int    `json:"tone"`
	Name    string `json:"name"`
	AI      bool   `json:"ai"`
	Known   bool   `json:"known,omitempty"`
}

// previewWidth is how wide the previews are that scripts are given.
const previewWidth = 640

func showing(p media.Picture) shown {
	return shown{ID: p.ID, Src: media.PreviewPath(p.ID, media.Orig, previewWidth, media.WebP), Width: p.Width, Height: p.Height,
		Caption: p.Caption, Credit: p.Credit, Alt: p.Alt, Tone: p.Tone, Name: p.Name, AI: p.AI}
}

// preview answers with a rendition for staff, whether the picture is public or
// not. The browser may keep it, but has to ask each time: whoever is signed out
// sees none.
func (x *Library) preview(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	crop := media.Crop(r.PathValue("crop"))
	width, format, ok := media.ParseFile(r.PathValue("file"))
	if !ok || !crop.Valid() {
		return noPicture()
	}
	p, err := x.Store.Picture(r.Context(), id)
	if err != nil {
		return err
	}
	out, err := x.Library.Open(r.Context(), p, crop, width, format)
	if err != nil {
		return err
	}
	defer out.Close()
	h := w.Header()
	h.Set("Content-Type", format.MIME())
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+out.ETag+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r.Request, "", noTime, out)
	return nil
}
