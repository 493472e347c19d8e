package media

import (
	"context"
	"slices"
	"strings"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// maxPeople is how many names of persons one picture may have.
const maxPeople = 100

// Describe changes what people write about a picture, and where its focal
// point lies. Renditions of a new focal point are made when they are asked for.
// What changes nothing leaves no trace.
func (l *Library) Describe(ctx context.Context, actor account.Actor, id int64, patch Patch) (p Picture, err error) {
	defer fault.Wrap(&err, "describe picture %d", id)
	err = l.store.ChangePicture(ctx, id, func(row *Picture) (change.Outcome, error) {
		if err := row.MayDescribe(actor); err != nil {
			return change.Outcome{}, err
		}
		if patch.Base != "" && patch.Base != row.Wording() {
			return change.Outcome{}, fault.New(fault.Conflict, "picture %d was described by somebody else meanwhile", id).Say("library_changed")
		}
		fields := patch.apply(row)
		p = *row
		if len(fields) == 0 {
			return change.Outcome{}, nil
		}
		return Changed(actor.String(), *row, fields...), row.Check()
	})
	return p, err
}

// apply writes the patch into p and returns the names of the fields that are
// others now.
func (patch *Patch) apply(p *Picture) (fields []string) {
	text := func(name string, field, value *string) {
		if value != nil && *field != strings.TrimSpace(*value) {
			*field = strings.TrimSpace(*value)
			fields = append(fields, name)
		}
	}
	text("caption", &p.Caption, patch.Caption)
	text("credit", &p.Credit, patch.Credit)
	text("copyright", &p.Copyright, patch.Copyright)
	text("alt", &p.Alt, patch.Alt)
	text("source", &p.Source, patch.Source)
	text("rights", &p.Rights, patch.Rights)
	if patch.People != nil {
		if people := names(*patch.People); !slices.Equal(people, p.People) {
			p.People = people
			fields = append(fields, "people")
		}
	}
	for _, f := range []struct {
		name  string
		field *float64
		value *float64
	}{{"focal_x", &p.FocalX, patch.FocalX}, {"focal_y", &p.FocalY, patch.FocalY}} {
		if f.value != nil && *f.value != *f.field {
			*f.field = *f.value
			fields = append(fields, f.name)
		}
	}
	if patch.AI != nil && *patch.AI != p.AI {
		p.AI = *patch.AI
		fields = append(fields, "ai")
	}
	return fields
}

// names returns the names without white space around them and without empty ones.
func names(list []string) (out []string) {
	for _, n := range list {
		if n = collapse(n); n != "" && !slices.Contains(out, n) && len(out) < maxPeople {
			out = append(out, n)
		}
	}
	return out
}

// Uses returns what shows a picture, what readers see first, and whether there
// is more than limit.
func (l *Library) Uses(ctx context.Context, id int64, limit int) ([]Use, bool, error) {
	return l.store.PictureUses(ctx, id, limit)
}

// Delete removes a picture that nothing shows: its row, its addresses, its
// original and all renditions. A Conflict says that something shows it.
func (l *Library) Delete(ctx context.Context, actor account.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "delete picture %d", id)
	p, err := l.store.Picture(ctx, id)
	if err != nil {
		return err
	}
	if err := p.MayDelete(actor); err != nil {
		return err
	}
	if err := l.store.DeletePicture(ctx, id, Deleted(actor.String(), p)); err != nil {
		return err
	}
	return l.burn(ctx, Trashed{p.Hash, p.MIME})
}

// maxTrash is how many deleted pictures Sweep looks after at a time.
const maxTrash = 100

// Sweep removes what an interrupted deletion left behind.
func (l *Library) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "sweep deleted pictures")
	list, err := l.store.Trash(ctx, maxTrash)
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := l.burn(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// burn removes the files of a deleted picture, unless one with the same content
// has come in since.
func (l *Library) burn(ctx context.Context, t Trashed) error {
	l.burning.Lock()
	defer l.burning.Unlock()
	_, err := l.store.PictureByHash(ctx, t.Hash)
	switch {
	case err == nil:
		return l.store.EmptyTrash(ctx, t.Hash)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	l.mu.Lock()
	l.dismiss()
	l.mu.Unlock()
	p := Picture{Hash: t.Hash, MIME: t.MIME}
	if err := l.removeAll(ctx, "renditions/"+p.folder()+"/"); err != nil {
		return err
	}
	if err := l.blobs.Delete(ctx, p.OriginalKey()); err != nil {
		return err
	}
	return l.store.EmptyTrash(ctx, t.Hash)
}

// removeAll deletes every object whose key begins with prefix.
func (l *Library) removeAll(ctx context.Context, prefix string) error {
	for after := ""; ; {
		list, err := l.blobs.List(ctx, prefix, after, 100)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, info := range list {
			if err := l.blobs.Delete(ctx, info.Key); err != nil {
				return err
			}
			after = info.Key
		}
	}
}
