package storetest

import (
	"testing"
	"time"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

// restored is a structure with ids that no fresh site has.
var restored = news.Structure{
	Settings: map[string]string{"name": "Kabar Pulih"},
	Sections: []news.Section{{ID: 70, Slug: "daerah", Name: "Daerah"}, {ID: 60, ParentID: 70, Slug: "desa", Name: "Desa"}},
	Pages:    []news.StaticPage{{Slug: "kontak", Title: "Kontak", Updated: noon}},
	Fronts: []news.Front{{ID: 40, SectionID: 0, Containers: []news.Container{{ID: 300, Kind: news.ContainerLead, Size: 4,
		Slots: []news.Slot{{Position: 1, StoryID: 900}}}}}},
}

// back is a live story of a restored site.
func back(id int64) news.Restored {
	return news.Restored{Story: news.Story{ID: id, Slug: "kembali", FirstPublished: noon.Add(-time.Hour), URI: "urn:lama"},
		Content:     news.Content{Headline: "Kembali", SectionID: 60, Body: body("Isi."), Credits: []news.Credit{{PersonID: 20, Role: news.Writer}}, Topics: []int64{30}},
		No:          7,
		Origin:      news.FromDesk,
		At:          noon.Add(-time.Minute),
		Corrections: []news.Correction{{ID: 500, Kind: news.Ralat, Text: "Salah ketik.", At: noon}}}
}

// restore brings a small site back.
func (n *newsroom) restore(token string) {
	n.t.Helper()
	ctx := n.t.Context()
	n.ok(n.db.BeginRestore(ctx, token, restored, change.Outcome{}))
	n.ok(n.db.RestorePersons(ctx, []news.Person{{ID: 20, Slug: "rani", Name: "Rani"}}))
	n.ok(n.db.RestoreTopics(ctx, []news.Topic{{ID: 30, Slug: "laut", Name: "Laut", Curated: true}}))
	n.ok(n.db.RestoreSources(ctx, []news.Source{{ID: 10, Name: "AFP"}}))
}

// restoreCases hold the way back of an export.
var restoreCases = []testcase{
	{"what comes back keeps its ids, and what is new stands above them", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.restore("a")
		n.ok(n.desk.Restore(t.Context(), editor, []news.Restored{back(900),
			{Story: news.Story{ID: 901, Slug: "ditarik", SectionID: 60, FirstPublished: noon.Add(-time.Hour)},
				Withdrawal: &news.Withdrawal{Reason: news.ReasonChild, At: noon, By: "import"}}}))
		n.ok(n.db.EndRestore(t.Context(), change.Outcome{}))

		var err error
		n.tree, err = n.db.Sections(t.Context())
		n.ok(err)
		same(t, "sections", len(n.tree.All()), 2)
		live, err := n.db.LiveStory(t.Context(), 900)
		n.ok(err)
		same(t, "version", []any{live.Version.No, live.Version.Origin, live.Version.At, live.Story.LastNo}, []any{7, "desk", noon.Add(-time.Minute), 7})
		same(t, "list of the section above", n.list(news.ListFilter{SectionID: 70}), []int64{900})
		same(t, "list of the person", n.list(news.ListFilter{PersonID: 20}), []int64{900})
		same(t, "search", n.found("kembali laut rani"), []int64{900})
		w, err := n.db.Withdrawal(t.Context(), 901)
		n.ok(err)
		same(t, "notice", []any{w.Reason, w.By}, []any{news.ReasonChild, "import"})
		f, err := n.db.Front(t.Context(), 0)
		n.ok(err)
		same(t, "front", []any{f.ID, f.Containers[0].ID, f.Containers[0].Slots[0].StoryID}, []any{40, 300, 900})
		pages, err := n.db.StaticPages(t.Context())
		n.ok(err)
		same(t, "pages", len(pages), 1)
		settings, err := n.db.Settings(t.Context())
		n.ok(err)
		same(t, "name", settings.Name(), "Kabar Pulih")

		if id := n.create(n.content("desa", "Baru")); id <= 901 {
			t.Errorf("a new story has the id %d", id)
		}
		if id := n.person("Orang Baru"); id <= 20 {
			t.Errorf("a new person has the id %d", id)
		}
		if id := n.topic("Topik Baru"); id <= 30 {
			t.Errorf("a new topic has the id %d", id)
		}
		sec, err := n.site.SaveSection(t.Context(), editor, news.Section{Slug: "baru", Name: "Baru"})
		n.ok(err)
		front, err := n.site.SaveFront(t.Context(), editor, news.Front{SectionID: sec.ID, Containers: []news.Container{{Kind: news.ContainerLead, Size: 2}}})
		n.ok(err)
		_, err = n.desk.Correct(t.Context(), editor, news.Correction{StoryID: 900, Kind: news.Koreksi, Text: "Angka."})
		n.ok(err)
		notices, err := n.db.Corrections(t.Context(), []int64{900})
		n.ok(err)
		if list := notices[900]; sec.ID <= 70 || front.ID <= 40 || front.Containers[0].ID <= 300 || len(list) != 2 || list[0].ID != 500 || list[1].ID <= 500 {
			t.Errorf("section %d, front %d, container %d, corrections %v", sec.ID, front.ID, front.Containers[0].ID, list)
		}
	}},
	{"only an empty site takes an export, and an interrupted one goes on", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.restore("a")
		n.ok(n.desk.Restore(t.Context(), editor, []news.Restored{back(900)}))
		n.restore("a") // the same again
		if err := n.db.BeginRestore(t.Context(), "b", restored, change.Outcome{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("another one began: %v", err)
		}
		n.ok(n.db.EndRestore(t.Context(), change.Outcome{}))
		if err := n.db.BeginRestore(t.Context(), "a", restored, change.Outcome{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("it began in a full site: %v", err)
		}
		if err := n.desk.Restore(t.Context(), editor, []news.Restored{back(900)}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an id was taken twice: %v", err)
		}
		other := newNewsroom(t, open)
		_, _, err := other.db.AddPicture(t.Context(), "test", media.Picture{Hash: "aa", MIME: "image/png", CreatedAt: noon}, media.NewAddresses())
		other.ok(err)
		if err := other.db.BeginRestore(t.Context(), "a", restored, change.Outcome{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("it began in a site with a picture: %v", err)
		}
	}},
	{"a story that could not have been published does not come back, nor any with it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.restore("a")
		for name, spoil := range map[string]func(*news.Restored){
			"no headline":     func(r *news.Restored) { r.Content.Headline = "" },
			"no section":      func(r *news.Restored) { r.Content.SectionID = 1 },
			"no slug":         func(r *news.Restored) { r.Story.Slug = "" },
			"the future":      func(r *news.Restored) { r.Story.FirstPublished = noon.Add(time.Minute) },
			"another address": func(r *news.Restored) { r.Story.Slug = "a/b" },
			"no version":      func(r *news.Restored) { r.No = 0 },
			"an odd notice":   func(r *news.Restored) { r.Corrections[0].Kind = "x" },
			"an odd reason":   func(r *news.Restored) { r.Withdrawal = &news.Withdrawal{Reason: "x"} },
		} {
			bad := back(910)
			spoil(&bad)
			good := back(900)
			good.Story.URI = ""
			if err := n.desk.Restore(t.Context(), editor, []news.Restored{good, bad}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		list, err := n.db.Stories(t.Context(), []int64{900, 910})
		n.ok(err)
		same(t, "stories", len(list), 0)
	}},
	{"the counts of an export are those of what is public", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		p, _, err := n.db.AddPicture(t.Context(), "test", media.Picture{Hash: "aa", MIME: "image/png", Credit: "AFP", CreatedAt: noon}, media.NewAddresses())
		n.ok(err)
		n.create(n.content("bola", "Konsep"))
		c := n.content("bola", "Tayang")
		c.Lead.PictureID = p.ID
		n.publish(c)
		_, err = n.desk.Withdraw(t.Context(), editor, n.publish(n.content("bola", "Ditarik")), news.ReasonSARA, "")
		n.ok(err)
		stories, pictures, err := n.db.PublicCounts(t.Context())
		n.ok(err)
		same(t, "counts", []int{stories, pictures}, []int{2, 1})
	}},
}
