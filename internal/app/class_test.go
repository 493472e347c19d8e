package app

import "warta/internal/web"

// Classes lets tests read class cookies.
func (a *App) Classes() *web.Classes { return a.classes }
