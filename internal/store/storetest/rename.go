package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/news"
	"warta/internal/store"
)

// renamer is a newsroom whose jobs are done by hand.
type renamer struct {
	*newsroom
	queue *queue
	rows  int64 // how many changes of names there were
}

func newRenamer(t *testing.T, open Open) *renamer {
	r := &renamer{newsroom: newNewsroom(t, open), queue: &queue{}}
	r.db.UseJobs(r.queue)
	return r
}

func (r *renamer) topicName(id int64, name string) {
	r.t.Helper()
	list, err := r.db.Topics(r.t.Context(), []int64{id})
	r.ok(err)
	list[0].Name = name
	_, err = r.site.SaveTopic(r.t.Context(), editor, list[0])
	r.ok(err)
}

func (r *renamer) personName(id int64, name string) {
	r.t.Helper()
	list, err := r.db.Persons(r.t.Context(), []int64{id})
	r.ok(err)
	list[0].Name = name
	_, err = r.site.SavePerson(r.t.Context(), editor, list[0])
	r.ok(err)
}

// asked fails unless the queue was asked for the next row once, and returns it.
func (r *renamer) asked() int64 {
	r.t.Helper()
	r.rows++
	same(r.t, "jobs", r.queue.taken(), []string{fmt.Sprintf("%s rename.%d", store.JobReindex, r.rows)})
	return r.rows
}

// runs does a job to its end and returns how many slices it took.
func (r *renamer) runs(id int64) (slices int) {
	r.t.Helper()
	for more := true; more; slices++ {
		var err error
		more, err = r.db.ReindexSlice(r.t.Context(), id)
		r.ok(err)
		if slices > 100 {
			r.t.Fatal("it comes to no end")
		}
	}
	return slices
}

// finds fails unless both searches find just these stories.
func (r *renamer) finds(words string, live []int64, headlines ...string) {
	r.t.Helper()
	same(r.t, "search for "+words, r.found(words), live)
	got := r.work(news.WorkFilter{Text: words})
	slices.Sort(got)
	slices.Sort(headlines)
	same(r.t, "the newsroom's search for "+words, got, append([]string{}, headlines...))
}

