package ui_test

import (
	"strings"
	"testing"

	"warta/ui"
)

func TestBundle(t *testing.T) {
	t.Parallel()
	b, err := ui.Load()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("an asset is found by its plain name and served by its hashed one", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"site.js", "story.js", "list.js", "print.css", "overlay.css", "icon.svg", "serif.woff2"} {
			url, err := b.URL(name)
			if err != nil {
				t.Fatal(err)
			}
			content, kind, ok := b.Asset(strings.TrimPrefix(url, ui.AssetPath))
			if !ok || len(content) == 0 || kind == "application/octet-stream" {
				t.Errorf("%s: %d bytes of %q", url, len(content), kind)
			}
		}
	})
	t.Run("nothing else is served", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"", "site.js", "../manifest.json", "../../ui.go", "nothing-00.js"} {
			if _, _, ok := b.Asset(name); ok {
				t.Errorf("%q is served", name)
			}
		}
		if _, err := b.URL("nothing.js"); err == nil {
			t.Error("an unknown name has an address")
		}
	})
	t.Run("the fonts stay within their bytes", func(t *testing.T) {
		t.Parallel()
		fonts := 0
		for _, name := range []string{"serif.woff2", "serif-italic.woff2"} {
			url, err := b.URL(name)
			if err != nil {
				t.Fatal(err)
			}
			content, _, _ := b.Asset(strings.TrimPrefix(url, ui.AssetPath))
			fonts += len(content)
		}
		if fonts > 45_000 {
			t.Errorf("roman and italic take %d bytes, above 45000", fonts)
		}
		if font, err := ui.CardFont(); err != nil || len(font) < 10_000 {
			t.Errorf("the font for cards: %d bytes, %v", len(font), err)
		}
	})
}
