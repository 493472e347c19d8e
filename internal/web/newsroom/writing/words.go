package writing

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"warta/internal/doc"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// isoForm is how a datetime attribute holds a time.
const isoForm = time.RFC3339

// when is a time as lists print it: today's without the date.
func when(r *newsroom.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if lang.NumericDate(r.Lang, t, r.Zone) == lang.NumericDate(r.Lang, r.Now, r.Zone) {
		return lang.Clock(t, r.Zone)
	}
	return lang.ShortDate(r.Lang, t, r.Zone) + " " + lang.Clock(t, r.Zone)
}

// day is when a story of a list went out, else when somebody touched it.
func day(r *newsroom.Request, c *news.WorkCard) string {
	if !c.FirstPublished.IsZero() {
		return when(r, c.FirstPublished)
	}
	return when(r, c.Touched)
}

// plainBlock returns the words of a block, its links and pictures included.
func plainBlock(b doc.Block) string { return strings.TrimSpace(doc.BlockText(b)) }

// textOf returns what a conflict's side says, as plain text.
func textOf(field string, raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if field != "" {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
		return string(raw)
	}
	var d doc.Doc
	if err := json.Unmarshal([]byte(`{"type":"doc","content":[`+string(raw)+`]}`), &d); err != nil || d.Empty() {
		return string(raw)
	}
	return doc.BlockText(d.Blocks[0])
}

// nameOf returns how colleagues call an actor of the audit log.
func (x *Writing) nameOf(ctx context.Context, actor string) string {
	id := userOf(actor)
	if id == 0 {
		return actor
	}
	users, err := x.p.Store.UsersByID(ctx, []int64{id})
	if err != nil || users[id].Name == "" {
		return actor
	}
	return users[id].Name
}
