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
		sum := sha256.Sum256([]byte(r.sheets[s]))
		out = append(out, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return out
}

// FrameSources returns the sources for frame-src that embeds need after a
// click; nothing is loaded from them before.
func FrameSources() []string {
	return []string{"https://www.youtube-nocookie.com", "https://open.spotify.com", "https://www.tiktok.com",
		"https://platform.twitter.com", "https://www.instagram.com", "https://www.facebook.com"}
}
