package extract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/extract"
	"warta/internal/ingest"
)

// fieldOf are the letters by which the dumps in testdata say what each line is.
var fieldOf = map[byte]string{'H': extract.FieldHeadline, 'T': extract.FieldStandfirst, 'A': extract.FieldAuthor, 'D': extract.FieldDate,
	'C': extract.FieldSection, 'S': extract.FieldSource, 'P': extract.FieldCaption, 'N': extract.FieldDateline, 'B': extract.FieldBody,
	'R': extract.FieldReadAlso, 'K': extract.FieldTopics, '-': ""}

// dump reads a dump: the text as it would be copied, and what each line is.
func dump(t testing.TB, file string) (text string, want []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		switch {
		case l == "":
			lines, want = append(lines, ""), append(want, "blank")
		case len(strings.TrimSpace(l[1:])) == 0:
			lines, want = append(lines, " "), append(want, "blank")
		default:
			f, ok := fieldOf[l[0]]
			if !ok || l[1] != ' ' {
				t.Fatalf("%s: %q has no label", file, l)
			}
			if f == "" {
				f = "furniture"
			}
			lines, want = append(lines, l[2:]), append(want, f)
		}
	}
	return strings.Join(lines, "\n"), want
}

func options(t testing.TB) extract.Options {
	t.Helper()
	d, err := ingest.ParseDatelines("")
	if err != nil {
		t.Fatal(err)
	}
	return extract.Options{Dateline: d.Split}
}

// TestDumps holds what is said of each line against the labels of the dumps,
// which are of our own making.
func TestDumps(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "dumps", "*.txt"))
	if err != nil || len(files) < 90 {
		t.Fatalf("%d dumps, want 90 or more: %v", len(files), err)
	}
	opt := options(t)
	right, all := 0, 0
	for _, file := range files {
		text, want := dump(t, file)
		p, err := extract.Text(text, opt)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Lines) != len(want) {
			t.Fatalf("%s: %d lines, want %d", file, len(p.Lines), len(want))
		}
		for i, l := range p.Lines {
			got := string(l.Verdict)
			if l.Verdict == extract.Kept {
				got = l.Field
			}
			all++
			if got == want[i] {
				right++
				continue
			}
			t.Errorf("%s:%d: %s, want %s (%s): %.90s", filepath.Base(file), l.No, got, want[i], l.Why, l.Text)
		}
	}
	t.Logf("%d of %d lines in %d dumps", right, all, len(files))
}

// TestDumpFields holds what is made of the dumps' lines: who wrote, when, in which
// section and language.
func TestDumpFields(t *testing.T) {
	t.Parallel()
	opt := options(t)
	for _, tt := range []struct {
		file, language, section, dateline string
		published, authors                string
	}{
		{"m01_kantor_berita_cetak", "id", "", "Tahuna", "2023-10-18T16:47+07:00", "reporter Yeremia Lahope, editor Rita Manoppo"},
		{"m02_city_paper_top_name", "en", "Transport", "", "2023-11-07T06:15Z", "writer Matilda Crane, writer Yohanes Keraf"},
		{"m03_jaringan_daerah", "id", "Belitung", "BELITUNG", "2023-09-11T08:40+07:00", "writer Suharto Jaya, editor Mirna Anggraini"},
		{"m04_portal_remah_spasi", "id", "Nasional", "Magelang", "2023-11-24T17:02+07:00", "writer Tim sedetikcom"},
		{"m05_portal_nasional_membership", "id", "Megapolitan", "JAKARTA", "2024-05-19T08:12+07:00", "writer Tria Nursita, writer Bagas Wiryawan"},
		{"m06_bisnis_tv", "id", "Market", "Jakarta", "2024-02-06T15:20+07:00", "writer Anisatul Rahmi"},
		{"m09_cable_news_en", "en", "World", "Demak, Indonesia", "2024-02-05T20:03-05:00", "writer Priya Ramanathan, writer Dimas Aryo, contributor Rebecca Holm"},
		{"m13_koran_jawa_tanggal_garis", "id", "Features", "", "2023-06-03T09:48+07:00", "writer Sekar Dewanti, editor Dhimas Ginanjar"},
		{"n03_jaringan_jateng", "id", "Jateng", "SRAGEN", "2023-09-17T09:12+07:00", "writer Mahfira Putri, editor Galih Permadi"},
		{"n04_portal_daftar_isi", "id", "Internasional", "Kunming", "2025-04-09T14:20+07:00", "writer Novi Cristina"},
		{"n08_live_links", "en", "Asia-Pacific", "JAKARTA", "2025-03-05T12:10+07:00", "reporter Nadia Soraya, editor Tom Beck, editor Ika Maharani"},
		{"n10_prairie_paper", "en", "LOCAL NEWS", "", "2024-11-02T17:45-05:00", "writer Carla Whitmore, writer Ben Otto"},
		{"k02_portal_okz", "id", "FINANCE", "BANTUL", "2023-03-21T16:14+07:00", "writer Yohana Artha"},
		{"k06_capital_daily", "en", "Climate & Environment", "", "2023-04-11T06:00-04:00", "writer Leila Farrow, writer Setyo Wibowo, photographer Anom Pradipta, contributor Ahmad Fauzan"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			text, _ := dump(t, filepath.Join("testdata", "dumps", tt.file+".txt"))
			p, err := extract.Text(text, opt)
			if err != nil {
				t.Fatal(err)
			}
			var who []string
			for _, a := range p.Authors {
				who = append(who, a.Role+" "+a.Name)
			}
			if got := strings.Join(who, ", "); got != tt.authors {
				t.Errorf("authors %q, want %q", got, tt.authors)
			}
			if got := p.Published.Time.Format("2006-01-02T15:04Z07:00"); got != tt.published {
				t.Errorf("published %s, want %s", got, tt.published)
			}
			if p.Language != tt.language || p.Section != tt.section || p.Dateline != tt.dateline {
				t.Errorf("language %q, section %q, dateline %q, want %q, %q, %q", p.Language, p.Section, p.Dateline, tt.language, tt.section, tt.dateline)
			}
		})
	}
}
