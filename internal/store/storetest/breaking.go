package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/media"
	"warta/internal/news"
)

var breakingCases = []testcase{
	{"what goes out within ten minutes is looked through once more", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		chief := n.colleague("Tono", account.Editor)
		p, _, err := n.db.AddPicture(ctx, "test", media.Picture{Hash: "aa", MIME: "image/png", Credit: "AFP", CreatedAt: noon}, media.NewAddresses())
		n.ok(err)
		c := n.content("bola", "Terjadwal")
		c.Lead.PictureID = p.ID
		id, fine := n.create(c), n.create(n.content("bola", "Beres"))
		n.ok(n.desk.Schedule(ctx, chief, id, noon.Add(time.Hour)))
		n.ok(n.desk.Schedule(ctx, chief, fine, noon.Add(time.Hour)))
		watch := func(want int) {
			t.Helper()
			troubled, err := n.desk.WatchDue(ctx)
			n.ok(err)
			same(t, "troubled", troubled, want)
		}
		n.clock.advance(49 * time.Minute)
		watch(0)
		n.ok(n.db.ChangePicture(ctx, p.ID, func(p *media.Picture) (change.Outcome, error) {
			p.Credit = ""
			return change.Outcome{}, nil
		}))
		n.clock.advance(2 * time.Minute)
		watch(1)
		watch(0)
		same(t, "who scheduled it is told", n.told(chief), []string{"watch picture_credit"})
		same(t, "the notice names the story", func() string {
			list, _, err := n.db.Notices(ctx, chief.ID, 0, 1)
			n.ok(err)
			return list[0].Headline
		}(), "Terjadwal")
		n.clock.advance(9 * time.Minute)
		n.due(2)
	}},
	{"breaking news is out with its banner in one step, and the banner ends with it", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		before := n.last()
		id, rc, err := n.desk.Break(ctx, rani, news.Breaking{Headline: "Gempa di Ambon", SectionID: n.section("regional"), Until: noon.Add(time.Hour)})
		n.ok(err)
		n.visible(id, "gempa")
		list, err := n.db.Events(ctx, before, 10)
		n.ok(err)
		same(t, "one event with the banner", []any{len(list), list[0].Seq == rc.Seq, slices.Contains(list[0].Tags, news.TagBanner)}, []any{1, true, true})
		banner := func() string {
			b, ok, err := n.db.Banner(ctx)
			n.ok(err)
			if !ok {
				return ""
			}
			return fmt.Sprint(b.StoryID, " ", b.Text)
		}
		same(t, "banner", banner(), fmt.Sprint(id, " Gempa di Ambon"))
		n.opened(rani, id).saves("headline", `"Gempa 6,1 di Ambon"`)
		_, err = n.desk.Publish(ctx, rani, id)
		n.ok(err)
		same(t, "slug", n.story(id).Slug, "gempa-di-ambon")
		_, err = n.desk.SetBanner(ctx, rani, news.Banner{StoryID: id, Text: "Peringatan tsunami dicabut", Until: noon.Add(2 * time.Hour)})
		n.ok(err)
		same(t, "another banner", banner(), fmt.Sprint(id, " Peringatan tsunami dicabut"))
		before = n.last()
		_, err = n.desk.Withdraw(ctx, editor, id, news.ReasonSARA, "")
		n.ok(err)
		same(t, "no banner of a withdrawn story", banner(), "")
		same(t, "and its pieces are told", slices.Contains(n.events(before), news.TagBanner), true)
		_, err = n.desk.SetBanner(ctx, rani, news.Banner{StoryID: id, Until: noon.Add(time.Hour)})
		n.coded(err, fault.Conflict, "not_live")
		second, _, err := n.desk.Break(ctx, rani, news.Breaking{Headline: "Lagi", SectionID: n.section("bola"), Until: noon.Add(time.Hour)})
		n.ok(err)
		n.embargo(second, noon.Add(time.Hour))
		same(t, "no banner of a story under embargo", banner(), "")
		third, _, err := n.desk.Break(ctx, rani, news.Breaking{Headline: "Lagi", SectionID: n.section("bola"), Until: noon.Add(time.Hour)})
		n.ok(err)
		_, err = n.desk.EndBanner(ctx, rani)
		n.ok(err)
		same(t, "ended", banner(), "")
		_, err = n.desk.SetBanner(ctx, rani, news.Banner{StoryID: third, Until: noon.Add(time.Minute)})
		n.ok(err)
		n.clock.advance(time.Minute)
		same(t, "over at its time", banner(), "")
		_, _, err = n.desk.Break(ctx, account.Actor{ID: 3, Role: account.Reporter}, news.Breaking{Headline: "x", SectionID: n.section("bola")})
		n.is(err, fault.Forbidden)
	}},
	{"breaking news waits for a second person where a rule says so", func(t *testing.T, open Open) {
		n := newNewsroom(t, open)
		ctx := t.Context()
		n.ok(n.site.SaveSignoffRules(ctx, editor, []news.SignoffRule{{Label: news.LabelBreaking, People: 2}}))
		chief := n.colleague("Gita", account.Reporter, account.Grant{SectionID: n.section("bola"), Role: account.Editor})
		id, rc, err := n.desk.Break(ctx, rani, news.Breaking{Headline: "Menunggu", SectionID: n.section("bola"), Until: noon.Add(time.Hour)})
		n.ok(err)
		same(t, "nothing happened", rc.Seq, int64(0))
		n.hidden(id, "menunggu")
		same(t, "the desk is told", n.told(chief), []string{"breaking"})
		_, err = n.desk.Publish(ctx, chief, id)
		n.ok(err)
		n.visible(id, "menunggu")
	}},
}
