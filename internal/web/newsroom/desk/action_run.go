package desk

import (
	"net/url"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

func submit(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	return done{}, x.p.Desk.Submit(r.Context(), r.Actor, id, f.Get("note"))
}

func takeBack(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	return done{}, x.p.Desk.TakeBack(r.Context(), r.Actor, id, f.Get("note"))
}

func sendBack(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	return done{}, x.p.Desk.SendBack(r.Context(), r.Actor, id, f.Get("note"))
}

func approve(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	if err := x.creditEditor(r.Context(), r, id, f); err != nil {
		return done{}, err
	}
	return done{}, x.p.Desk.Approve(r.Context(), r.Actor, id, f.Get("note"))
}

func schedule(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	at, err := r.ParseLocal("at", f.Get("at"))
	if err != nil {
		return done{}, err
	}
	if at.IsZero() {
		return done{}, fault.Input("at", "a time is needed").Say("desk_time")
	}
	if err := x.creditEditor(r.Context(), r, id, f); err != nil {
		return done{}, err
	}
	return done{}, x.p.Desk.Schedule(r.Context(), r.Actor, id, at)
}

func unschedule(x *Room, r *newsroom.Request, id int64, _ url.Values) (done, error) {
	return done{}, x.p.Desk.Unschedule(r.Context(), r.Actor, id)
}

func publish(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	if err := x.creditEditor(r.Context(), r, id, f); err != nil {
		return done{}, err
	}
	rc, err := x.p.Desk.Release(r.Context(), r.Actor,
		news.ReleaseRequest{IDs: []int64{id}, Significant: f.Get("significant") != "", Note: f.Get("note")})
	return done{receipt: rc}, err
}

func correct(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	c := news.Correction{StoryID: id, Kind: news.CorrectionKind(f.Get("kind")), Text: strings.TrimSpace(f.Get("text"))}
	if notice := strings.TrimSpace(f.Get("notice")); notice != "" {
		if c.NoticeID = storyIn(notice); c.NoticeID == 0 {
			return done{}, fault.Input("notice", "%q names no story", notice).Say("desk_notice")
		}
	}
	rc, err := x.p.Desk.Correct(r.Context(), r.Actor, c)
	if c.NoticeID != 0 && fault.Is(err, fault.NotFound) {
		err = fault.Input("notice", "there is no story %d", c.NoticeID).Say("desk_notice")
	}
	end := done{receipt: rc}
	if report := number(f.Get("report")); report != 0 {
		settles := news.ReportCorrected
		if c.Kind == news.HakJawab {
			settles = news.ReportReplied
		}
		end.to = reportPath(report) + "?outcome=" + string(settles)
	}
	return end, err
}

// storyIn finds the number of a story in what somebody typed or pasted: the
// number itself, an address of the newsroom, or one that readers use.
func storyIn(s string) int64 {
	if u, err := url.Parse(s); err == nil && u.Path != "" {
		s = u.Path
	}
	parts := strings.Split(strings.Trim(s, "/"), "/")
	if len(parts) == 1 {
		return number(parts[0])
	}
	if len(parts) >= 5 && parts[0] != "newsroom" { // section, year, month, day, id
		return number(parts[4])
	}
	if len(parts) >= 3 && parts[1] == "stories" {
		return number(parts[2])
	}
	return 0
}

func withdraw(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	if f.Get("reason") == "" {
		return done{}, fault.Input("reason", "a reason is needed").Say("desk_reason")
	}
	rc, err := x.p.Desk.Withdraw(r.Context(), r.Actor, id, news.Reason(f.Get("reason")), strings.TrimSpace(f.Get("note")))
	return done{receipt: rc, to: storyPath(id) + "/receipt"}, err
}

func embargo(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	until, err := r.ParseLocal("until", f.Get("until"))
	if err != nil {
		return done{}, err
	}
	if until.IsZero() && f.Get("lift") == "" {
		return done{}, fault.Input("until", "a time is needed").Say("desk_time")
	}
	rc, err := x.p.Desk.Embargo(r.Context(), r.Actor, id, until)
	return done{receipt: rc}, err
}

func assign(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	return done{}, x.p.Desk.Assign(r.Context(), r.Actor, id,
		news.Assignment{UserID: number(f.Get("user")), SectionID: number(f.Get("section")), Note: f.Get("note")})
}

func remark(x *Room, r *newsroom.Request, id int64, f url.Values) (done, error) {
	return done{}, x.p.Desk.Remark(r.Context(), r.Actor, id, f.Get("note"))
}
