package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checked runs "warta check urls" against a server.
func checked(t *testing.T, server, in string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	all := append([]string{"check", "urls", "--data", t.TempDir(), "--base-url", "http://kabar.example", "--hosts", "lama.example", "--server", server}, args...)
	code = run(t.Context(), all, strings.NewReader(in), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestCheckURLs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a":
			w.Header().Set("Location", "http://kabar.example/nasional/2026/11/23/7/judul")
			w.WriteHeader(301)
		case "/nasional/2026/11/23/7/judul":
			io.WriteString(w, `<link rel="canonical" href="http://kabar.example/nasional/2026/11/23/7/judul">`)
		case "/healthz":
		default:
			w.WriteHeader(404)
		}
	}))
	t.Cleanup(server.Close)
	t.Run("all that lead where they should give status 0", func(t *testing.T) {
		code, out, errOut := checked(t, server.URL, "/a 5 7\nhttps://lama.example/a\n", "-")
		if code != 0 || !strings.Contains(out, "Asked for 2 addresses") || !strings.Contains(out, "All of them lead where they should.") {
			t.Errorf("status %d: %s%s", code, out, errOut)
		}
	})
	t.Run("what is unmapped is listed, the most wanted first, and gives status 1", func(t *testing.T) {
		code, out, errOut := checked(t, server.URL, "/x 5\n/y 50\n/a 1\n/z 7\n=cmd|x\n", "-", "--list", "2")
		at := func(s string) int { return strings.Index(out, s) }
		if code != 1 || at("(2 of 3)") < 0 || at("/y") < 0 || at("/y") > at("/z") || at("  /x") >= 0 || !strings.Contains(out, "standard input:5:") {
			t.Errorf("status %d: %s%s", code, out, errOut)
		}
	})
	t.Run("JSON is a line for each address and one for the summary", func(t *testing.T) {
		code, out, _ := checked(t, server.URL, "/a\n/x 3\n", "-", "--json")
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var first, last map[string]any
		if code != 1 || len(lines) != 3 || json.Unmarshal([]byte(lines[0]), &first) != nil || json.Unmarshal([]byte(lines[2]), &last) != nil ||
			first["verdict"] != "redirect" || first["story"] != 7.0 || last["summary"].(map[string]any)["asked"] != 2.0 {
			t.Errorf("status %d: %s", code, out)
		}
	})
	t.Run("CSV is inert in a spreadsheet", func(t *testing.T) {
		_, out, _ := checked(t, server.URL, "/a,3,=1+1:x\n", "-", "--csv", "--database", filepath.Join(t.TempDir(), "x.db"))
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][0] != "/a" || rows[1][7] != "'=1+1:x" || rows[1][2] != "wrong" {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Run("a server that is down is named with the remedy", func(t *testing.T) {
		down := httptest.NewServer(http.NotFoundHandler())
		down.Close()
		code, _, errOut := checked(t, down.URL, "/a\n", "-")
		if code != 1 || !strings.Contains(errOut, strings.TrimPrefix(down.URL, "http://")) || !strings.Contains(errOut, "--server") {
			t.Errorf("status %d: %s", code, errOut)
		}
	})
	t.Run("what is wrong on the command line gives status 2", func(t *testing.T) {
		empty := filepath.Join(t.TempDir(), "kosong.txt")
		if err := os.WriteFile(empty, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{}, {"tidak-ada.txt"}, {t.TempDir()}, {empty}, {"https://lama.example/sitemap.xml"}, {"-", "--parallel", "0"}, {"-", "--distinct", "9"}, {"-", "--as", "x"}, {"-", "--json", "--csv"}, {"-", "--server", "lokal"}} {
			if code, _, errOut := checked(t, server.URL, "", args...); code != 2 || errOut == "" {
				t.Errorf("%v: status %d: %s", args, code, errOut)
			}
		}
	})
	t.Run("a sitemap of an inner network is not fetched", func(t *testing.T) {
		code, out, errOut := checked(t, server.URL, "", "http://169.254.169.254/sitemap.xml", "--fetch")
		if code == 0 || !strings.Contains(out+errOut, "169.254.169.254") {
			t.Errorf("status %d: %s%s", code, out, errOut)
		}
	})
}
