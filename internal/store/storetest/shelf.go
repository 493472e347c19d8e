package storetest

import (
	"context"
	"testing"
	"time"

	"warta/internal/fault"
	"warta/internal/member"
	"warta/internal/news"
)

// reader is a reader of the test with his number.
func (r *readership) reader(email string) int64 {
	r.t.Helper()
	return r.session(r.join(email, phone("Firefox"))).Member.ID
}

// put puts items on a shelf, each a minute after the one before.
func (r *readership) put(id int64, items ...member.Item) {
	r.t.Helper()
	for _, i := range items {
		r.ok(r.members.Put(r.t.Context(), id, i))
		r.clock.advance(time.Minute)
	}
}

func (r *readership) saved(id int64) []int64 {
	r.t.Helper()
	list, _, err := r.db.Saved(r.t.Context(), id, news.Cursor{}, 50)
	r.ok(err)
	return shownIDs(list)
}

func (r *readership) followed(id int64) []news.Shown {
	r.t.Helper()
	list, _, err := r.db.Followed(r.t.Context(), id, news.Cursor{}, 50)
	r.ok(err)
	return list
}

func shownIDs(list []news.Shown) []int64 {
	out := []int64{}
	for _, h := range list {
		out = append(out, h.Card.ID)
	}
	return out
}

func (r *readership) topics(names ...string) (out []int64) {
	r.t.Helper()
	ids, err := r.db.EnsureTopics(r.t.Context(), names)
	r.ok(err)
	for _, n := range names {
		out = append(out, ids[n])
	}
	return out
}

func save(id int64) member.Item { return member.Item{Kind: member.Save, ID: id} }

func item(kind member.ItemKind, id int64) member.Item { return member.Item{Kind: kind, ID: id} }

