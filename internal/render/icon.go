package render

import "html/template"

// icons are our own drawings on a grid of 24, as path data; all are strokes. Those of the
// share dialog alone stand in its style sheet.
var icons = map[string]string{
	"search":   "M16 16l5 5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0z",
	"clock":    "M12 7v5l3 3M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
	"save":     "M6 3h12v18l-6-4-6 4z",
	"follow":   "M12 5v14M5 12h14",
	"share":    "M12 3v13M7 8l5-5 5 5M5 13v8h14v-8",
	"whatsapp": "M3.5 20.5l1.2-4.4a8.6 8.6 0 1 1 3.2 3.2zM8.5 8c0 4 3.5 7.5 7.5 7.5l.6-2-2.3-1.3-1.3.9a6 6 0 0 1-2.3-2.3l.9-1.2L10.5 7.5z",
	"facebook": "M16 4h-2a3 3 0 0 0-3 3v14M8 12h7",
	"x":        "M4.5 4l12 16h3l-12-16zM19 4L5 20",
}

// icon returns the drawing as an element that screen readers pass over; an
// unknown name prints nothing.
func icon(name string) template.HTML {
	path, ok := icons[name]
	if !ok {
		return ""
	}
	return template.HTML(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="` + path + `"/></svg>`)
}
