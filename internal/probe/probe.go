// Package probe gives the proof that a change of what readers see has arrived:
// it asks the running server like anybody else and writes down what it
// answered. It changes nothing, and believes nothing that it has not seen.
package probe

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"warta/internal/fault"
	"warta/internal/job"
	"warta/internal/media"
	"warta/internal/news"
)

// Store reads what should be seen and keeps what was; *store.DB is one.
type Store interface {
	Story(ctx context.Context, id int64) (news.Story, error)
	Version(ctx context.Context, storyID int64, no int) (news.Version, error)
	Settings(ctx context.Context) (news.Settings, error)
	Sections(ctx context.Context) (*news.Tree, error)
	Topics(ctx context.Context, ids []int64) ([]news.Topic, error)
	Persons(ctx context.Context, ids []int64) ([]news.Person, error)
	Front(ctx context.Context, sectionID int64) (news.Front, error)
	List(ctx context.Context, f news.ListFilter) (cards []news.Card, next news.Cursor, more bool, err error)
	AddressesOf(ctx context.Context, pictureIDs []int64) (map[int64]map[media.Crop]string, error)
	PublicAddress(ctx context.Context, token string) (media.Public, error)
	Proof(ctx context.Context, storyID int64, kind news.ProofKind, at time.Time) (news.Proof, error)
	SaveProof(ctx context.Context, p news.Proof, notices []news.Notice) error
	TrimProofs(ctx context.Context, before time.Time) error
}

// Options are what a Probe may be told.
type Options struct {
	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: nothing is logged
	TLS bool             // the server speaks TLS itself

	// Elapsed is the time since some moment, by which the pace of looks goes, whatever
	// the clock of the site says. nil: the system's.
	Elapsed func() time.Duration
}

// Probe looks at the running server.
type Probe struct {
	store  Store
	base   *url.URL
	client *http.Client
	opt    Options
	seen   seen
}

// New returns a Probe of the site at baseURL, which is reached at the address
// that dial returns: the socket of this process, whatever stands in front of it.
func New(store Store, baseURL string, dial func() string, o Options) (*Probe, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, fault.Input("base-url", "%q is not an address", baseURL)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Elapsed == nil {
		start := time.Now()
		o.Elapsed = func() time.Duration { return time.Since(start) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, network, Loopback(dial()))
			if err != nil || !o.TLS {
				return conn, err
			}
			// It is this very process that answers: who vouches for it makes no
			// difference to what it shows.
			return tls.Client(conn, &tls.Config{ServerName: base.Hostname(), InsecureSkipVerify: true}), nil
		},
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 10 * time.Second,
	}
	client := &http.Client{Transport: transport, Timeout: lookWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Probe{store: store, base: base, client: client, opt: o}, nil
}

// Close ends idle connections to the server, which would hold up its end.
func (p *Probe) Close() { p.client.CloseIdleConnections() }

// Loopback returns the address at which a listening one is reached from this
// machine.
func Loopback(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "localhost"
		}
	}
	return net.JoinHostPort(host, port)
}

// How long one answer may take, how long it is tried, and how long the
// receipts of releases are kept. A server that does not answer, such as one
// that stopped in the middle of a look, has shown nothing wrong yet.
const (
	lookWithin = 5 * time.Second
	lookFor    = 5 * time.Minute
	lookLonger = 30 * time.Minute
	keepFor    = 90 * 24 * time.Hour
)

// waits are the times between looks; the last one repeats.
var waits = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second}

// Look is the handler of news.JobProbe.
func (p *Probe) Look(ctx context.Context, args json.RawMessage) (err error) {
	var o news.ProbeOrder
	if err := json.Unmarshal(args, &o); err != nil {
		return job.Never(err)
	}
	defer fault.Wrap(&err, "look at story %d", o.StoryID)
	at := time.UnixMilli(o.At).UTC()
	proof, err := p.store.Proof(ctx, o.StoryID, o.Kind, at)
	switch {
	case fault.Is(err, fault.NotFound):
		proof = news.Proof{StoryID: o.StoryID, Kind: o.Kind, Version: o.Version, At: at, State: news.ProofOpen}
	case err != nil:
		return err
	case proof.State != news.ProofOpen:
		return nil
	}
	targets, story, err := p.targets(ctx, &o)
	if err != nil {
		return err
	}
	if wait := p.turn(&proof, targets); wait > 0 {
		return job.Again(wait)
	}
	proof.Looks++
	if targets == nil {
		proof.State, proof.LookedAt = news.ProofSuperseded, p.opt.Now()
		return p.store.SaveProof(ctx, proof, nil)
	}
	proof.Surfaces = p.ask(ctx, targets, at)
	if ctx.Err() != nil {
		return ctx.Err() // the server is stopping, or was too slow for one attempt
	}
	proof.LookedAt = p.opt.Now()
	// What is not right because the story changed meanwhile is no fault.
	if again, _, err := p.targets(ctx, &o); err == nil && again == nil {
		proof.State = news.ProofSuperseded
		return p.store.SaveProof(ctx, proof, nil)
	}
	return p.conclude(ctx, &proof, &story, o.By)
}

