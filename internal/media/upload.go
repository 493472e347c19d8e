package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"warta/internal/account"
	"warta/internal/blob"
	"warta/internal/fault"
)

// Upload is a file that comes in piece by piece. Received is never ahead of the
// bytes that are kept durably.
type Upload struct {
	ID       string
	UserID   int64
	Name     string // as the sender called the file
	Length   int64  // bytes that were announced
	Received int64
	// PictureID is what it became; 0: it is on its way. Known says that the
	// picture was there before.
	PictureID int64
	Known     bool
	Created   time.Time
	Touched   time.Time
}

// Part is a piece of an upload.
type Part struct {
	At   int64 // its first byte
	Size int64
	Key  string // of the blob
}

// UploadStore keeps the rows of uploads. *store.DB satisfies it.
type UploadStore interface {
	// Now returns the time that everything is dated with.
	Now(ctx context.Context) (time.Time, error)
	// Picture returns one picture, or a fault.NotFound.
	Picture(ctx context.Context, id int64) (Picture, error)
	// AddUpload writes a new row; Limited if its user has most on their way.
	AddUpload(ctx context.Context, u Upload, most int) error
	// Upload returns a row, or a fault.NotFound.
	Upload(ctx context.Context, id string) (Upload, error)
	// AppendPart writes a part that begins where the upload ends so far, and moves
	// Received behind it. A Conflict says that the upload ends elsewhere or has
	// too many parts.
	AppendPart(ctx context.Context, id string, p Part, at time.Time) error
	// Parts returns the parts in their order.
	Parts(ctx context.Context, id string) ([]Part, error)
	// EndUpload notes what became of an upload and forgets its parts.
	EndUpload(ctx context.Context, id string, pictureID int64, known bool, at time.Time) error
	// DropUpload forgets an upload; that there is none is no error.
	DropUpload(ctx context.Context, id string) error
	// StaleUploads returns at most limit uploads that nobody touched since.
	StaleUploads(ctx context.Context, since time.Time, limit int) ([]string, error)
}

// Bounds of uploads: how many one person may have on their way, and after which
// time one that nobody goes on with is forgotten. finishWithin is how long it may
// take to make a picture of the bytes once they are there.
const (
	maxUploads   = 100
	uploadAge    = 24 * time.Hour
	finishWithin = 5 * time.Minute
)

// Uploads takes pictures in that come piece by piece, so that a lost connection
// and a restart cost one piece. The pieces are blobs until all are there.
type Uploads struct {
	store   UploadStore
	blobs   blob.Store
	library *Library
}

// NewUploads returns the uploads into a library.
func NewUploads(store UploadStore, blobs blob.Store, library *Library) *Uploads {
	return &Uploads{store: store, blobs: blobs, library: library}
}

const uploadFolder = "uploads/"

// Begin opens an upload of so many bytes. Errors: TooLarge over the limit of the
// library, Limited if the actor has too many on their way.
func (u *Uploads) Begin(ctx context.Context, actor account.Actor, name string, length int64) (up Upload, err error) {
	defer fault.Wrap(&err, "begin an upload of %d bytes", length)
	if err := actor.RequireSomewhere(account.Pictures); err != nil {
		return up, err
	}
	if length < 1 {
		return up, fault.Input("length", "the file is empty").Say("library_empty")
	}
	if length > u.library.options.MaxBytes {
		return up, u.library.tooLong()
	}
	now, err := u.store.Now(ctx)
	if err != nil {
		return up, err
	}
	up = Upload{ID: strings.ToLower(rand.Text()), UserID: actor.ID, Name: fileName(name), Length: length, Created: now, Touched: now}
	return up, u.store.AddUpload(ctx, up, maxUploads)
}

// Find returns an upload of the actor's own; NotFound for anybody else's.
func (u *Uploads) Find(ctx context.Context, actor account.Actor, id string) (up Upload, err error) {
	up, err = u.store.Upload(ctx, id)
	if err == nil && up.UserID != actor.ID {
		err = fault.New(fault.NotFound, "there is no upload %s", id).Say("library_upload_gone")
	}
	return up, err
}

// Append adds the bytes of r, which begin at offset, and keeps what arrives even
// if r breaks off. The upload that it returns says how far it is; with the last
// byte it has a PictureID. Errors: a Conflict if the upload is not at that
// offset, NotFound, and those of Library.Add, after which it is gone.
func (u *Uploads) Append(ctx context.Context, actor account.Actor, id string, offset int64, r io.Reader) (up Upload, err error) {
	defer fault.Wrap(&err, "append to upload %s", id)
	up, err = u.Find(ctx, actor, id)
	if err != nil || up.PictureID != 0 {
		return up, err
	}
	if offset != up.Received {
		return up, fault.New(fault.Conflict, "upload %s is at byte %d, not at %d", id, up.Received, offset).Say("library_offset")
	}
	// What has arrived is worth keeping whoever hangs up.
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
	defer cancel()
	if up.Received < up.Length {
		src := &tolerant{r: r, left: up.Length - up.Received}
		if up.Received, err = u.keep(work, up, src); err != nil || up.Received < up.Length {
			return up, err
		}
	}
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		err := fault.Input("length", "more bytes came than the %d that were announced", up.Length).Say("library_length")
		return up, errors.Join(err, u.drop(work, id))
	}
	return u.finish(work, actor, up)
}

