package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPagesBesideTheLibrary is the command over the sample pages.
func TestPagesBesideTheLibrary(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("WARTA_CORPORA")
	if dir == "" {
		t.Skip("did not run: WARTA_CORPORA does not name the folder of sample pages")
	}
	res, err := measure(filepath.Join(dir, "pages"))
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + res.String())
	if !res.better() {
		for _, p := range res.pages {
			t.Log(p)
		}
		t.Error("ours is not better in every figure")
	}
}

func TestTheFiguresCanBeWrong(t *testing.T) {
	t.Parallel()
	if s := compare([]string{"a", "b", "b", "c"}, []string{"b", "b", "x", "y"}); s.precision != 0.5 || s.recall != 0.5 || s.f1 != 0.5 {
		t.Errorf("%+v", s)
	}
	if names("By Nathan Willis\n March 25, 2015") != "nathan willis" || names("Last Updated: January 7, 2025") != "" || names("Par A et B") != "a b" {
		t.Error("bylines are read wrongly")
	}
	at := time.Date(2019, 4, 28, 6, 1, 7, 0, time.FixedZone("", 7*3600))
	if !sameTime("2019-04-28 06:01:07", at) || sameTime("2019-04-28T06:01:07Z", at) || sameTime("?", at) {
		t.Error("times are compared wrongly")
	}
	if r := (result{ours: score{f1: 1, recall: 0.9}, library: score{f1: 0.9, recall: 0.95}}); r.better() {
		t.Error("worse recall counts as better")
	}
	dir := t.TempDir()
	if _, err := measure(dir); err == nil || !strings.Contains(err.Error(), "source.html") {
		t.Errorf("an empty folder: %v", err)
	}
}
