package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/media"
)

// shelf is a media.UploadStore in memory.
type shelf struct {
	*rows
	mu      sync.Mutex
	now     time.Time
	uploads map[string]media.Upload
	parts   map[string][]media.Part
	ends    int   // EndUpload that still fail
	endErr  error // with this
}

func (s *shelf) Now(context.Context) (time.Time, error) { return s.now, nil }

func (s *shelf) AddUpload(_ context.Context, u media.Upload, most int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.uploads) >= most {
		return fault.New(fault.Limited, "too many")
	}
	s.uploads[u.ID] = u
	return nil
}

func (s *shelf) Upload(_ context.Context, id string) (media.Upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.uploads[id]
	if !ok {
		return u, fault.New(fault.NotFound, "there is no upload %s", id)
	}
	return u, nil
}

func (s *shelf) AppendPart(_ context.Context, id string, p media.Part, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[id]
	if u.Received != p.At {
		return fault.New(fault.Conflict, "the upload is elsewhere")
	}
	u.Received, u.Touched = u.Received+p.Size, at
	s.uploads[id], s.parts[id] = u, append(s.parts[id], p)
	return nil
}

func (s *shelf) Parts(_ context.Context, id string) ([]media.Part, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.parts[id]), nil
}

func (s *shelf) EndUpload(_ context.Context, id string, pictureID int64, known bool, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends > 0 {
		s.ends--
		return s.endErr
	}
	u := s.uploads[id]
	u.PictureID, u.Known, u.Touched = pictureID, known, at
	s.uploads[id] = u
	delete(s.parts, id)
	return nil
}

func (s *shelf) DropUpload(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, id)
	delete(s.parts, id)
	return nil
}