// keep puts one part into the blob store, then into the database, and returns
// how far the upload is.
func (u *Uploads) keep(ctx context.Context, up Upload, src *tolerant) (int64, error) {
	key := fmt.Sprintf("%s%s/%012d-%s", uploadFolder, up.ID, up.Received, strings.ToLower(rand.Text()))
	if err := u.blobs.Put(ctx, key, src, -1); err != nil {
		return up.Received, err
	}
	if src.n == 0 {
		return up.Received, u.blobs.Delete(ctx, key)
	}
	now, err := u.store.Now(ctx)
	if err == nil {
		err = u.store.AppendPart(ctx, up.ID, Part{At: up.Received, Size: src.n, Key: key}, now)
	}
	if err != nil {
		return up.Received, errors.Join(err, u.blobs.Delete(ctx, key))
	}
	return up.Received + src.n, nil
}

// finish makes a picture of an upload that is complete.
func (u *Uploads) finish(ctx context.Context, actor account.Actor, up Upload) (Upload, error) {
	parts, err := u.store.Parts(ctx, up.ID)
	if err != nil {
		return up, err
	}
	var sum int64
	for _, p := range parts {
		if p.At != sum {
			return up, fault.New(fault.Internal, "upload %s has a gap at byte %d", up.ID, sum)
		}
		sum += p.Size
	}
	if sum != up.Length {
		return up, fault.New(fault.Internal, "upload %s has %d bytes, not %d", up.ID, sum, up.Length)
	}
	src := &joined{ctx: ctx, blobs: u.blobs, parts: parts}
	p, created, err := u.library.Take(ctx, actor, src, Details{Name: up.Name})
	err = errors.Join(err, src.Close())
	switch fault.KindOf(err) {
	case fault.Invalid, fault.TooLarge:
		if err != nil { // no later attempt would make a picture of these bytes
			return up, errors.Join(err, u.drop(ctx, up.ID))
		}
	}
	if err != nil {
		return up, err
	}
	now, err := u.store.Now(ctx)
	if err != nil {
		return up, err
	}
	// An attempt of before may have made it and not come to say so.
	up.PictureID, up.Known = p.ID, !created && (p.AddedBy != up.UserID || p.CreatedAt.Before(up.Created))
	if err := u.store.EndUpload(ctx, up.ID, up.PictureID, up.Known, now); err != nil {
		return up, err
	}
	return up, u.library.removeAll(ctx, uploadFolder+up.ID+"/")
}

// Drop ends an upload and forgets its bytes.
func (u *Uploads) Drop(ctx context.Context, actor account.Actor, id string) (err error) {
	defer fault.Wrap(&err, "drop upload %s", id)
	if _, err := u.Find(ctx, actor, id); err != nil {
		return err
	}
	return u.drop(ctx, id)
}

func (u *Uploads) drop(ctx context.Context, id string) error {
	if err := u.store.DropUpload(ctx, id); err != nil {
		return err
	}
	return u.library.removeAll(ctx, uploadFolder+id+"/")
}

// Sweep forgets uploads that nobody touched for a day, and bytes that belong to
// none.
func (u *Uploads) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "sweep uploads")
	now, err := u.store.Now(ctx)
	if err != nil {
		return err
	}
	since := now.Add(-uploadAge)
	for {
		ids, err := u.store.StaleUploads(ctx, since, maxUploads)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := u.drop(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < maxUploads {
			break
		}
	}
	for after := uploadFolder; ; {
		list, err := u.blobs.List(ctx, uploadFolder, after, 100)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, info := range list {
			after = info.Key
			id, _, _ := strings.Cut(strings.TrimPrefix(info.Key, uploadFolder), "/")
			if _, err := u.store.Upload(ctx, id); !fault.Is(err, fault.NotFound) || info.Modified.After(since) {
				if err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
				continue
			}
			if err := u.blobs.Delete(ctx, info.Key); err != nil {
				return err
			}
		}
	}
}

// tolerant gives at most left bytes, n of them so far, and ends where its source
// breaks off.
type tolerant struct {
	r    io.Reader
	left int64
	n    int64
}

// Read implements io.Reader.
func (t *tolerant) Read(p []byte) (int, error) {
	if t.left == 0 {
		return 0, io.EOF
	}
	n, err := t.r.Read(p[:min(int64(len(p)), t.left)])
	t.n += int64(n)
	t.left -= int64(n)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// joined reads parts one after the other.
type joined struct {
	ctx   context.Context
	blobs blob.Store
	parts []Part
	open  io.ReadCloser
	left  int64
}

// Read implements io.Reader.
func (j *joined) Read(p []byte) (n int, err error) {
	for {
		if j.open == nil {
			if len(j.parts) == 0 {
				return 0, io.EOF
			}
			body, info, err := j.blobs.Open(j.ctx, j.parts[0].Key)
			if err != nil {
				return 0, fault.New(fault.Unavailable, "a part of the upload is away: %w", err)
			}
			j.open, j.left = body, j.parts[0].Size
			if info.Size != j.left {
				return 0, fault.New(fault.Internal, "the part %s has %d bytes, not %d", info.Key, info.Size, j.left)
			}
			j.parts = j.parts[1:]
		}
		n, err = j.open.Read(p)
		if n > 0 || err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		if errors.Is(err, io.EOF) {
			if err := j.Close(); err != nil {
				return 0, err
			}
		}
	}
}

// Close closes the part that is open.
func (j *joined) Close() error {
	if j.open == nil {
		return nil
	}
	err := j.open.Close()
	j.open = nil
	return err
}
