package discuss

import "warta/internal/lang"

// NoticeText says a notice in the words of a catalogue.
func NoticeText(words *lang.Catalog, n *Notice) string {
	name := n.Name
	if name == "" {
		name = words.T("talk.nobody")
	}
	headline := n.Headline
	if n.Paid {
		headline = words.T("label.before", lang.Args{"label": words.T("label.sponsored"), "headline": headline})
	}
	return words.T("talk.notice."+string(n.Kind), lang.Args{"name": name, "headline": headline})
}
