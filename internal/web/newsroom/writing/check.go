package writing

import (
	"net/http"
	"strconv"
	"time"

	"warta/internal/edition"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// finding is one thing that is wrong with a story, in words.
type finding struct {
	Code     string `json:"code"`
	Field    string `json:"field"`
	Blocking bool   `json:"blocking"`
	Text     string `json:"text"`
}

// check says what is wrong with a draft.
func (x *Writing) check(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	list, err := x.findings(r, id)
	if err != nil {
		return err
	}
	st, err := x.p.Desk.Draft(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	dead, err := x.p.Edition.DeadLinks(r.Context(), edition.Draft{Story: st.Story, Content: st.Content})
	if err != nil {
		return err
	}
	for _, href := range dead {
		list = append(list, finding{Code: "dead_address", Field: "body", Text: r.Words.T("writing.check.dead_address", lang.Args{"address": href})})
	}
	return newsroom.JSON(w, map[string]any{"problems": append([]finding{}, list...)})
}

// findings returns what the desk finds wrong with a draft.
func (x *Writing) findings(r *newsroom.Request, id int64) ([]finding, error) {
	problems, err := x.p.Desk.Check(r.Context(), r.Actor, id)
	if err != nil {
		return nil, err
	}
	out := make([]finding, len(problems))
	for i, p := range problems {
		out[i] = finding{Code: string(p.Code), Field: p.Field, Blocking: p.Blocking, Text: r.Words.T("desk.problem."+string(p.Code), problemArgs(r, &p))}
	}
	return out, nil
}

// problemArgs puts what a problem names into words.
func problemArgs(r *newsroom.Request, p *news.Problem) lang.Args {
	args := make(lang.Args, len(p.Args))
	for name, v := range p.Args {
		switch v := v.(type) {
		case time.Time:
			args[name] = lang.DateTime(r.Lang, v, r.Zone)
		case int64:
			args[name] = strconv.FormatInt(v, 10) // the number of a thing, not a quantity
		default:
			args[name] = v
		}
	}
	return args
}
