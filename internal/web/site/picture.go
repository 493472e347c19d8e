package site

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/page"
	"warta/internal/web"
)

const (
	// addressWithin is how long the database may take to find a picture.
	addressWithin = 10 * time.Second
	// pictureWithin is how long it may take until a small picture is there for all
	// who wait for it.
	pictureWithin = time.Minute
	// pictureTries is how often somebody begins again since something was announced
	// about a picture while it was read.
	pictureTries = 4
	// maxSurrogate bounds a line: proxies refuse headers beyond 4 to 8 kB.
	maxSurrogate = 3 << 10
)

// shot names one rendition of a picture, as its address does.
type shot struct {
	token  string
	width  int
	format media.Format
}

func (p shot) path() string { return media.Path(p.token, p.width, p.format) }

// loaded is what a look for a picture brought: the whole of a small one.
type loaded struct {
	media.Public
	file *page.File // nil: it is to be opened
	held bool       // nothing was announced about it meanwhile
}

// picture answers with a rendition of a picture that readers may see. Small ones
// stay in memory for as long as the engine hears of nothing that is to do with
// them; the others are looked for and opened each time.
func (s *Site) picture(w http.ResponseWriter, r *http.Request) error {
	width, format, ok := media.ParseFile(r.PathValue("file"))
	want := shot{r.PathValue("token"), width, format}
	if !ok || !media.ValidToken(want.token) {
		return fault.New(fault.NotFound, "there is no picture at this address")
	}
	for range pictureTries {
		if f, ok := s.p.Engine.Files().Get(want.path()); ok {
			serve(w, r, f)
			return nil
		}
		got, err := s.load(r.Context(), want)
		switch {
		case err != nil:
			return err
		case got.file == nil:
			return s.open(w, r, want, got.Public)
		case got.held:
			serve(w, r, got.file)
			return nil
		}
	}
	return fault.New(fault.Unavailable, "the picture changes faster than it can be read")
}

// serve answers with a file that is in memory.
func serve(w http.ResponseWriter, r *http.Request, f *page.File) {
	web.FileHeaders(w.Header())
	f.Serve(w, r)
}

// load looks for a picture, once however many wait. Nobody waits for a look that
// began before the last announcement.
func (s *Site) load(ctx context.Context, want shot) (loaded, error) {
	began := s.p.Engine.Files().Moment()
	done := s.loads.DoChan(strconv.FormatUint(uint64(began), 10)+want.path(), func() (_ any, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pictureWithin)
		defer cancel()
		return s.read(ctx, want, began)
	})
	select {
	case got := <-done:
		if got.Err != nil {
			return loaded{}, got.Err
		}
		return got.Val.(loaded), nil
	case <-ctx.Done():
		return loaded{}, ctx.Err()
	}
}

// read finds a picture, and reads it if it is to stay in memory.
func (s *Site) read(ctx context.Context, want shot, began page.Moment) (got loaded, err error) {
	files := s.p.Engine.Files()
	if got.Public, err = s.address(ctx, want.token); err != nil || got.Tags == nil || files.Most() == 0 {
		return got, err
	}
	out, err := s.p.Pictures.Open(ctx, got.Picture, got.Crop, want.width, want.format)
	if err != nil {
		return got, err
	}
	defer out.Close()
	if out.Size > int64(files.Most()) {
		return got, nil
	}
	body := make([]byte, out.Size)
	if _, err := io.ReadFull(out, body); err != nil {
		return got, fmt.Errorf("read %s: %w", want.path(), err)
	}
	got.file = page.NewFile(s.lines(want, got.Public), `"`+out.ETag+`"`, body)
	got.held = files.Keep(want.path(), got.file, got.Tags, began)
	return got, nil
}

// open answers with a picture that is not kept in memory.
func (s *Site) open(w http.ResponseWriter, r *http.Request, want shot, pub media.Public) error {
	out, err := s.p.Pictures.Open(r.Context(), pub.Picture, pub.Crop, want.width, want.format)
	if err != nil {
		return err
	}
	defer out.Close()
	h := w.Header()
	web.FileHeaders(h)
	for _, l := range s.lines(want, pub) {
		h.Set(l.Name, l.Value)
	}
	h.Set("ETag", `"`+out.ETag+`"`)
	http.ServeContent(w, r, "", time.Time{}, out)
	return nil
}

// lines are what an answer with a picture says of it. A shared cache keeps it only
// if it can be told of everything that may take the picture away.
func (s *Site) lines(want shot, pub media.Public) []page.Field {
	list := []page.Field{{Name: "Content-Type", Value: want.format.MIME()}}
	age := time.Duration(0)
	if keys := strings.Join(pub.Tags, " "); s.p.SharedAge > 0 && keys != "" && len(keys) <= maxSurrogate {
		age = s.p.SharedAge
		list = append(list, page.Field{Name: "Surrogate-Key", Value: keys})
	}
	return append(list, page.Field{Name: "Cache-Control", Value: "public, max-age=600, s-maxage=" + strconv.Itoa(int(age/time.Second))})
}

// address finds the picture of a token.
func (s *Site) address(ctx context.Context, token string) (media.Public, error) {
	ctx, cancel := context.WithTimeout(ctx, addressWithin)
	defer cancel()
	done, err := s.p.Turns.Take(ctx)
	if err != nil {
		return media.Public{}, err
	}
	defer done()
	return s.p.Pictures.PublicAddress(ctx, token)
}
