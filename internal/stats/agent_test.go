package stats

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

func TestVerdictsOnAgentsAreRememberedWithinBounds(t *testing.T) {
	t.Parallel()
	var a agents
	for i := range 2 * maxAgents {
		browser, bot := fmt.Sprintf("Mozilla/5.0 %d", i), fmt.Sprintf("Googlebot/%d", i)
		for range 2 {
			if a.bot(browser) || !a.bot(bot) {
				t.Fatalf("%q and %q are mixed up", browser, bot)
			}
		}
	}
	if len(a.known) == 0 || len(a.known) > maxAgents {
		t.Errorf("%d names are remembered, at most %d", len(a.known), maxAgents)
	}
	before := len(a.known)
	if long := strings.Repeat("x", maxAgentName+1); a.bot(long) || !a.bot(long+"bot") || len(a.known) != before {
		t.Error("an endless name is remembered, or misjudged")
	}
}

func TestANameIsCopiedBeforeItIsKept(t *testing.T) {
	t.Parallel()
	var a agents
	buffer := []byte("Mozilla/5.0 Chrome")
	if a.bot(unsafe.String(&buffer[0], len(buffer))) {
		t.Fatal("a browser is a bot")
	}
	copy(buffer, "Googlebot/2.1 none") // the next request
	for name := range a.known {
		if name != "Mozilla/5.0 Chrome" {
			t.Errorf("the name that is kept has become %q", name)
		}
	}
}
