package app

import (
	"context"
	"strings"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/news"
)

// staticPages are the pages that a news site in Indonesia has to have, in the
// order of the footer.
var staticPages = []string{"redaksi", "tentang-kami", "pedoman-media-siber", "kode-etik", "hak-jawab", "info-iklan", "privasi", "ketentuan", "kontak"}

// seedPages gives a fresh site its static pages, each saying that the newsroom
// is preparing it.
func seedPages(ctx context.Context, site *news.Site) error {
	words := lang.For(lang.ID)
	for i, slug := range staticPages {
		body := doc.Doc{Blocks: []doc.Block{doc.Paragraph{Text: doc.Text(words.T("static.empty"))}}}
		p := news.StaticPage{Slug: slug, Title: words.T("static." + strings.ReplaceAll(slug, "-", "_")),
			Body: body.WithIDs(doc.SeededIDs(slug)), Position: i}
		if err := site.SavePage(ctx, account.System("setup"), p); err != nil {
			return err
		}
	}
	return nil
}
