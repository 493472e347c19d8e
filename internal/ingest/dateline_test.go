package ingest_test

import (
	"strings"
	"testing"

	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/ingest"
)

func datelines(t testing.TB) *ingest.Datelines {
	t.Helper()
	d, err := ingest.ParseDatelines("")
	if err != nil {
		t.Fatal(err)
	}
	if d, err = d.With("WARTA", ""); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDateline(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, place, outlet, rest string }{
		{"<p>JAKARTA, KOMPAS.com – Presiden tiba.</p>", "JAKARTA", "KOMPAS.com", "p:Presiden tiba."},
		{"<p>Jakarta (ANTARA) - Presiden tiba.</p>", "Jakarta", "ANTARA", "p:Presiden tiba."},
		{"<p><b>Liputan6.com, Jakarta -</b> Presiden tiba.</p>", "Jakarta", "Liputan6.com", "p:Presiden tiba."},
		{"<p><strong>TEMPO.CO</strong>, <strong>Jakarta</strong> - <b>Presiden</b> tiba.</p>", "Jakarta", "TEMPO.CO", "p:strong(Presiden) tiba."},
		{"<p>WASHINGTON DC, WARTA – Presiden tiba.</p>", "WASHINGTON DC", "WARTA", "p:Presiden tiba."},
		{"<p>GROSSETO, Italy (AP) -- A ship.</p>", "GROSSETO, Italy", "AP", "p:A ship."},
		{"<p>LONDON (Reuters) - A ship.</p>", "LONDON", "Reuters", "p:A ship."},
		{"<p>LONDON, Jan 7 (Reuters) - A ship.</p>", "LONDON", "Reuters", "p:A ship."},
		{"<p>JAKARTA,&nbsp;<a href='https://kompas.com'>KOMPAS.com</a>&nbsp;—&nbsp;Presiden</p>", "JAKARTA", "KOMPAS.com", "p:Presiden"},
		{"<p>JAKARTA, KOMPAS.com-Presiden tiba</p>", "JAKARTA", "KOMPAS.com", "p:Presiden tiba"},
		{"<p>Jakarta, CNN Indonesia -- Presiden</p>", "Jakarta", "CNN Indonesia", "p:Presiden"},
		{"<p>REPUBLIKA.CO.ID, BANDAR LAMPUNG — Warga</p>", "BANDAR LAMPUNG", "REPUBLIKA.CO.ID", "p:Warga"},
		{"<p>KOMPAS.com - Harga naik</p>", "", "KOMPAS.com", "p:Harga naik"},
		{"<p>NEW YORK--(BUSINESS WIRE)--A firm</p>", "NEW YORK", "BUSINESS WIRE", "p:A firm"},
		{"<p>NEW YORK, Jan. 7, 2022 /PRNewswire/ -- A firm</p>", "NEW YORK", "PRNewswire", "p:A firm"},
		{"<p>RIO DE JANEIRO (AFP) – Kapal</p>", "RIO DE JANEIRO", "AFP", "p:Kapal"},
		{"<p>Rio de Janeiro (AFP) – Kapal</p>", "Rio de Janeiro", "AFP", "p:Kapal"},
		{"<p>WASHINGTON D.C. (AFP) – Kapal</p>", "WASHINGTON D.C.", "AFP", "p:Kapal"},
		{"<p>Jakarta (antara) - Kapal</p>", "Jakarta", "antara", "p:Kapal"},
		{"<p>JAKARTA, KOMPAS.com –</p><p>Presiden tiba.</p>", "JAKARTA", "KOMPAS.com", "p:Presiden tiba."},
		{"<p>JAKARTA, KOMPAS.com –<br>Presiden tiba.</p>", "JAKARTA", "KOMPAS.com", "p:Presiden tiba."},
		{"<p>JAKARTA, KOMPAS.com – JAKARTA, KOMPAS.com - Presiden</p>", "JAKARTA", "KOMPAS.com", "p:Presiden"},
		{"<figure><img src=x></figure><p>Jakarta (ANTARA) - Presiden</p>", "Jakarta", "ANTARA", "img:1[][][] | p:Presiden"},
		{"<p>“Ya”</p>", "", "", ""},
		{"<p>Jakarta – Bandung kini 40 menit</p>", "", "", ""},
		{"<p>Jakarta - Bandung (Whoosh) - kini 40 menit</p>", "", "", ""},
		{"<p>Presiden Joko Widodo - yang tiba pagi ini - berpidato.</p>", "", "", ""},
		{"<p>Presiden Joko Widodo (Jokowi) - yang tiba pagi ini.</p>", "", "", ""},
		{"<p>JAKARTA, BANDUNG - Dua kota</p>", "", "", ""},
		{"<p>COVID-19 - penyakit itu</p>", "", "", ""},
		{"<p>Reuters - kantor berita itu - menulis.</p>", "", "", ""},
		{"<p>AP, AFP - dua kantor berita</p>", "", "", ""},
		{"<p>Kompas.com menulis tentang Jakarta - Bandung.</p>", "", "", ""},
		{"<p>Menurut Reuters, London - kota itu - ramai.</p>", "", "", ""},
		{"<p>Antara Jakarta - Bandung ada kereta.</p>", "", "", ""},
		{"<p>Di Jakarta (ANTARA) - Presiden</p>", "Di Jakarta", "ANTARA", "p:Presiden"},
		{"<p>Kantor berita di Jakarta (ANTARA) - yang lama - pindah.</p>", "", "", ""},
		{"<p>Tempo - majalah itu - terbit.</p>", "", "", ""},
		{"<p>Presiden (AP) mengatakan - sekali lagi - tidak.</p>", "", "", ""},
		{"<ul><li>Satu</ul><p>Jakarta (ANTARA) - Presiden</p>", "", "", ""},
		{"<p>Satu.</p><p>Jakarta (ANTARA) - Presiden</p>", "", "", ""},
	}
	lines := datelines(t)
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			d, _ := convert(t, tt.in)
			before := sketch(d)
			l, ok := lines.Take(&d)
			want := tt.rest
			if want == "" {
				want = before
			}
			if l.Place != tt.place || l.Outlet != tt.outlet || ok != (tt.rest != "") || sketch(d) != want {
				t.Errorf("place %q, outlet %q, %v, rest %s; want %q, %q, %s", l.Place, l.Outlet, ok, sketch(d), tt.place, tt.outlet, want)
			}
			if err := d.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDatelinesAreEditable(t *testing.T) {
	t.Parallel()
	lines, err := ingest.ParseDatelines("# milik kami\noutlet Kabar Nusantara\n\n{PLACE} -\n{place}; {outlet}:")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"SURABAYA – Kapal":              "SURABAYA",
		"Surabaya – Kapal":              "",
		"Surabaya; Kabar Nusantara: Ya": "Surabaya",
		"Surabaya (ANTARA) - Kapal":     "",
	} {
		d := doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text(in)}}}
		if l, _ := lines.Take(&d); l.Place != want {
			t.Errorf("%q: place %q, want %q", in, l.Place, want)
		}
	}
	for _, bad := range []string{"{place}", "{city} -", "- -", strings.Repeat("{place} ", 60) + "-"} {
		if _, err := ingest.ParseDatelines("outlet X\n" + bad); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTakeDoesNotChangeTheOldBlocks(t *testing.T) {
	t.Parallel()
	d, _ := convert(t, "<p>Jakarta (ANTARA) - Presiden</p>")
	old := d
	if _, ok := datelines(t).Take(&d); !ok || sketch(old) != "p:Jakarta (ANTARA) - Presiden" {
		t.Errorf("%v, %s", ok, sketch(old))
	}
}