var shelfCases = []testcase{
	{"what was saved is listed by when, with the words of now, and what was taken away leaves no trace", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		ctx, id := t.Context(), r.reader("rani@kabar.example")
		a, b, c := r.publish(r.content("nasional", "Satu")), r.publish(r.content("nasional", "Dua")), r.publish(r.content("bola", "Tiga"))
		r.put(id, save(b), save(a), save(c))
		same(t, "saved", r.saved(id), []int64{c, a, b})
		r.put(id, save(b)) // once more: nothing moves
		same(t, "saved", r.saved(id), []int64{c, a, b})
		r.revise(a, func(c *news.Content) { c.Headline = "Satu yang benar" })
		list, _, err := r.db.Saved(ctx, id, news.Cursor{}, 50)
		r.ok(err)
		same(t, "headline", list[1].Card.Headline, "Satu yang benar")
		_, err = r.desk.Withdraw(ctx, editor, a, news.ReasonSARA, "")
		r.ok(err)
		same(t, "after a withdrawal", r.saved(id), []int64{c, b})
		r.fails(r.members.Put(ctx, id, save(a)), fault.NotFound, "no_item")
		r.fails(r.members.Put(ctx, id, save(r.create(r.content("nasional", "Draf")))), fault.NotFound, "no_item")
		r.ok(r.members.Unshelve(ctx, id, []member.Item{save(c), save(9999)}))
		same(t, "after one was removed", r.saved(id), []int64{b})
		same(t, "of another reader", r.saved(r.reader("budi@kabar.example")), []int64{})
	}},
	{"pages of saved and followed stories go on where the last one ended", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		id := r.reader("rani@kabar.example")
		var want []int64
		for range 7 {
			s := r.publish(r.content("nasional", "Cerita"))
			r.put(id, save(s))
			want = append([]int64{s}, want...)
		}
		r.put(id, item(member.FollowSection, r.section("nasional")), item(member.FollowStory, want[6]))
		for name, read := range map[string]func(context.Context, int64, news.Cursor, int) ([]news.Shown, bool, error){"saved": r.db.Saved, "followed": r.db.Followed} {
			var got []int64
			after := news.Cursor{}
			for more := true; more; {
				var list []news.Shown
				var err error
				list, more, err = read(t.Context(), id, after, 2)
				r.ok(err)
				if len(list) == 0 || len(list) > 2 {
					t.Fatalf("a page of %d", len(list))
				}
				got, after = append(got, shownIDs(list)...), list[len(list)-1].Cursor()
			}
			same(t, name, got, want)
		}
	}},
	{"what a browser kept is joined once, in its order, from many tabs at once", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		id := r.reader("rani@kabar.example")
		a, b, c := r.publish(r.content("nasional", "Satu")), r.publish(r.content("nasional", "Dua")), r.publish(r.content("bola", "Tiga"))
		r.put(id, save(c))
		list := []member.Kept{{Item: save(a), Age: 3 * time.Hour}, {Item: save(b), Age: 2 * time.Hour}, {Item: save(c), Age: time.Hour},
			{Item: save(a), Age: time.Hour}, {Item: save(777), Age: time.Hour}, {Item: item(member.FollowSection, r.section("bola")), Age: -time.Hour}}
		r.at64(nil, func(ctx context.Context, _ int) error {
			put, err := r.members.Shelve(ctx, id, list)
			if err == nil && (len(put.There) != 5 || len(put.Full) != 0) {
				t.Errorf("put %+v", put)
			}
			return err
		})
		same(t, "saved", r.saved(id), []int64{c, a, b}) // a was kept again later
		same(t, "followed", shownIDs(r.followed(id)), []int64{c})
		there, err := r.members.OnShelf(t.Context(), id, []member.Item{save(a), save(777), item(member.FollowSection, r.section("bola"))})
		r.ok(err)
		same(t, "on the shelf", len(there), 2)
	}},
	{"there is room for so many and no more, and what has no room is said", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		ctx, id := t.Context(), r.reader("rani@kabar.example")
		var names []string
		for i := range member.MaxFollowed + 5 {
			names = append(names, "Topik "+string(rune('a'+i/26))+string(rune('a'+i%26)))
		}
		topics := r.topics(names...)
		var list []member.Kept
		for i, topic := range topics {
			list = append(list, member.Kept{Item: item(member.FollowTopic, topic), Age: time.Duration(i) * time.Minute})
		}
		_, err := r.members.Shelve(ctx, id, list)
		r.fails(err, fault.Invalid, "many_items")
		put, err := r.members.Shelve(ctx, id, list[:150])
		r.ok(err)
		same(t, "room", len(put.There), 150)
		put, err = r.members.Shelve(ctx, id, list[100:])
		r.ok(err)
		same(t, "there and no room", []int{len(put.There), len(put.Full)}, []int{100, 5})
		same(t, "without room is the oldest", put.Full[4], list[len(list)-1].Item)
		r.fails(r.members.Put(ctx, id, item(member.FollowTopic, topics[len(topics)-1])), fault.TooLarge, "follows_many")
		r.ok(r.members.Put(ctx, id, item(member.FollowTopic, topics[0]))) // is there
		r.ok(r.members.Put(ctx, id, save(r.publish(r.content("bola", "Satu")))))
		r.ok(r.members.Unshelve(ctx, id, []member.Item{list[0].Item}))
		r.ok(r.members.Put(ctx, id, item(member.FollowTopic, topics[len(topics)-1])))
	}},
	{"what is followed comes newest first, once, and says why", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		ctx, id := t.Context(), r.reader("rani@kabar.example")
		topic := r.topics("Banjir")[0]
		people, err := r.db.EnsurePersons(ctx, []string{"Sari"})
		r.ok(err)
		c := r.content("internasional", "Air naik")
		c.Topics, c.Credits = []int64{topic}, []news.Credit{{PersonID: people["Sari"], Role: news.Writer}}
		flood := r.publish(c)
		r.clock.advance(time.Hour)
		other := r.publish(r.content("bola", "Gol"))
		r.clock.advance(time.Hour)
		c = r.content("bola", "Pompa tiba")
		c.Related = []int64{flood}
		pump := r.publish(c)
		same(t, "nothing is followed", shownIDs(r.followed(id)), []int64{})
		r.put(id, item(member.FollowTopic, topic), item(member.FollowPerson, people["Sari"]), item(member.FollowSection, r.section("global")))
		list := r.followed(id)
		same(t, "followed", shownIDs(list), []int64{flood})
		same(t, "why", list[0].For, []news.Cause{{Ref: news.RefSection, ID: r.section("global")}, {Ref: news.RefTopic, ID: topic}, {Ref: news.RefPerson, ID: people["Sari"]}})

		// A story that is followed brings what belongs to it, and itself when it moves on.
		r.put(id, item(member.FollowStory, flood))
		list = r.followed(id)
		same(t, "with a story", shownIDs(list), []int64{pump, flood})
		same(t, "why", list[0].For, []news.Cause{{Ref: news.RefStory, ID: flood}})
		r.clock.advance(time.Hour)
		r.write(flood, func(c *news.Content) { c.Headline = "Air surut" })
		_, err = r.desk.Release(ctx, editor, news.ReleaseRequest{IDs: []int64{flood}, Significant: true})
		r.ok(err)
		list = r.followed(id)
		same(t, "after an update", shownIDs(list), []int64{flood, pump})
		same(t, "headline", list[0].Card.Headline, "Air surut")
		_, err = r.desk.Withdraw(ctx, editor, flood, news.ReasonSARA, "")
		r.ok(err)
		same(t, "after the withdrawal", shownIDs(r.followed(id)), []int64{pump})
		if other == 0 {
			t.Fatal("no story")
		}
	}},
	{"follows go over to what takes over", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		ctx, rani, budi := t.Context(), r.reader("rani@kabar.example"), r.reader("budi@kabar.example")
		topics := r.topics("Banjir", "Air Bah")
		from, into := item(member.FollowTopic, topics[0]), item(member.FollowTopic, topics[1])
		r.put(rani, from)
		r.put(budi, into, from)
		r.ok(r.site.MergeTopics(ctx, editor, from.ID, into.ID))
		for _, id := range []int64{rani, budi} {
			shelf, err := r.db.Shelf(ctx, id, member.Item{}, 50)
			r.ok(err)
			if len(shelf) != 1 || shelf[0].Item != into || shelf[0].Ways != member.OnPage {
				t.Errorf("the shelf holds %+v", shelf)
			}
		}
		who, err := r.db.Followers(ctx, into, member.OnPage, 0, 50)
		r.ok(err)
		same(t, "followers", who, []int64{rani, budi})
		who, err = r.db.Followers(ctx, into, member.OnPage<<1, 0, 50)
		r.ok(err)
		same(t, "followers by another way", len(who), 0)
		put, err := r.members.Shelve(ctx, rani, []member.Kept{{Item: from}}) // an old page in a browser
		r.ok(err)
		same(t, "the old topic stands for the new one", put.There, []member.Item{from})

		old, heir := r.section("internasional"), r.section("tekno")
		r.put(rani, item(member.FollowSection, old))
		r.ok(r.site.GiveUpSection(ctx, editor, old, heir))
		who, err = r.db.Followers(ctx, item(member.FollowSection, heir), member.OnPage, 0, 50)
		r.ok(err)
		same(t, "followers of the heir", who, []int64{rani})
		put, err = r.members.Shelve(ctx, budi, []member.Kept{{Item: item(member.FollowSection, old)}})
		r.ok(err)
		same(t, "put", len(put.There), 1)
		who, err = r.db.Followers(ctx, item(member.FollowSection, heir), member.OnPage, rani, 50)
		r.ok(err)
		same(t, "followers of the heir after the first", who, []int64{budi})
	}},
	{"a reader takes his shelf along, and it is erased with him", func(t *testing.T, open Open) {
		r := newReadership(t, open)
		ctx, id := t.Context(), r.reader("rani@kabar.example")
		story := r.publish(r.content("nasional", "Satu"))
		topic := item(member.FollowTopic, r.topics("Banjir")[0])
		r.put(id, save(story), topic)
		got := map[string]int{}
		for _, f := range r.members.Export(id) {
			r.ok(f.Write(ctx, func(any) error { got[f.Name]++; return nil }))
		}
		same(t, "lines of the archive", []int{got["saved.jsonl"], got["followed.jsonl"]}, []int{1, 1})
		s, err := r.members.Record(ctx, id)
		r.ok(err)
		r.ok(r.members.GiveUp(ctx, phone("Firefox"), member.Session{Member: s.Member}, 72*time.Hour))
		r.clock.advance(72 * time.Hour)
		_, err = r.members.Sweep(ctx)
		r.ok(err)
		shelf, err := r.db.Shelf(ctx, id, member.Item{}, 50)
		r.ok(err)
		same(t, "left", len(shelf), 0)
		_, err = r.members.Shelve(ctx, id, []member.Kept{{Item: topic}})
		r.fails(err, fault.Unauthenticated, "reader_signed_out")
	}},
}
