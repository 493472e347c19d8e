package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/news"
)

var structureCases = []testcase{
	{"a fresh site has the sections and the front of a portal, once", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		same(t, "sections", len(n.tree.All()), len(news.DefaultSections))
		same(t, "above internasional", n.tree.Top(n.section("internasional")), n.section("global"))
		same(t, "first", n.tree.All()[0].Slug, "nasional")
		f, err := n.db.Front(t.Context(), 0)
		n.ok(err)
		same(t, "first container", f.Containers[0].Kind, news.ContainerLead)
		seeded, err := n.db.Seed(t.Context())
		n.ok(err)
		same(t, "seeded again", seeded, false)
		tree, err := n.db.Sections(t.Context())
		n.ok(err)
		same(t, "sections", len(tree.All()), len(news.DefaultSections))
	}},
	{"a section that moves takes its stories along", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("internasional", "KTT iklim"))
		other := n.publish(n.content("global", "Kurs dunia"))
		sec := *n.tree.BySlug("internasional")
		sec.ParentID = n.section("edukasi")
		before := n.last()
		_, err := n.site.SaveSection(t.Context(), editor, sec)
		n.ok(err)
		same(t, "old parent", n.list(news.ListFilter{SectionID: n.section("global")}), []int64{other})
		same(t, "new parent", n.list(news.ListFilter{SectionID: n.section("edukasi")}), []int64{id})
		same(t, "itself", n.list(news.ListFilter{SectionID: sec.ID}), []int64{id})
		for _, slug := range []string{"global", "edukasi"} {
			if !slices.Contains(n.events(before), news.TagSection(n.section(slug))) {
				t.Errorf("the event does not name the list of %s", slug)
			}
			res, err := n.db.Search(t.Context(), news.SearchFilter{Query: "iklim", SectionID: n.section(slug), Limit: 10})
			n.ok(err)
			same(t, "search in "+slug, len(res.Cards), map[string]int{"global": 0, "edukasi": 1}[slug])
		}
		sec.ParentID = 0
		_, err = n.site.SaveSection(t.Context(), editor, sec)
		n.ok(err)
		same(t, "left again", n.list(news.ListFilter{SectionID: n.section("edukasi")}), []int64{})
	}},
	{"a slug is used once, and a reserved one never", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		_, err := n.site.SaveSection(t.Context(), editor, news.Section{Slug: "bola", Name: "Bola lagi"})
		n.coded(err, fault.Conflict, "name_taken")
		if _, err := n.site.SaveSection(t.Context(), editor, news.Section{Slug: "media", Name: "Media"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v, want invalid", err)
		}
		if _, err := n.site.SaveSection(t.Context(), editor, news.Section{ID: 999, Slug: "baru", Name: "Baru"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v, want not found", err)
		}
		sec, err := n.site.SaveSection(t.Context(), editor, news.Section{Slug: "baru", Name: "Baru", Hidden: true, Position: 99})
		n.ok(err)
		tree, err := n.db.Sections(t.Context())
		n.ok(err)
		same(t, "saved", *tree.BySlug("baru"), sec)
	}},
	{"names are made once, whatever their case, with slugs of their own", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		before := n.last()
		ids, err := n.db.EnsurePersons(t.Context(), []string{"Nur Aini", " nur  AINI ", "Nur-Aini", "Nur Aini!", ""})
		n.ok(err)
		same(t, "the same person", ids["Nur Aini"], ids[" nur  AINI "])
		same(t, "different ones", len(map[int64]bool{ids["Nur Aini"]: true, ids["Nur-Aini"]: true, ids["Nur Aini!"]: true}), 3)
		people, err := n.db.Persons(t.Context(), []int64{ids["Nur Aini"], ids["Nur-Aini"], ids["Nur Aini!"]})
		n.ok(err)
		same(t, "slugs", []string{people[0].Slug, people[1].Slug, people[2].Slug}, []string{"nur-aini", "nur-aini-2", "nur-aini-3"})
		same(t, "told", slices.Contains(n.events(before), news.TagRedirects), true)
		before = n.last()
		again, err := n.db.EnsurePersons(t.Context(), []string{"NUR AINI"})
		n.ok(err)
		same(t, "found again", again["NUR AINI"], ids["Nur Aini"])
		same(t, "nothing happened", n.last(), before)
	}},
	{"many names of one spelling are numbered on", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		var names []string
		for i := range 120 {
			names = append(names, fmt.Sprintf("Banjir%s", string([]rune("!?.,;:…")[i%7:i%7+1])+fmt.Sprintf("%*s", i/7, "")+"("+fmt.Sprint(string(rune(0x2460+i)))+")"))
		}
		ids, err := n.db.EnsureTopics(t.Context(), names)
		n.ok(err)
		distinct := map[int64]bool{}
		for _, id := range ids {
			distinct[id] = true
		}
		list, err := n.db.AllTopics(t.Context(), 0, 500)
		n.ok(err)
		same(t, "topics", []int{len(distinct)}, []int{len(names)})
		slugs := map[string]bool{}
		for _, topic := range list {
			slugs[topic.Slug] = true
			if err := news.CheckSlug("slug", topic.Slug); err != nil {
				t.Error(err)
			}
		}
		same(t, "slugs", len(slugs), len(list))
	}},
	{"four imports that make the same names agree", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		type answer struct {
			ids map[string]int64
			err error
		}
		answers := make(chan answer)
		for range 4 {
			go func() {
				ids, err := n.db.EnsureTopics(t.Context(), []string{"Pemilu", "Banjir", "Timnas"})
				answers <- answer{ids, err}
			}()
		}
		first := <-answers
		n.ok(first.err)
		for range 3 {
			a := <-answers
			n.ok(a.err)
			same(t, "ids", a.ids, first.ids)
		}
	}},
	{"topics, persons and sources are written and read", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		topic, err := n.site.SaveTopic(t.Context(), editor, news.Topic{Slug: "pemilu", Name: "Pemilu", Intro: "Pesta", Curated: true})
		n.ok(err)
		topics, err := n.db.Topics(t.Context(), []int64{topic.ID})
		n.ok(err)
		same(t, "topic", topics, []news.Topic{topic})
		person, err := n.site.SavePerson(t.Context(), editor, news.Person{Slug: "rani", Name: "Rani", Title: "Wartawan", PictureID: 3})
		n.ok(err)
		person.Bio = "Menulis."
		_, err = n.site.SavePerson(t.Context(), editor, person)
		n.ok(err)
		people, err := n.db.Persons(t.Context(), []int64{person.ID})
		n.ok(err)
		same(t, "person", people, []news.Person{person})
		src, err := n.site.SaveSource(t.Context(), editor, news.Source{Name: "AFP", URL: "https://example.org"})
		n.ok(err)
		ids, err := n.db.EnsureSources(t.Context(), []string{"afp"})
		n.ok(err)
		same(t, "source", ids["afp"], src.ID)
		_, err = n.site.SaveTopic(t.Context(), editor, news.Topic{Slug: "lain", Name: "PEMILU"})
		n.coded(err, fault.Conflict, "name_taken")
	}},
	{"a front is replaced as a whole and keeps its containers", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		id := n.publish(n.content("bola", "Utama"))
		f, err := n.db.Front(t.Context(), 0)
		n.ok(err)
		f.Containers = f.Containers[:2]
		f.Containers[0], f.Containers[1] = f.Containers[1], f.Containers[0]
		f.Containers[0].Slots = []news.Slot{{Position: 1, StoryID: id, Until: noon.Add(time.Hour)}}
		f.Containers = append([]news.Container{{Kind: news.ContainerSection, Title: "Bola", Size: 4,
			Rule: news.Rule{SectionID: n.section("bola"), Kinds: []news.Kind{news.KindVideo}}}}, f.Containers...)
		saved, err := n.site.SaveFront(t.Context(), editor, f)
		n.ok(err)
		got, err := n.db.Front(t.Context(), 0)
		n.ok(err)
		same(t, "front", got, saved)
		same(t, "kept", []int64{got.Containers[1].ID, got.Containers[2].ID}, []int64{f.Containers[1].ID, f.Containers[2].ID})
	}},
	{"settings, pages and redirects are kept, the last word counts", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.ok(n.site.SaveSettings(t.Context(), editor, map[string]string{"name": "Kabar Nusantara", "zone": "Asia/Jayapura"}))
		n.ok(n.site.SaveSettings(t.Context(), editor, map[string]string{"name": "Kabar"}))
		s, err := n.db.Settings(t.Context())
		n.ok(err)
		same(t, "settings", []string{s.Name(), s.Zone().String()}, []string{"Kabar", "Asia/Jayapura"})
		page := news.StaticPage{Slug: "redaksi", Title: "Redaksi", Body: body("Kami."), Position: 2, Updated: noon}
		n.ok(n.site.SavePage(t.Context(), editor, page))
		page.Title = "Susunan Redaksi"
		n.ok(n.site.SavePage(t.Context(), editor, page))
		got, err := n.db.StaticPage(t.Context(), "redaksi")
		n.ok(err)
		same(t, "page", got, page)
		n.ok(n.site.SaveRedirects(t.Context(), editor, news.Redirect{Path: "/lama", Target: "/bola"}, news.Redirect{Path: "/lama", Target: "/tekno"}))
		r, err := n.db.Redirect(t.Context(), "", "/lama")
		n.ok(err)
		same(t, "redirect", r.Target, "/tekno")
	}},
	{"the day of a story follows the zone of the site", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		n.ok(n.site.SaveSettings(t.Context(), editor, map[string]string{"zone": "Asia/Jayapura"}))
		in := n.incoming("urn:z", "1", "Tengah malam")
		in.Published = time.Date(2022, 1, 7, 15, 30, 0, 0, time.UTC)
		res := n.take(in)
		same(t, "path", res[0].Path, fmt.Sprintf("/nasional/2022/01/08/%d/tengah-malam", res[0].ID))
	}},
}
