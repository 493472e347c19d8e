package render

import (
	"crypto/sha256"
	"encoding/base64"
)

// StyleHashes returns the sources for style-src that allow the inline style
// sheets, the theme's tokens included: "'sha256-…'".
func (r *Renderer) StyleHashes() []string {
	var out []string
	for _, s := range sheets() {
		out = append(out, hashSource(string(r.sheets[s])))
	}
	return out
}

// sizing gives a page the size of text that the reader has chosen, before it is
// painted: a script that comes later would move what is read already. It is the
// one script that stands in pages, the same in all of them, and the policy allows
// it by its hash. What it finds is a size or nothing: a browser takes no other. One
// that lets nothing be kept breaks it off, and loses nothing by that.
const sizing = `document.documentElement.style.fontSize=localStorage.size`

// ScriptHashes returns the sources for script-src that allow what stands in
// pages.
func ScriptHashes() []string { return []string{hashSource(sizing), hashSource(gate)} }

// hashSource returns the source that allows an inline text: "'sha256-…'".
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// FrameSources returns the sources for frame-src: our own, for the pages of
// advertisers, and those that embeds need after a click; nothing is loaded from
// them before.
func FrameSources() []string {
	return []string{"'self'", "https://www.youtube-nocookie.com", "https://open.spotify.com", "https://www.tiktok.com",
		"https://platform.twitter.com", "https://www.instagram.com", "https://www.facebook.com"}
}
