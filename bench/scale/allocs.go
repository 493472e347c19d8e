package main

import (
	"context"
	"os/exec"
	"strings"

	"warta/internal/app"
)

// allocTests count the allocations of a warm hit with testing.AllocsPerRun: a
// whole site, the loop, and the engine.
var allocTests = map[string]string{
	"warta/internal/app":      "TestAWarmHitAllocatesNothing",
	"warta/internal/web/fast": "TestWhatIsReadyIsAnsweredWithoutAllocations",
	"warta/internal/page":     "TestToLookForAWarmPageAllocatesNothing",
}

// allocations is row 14: it is a test, and this runs it.
func (b *bench) allocations(ctx context.Context, _ *server, _ *archive) error {
	b.step("allocations of a warm hit")
	for pkg, name := range allocTests {
		out, err := exec.CommandContext(ctx, "go", "test", "-tags", "nodynamic", "-count", "1", "-v", "-run", "^"+name+"$", pkg).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: "+name) {
			return app.Unavailable("%s in %s: %v\n%s", name, pkg, err, out)
		}
	}
	b.add("14", "allocations of a warm page hit", "0", "0", "0")
	return nil
}
