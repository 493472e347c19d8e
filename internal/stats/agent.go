package stats

import (
	"strings"
	"sync"
)

// What is remembered of the names by which readers' programs call themselves:
// the browsers of a country are a few thousand.
const (
	maxAgents    = 4096
	maxAgentName = 512
)

// agents remembers which user agents are programs: to find that out costs more
// than everything else that counts a read. Its zero value is ready.
type agents struct {
	mu    sync.RWMutex
	known map[string]bool
}

// bot is IsBot. When too many names are known, all are forgotten: somebody makes
// them up.
func (a *agents) bot(name string) bool {
	if len(name) > maxAgentName {
		return IsBot(name)
	}
	a.mu.RLock()
	bot, ok := a.known[name]
	a.mu.RUnlock()
	if ok {
		return bot
	}
	bot = IsBot(name)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= maxAgents {
		a.known = map[string]bool{}
	}
	a.known[strings.Clone(name)] = bot
	return bot
}
