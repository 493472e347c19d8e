package app

import (
	"net/http"

	"warta/internal/edition"
	"warta/internal/web"
	"warta/internal/web/fast"
	"warta/internal/web/newsroom"
	"warta/internal/web/site"
)

// fastSite tells the fast way what the readers' door knows, by the same
// functions.
func (a *App) fastSite() *fast.Site {
	s := &fast.Site{Engine: a.Engine, Reads: a.Reads, Host: a.shell.hosts.Own(), Header: http.Header{},
		Key: edition.Key, Class: a.classes.OfLine, Story: edition.StoryID, Asset: a.asset,
		Reserved: newsroom.Below,
		Rendered: func(path string) bool { return a.door.Rendered(path) && !newsroom.Below(path) },
		Sorry:    edition.ProblemKey(http.StatusServiceUnavailable), RetryAfter: site.RetryAfter}
	web.SecurityHeaders(s.Header, a.shell.policy)
	if value := a.Config.strict(); value != "" {
		s.Header.Set(strictLine, value)
	}
	s.FileHeader = s.Header.Clone()
	web.FileHeaders(s.FileHeader)
	return s.Prepare()
}

func (a *App) asset(path, accept string) (fast.Asset, bool) {
	header, body, ok := a.shell.assets.Ready(path, accept)
	return fast.Asset{Header: header, Body: body}, ok
}
