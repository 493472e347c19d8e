package store

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestMarksTellWhoHasEnded(t *testing.T) {
	t.Parallel()
	own := ownMark()
	if own == "" {
		t.Skip("/proc does not tell for certain here")
	}
	place, _ := ownPlace(os.Getpid())
	parts := strings.Split(place, "/")
	markOf := func(place string, pid int, began string) string { return fmt.Sprintf("%s %d %s", place, pid, began) }

	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Skip(err)
	}
	pid := child.Process.Pid
	born, found := readStat(pid)
	if !found {
		t.Fatal("/proc does not know the child")
	}
	mark := markOf(place, pid, born.began)
	here := func(what, mark string, want bool) {
		t.Helper()
		if got := ended(mark); got != want {
			t.Errorf("%s: ended is %t for %q", what, got, mark)
		}
	}
	here("this process", own, false)
	here("a child at work", mark, false)
	here("one that had the same id before", markOf(place, pid, "1"), true)
	for what, elsewhere := range map[string]string{
		"before a restart of the machine": "0" + place,
		"in another container":            parts[0] + "/pid:[1]/" + parts[2],
		"under another clock":             parts[0] + "/" + parts[1] + "/time:[1]",
		"without a place":                 "",
	} {
		here(what, markOf(elsewhere, pid, "1"), false)
	}
	for _, broken := range []string{"", " ", place, place + " 0 1", place + " -1 1", place + " x 1", place + " 4711", place + " 4711 "} {
		here("a mark that says nothing", broken, false)
	}

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if now, _ := readStat(pid); now.zombie {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the child was killed and did not end")
		}
	}
	here("killed, and its parent has not asked", mark, true)
	child.Wait() // an error: it was killed
	here("killed, and gone", mark, true)
	for what, elsewhere := range map[string]string{
		"killed, before a restart of the machine": "0" + place,
		"killed, in another container":            parts[0] + "/pid:[1]/" + parts[2],
	} {
		here(what, markOf(elsewhere, pid, born.began), false)
	}
}