func (s *shelf) StaleUploads(_ context.Context, since time.Time, limit int) (ids []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, u := range s.uploads {
		if u.Touched.Before(since) && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// sending is a library with uploads.
type sending struct {
	*kit
	*media.Uploads
	shelf *shelf
}

func openUploads(t *testing.T, o media.Options) *sending {
	t.Helper()
	k := open(t, o)
	s := &shelf{rows: k.rows, now: now, uploads: map[string]media.Upload{}, parts: map[string][]media.Part{}}
	return &sending{kit: k, Uploads: media.NewUploads(s, k.blobs, k.Library), shelf: s}
}

func (s *sending) begin(t *testing.T, n int) media.Upload {
	t.Helper()
	u, err := s.Begin(t.Context(), reporter, "Banjir.jpg", int64(n))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (s *sending) keys(t *testing.T, prefix string) int {
	t.Helper()
	list, err := s.blobs.List(t.Context(), prefix, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestAnUploadThatBreaksOffGoesOn(t *testing.T) {
	t.Parallel()
	s := openUploads(t, media.Options{})
	file := photo(t, 300, 200, 9)
	u := s.begin(t, len(file))
	if u.ID == "" || u.Received != 0 || u.Name != "Banjir.jpg" {
		t.Fatalf("began as %+v", u)
	}
	half := len(file) / 2
	broken := io.MultiReader(bytes.NewReader(file[:half]), errReader{errors.New("the line is dead")})
	got, err := s.Append(t.Context(), reporter, u.ID, 0, broken)
	if err != nil || got.Received != int64(half) || got.PictureID != 0 {
		t.Fatalf("after the line broke: %+v, %v", got, err)
	}
	if _, err := s.Append(t.Context(), reporter, u.ID, 0, bytes.NewReader(file)); !fault.Is(err, fault.Conflict) {
		t.Errorf("at the wrong offset: %v", err)
	}
	if _, err := s.Append(t.Context(), another, u.ID, int64(half), bytes.NewReader(file)); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else: %v", err)
	}
	// Another process goes on, with what is in the stores.
	next := media.NewUploads(s.shelf, s.blobs, s.Library)
	got, err = next.Append(t.Context(), reporter, u.ID, int64(half), bytes.NewReader(file[half:]))
	if err != nil || got.PictureID == 0 || got.Known {
		t.Fatalf("at the end: %+v, %v", got, err)
	}
	p, err := s.rows.Picture(t.Context(), got.PictureID)
	if err != nil || p.Bytes != int64(len(file)) || p.Name != "Banjir.jpg" || p.AddedBy != reporter.ID {
		t.Errorf("the picture is %+v, %v", p, err)
	}
	original, err := s.Original(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer original.Close()
	if kept, err := io.ReadAll(original); err != nil || !bytes.Equal(kept, file) {
		t.Errorf("the original has other bytes: %v", err)
	}
	if n := s.keys(t, "uploads/"); n != 0 {
		t.Errorf("%d parts are left over", n)
	}
	// The answer was lost: asking again gives it again.
	again, err := s.Append(t.Context(), reporter, u.ID, int64(len(file)), strings.NewReader(""))
	if err != nil || again.PictureID != got.PictureID {
		t.Errorf("asked again: %+v, %v", again, err)
	}
}

func TestTheSameContentIsOnePictureHoweverItCame(t *testing.T) {
	t.Parallel()
	s := openUploads(t, media.Options{})
	file := photo(t, 300, 200, 9)
	old := s.add(t, file, media.Details{Caption: "Lama"})
	u := s.begin(t, len(file))
	got, err := s.Append(t.Context(), reporter, u.ID, 0, bytes.NewReader(file))
	if err != nil || got.PictureID != old.ID || !got.Known {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAnEndThatWasNotWrittenIsNoDuplicate(t *testing.T) {
	t.Parallel()
	s := openUploads(t, media.Options{})
	file := photo(t, 300, 200, 9)
	u := s.begin(t, len(file))
	s.shelf.ends, s.shelf.endErr = 1, fault.New(fault.Unavailable, "the database is away")
	if _, err := s.Append(t.Context(), reporter, u.ID, 0, bytes.NewReader(file)); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	got, err := s.Append(t.Context(), reporter, u.ID, int64(len(file)), strings.NewReader(""))
	if err != nil || got.PictureID == 0 || got.Known {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestUploadsRefuse(t *testing.T) {
	t.Parallel()
	s := openUploads(t, media.Options{MaxBytes: 5000})
	for says, c := range map[string]struct {
		length int64
		kind   fault.Kind
	}{"nothing": {0, fault.Invalid}, "too much": {5001, fault.TooLarge}} {
		if _, err := s.Begin(t.Context(), reporter, "a.jpg", c.length); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, err := s.Begin(t.Context(), seller, "a.jpg", 10); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who sells ads: %v", err)
	}
	page := "<html><script>alert(1)</script></html>"
	u := s.begin(t, len(page))
	if _, err := s.Append(t.Context(), reporter, u.ID, 0, strings.NewReader(page)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a web page: %v", err)
	}
	if _, err := s.Find(t.Context(), reporter, u.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an upload that is no picture is still there: %v", err)
	}
	u = s.begin(t, 10)
	if _, err := s.Append(t.Context(), reporter, u.ID, 0, strings.NewReader("eleven bytes")); !fault.Is(err, fault.Invalid) {
		t.Errorf("more than was announced: %v", err)
	}
	if n := s.keys(t, "uploads/"); n != 0 {
		t.Errorf("%d parts are left over", n)
	}
}

func TestDropAndSweepForgetTheBytes(t *testing.T) {
	t.Parallel()
	s := openUploads(t, media.Options{})
	start := func() media.Upload {
		u := s.begin(t, 10)
		if _, err := s.Append(t.Context(), reporter, u.ID, 0, strings.NewReader("half")); err != nil {
			t.Fatal(err)
		}
		return u
	}
	dropped, stale := start(), start()
	if err := s.Drop(t.Context(), another, dropped.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else: %v", err)
	}
	if err := s.Drop(t.Context(), reporter, dropped.ID); err != nil {
		t.Fatal(err)
	}
	if n := s.keys(t, "uploads/"); n != 1 {
		t.Errorf("%d parts, want that of the other one", n)
	}
	s.shelf.now = now.Add(25 * time.Hour)
	fresh := start()
	if err := s.Uploads.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(t.Context(), reporter, stale.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the stale one: %v", err)
	}
	if _, err := s.Find(t.Context(), reporter, fresh.ID); err != nil || s.keys(t, "uploads/") != 1 {
		t.Errorf("the fresh one: %v", err)
	}
	if err := s.blobs.Put(t.Context(), "uploads/nobody/000000000000-x", strings.NewReader("lost"), 4); err != nil {
		t.Fatal(err)
	}
	s.shelf.now = time.Now().Add(25 * time.Hour)
	if _, err := s.Append(t.Context(), reporter, fresh.ID, 4, strings.NewReader("er")); err != nil {
		t.Fatal(err)
	}
	if err := s.Uploads.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.keys(t, "uploads/nobody/"); n != 0 {
		t.Error("bytes that belong to no upload are still there")
	}
	if n := s.keys(t, "uploads/"+fresh.ID+"/"); n != 2 {
		t.Errorf("the fresh one has %d parts, want 2", n)
	}
}

// TestAPictureOfSixtyMegapixelsIsTaken holds that it fits into the bounds on
// memory, and that one above the limit on pixels gets a remedy.
func TestAPictureOfSixtyMegapixelsIsTaken(t *testing.T) {
	t.Parallel()
	plain := func(w, h int) []byte {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	s := openUploads(t, media.Options{})
	file := plain(10_000, 6_000)
	u := s.begin(t, len(file))
	got, err := s.Append(t.Context(), reporter, u.ID, 0, bytes.NewReader(file))
	if err != nil || got.PictureID == 0 {
		t.Errorf("60 megapixels: %+v, %v", got, err)
	}
	file = plain(10_000, 8_001)
	u = s.begin(t, len(file))
	_, err = s.Append(t.Context(), reporter, u.ID, 0, bytes.NewReader(file))
	if f := fault.Find(err); f == nil || f.Kind != fault.TooLarge || f.Code != "library_pixels" {
		t.Errorf("above 80 megapixels: %v", err)
	}
}
