package news

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/fault"
)

// RedirectStore keeps old addresses. Each change is one transaction with the
// outcome in it.
type RedirectStore interface {
	SaveRedirects(ctx context.Context, rs []Redirect, out change.Outcome) error
	// MoveRedirect puts one in the place of that of a host and a path. NotFound if
	// that one is not there any more, a Conflict if the new address is taken.
	MoveRedirect(ctx context.Context, host, path string, r Redirect, out change.Outcome) error
	DropRedirect(ctx context.Context, host, path string, out change.Outcome) error
	// Redirect returns what is kept of exactly this host and path, else NotFound.
	Redirect(ctx context.Context, host, path string) (Redirect, error)
	// OldAddresses returns what is kept under one of the folds of hosts and one of
	// the folds of paths.
	OldAddresses(ctx context.Context, hosts, paths []string) ([]Redirect, error)
	// StoriesExist returns those of the ids that are stories of any state.
	StoriesExist(ctx context.Context, ids []int64) (map[int64]bool, error)
}

// RedirectFilter selects old addresses. A story is enough, else host and beginning
// of the path, both of which may be empty.
type RedirectFilter struct {
	StoryID int64
	Host    string
	Begin   string
	After   Redirect // the last one of the list before; zero: from the start
	Limit   int
}

// Address returns host and path as one text: "lama.example/2019/5".
func (r Redirect) Address() string { return r.Host + r.Path }

// Leads returns where a redirect leads as one text: a story's number, or a target.
func (r Redirect) Leads() string {
	if r.StoryID != 0 {
		return strconv.FormatInt(r.StoryID, 10)
	}
	return r.Target
}

// goneMark begins the target of an address at which there is nothing any more, on
// purpose. The reason stands behind it.
const goneMark = "gone:"

// maxReason is the most bytes of such a reason.
const maxReason = 500

// Gone reports whether there is nothing at an address any more, on purpose, and
// for which reason; that may be empty.
func (r Redirect) Gone() (reason string, ok bool) {
	if reason, ok = strings.CutPrefix(r.Target, goneMark); !ok {
		return "", false
	}
	return strings.TrimSpace(reason), true
}

// GoneTarget is the target of an address at which there is nothing any more.
func GoneTarget(reason string) string { return goneMark + strings.TrimSpace(reason) }

// readGone reads "gone" and "gone: reason", as people write them.
func readGone(target string) (reason string, ok bool) {
	word, reason, _ := strings.Cut(target, ":")
	return reason, strings.EqualFold(strings.TrimSpace(word), strings.TrimSuffix(goneMark, ":"))
}

// MaxRedirects is how many old addresses can be brought in at once.
const MaxRedirects = 20_000

// ParseRedirect reads an old address, a path of this site or a full address, and
// where it leads: a story's number, a path of this site, a full address, or "gone:"
// with the reason why there is nothing. own is
// the site's own host, so that full addresses of ours are kept as paths. What it
// returns still has to be checked.
func ParseRedirect(own, old, target string) (r Redirect, err error) {
	r.Host, r.Path = splitOld(own, old)
	if !strings.HasPrefix(r.Path, "/") {
		return r, fault.Input("path", "%q is no old address: it begins with a slash, or with https:// and a host", shortAddress(old)).
			Say("redirect_path", "address", shortAddress(old))
	}
	if id, err := strconv.ParseInt(target, 10, 64); err == nil && id > 0 {
		r.StoryID = id
		return r, nil
	}
	if reason, ok := readGone(target); ok {
		r.Target = GoneTarget(reason)
		return r, nil
	}
	r.Target = target
	if host, path := splitOld(own, target); host == "" {
		r.Target = path
	}
	return r, nil
}

// splitOld splits an address into host and path; the host is empty for the site's
// own and for a path.
func splitOld(own, address string) (host, path string) {
	scheme, rest, ok := strings.Cut(address, "://")
	if s := strings.ToLower(scheme); !ok || s != "http" && s != "https" {
		return "", address
	}
	host = rest
	path = "/"
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		host, path = rest[:at], rest[at:]
		if path[0] != '/' {
			path = "/" + path
		}
	}
	path, _, _ = strings.Cut(path, "#")
	if host = strings.ToLower(host); host == strings.ToLower(own) {
		host = ""
	}
	return host, path
}

// shortAddress is an address as a message can hold it.
func shortAddress(s string) string {
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

// check holds an old address against the rules that need no database.
func (r Redirect) check() error {
	address := shortAddress(r.Address())
	if !strings.HasPrefix(r.Path, "/") || len(r.Path) > maxOldPath || !Sound(r.Path) {
		return fault.Input("path", "an old address begins with a slash and has at most 2,000 readable characters: %q", address).Say("redirect_path", "address", address)
	}
	if !hostOrNone(r.Host) {
		return fault.Input("path", "%q has no host that there can be", address).Say("redirect_host", "address", address)
	}
	if (r.StoryID == 0) == (r.Target == "") || r.Target != "" && !leadsSomewhere(r.Target) {
		return fault.Input("target", "%q leads to %q: a redirect leads to a story, to a path of this site, to a full https address, or is \"gone:\" with a reason of at most 500 characters", address, shortAddress(r.Target)).
			Say("redirect_target", "address", address)
	}
	return nil
}

// Sound reports whether a text is one, without spaces and control characters, plainly
// and when it is decoded.
func Sound(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsSpace) && readable(s)
}

