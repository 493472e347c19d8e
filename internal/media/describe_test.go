package media_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/media"
)

var (
	reporter = account.Actor{ID: 3, Name: "Budi", Role: account.Reporter}
	another  = account.Actor{ID: 4, Name: "Sari", Role: account.Contributor}
	desk     = account.Actor{ID: 2, Name: "Rani", Role: account.Editor}
	managing = account.Actor{ID: 5, Name: "Dewi", Role: account.ManagingEditor}
	seller   = account.Actor{ID: 6, Name: "Tono", Role: account.Commercial}
)

func TestRights(t *testing.T) {
	t.Parallel()
	own, agency := media.Picture{ID: 1, AddedBy: reporter.ID}, media.Picture{ID: 2}
	for _, c := range []struct {
		says             string
		actor            account.Actor
		picture          media.Picture
		describe, delete bool
	}{
		{"a reporter and his own", reporter, own, true, true},
		{"a reporter and an agency's", reporter, agency, false, false},
		{"a contributor and somebody else's", another, own, false, false},
		{"an editor and somebody else's", desk, own, true, false},
		{"a managing editor and an agency's", managing, agency, true, true},
		{"an editor of one desk", account.Actor{ID: 9, Role: account.Contributor, Grants: []account.Grant{{SectionID: 1, Role: account.Editor}}}, own, true, false},
		{"who sells ads", seller, agency, false, false},
		{"a part of the program", account.System("import"), agency, true, true},
		{"who brought it and lost his role", account.Actor{ID: reporter.ID, Role: account.Commercial}, own, false, false},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			if err := c.picture.MayDescribe(c.actor); (err == nil) != c.describe || err != nil && !fault.Is(err, fault.Forbidden) {
				t.Errorf("may describe: %v", err)
			}
			if err := c.picture.MayDelete(c.actor); (err == nil) != c.delete || err != nil && !fault.Is(err, fault.Forbidden) {
				t.Errorf("may delete: %v", err)
			}
		})
	}
}

func TestTakeMakesThePictureOnesOwn(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p, created, err := k.Take(t.Context(), reporter, bytes.NewReader(photo(t, 80, 60, 9)), media.Details{Name: "a.jpg"})
	if err != nil || !created || p.AddedBy != reporter.ID || k.rows.outcomes[0].Audit[0].Actor != "user:3" {
		t.Errorf("got %+v, %v, %v", p, created, err)
	}
	if _, _, err := k.Take(t.Context(), seller, bytes.NewReader(photo(t, 80, 60, 8)), media.Details{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who sells ads: %v", err)
	}
}

func TestDescribeSaysWhatItChanged(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	p := k.add(t, photo(t, 80, 60, 9), media.Details{Caption: "Lama", People: []string{"Budi"}})
	same, ai := " Lama ", true
	people := []string{" Sari  Wijaya", "", "Sari Wijaya"}
	got, err := k.Describe(t.Context(), desk, p.ID, media.Patch{Caption: &same, People: &people, AI: &ai, Base: p.Wording()})
	if err != nil || !slices.Equal(got.People, []string{"Sari Wijaya"}) || !got.AI {
		t.Fatalf("got %+v, %v", got, err)
	}
	last := k.rows.outcomes[len(k.rows.outcomes)-1]
	if string(last.Audit[0].Detail) != `{"fields":["people","ai"]}` || !slices.Equal(last.Tags, []string{"picture:1"}) {
		t.Errorf("outcome is %+v", last)
	}
	if _, err := k.Describe(t.Context(), desk, p.ID, media.Patch{Caption: &same, Base: p.Wording()}); !fault.Is(err, fault.Conflict) {
		t.Errorf("upon words that are others by now: %v", err)
	}
	if _, err := k.Describe(t.Context(), desk, p.ID, media.Patch{Caption: &same}); err != nil {
		t.Fatal(err)
	}
	if o := k.rows.outcomes[len(k.rows.outcomes)-1]; len(o.Audit) != 0 || len(o.Tags) != 0 {
		t.Errorf("what changed nothing left %+v", o)
	}
	if _, err := k.Describe(t.Context(), reporter, p.ID, media.Patch{AI: new(bool)}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else's picture: %v", err)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	file := photo(t, 200, 160, 9)
	p, _, err := k.Take(t.Context(), reporter, bytes.NewReader(file), media.Details{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := k.Open(t.Context(), p, media.Square, 96, media.WebP)
	if err != nil {
		t.Fatal(err)
	}
	read(t, r)
	k.rows.used = true
	if err := k.Delete(t.Context(), reporter, p.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("one that is in use: %v", err)
	}
	k.rows.used = false
	if err := k.Delete(t.Context(), another, p.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := k.Delete(t.Context(), reporter, p.ID); err != nil {
		t.Fatal(err)
	}
	left, err := k.blobs.List(t.Context(), "", "", 10)
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	if len(k.rows.trash) != 0 {
		t.Errorf("in the trash: %v", k.rows.trash)
	}
	if err := k.Delete(t.Context(), reporter, p.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a second time: %v", err)
	}
}

func TestSweepLeavesTheFilesOfAPictureThatCameBack(t *testing.T) {
	t.Parallel()
	k := open(t, media.Options{})
	back := k.add(t, photo(t, 80, 60, 9), media.Details{})
	k.rows.trash = []media.Trashed{{Hash: back.Hash, MIME: back.MIME}}
	gone := media.Picture{Hash: "00ff" + back.Hash[4:], MIME: "image/png"}
	if err := k.blobs.Put(t.Context(), gone.OriginalKey(), io.LimitReader(zeros{}, 5), 5); err != nil {
		t.Fatal(err)
	}
	k.rows.trash = append(k.rows.trash, media.Trashed{Hash: gone.Hash, MIME: gone.MIME})
	if err := k.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.blobs.Stat(t.Context(), back.OriginalKey()); err != nil {
		t.Errorf("the one that is there: %v", err)
	}
	if _, err := k.blobs.Stat(t.Context(), gone.OriginalKey()); !fault.Is(err, fault.NotFound) {
		t.Errorf("the deleted one: %v", err)
	}
	if len(k.rows.trash) != 0 {
		t.Errorf("in the trash: %v", k.rows.trash)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
