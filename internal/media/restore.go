package media

import (
	"context"
	"errors"
	"io"
	"os"

	"warta/internal/fault"
	"warta/internal/picture"
)

// Original opens the bytes of a picture as they came in. The caller closes them.
func (l *Library) Original(ctx context.Context, p Picture) (_ io.ReadCloser, err error) {
	defer fault.Wrap(&err, "open the original of picture %d", p.ID)
	body, info, err := l.blobs.Open(ctx, p.OriginalKey())
	if err != nil {
		return nil, err
	}
	if info.Size != p.Bytes {
		return nil, errors.Join(body.Close(), fault.New(fault.Internal, "the original of picture %d has %d bytes, not %d", p.ID, info.Size, p.Bytes))
	}
	return body, nil
}

// Restore takes back a picture of our own export with its id, its words and its
// addresses; nothing is read from the file but its bytes. One that is here
// under this id already stays as it is. Errors: fault.Invalid if the bytes are
// others than the row says, fault.Conflict if the id or the bytes belong to
// another picture.
func (l *Library) Restore(ctx context.Context, actor string, p Picture, addresses []Address, r io.Reader) (err error) {
	defer fault.Wrap(&err, "restore picture %d", p.ID)
	if err := checkAddresses(addresses); err != nil {
		return err
	}
	f, hash, err := l.spool(ctx, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if hash != p.Hash || p.ID <= 0 {
		return fault.Input("hash", "the file of picture %d is damaged: it has another content than its name says", p.ID)
	}
	h, err := picture.Inspect(f, picture.Limits{Bytes: l.options.MaxBytes, Pixels: l.options.MaxPixels})
	if err != nil {
		return err
	}
	if h.MIME != p.MIME || h.Width != p.Width || h.Height != p.Height || h.Bytes != p.Bytes || p.Tone < 0 || p.Tone > 63 {
		return fault.Input("picture", "the row of picture %d describes another file than the one that is there", p.ID)
	}
	if err := p.Check(); err != nil {
		return err
	}
	p.Name = fileName(p.Name)
	if p.CreatedAt, err = l.store.Now(ctx); err != nil {
		return err
	}
	kept, _, err := l.enter(ctx, actor, p, addresses, f)
	if err == nil && kept.ID != p.ID {
		return fault.New(fault.Conflict, "picture %d is here already under the id %d", p.ID, kept.ID)
	}
	return err
}

// checkAddresses refuses anything but one proper token for each crop.
func checkAddresses(addresses []Address) error {
	seen := map[Crop]bool{}
	for _, a := range addresses {
		if !a.Crop.Valid() || seen[a.Crop] || !ValidToken(a.Token) {
			return fault.Input("addresses", "a picture has one address of %d letters and digits for each crop", tokenLength)
		}
		seen[a.Crop] = true
	}
	if len(seen) != len(Crops()) {
		return fault.Input("addresses", "a picture has an address for each of its %d crops, not %d", len(Crops()), len(seen))
	}
	return nil
}
