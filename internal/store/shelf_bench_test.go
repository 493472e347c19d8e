package store

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"warta/internal/news"
	"warta/internal/testkit/pg"
)

// BenchmarkFollowed reads pages of what somebody follows who follows as much as
// can be: 10 sections, 150 topics, 30 persons and 10 stories, in an archive of
// 20,000 stories or of WARTA_FOLLOWED. Sections are large, a topic has from a few
// stories to a hundredth of all.
func BenchmarkFollowed(b *testing.B) {
	size := 20000
	if n, err := strconv.Atoi(os.Getenv("WARTA_FOLLOWED")); err == nil {
		size = n
	}
	for name, o := range map[string]func() Options{
		"sqlite":     func() Options { return Options{Dir: b.TempDir()} },
		"postgresql": func() Options { return Options{URL: pg.Database(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			db := opened(b, o())
			fillFollowed(b, db, size)
			for says, after := range map[string]news.Cursor{
				"first":  {},
				"middle": {At: time.UnixMilli(storyTime(size / 2)).UTC(), ID: int64(size / 2)},
				"last":   {At: time.UnixMilli(storyTime(200)).UTC(), ID: 200},
			} {
				for _, who := range []int64{1, 2} {
					name := "everything"
					if who == 2 {
						name = "rare"
					}
					b.Run(name+"_"+says, func(b *testing.B) {
						for b.Loop() {
							list, _, err := db.Followed(b.Context(), who, after, 24)
							if err != nil || len(list) == 0 {
								b.Fatalf("%d stories, %v", len(list), err)
							}
						}
					})
				}
			}
		})
	}
}

// storyTime is when story n of fillFollowed was published.
func storyTime(n int) int64 { return 1_500_000_000_000 + int64(n)*60_000 }

// fillFollowed writes an archive and two readers: the first follows everything
// that can be, the second 200 topics with few stories.
func fillFollowed(b *testing.B, db *DB, size int) {
	b.Helper()
	do := func(text string) {
		b.Helper()
		if _, err := db.write.ExecContext(b.Context(), text); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
	numbers := func(to int) string {
		if db.dialect.postgres {
			return fmt.Sprintf(`(SELECT CAST(n AS BIGINT) AS n FROM generate_series(1, %d) AS n) AS s`, to)
		}
		return fmt.Sprintf(`(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c) AS s`, to)
	}
	do(`INSERT INTO stories (id, status, slug, section_id, first_published, created, card)
		SELECT n, 'live', 's', 1 + n % 20, 1500000000000 + n * 60000, 0, '{"h":"Judul"}' FROM ` + numbers(size))
	list := func(list int, ref string) {
		do(fmt.Sprintf(`INSERT INTO listings (list, ref, at, story_id)
			SELECT %d, %s, 1500000000000 + n * 60000, n FROM %s WHERE TRUE ON CONFLICT DO NOTHING`, list, ref, numbers(size)))
	}
	list(listSite, `0`)
	list(listSection, `1 + n % 20`)
	for k := range 4 { // the square makes small numbers frequent
		list(listTopic, fmt.Sprintf(`1 + ((n * 7919 + %d) %% 10007) * ((n * 7919 + %d) %% 10007) / 10007`, k*2500, k*2500))
	}
	list(listPerson, `1 + (n * 31) % 500`)
	list(listRelated, `1 + (n * 104729) % `+strconv.Itoa(size))
	for id := 1; id <= 2; id++ {
		do(fmt.Sprintf(`INSERT INTO members (id, email, name, created, terms, terms_at, handle) VALUES (%d, '%d', 'x', 0, '', 0, '%d')`, id, id, id))
	}
	keep := func(member, kind, n int, ref string) {
		do(fmt.Sprintf(`INSERT INTO member_items (member_id, kind, ref, since, ways) SELECT %d, %d, %s, 0, 1 FROM %s`, member, kind, ref, numbers(n)))
	}
	keep(1, listSection, 10, `n`)
	keep(1, listTopic, 150, `n * 60`)
	keep(1, listPerson, 30, `n`)
	keep(1, listRelated, 10, `n * 7`)
	keep(2, listTopic, 200, `9000 + n`)
	do(`ANALYZE`)
}
