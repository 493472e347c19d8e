package app

import (
	"warta/internal/page"
	"warta/internal/web"
	"warta/internal/web/fast"
)

// FastSite gives tests what the fast way of a site knows.
func (a *App) FastSite() *fast.Site { return a.fastSite() }

// ClassCookie gives tests a cookie for a class of readers.
func (a *App) ClassCookie(bits uint8) string {
	c := a.classes.Cookie(page.Class(bits), 1)
	return c.Name + "=" + c.Value
}

// SiteRoutes gives tests the addresses of the readers' door.
func (a *App) SiteRoutes() []web.Route { return a.door.Routes() }
