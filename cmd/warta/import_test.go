package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newsItem is an item of our own words.
const newsItem = `{"uri":"urn:kabar:1","version":"1","firstCreated":"2022-01-07T23:31:00Z","headlines":[{"role":"main","value":"Warga Menanam Bakau"}],"bodies":[{"value":"JAKARTA, KOMPAS.com – Ratusan warga menanam bakau."}],"subjects":[{"name":"Nasional"}]}`

// imported runs "warta import ninjs" and returns the exit status and what was
// printed.
func imported(t *testing.T, data, in string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	all := append([]string{"import", "ninjs", "--data", data, "--base-url", "https://kabar.example"}, args...)
	code = run(t.Context(), all, strings.NewReader(in), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestImportNinjs(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	bad := filepath.Join(dir, "buruk.jsonl")
	if err := os.WriteFile(bad, []byte(newsItem+"\n{\"uri\":\"urn:x\",\"headlines\":[{\"value\":7}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("an item on standard input goes in", func(t *testing.T) {
		code, out, errOut := imported(t, data, newsItem, "--json", "-")
		var line map[string]any
		if err := json.Unmarshal([]byte(out), &line); err != nil || code != 0 {
			t.Fatalf("status %d, %v: %s%s", code, err, out, errOut)
		}
		if line["uri"] != "urn:kabar:1" || line["result"] != "created" || line["id"] != 1.0 ||
			line["url"] != "https://kabar.example/nasional/2022/01/08/1/warga-menanam-bakau" {
			t.Errorf("got %s", out)
		}
		if !strings.Contains(errOut, "1 items in") {
			t.Errorf("there are no counts: %s", errOut)
		}
	})
	t.Run("a bad item is named with file, line and field, and gives status 1", func(t *testing.T) {
		code, out, errOut := imported(t, data, "", bad)
		if code != 1 || !strings.Contains(errOut, bad+":2: failed: headlines[0].value: ") || !strings.Contains(out, "1 unchanged, 1 failed") {
			t.Errorf("status %d: %s%s", code, out, errOut)
		}
	})
	t.Run("changes are counted, and listed on demand", func(t *testing.T) {
		code, out, errOut := imported(t, t.TempDir(), newsItem, "-", "--list-changes")
		if code != 0 || !strings.Contains(out, "-:1: taken_dateline JAKARTA") || !strings.Contains(out, "taken dateline 1") {
			t.Errorf("status %d: %s%s", code, out, errOut)
		}
	})
	t.Run("what is wrong on the command line gives status 2", func(t *testing.T) {
		for _, args := range [][]string{{filepath.Join(dir, "tidak-ada")}, {bad, "--section", "tidak-ada"}, {t.TempDir()}, {}, {"--no-such-flag", bad}} {
			if code, _, errOut := imported(t, data, "", args...); code != 2 || errOut == "" {
				t.Errorf("%v: status %d: %s", args, code, errOut)
			}
		}
	})
}
