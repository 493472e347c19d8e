package site

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"warta/internal/edition"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web"
)

// Reports takes what readers report. *news.Reports is one.
type Reports interface {
	File(ctx context.Context, in news.Report) (id int64, err error)
}

// ReportForms prints the form of a story. *edition.Edition is one.
type ReportForms interface {
	Report(ctx context.Context, storyID int64, f edition.ReportForm) ([]byte, error)
}

// maxReport bounds the body of a report, in bytes.
const maxReport = 64 << 10

// How many reports one network may send, and how many one mail address gets an
// answer to: whoever wants to fill somebody's mailbox is not helped.
const (
	reportBurst, reportEvery = 10, time.Minute
	letterBurst, letterEvery = 3, 20 * time.Minute
)

// reportForm answers with the empty form, or with the word of thanks.
func (s *Site) reportForm(w http.ResponseWriter, r *http.Request) error {
	id, err := reportedStory(r)
	if err != nil {
		return err
	}
	var f edition.ReportForm
	if n, err := strconv.ParseInt(r.URL.Query().Get("sent"), 10, 64); err == nil && n > 0 {
		f.Sent = n
	}
	return s.showReport(w, r, http.StatusOK, id, f)
}

// fileReport takes a report. What cannot be taken comes back in the form, with
// a sentence.
func (s *Site) fileReport(w http.ResponseWriter, r *http.Request) error {
	id, err := reportedStory(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxReport)
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			err = fault.New(fault.TooLarge, "the report has more than %d bytes", big.Limit).Say("report_large")
		} else {
			err = fault.New(fault.Invalid, "the form cannot be read: %w", err).Say("unreadable")
		}
		return s.showReport(w, r, web.Status(fault.KindOf(err)), id, edition.ReportForm{Err: err})
	}
	in := news.Report{StoryID: id, Kind: news.ReportKind(r.PostForm.Get("kind")), Name: r.PostForm.Get("name"),
		Email: r.PostForm.Get("email"), Passage: r.PostForm.Get("passage"), Text: r.PostForm.Get("text")}
	if r.PostForm.Get("website") != "" {
		return sent(w, r, id, 1) // only a program fills in what nobody sees
	}
	number, err := s.takeReport(r, in)
	var mendable *fault.Error
	if errors.As(err, &mendable) && (mendable.Kind == fault.Invalid || mendable.Kind == fault.Limited) {
		web.RetryAfter(w.Header(), mendable.RetryAfter)
		return s.showReport(w, r, web.Status(mendable.Kind), id, edition.ReportForm{Report: in, Err: err})
	}
	if err != nil {
		return err
	}
	return sent(w, r, id, number)
}

// takeReport files a report unless its sender has sent too many.
func (s *Site) takeReport(r *http.Request, in news.Report) (int64, error) {
	now, mailbox := s.p.Now(), strings.ToLower(strings.TrimSpace(in.Email))
	if wait := max(s.reporters.take(now, web.Network(s.p.Proxies.Sender(r))), s.letters.wait(now, mailbox)); wait > 0 {
		e := fault.New(fault.Limited, "too many reports from one network").Say("report_often")
		e.RetryAfter = wait
		return 0, e
	}
	number, err := s.p.Reports.File(r.Context(), in)
	if err == nil {
		s.letters.take(now, mailbox) // what was not taken gets no letter
	}
	return number, err
}

// sent ends the form's request: reloading the page that follows sends nothing.
func sent(w http.ResponseWriter, r *http.Request, id, number int64) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/report/"+strconv.FormatInt(id, 10)+"?sent="+strconv.FormatInt(number, 10), http.StatusSeeOther)
	return nil
}

// showReport answers with the form.
func (s *Site) showReport(w http.ResponseWriter, r *http.Request, status int, id int64, f edition.ReportForm) error {
	done, err := s.p.Turns.Take(r.Context())
	if err != nil {
		return err
	}
	body, err := s.p.Forms.Report(r.Context(), id, f)
	done()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	w.Write(body)
	return nil
}

// reportedStory reads the id out of the address.
func reportedStory(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, noPage()
	}
	return id, nil
}
