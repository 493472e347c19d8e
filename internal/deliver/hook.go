package deliver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"warta/internal/discuss"
	"warta/internal/fetch"
)

// The bounds of what the service that judges comments may take.
const (
	hookTime  = 2 * time.Second
	hookBytes = 16 << 10
	hookAtOne = 32          // questions at a time; what comes on top of that has failed
	hookNoted = time.Second // that there was no room is noted at most so often
)

// HookStore remembers that the service failed, so that the desk can say so.
type HookStore interface {
	NoteHookFailure(ctx context.Context, why string) error
}

// Hook asks a service of the newsroom's own about comments. What is sent is
// signed: the header Warta-Signature holds "t=<unix seconds>,v1=<hex>", the
// HMAC-SHA256 of "<unix seconds>.<body>" under the secret of the rules. The
// answer is JSON: {"verdict": "pass" | "hold" | "refuse", "note": "…"}.
type Hook struct {
	client *http.Client
	store  HookStore
	log    *slog.Logger
	slots  chan struct{}
	noted  atomic.Int64 // when it was noted last that there was no room, in nanoseconds of Unix
}

// NewHook returns a hook that asks through a guarded client.
func NewHook(c *fetch.Client, store HookStore, log *slog.Logger) *Hook {
	client := *c.HTTP(hookBytes)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Hook{client: &client, store: store, log: log, slots: make(chan struct{}, hookAtOne)}
}

// question is what the service is sent. There is no address and no mail of the
// author in it.
type question struct {
	Format   string    `json:"format"` // "warta-comment/1"
	At       time.Time `json:"at"`
	Language string    `json:"language"`
	Story    int64     `json:"story"`
	ReplyTo  int64     `json:"reply_to,omitempty"`
	Text     string    `json:"text"`
	Author   struct {
		ID        int64     `json:"id"`
		Name      string    `json:"name"`
		Since     time.Time `json:"since"`
		Published int       `json:"published"`
		Rejected  int       `json:"rejected"`
	} `json:"author"`
}

// Ask implements discuss.Hook. A failure is logged and remembered; of those for which
// there was no room one a second, or the writes of a flood would be as many again.
func (h *Hook) Ask(ctx context.Context, c discuss.Candidate, r *discuss.Rules) (d discuss.Decision, note string, err error) {
	d, note, err = h.ask(ctx, c, r)
	if err != nil && ctx.Err() == nil && h.notes(err) {
		h.log.Warn("hook for comments failed", "err", err)
		if e := h.store.NoteHookFailure(ctx, err.Error()); e != nil {
			h.log.Error("failure of the hook not noted", "err", e)
		}
	}
	return d, note, err
}

// errFull is the failure of a question for which there is no room.
var errFull = fmt.Errorf("more than %d questions at a time", hookAtOne)

// notes reports whether a failure is noted.
func (h *Hook) notes(err error) bool {
	if !errors.Is(err, errFull) {
		return true // there are no more of these than questions at a time
	}
	last, now := h.noted.Load(), time.Now().UnixNano()
	return now-last >= int64(hookNoted) && h.noted.CompareAndSwap(last, now)
}

func (h *Hook) ask(ctx context.Context, c discuss.Candidate, r *discuss.Rules) (d discuss.Decision, note string, err error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return "", "", errFull
	}
	q := question{Format: "warta-comment/1", At: c.Now.UTC(), Language: c.Language, Story: c.StoryID, ReplyTo: c.ReplyTo, Text: c.Text}
	q.Author.ID, q.Author.Name, q.Author.Since = c.AuthorID, c.Name, c.Standing.Since.UTC()
	q.Author.Published, q.Author.Rejected = c.Standing.Published, c.Standing.Rejected
	body, err := json.Marshal(q)
	if err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(ctx, hookTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Hook, bytes.NewReader(body))
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Warta-Signature", Signature(r.HookSecret, c.Now, body))
	res, err := h.client.Do(req)
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", "", fmt.Errorf("the service answered %d", res.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, hookBytes))
	if err != nil {
		return "", "", err
	}
	var answer struct {
		Verdict discuss.Decision `json:"verdict"`
		Note    string           `json:"note"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", "", fmt.Errorf("the service answered no JSON: %w", err)
	}
	switch answer.Verdict {
	case discuss.Pass, discuss.Hold, discuss.Refuse:
		return answer.Verdict, answer.Note, nil
	}
	return "", "", fmt.Errorf("the service answered the verdict %q", answer.Verdict)
}

// Signature returns the header by which the service knows who asks.
func Signature(secret string, at time.Time, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(m, "%d.", at.Unix())
	m.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(m.Sum(nil)))
}
