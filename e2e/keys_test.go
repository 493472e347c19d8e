package e2e_test

import (
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press types one key by its name, with modifiers held.
func (b *tab) press(key string, held chromedp.Modifier) {
	b.t.Helper()
	keys := map[string]string{"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape}
	k, named := keys[key]
	if !named {
		k = key // a letter
	}
	b.do(chromedp.KeyEvent(k, chromedp.KeyModifiers(held)))
}