// hostOrNone reports whether a text is empty or may be a host, with its port.
func hostOrNone(host string) bool {
	if host == "" {
		return true
	}
	u, err := url.Parse("//" + host + "/")
	if err != nil || u.Host != host || u.User != nil || len(host) > maxOldHost || !Sound(host) {
		return false
	}
	for label := range strings.SplitSeq(strings.Trim(u.Hostname(), "[]"), ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return true
}

// leadsSomewhere reports whether a target is a path of ours, a full address, or
// says that there is nothing. A
// path must not be one that browsers take for another host.
func leadsSomewhere(target string) bool {
	if reason, ok := (Redirect{Target: target}).Gone(); ok {
		return len(reason) <= maxReason && utf8.ValidString(reason) && !strings.ContainsFunc(reason, unicode.IsControl)
	}
	if len(target) > maxOldPath || !Sound(target) || strings.Contains(target, `\`) {
		return false
	}
	u, err := url.Parse(target)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == "" {
		return u.Host == "" && strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && hostOrNone(u.Host)
}

// CheckRedirects returns what is wrong with each of the redirects, nil for those
// that can be saved beside what is kept. None of them may lead, over others, to
// itself; stories have to exist. At most MaxRedirects.
func (s *Site) CheckRedirects(ctx context.Context, rs []Redirect) (bad []error, err error) {
	defer fault.Wrap(&err, "check %d redirects", len(rs))
	if len(rs) > MaxRedirects {
		return nil, fault.Input("lines", "at most %d old addresses at once", MaxRedirects).Say("redirect_lines", "limit", MaxRedirects)
	}
	bad = make([]error, len(rs))
	var stories []int64
	for i, r := range rs {
		if bad[i] = r.check(); bad[i] == nil && r.StoryID != 0 {
			stories = append(stories, r.StoryID)
		}
	}
	known := map[int64]bool{}
	for ; len(stories) > 0; stories = stories[min(len(stories), MaxBatch):] {
		found, err := s.store.StoriesExist(ctx, stories[:min(len(stories), MaxBatch)])
		if err != nil {
			return nil, err
		}
		for id := range found {
			known[id] = true
		}
	}
	for i, r := range rs {
		if bad[i] == nil && r.StoryID != 0 && !known[r.StoryID] {
			bad[i] = fault.Input("target", "%q leads to story %d, and there is none", shortAddress(r.Address()), r.StoryID).
				Say("redirect_story", "address", shortAddress(r.Address()), "id", strconv.FormatInt(r.StoryID, 10))
		}
	}
	return bad, s.checkLoops(ctx, rs, bad)
}

// MaxHops is over how many old addresses one may lead before it is taken for a loop.
const MaxHops = 8

// Next returns the old address to which a redirect leads in turn, empty where it
// leads to a story, or is gone.
func (r Redirect) Next() (host, path string) {
	if _, gone := r.Gone(); gone || r.Target == "" {
		return "", ""
	}
	return splitOld("", r.Target)
}

// walk is one redirect that is followed.
type walk struct {
	i    int // in the list
	at   string
	path string
	host string
}

func foldKey(host, path string) string { return FoldHost(host) + " " + FoldPath(path) }

// checkLoops follows each redirect over those that it is saved with and those that
// are kept, all of them one step at a time.
func (s *Site) checkLoops(ctx context.Context, rs []Redirect, bad []error) error {
	fresh := make(map[string]Redirect, len(rs))
	var open []walk
	for i, r := range rs {
		if bad[i] != nil {
			continue
		}
		fresh[foldKey(r.Host, r.Path)] = r
		if host, path := r.Next(); path != "" {
			open = append(open, walk{i: i, at: foldKey(r.Host, r.Path), host: host, path: path})
		}
	}
	for hop := 0; len(open) > 0; hop++ {
		kept, err := s.keptFor(ctx, open, fresh)
		if err != nil {
			return err
		}
		var next []walk
		for _, w := range open {
			key := foldKey(w.host, w.path)
			if key == w.at || hop == MaxHops {
				address := shortAddress(rs[w.i].Address())
				bad[w.i] = fault.Input("target", "%q leads in a circle, or over too many others: let it lead to where they end", address).Say("redirect_loop", "address", address)
				continue
			}
			r, ok := fresh[key]
			if !ok {
				r, ok = kept[key]
			}
			if !ok {
				continue
			}
			if w.host, w.path = r.Next(); w.path != "" {
				next = append(next, w)
			}
		}
		open = next
	}
	return nil
}

// keptFor reads what is kept of the addresses where walks stand now.
func (s *Site) keptFor(ctx context.Context, open []walk, fresh map[string]Redirect) (map[string]Redirect, error) {
	kept := map[string]Redirect{}
	hosts, paths := map[string]bool{}, []string{}
	flush := func() error {
		if len(paths) == 0 {
			return nil
		}
		var all []string
		for h := range hosts {
			all = append(all, h)
		}
		found, err := s.store.OldAddresses(ctx, all, paths)
		for _, r := range found {
			kept[foldKey(r.Host, r.Path)] = r
		}
		clear(hosts)
		paths = paths[:0]
		return err
	}
	for _, w := range open {
		if _, ok := fresh[foldKey(w.host, w.path)]; ok {
			continue
		}
		hosts[FoldHost(w.host)] = true
		if paths = append(paths, FoldPath(w.path)); len(paths) == MaxBatch {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	return kept, flush()
}

// SaveRedirects adds or replaces redirects, at most MaxBatch at once; all or none.
func (s *Site) SaveRedirects(ctx context.Context, actor account.Actor, rs ...Redirect) (err error) {
	defer fault.Wrap(&err, "save %d redirects", len(rs))
	if err := s.mayRedirect(ctx, actor, rs); err != nil {
		return err
	}
	if len(rs) > MaxBatch {
		return fault.Input("lines", "at most %d old addresses at once", MaxBatch).Say("redirect_lines", "limit", MaxBatch)
	}
	return s.store.SaveRedirects(ctx, rs, redirected(actor, "save", rs))
}

// mayRedirect returns why somebody may not save redirects: what is wrong with the
// first one that is wrong.
func (s *Site) mayRedirect(ctx context.Context, actor account.Actor, rs []Redirect) error {
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	bad, err := s.CheckRedirects(ctx, rs)
	if err != nil {
		return err
	}
	for _, err := range bad {
		if err != nil {
			return err
		}
	}
	return nil
}

// redirected is the outcome of saving redirects.
func redirected(actor account.Actor, action string, rs []Redirect) change.Outcome {
	out := outcome(actor, action, "redirects", TagRedirects)
	d := Deed{Count: len(rs)}
	if len(rs) == 1 {
		d = Deed{Address: rs[0].Address(), Target: rs[0].Leads()}
	}
	out.Audit[0].Detail = d.detail()
	for _, r := range rs {
		out.Touch(TagAddress(r.Host, r.Path))
	}
	return out
}

// ImportRedirects saves as many redirects as a file may hold, a batch at a time,
// after all of them were checked: one that is wrong, and none is saved. progress is
// told how many are in; what was saved before ctx ended stays.
func (s *Site) ImportRedirects(ctx context.Context, actor account.Actor, rs []Redirect, progress func(done int)) (err error) {
	defer fault.Wrap(&err, "import %d redirects", len(rs))
	if err := s.mayRedirect(ctx, actor, rs); err != nil {
		return err
	}
	for done := 0; done < len(rs); {
		batch := rs[done:min(done+MaxBatch, len(rs))]
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.store.SaveRedirects(ctx, batch, redirected(actor, "import", batch)); err != nil {
			return err
		}
		done += len(batch)
		progress(done)
	}
	return nil
}

// ChangeRedirect puts a redirect in the place of that of a host and a path.
func (s *Site) ChangeRedirect(ctx context.Context, actor account.Actor, host, path string, r Redirect) (err error) {
	defer fault.Wrap(&err, "change the redirect of %s%s", host, path)
	if err := s.mayRedirect(ctx, actor, []Redirect{r}); err != nil {
		return err
	}
	was, err := s.store.Redirect(ctx, host, path)
	if err != nil {
		return err
	}
	out := redirected(actor, "change", []Redirect{r})
	out.Audit[0].Detail = Deed{Address: r.Address(), Target: r.Leads(), Was: strings.TrimSpace(was.Address() + " " + was.Leads())}.detail()
	out.Touch(TagAddress(host, path))
	return s.store.MoveRedirect(ctx, host, path, r, out)
}

// DropRedirect removes an old address.
func (s *Site) DropRedirect(ctx context.Context, actor account.Actor, host, path string) (err error) {
	defer fault.Wrap(&err, "drop the redirect of %s%s", host, path)
	if err := actor.Require(account.Structure); err != nil {
		return err
	}
	was, err := s.store.Redirect(ctx, host, path)
	if err != nil {
		return err
	}
	out := outcome(actor, "drop", "redirects", TagRedirects, TagAddress(host, path))
	out.Audit[0].Detail = Deed{Address: was.Address(), Was: was.Leads()}.detail()
	return s.store.DropRedirect(ctx, host, path, out)
}
