package newsroom

import (
	"html/template"

	"warta/internal/account"
)

// NavGroup is a block of the navigation.
type NavGroup struct{ Items []NavItem }

// NavItem is one place of the newsroom.
type NavItem struct {
	Name   string // "board"; the catalogues have "room.nav.board"
	Path   string
	Active bool
	Thumb  bool // also in the bar at the bottom of a phone
	need   account.Capability
}

var nav = []NavGroup{
	{[]NavItem{
		{Name: "board", Path: "/board", need: account.ReadAny, Thumb: true},
		{Name: "mine", Path: "/mine", need: account.WriteOwn, Thumb: true},
		{Name: "schedule", Path: "/schedule", need: account.ReadAny},
		{Name: "today", Path: "/today", need: account.ReadAny},
		{Name: "pictures", Path: "/pictures", need: account.Pictures, Thumb: true},
		{Name: "reports", Path: "/reports", need: account.Reports},
		{Name: "discussion", Path: "/discussion", need: account.Moderate, Thumb: true},
		{Name: "members", Path: "/members", need: account.Members},
		{Name: "breaking", Path: "/breaking", need: account.Breaking},
	}},
	{[]NavItem{
		{Name: "fronts", Path: "/fronts", need: account.Fronts},
		{Name: "sections", Path: "/sections", need: account.Structure},
		{Name: "topics", Path: "/topics", need: account.Structure},
		{Name: "people", Path: "/people", need: account.Structure},
		{Name: "sources", Path: "/sources", need: account.Structure},
		{Name: "pages", Path: "/pages", need: account.Structure},
		{Name: "redirects", Path: "/redirects", need: account.Structure},
	}},
	{[]NavItem{
		{Name: "ads", Path: "/ads", need: account.Sell, Thumb: true},
		{Name: "offers", Path: "/ads/offers", need: account.Sell},
		{Name: "places", Path: "/ads/places", need: account.Sell},
	}},
	{[]NavItem{
		{Name: "users", Path: "/users", need: account.ManageUser},
		{Name: "desks", Path: "/desks", need: account.ManageUser},
		{Name: "settings", Path: "/settings", need: account.Configure},
		{Name: "audit", Path: "/audit", need: account.Audit},
		{Name: "outbox", Path: "/outbox", need: account.Configure},
	}},
}

// navOf returns the places that an actor may go to.
func navOf(a account.Actor, active string) (out []NavGroup) {
	for _, g := range nav {
		var items []NavItem
		for _, i := range g.Items {
			if a.CanSomewhere(i.need) {
				i.Path, i.Active = Prefix+i.Path, i.Name == active
				items = append(items, i)
			}
		}
		if len(items) > 0 {
			out = append(out, NavGroup{items})
		}
	}
	return out
}

// icons are drawn on a field of 24 by 24 with a line of 1.75.
var icons = map[string]string{
	"board":      `M4 5h5v14H4zM10.5 5h4v9h-4zM16 5h4v6h-4z`,
	"mine":       `M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5`,
	"schedule":   `M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z`,
	"today":      `M5 6h14v14H5zM5 10h14M9 3v4M15 3v4`,
	"pictures":   `M4 5h16v14H4zM4 16l5-5 4 4 3-2 4 4M15.5 9.5h.01`,
	"reports":    `M5 4h14v12H9l-4 4zM9 8h6M9 12h4`,
	"discussion": `M4 5h12v9H9l-5 4zM9 17v1h7l4 3V9h-3`,
	"members":    `M4 7h16v11H4zM4 11h16M7 15h4`,
	"breaking":   `M13 3 5 14h6l-1 7 8-11h-6z`,
	"fronts":     `M4 4h16v16H4zM4 10h16M12 10v10`,
	"sections":   `M4 6h16M8 12h12M8 18h12M4 6v12`,
	"topics":     `M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01`,
	"people":     `M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.5 2.7-5.5 6-5.5s6 2 6 5.5M16 4.5a3.5 3.5 0 0 1 0 6M17.5 15c2.2.6 3.5 2.4 3.5 5`,
	"sources":    `M5 4h14v16H5zM8.5 8h7M8.5 12h7M8.5 16h4`,
	"pages":      `M6 3h8l4 4v14H6zM14 3v4h4`,
	"redirects":  `M4 7h10a5 5 0 0 1 0 10H8M11 14l-3 3 3 3`,
	"users":      `M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.6-6.5 8-6.5 2 0 3.7.6 5 1.5M19 16v5M16.5 18.5h5`,
	"desks":      `M3 9h18M5 9v11M19 9v11M9 9v5h6V9`,
	"settings":   `M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1`,
	"audit":      `M5 4h14v16H5zM9 9h6M9 13h6M9 17h3`,
	"outbox":     `M3 13l3-8h12l3 8v6H3zM3 13h5l1.5 3h5L16 13h5`,
	"ads":        `M4 6h16v9H4zM8 19h8M12 15v4`,
	"offers":     `M4 8h16v4H4zM6 12v8h12v-8M12 8v12M12 8c-4 0-5-4-2.5-4S12 8 12 8s0-4 2.5-4S16 8 12 8`,
	"places":     `M4 4h16v16H4zM7 8h10M7 11h10M7 14h4M13 14h4v3h-4z`,
	"notices":    `M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4`,
	"menu":       `M4 7h16M4 12h16M4 17h16`,
	"search":     `M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5`,
	"plus":       `M12 5v14M5 12h14`,
	"close":      `M6 6l12 12M18 6 6 18`,
	"up":         `M6 15l6-6 6 6`,
	"down":       `M6 9l6 6 6-6`,
	"out":        `M14 5h5v5M19 5l-9 9M11 6H5v13h13v-6`,
	"more":       `M6 12h.01M12 12h.01M18 12h.01`,
	"check":      `M5 13l4 4L19 7`,
	"lock":       `M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3`,
	"eye":        `M3 12c3-5 6-7 9-7s6 2 9 7c-3 5-6 7-9 7s-6-2-9-7zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z`,
	"history":    `M4 5v5h5M4.5 10A8 8 0 1 1 4 13M12 8v4l3 2`,
	"trash":      `M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5`,
	"drag":       `M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01`,
}

// icon draws an icon that says nothing to a screen reader: words stand beside it.
func icon(name string) (template.HTML, error) {
	path, ok := icons[name]
	if !ok {
		return "", errNoIcon(name)
	}
	return template.HTML(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="` + path + `"/></svg>`), nil
}

type errNoIcon string

func (e errNoIcon) Error() string { return "there is no icon " + string(e) }
