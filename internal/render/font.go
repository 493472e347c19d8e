package render

import "warta/ui"

// CardFont returns the serif in which pictures with text are drawn, as
// TrueType.
func CardFont() ([]byte, error) { return ui.CardFont() }