// conclude decides what a look means, and when the next one is.
func (p *Probe) conclude(ctx context.Context, proof *news.Proof, story *news.Story, by int64) error {
	wrong, silent := 0, false
	for _, s := range proof.Surfaces {
		if !s.Right {
			wrong++
		}
		silent = silent || s.Status == 0 || s.Status == http.StatusServiceUnavailable
	}
	most := lookFor
	if silent {
		most = lookLonger
	}
	switch {
	case wrong == 0:
		proof.State = news.ProofConfirmed
		return p.store.SaveProof(ctx, *proof, nil)
	case proof.LookedAt.Sub(proof.At) < most:
		if err := p.store.SaveProof(ctx, *proof, nil); err != nil {
			return err
		}
		return job.Again(waits[min(proof.Looks-1, len(waits)-1)])
	}
	proof.State = news.ProofUnconfirmed
	p.opt.Log.Error("the running server does not show what it should", "story", proof.StoryID, "kind", string(proof.Kind), "surfaces", wrong)
	return p.store.SaveProof(ctx, *proof, unconfirmed(proof, story, by))
}

// unconfirmed tells those whom it concerns.
func unconfirmed(proof *news.Proof, story *news.Story, by int64) (list []news.Notice) {
	told := map[int64]bool{0: true}
	for _, user := range []int64{by, story.OwnerID, story.AssigneeID} {
		if !told[user] {
			told[user] = true
			list = append(list, news.Notice{UserID: user, StoryID: proof.StoryID, Kind: news.NoticeUnconfirmed, Text: string(proof.Kind), At: proof.LookedAt})
		}
	}
	return list
}

// maxBody bounds how much of an answer is read: a month's sitemap of a big
// portal has about 10 MB.
const maxBody = 32 << 20

// ask asks for every target, one after the other: readers come first. Of what
// others have asked for as well since the change, their answer will do.
func (p *Probe) ask(ctx context.Context, targets []target, changed time.Time) []news.Surface {
	out := make([]news.Surface, len(targets))
	for i, t := range targets {
		a, ok := answer{}, false
		if t.common {
			a, ok = p.seen.since(t.path, changed)
		}
		if !ok {
			if a = p.get(ctx, t.path); t.common {
				p.seen.note(t.path, a)
			}
		}
		out[i] = t.judge(a)
	}
	return out
}

// answer is what the server said about a path.
type answer struct {
	at     time.Time // when it was asked
	status int       // 0: there was no answer
	etag   string
	body   []byte
}

// get asks for a path.
func (p *Probe) get(ctx context.Context, path string) answer {
	a := answer{at: p.opt.Now()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.base.Host+path, nil)
	if err != nil {
		return a
	}
	req.Header.Set("User-Agent", "Warta-Probe/1 (bot)") // not a reader
	res, err := p.client.Do(req)
	if err != nil {
		return a
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return a
	}
	a.status, a.etag, a.body = res.StatusCode, res.Header.Get("ETag"), body
	return a
}

// judge says whether an answer is as it should be.
func (t target) judge(a answer) news.Surface {
	s := news.Surface{Name: t.name, Of: t.of, Path: t.path, Want: t.want, At: a.at, Status: a.status, ETag: a.etag}
	if a.status == 0 {
		return s
	}
	s.Found = t.holds(a.body)
	switch t.want {
	case news.WantHold:
		s.Right = s.Status == http.StatusOK && s.Found
	case news.WantLack:
		// An answer that is none proves nothing.
		s.Right = !s.Found && s.Status < http.StatusInternalServerError
	case news.WantGone:
		s.Right = s.Status == http.StatusGone && !s.Found
	case news.WantNone:
		s.Right = s.Status == http.StatusNotFound || s.Status == http.StatusGone
	}
	return s
}

// Trim forgets old receipts of releases.
func (p *Probe) Trim(ctx context.Context) error {
	return p.store.TrimProofs(ctx, p.opt.Now().Add(-keepFor))
}
