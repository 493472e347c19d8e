package account

import (
	"net/netip"
	"sync"
	"time"

	"warta/internal/fault"
)

// limit is how many attempts a key has before it must wait until the oldest
// window has passed.
type limit struct {
	key    string
	most   int
	window time.Duration
}

// maxKeys bounds the memory that counting takes.
const maxKeys = 20_000

// Guesses counts attempts to sign in, in memory. An attempt is counted before
// it is looked at, so that many at once cannot pass together, and taken back if
// it succeeds. It never knows whether an account exists: what was typed is the
// key.
type Guesses struct {
	mu   sync.Mutex
	keys map[string]*tally
}

type tally struct {
	count int
	until time.Time // then it begins anew
}

// NewGuesses returns a counter in which nothing is counted.
func NewGuesses() *Guesses { return &Guesses{keys: make(map[string]*tally)} }

// take counts one attempt for each limit. If one of them is used up nothing is
// counted, and the error is Limited and says how long to wait.
func (g *Guesses) take(now time.Time, limits ...limit) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var wait time.Duration
	for _, l := range limits {
		if t := g.keys[l.key]; t != nil && now.Before(t.until) && t.count >= l.most {
			wait = max(wait, t.until.Sub(now))
		}
	}
	if wait > 0 {
		minutes := int((wait + time.Minute - 1) / time.Minute)
		e := fault.New(fault.Limited, "too many attempts; try again in %d minutes", minutes).Say("too_many_guesses", "minutes", minutes)
		e.RetryAfter = wait
		return e
	}
	for _, l := range limits {
		t := g.keys[l.key]
		if t == nil || !now.Before(t.until) {
			g.room(now)
			t = &tally{until: now.Add(l.window)}
			g.keys[l.key] = t
		}
		t.count++
	}
	return nil
}

// giveBack takes an attempt back that was none: the secret was right.
func (g *Guesses) giveBack(limits ...limit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range limits {
		if t := g.keys[l.key]; t != nil && t.count > 0 {
			t.count--
		}
	}
}

// forget begins anew for a key: its owner has shown who he is.
func (g *Guesses) forget(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.keys, key)
}

// room makes sure that one more key fits. What has passed goes first, then,
// among a few taken at random, the one that would pass first.
func (g *Guesses) room(now time.Time) {
	if len(g.keys) < maxKeys {
		return
	}
	for k, t := range g.keys {
		if !now.Before(t.until) {
			delete(g.keys, k)
		}
	}
	for len(g.keys) >= maxKeys {
		var oldest string
		var at time.Time
		n := 0
		for k, t := range g.keys { // a map is walked in a random order
			if oldest == "" || t.until.Before(at) {
				oldest, at = k, t.until
			}
			if n++; n == 16 {
				break
			}
		}
		delete(g.keys, oldest)
	}
}

// netOf returns the network of an address: an IPv6 user has at least 64 bits
// of them to himself.
func netOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}

// signInLimits bound guessing of passwords: for one account from one network,
// for one account from everywhere, and for one network whatever the account.
// The second is wide, so that a stranger does not lock somebody out by trying.
func signInLimits(email, address string) []limit {
	n := netOf(address)
	return []limit{
		{"account " + email + " " + n, 10, 15 * time.Minute},
		{"account " + email, 100, time.Hour},
		{"network " + n, 100, 15 * time.Minute},
	}
}

// codeLimits bound guessing of the second proof by somebody who has the first.
func codeLimits(userID int64, address string) []limit {
	return []limit{
		{"code " + Actor{ID: userID}.String(), 10, time.Hour},
		{"network " + netOf(address), 100, 15 * time.Minute},
	}
}

// resetLimits bound how often mails about a new password are asked for.
func resetLimits(email, address string) []limit {
	return []limit{
		{"reset " + email, 3, time.Hour},
		{"resets from " + netOf(address), 20, time.Hour},
	}
}
