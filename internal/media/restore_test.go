package media_test

import (
	"bytes"
	"io"
	"os"
	"testing"

	"warta/internal/fault"
	"warta/internal/media"
)

func TestRestoreTakesAPictureBackAsItWas(t *testing.T) {
	t.Parallel()
	from, to := open(t, media.Options{}), open(t, media.Options{})
	p := from.add(t, photo(t, 300, 200, 250), media.Details{Caption: "Banjir"})
	p.Caption, p.ID = "", 77 // what an editor took away stays away
	addresses := media.NewAddresses()
	original, err := from.Original(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer original.Close()
	file, err := io.ReadAll(original)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time after an interruption
		if err := to.Restore(t.Context(), "restore", p, addresses, bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	got := to.rows.pictures
	if len(got) != 1 || got[0].ID != 77 || got[0].Caption != "" || got[0].Tone != p.Tone || len(to.rows.addresses) != 4 || to.rows.addresses[0].Token != addresses[0].Token {
		t.Errorf("came back as %+v with %+v", got, to.rows.addresses)
	}
	r, err := to.Open(t.Context(), got[0], media.Square, 96, media.WebP)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	p.ID = 78
	if err := to.Restore(t.Context(), "restore", p, addresses, bytes.NewReader(file)); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same bytes came back under another id: %v", err)
	}
}

func TestRestoreRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	file := photo(t, 300, 200, 250)
	p := open(t, media.Options{}).add(t, file, media.Details{})
	for name, c := range map[string]struct {
		file  []byte
		spoil func(*media.Picture, []media.Address) []media.Address
	}{
		"other bytes":          {photo(t, 300, 200, 20), func(_ *media.Picture, a []media.Address) []media.Address { return a }},
		"bytes that are short": {file[:len(file)-1], func(_ *media.Picture, a []media.Address) []media.Address { return a }},
		"another size":         {file, func(p *media.Picture, a []media.Address) []media.Address { p.Width++; return a }},
		"another kind":         {file, func(p *media.Picture, a []media.Address) []media.Address { p.MIME = "image/png"; return a }},
		"no id":                {file, func(p *media.Picture, a []media.Address) []media.Address { p.ID = 0; return a }},
		"an odd point":         {file, func(p *media.Picture, a []media.Address) []media.Address { p.FocalX = 2; return a }},
		"an odd tone":          {file, func(p *media.Picture, a []media.Address) []media.Address { p.Tone = 64; return a }},
		"no addresses":         {file, func(*media.Picture, []media.Address) []media.Address { return nil }},
		"a crop twice":         {file, func(_ *media.Picture, a []media.Address) []media.Address { a[1].Crop = a[0].Crop; return a }},
		"a short token":        {file, func(_ *media.Picture, a []media.Address) []media.Address { a[0].Token = "abc"; return a }},
		"an odd token": {file, func(_ *media.Picture, a []media.Address) []media.Address {
			a[0].Token = "../" + a[0].Token[3:]
			return a
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, row := open(t, media.Options{}), p
			addresses := c.spoil(&row, media.NewAddresses())
			if err := k.Restore(t.Context(), "restore", row, addresses, bytes.NewReader(c.file)); !fault.Is(err, fault.Invalid) {
				t.Errorf("err = %v", err)
			}
			if left, err := os.ReadDir(k.temp); err != nil || len(left) > 0 || len(k.rows.pictures) > 0 {
				t.Errorf("left behind: %v, %v, %v", left, k.rows.pictures, err)
			}
		})
	}
}