var renameCases = []testcase{
	{"a renamed person is found by the new name in older stories, and not by the old one", func(t *testing.T, open Open) {
		r := newRenamer(t, open)
		ctx := t.Context()
		who := r.person(`Sri "Ayu" -Wulandari`)
		by := func(headline string) news.Content {
			c := r.content("bola", headline)
			c.Credits = []news.Credit{{PersonID: who, Role: news.Writer}}
			return c
		}
		live := r.publish(by("Final digelar"))
		r.step()
		english := by("The final begins")
		english.Language = "en"
		second := r.publish(english)
		r.step()
		r.create(by("Masih draf"))
		gone := r.publish(by("Sudah dicabut"))
		_, err := r.desk.Withdraw(ctx, editor, gone, news.ReasonSARA, "")
		r.ok(err)
		r.step()
		changed := r.publish(r.content("bola", "Tanpa nama"))
		r.opened(editor, changed).saves("credits", fmt.Sprintf(`[{"person":%d,"role":"writer"}]`, who)) // only in its draft
		r.publish(r.content("bola", "Berita lain"))
		order := r.work(news.WorkFilter{})
		r.finds("wulandari", []int64{second, live}, "Final digelar", "The final begins", "Masih draf", "Sudah dicabut", "Tanpa nama")

		r.personName(who, "Sri Maharani")
		id := r.asked()
		got, err := r.db.Renamings(ctx, news.RefPerson, 10)
		r.ok(err)
		same(t, "what is left", got, []news.Renaming{{RefID: who, Name: "Sri Maharani"}})
		before := r.last()
		r.runs(id)
		r.finds("wulandari", []int64{})
		r.finds("maharani", []int64{second, live}, "Final digelar", "The final begins", "Masih draf", "Sudah dicabut", "Tanpa nama")
		same(t, "the board's order", r.work(news.WorkFilter{}), order)
		if tags := r.events(before); !slices.Contains(tags, news.TagSearch) {
			t.Errorf("pages of searches are not announced: %v", tags)
		}
		got, err = r.db.Renamings(ctx, news.RefPerson, 10)
		r.ok(err)
		same(t, "what is left at the end", len(got), 0)
		same(t, "a job that comes once more", r.runs(id), 1)
	}},
	{"a renamed topic is found by the new name, also where a topic was merged into it", func(t *testing.T, open Open) {
		r := newRenamer(t, open)
		topic, other := r.topic("Pilpres"), r.topic("Debat calon")
		about := func(id int64, headline string) news.Content {
			c := r.content("bola", headline)
			c.Topics = []int64{id}
			return c
		}
		live := r.publish(about(topic, "Kampanye dimulai"))
		r.step()
		merged := r.publish(about(other, "Debat pertama"))
		r.create(about(other, "Draf debat"))
		r.ok(r.site.MergeTopics(t.Context(), editor, other, topic))
		r.finds("pilpres", []int64{live}, "Kampanye dimulai")
		r.runs(r.asked())
		r.finds("pilpres", []int64{merged, live}, "Kampanye dimulai", "Debat pertama", "Draf debat")
		r.finds("calon", []int64{merged}, "Debat pertama", "Draf debat") // its other name
		r.topicName(topic, "Pemilu Raya")
		r.runs(r.asked())
		r.finds("pilpres", []int64{})
		r.finds("raya", []int64{merged, live}, "Kampanye dimulai", "Debat pertama", "Draf debat")
	}},
	{"what changes no name asks for nothing", func(t *testing.T, open Open) {
		r := newRenamer(t, open)
		topic, who := r.topic("Banjir"), r.person("Rani")
		r.topicName(topic, "banjir") // terms know no capitals
		r.personName(who, "Rani")
		_, err := r.site.SaveTopic(t.Context(), editor, news.Topic{Name: "Baru", Slug: "baru"})
		r.ok(err)
		same(t, "jobs", r.queue.taken(), []string{})
		r.ok(r.db.RequeueRenames(t.Context()))
		same(t, "jobs that are asked for again", r.queue.taken(), []string{})
	}},
	{"many stories are written anew in slices, which may break off and overlap with another change", func(t *testing.T, open Open) {
		r := newRenamer(t, open)
		ctx := t.Context()
		topic := r.topic("Gempa")
		var items []news.Incoming
		for i := range 250 {
			in := r.item(fmt.Sprint("urn:", i), "bola", fmt.Sprint("Guncangan ", i), noon.Add(-time.Duration(i)*time.Hour))
			in.Content.Topics = []int64{topic}
			items = append(items, in)
		}
		for batch := range slices.Chunk(items, 200) {
			_, err := r.desk.Import(ctx, account.System("import"), batch)
			r.ok(err)
		}
		count := func(words string) int {
			t.Helper()
			n := 0
			f := news.SearchFilter{Query: words, Limit: 100}
			for {
				res, err := r.db.Search(ctx, f)
				r.ok(err)
				n += len(res.Cards)
				if !res.More {
					return n
				}
				f.After = res.Next
			}
		}
		r.topicName(topic, "Lindu")
		first := r.asked()
		_, err := r.db.ReindexSlice(ctx, first)
		r.ok(err)
		same(t, "found after a slice", []int{count("lindu"), count("gempa")}, []int{100, 150})
		got, err := r.db.Renamings(ctx, news.RefTopic, 10)
		r.ok(err)
		same(t, "how far it is", got, []news.Renaming{{RefID: topic, Name: "Lindu", Done: 100, Total: 250}})

		r.topicName(topic, "Temblor")
		second := r.asked()
		r.ok(r.db.RequeueRenames(ctx)) // as after a restart without the queue's rows
		same(t, "jobs", r.queue.taken(), []string{fmt.Sprintf("%s rename.%d", store.JobReindex, first), fmt.Sprintf("%s rename.%d", store.JobReindex, second)})
		same(t, "slices that were left", r.runs(first), 3) // two of lists, one of drafts
		same(t, "slices of the second change", r.runs(second), 4)
		same(t, "found in the end", []int{count("temblor"), count("lindu"), count("gempa")}, []int{250, 0, 0})
	}},
}
