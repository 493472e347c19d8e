package library

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/web/newsroom"
)

// The headers of an upload: how long it is, how far it is, what the sender calls
// the file (percent-encoded).
const (
	lengthHeader = "Upload-Length"
	offsetHeader = "Upload-Offset"
	nameHeader   = "Upload-Name"
)

// beginUpload opens an upload: 201 with its address, to which the bytes are sent
// by PATCH.
func (x *Library) beginUpload(w http.ResponseWriter, r *newsroom.Request) error {
	length, err := number(r, lengthHeader)
	if err != nil {
		return err
	}
	name, err := url.PathUnescape(r.Header.Get(nameHeader))
	if err != nil {
		name = "" // it only helps to find the picture again
	}
	u, err := x.Uploads.Begin(r.Context(), r.Actor, name, length)
	if err != nil {
		return err
	}
	tell(w, u)
	w.Header().Set("Location", uploadsPath+"/"+u.ID)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// headUpload says how far an upload is.
func (x *Library) headUpload(w http.ResponseWriter, r *newsroom.Request) error {
	u, err := x.Uploads.Find(r.Context(), r.Actor, r.PathValue("id"))
	if err == nil {
		tell(w, u)
	}
	return err
}

// appendUpload takes bytes: 204 with how far it is, or 200 with the picture after
// the last one. The wrong offset is a 409 with the right one.
func (x *Library) appendUpload(w http.ResponseWriter, r *newsroom.Request) error {
	offset, err := number(r, offsetHeader)
	if err != nil {
		return err
	}
	u, err := x.Uploads.Append(r.Context(), r.Actor, r.PathValue("id"), offset, patient(w, r.Body))
	if fault.Is(err, fault.Conflict) {
		// Somebody was quicker, perhaps this very sender before his line broke.
		if now, e := x.Uploads.Find(r.Context(), r.Actor, r.PathValue("id")); e == nil {
			tell(w, now)
		}
	}
	if err != nil {
		return err
	}
	tell(w, u)
	if u.PictureID == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	p, err := x.Store.Picture(r.Context(), u.PictureID)
	if err != nil {
		return err
	}
	out := showing(p)
	out.Known = u.Known
	return newsroom.JSON(w, out)
}

// dropUpload ends an upload and forgets what came.
func (x *Library) dropUpload(w http.ResponseWriter, r *newsroom.Request) error {
	if err := x.Uploads.Drop(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func tell(w http.ResponseWriter, u media.Upload) {
	w.Header().Set(lengthHeader, strconv.FormatInt(u.Length, 10))
	w.Header().Set(offsetHeader, strconv.FormatInt(u.Received, 10))
}

func number(r *newsroom.Request, header string) (int64, error) {
	n, err := strconv.ParseInt(r.Header.Get(header), 10, 64)
	if err != nil || n < 0 {
		return 0, fault.Input(header, "the header %s is missing or no number of bytes", header).Say("unreadable")
	}
	return n, nil
}

// How long the line may say nothing while a file comes in, and how long it may
// take after that to make a picture of it.
const (
	silence = 30 * time.Second
	making  = 6 * time.Minute
)

// slow is a body that may take as long as it wants, but not be silent: the
// server's own limits are for pages.
type slow struct {
	io.Reader
	control         *http.ResponseController
	silence, making time.Duration
}

func patient(w http.ResponseWriter, body io.Reader) io.Reader {
	return slow{body, http.NewResponseController(w), silence, making}
}

// Read implements io.Reader.
func (s slow) Read(p []byte) (int, error) {
	// A connection that knows no deadlines has none that would be in the way.
	now := time.Now()
	_ = s.control.SetReadDeadline(now.Add(s.silence))
	_ = s.control.SetWriteDeadline(now.Add(s.making))
	n, err := s.Reader.Read(p)
	if err != nil {
		// All is there. net/http goes on reading to learn whether the sender leaves,
		// and takes a deadline for that too: he is not silent, he waits for us.
		_ = s.control.SetReadDeadline(time.Now().Add(s.making))
	}
	return n, err
}

// maxFiles is how many files one form may hold.
const maxFiles = 50

// takeForm takes the files of a plain form, for browsers without script.
func (x *Library) takeForm(w http.ResponseWriter, r *newsroom.Request) error {
	r.Body = io.NopCloser(patient(w, r.Body))
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "the form holds no files: %w", err).Say("unreadable")
	}
	var no []failed
	var last media.Picture
	taken := 0
	for range maxFiles {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fault.New(fault.Invalid, "the form broke off: %w", err).Say("broke_off")
		}
		if part.FileName() == "" {
			continue
		}
		p, _, err := x.takePart(r, part)
		switch {
		case err == nil:
			last = p
			taken++
		case newsroom.Mendable(err):
			_, text := r.Sentence(err)
			no = append(no, failed{part.FileName(), text})
		default:
			return err
		}
	}
	switch {
	case len(no) > 0:
		return x.listWith(w, r, http.StatusBadRequest, no)
	case taken == 0:
		return x.listWith(w, r, http.StatusBadRequest, []failed{{Text: r.Words.T("library.no_file")}})
	case taken == 1:
		return newsroom.SeeOther(w, r, pathOf(last.ID))
	}
	return newsroom.SeeOther(w, r, picturesPath+"?added="+strconv.Itoa(taken))
}

func (x *Library) takePart(r *newsroom.Request, part *multipart.Part) (media.Picture, bool, error) {
	defer part.Close()
	return x.Library.Take(r.Context(), r.Actor, part, media.Details{Name: part.FileName()})
}
