package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// copied is a page as it is copied out of a browser, made up.
const copied = `Baca berita tanpa iklan. Gabung Suara Pesisir+
Login
Home > News > Nasional
Pasar Apung Lok Baintan Ditata Ulang Tanpa Memindahkan Pedagang
Suara Pesisir - 08/01/2022, 06:31 WITA
Penulis: Nur Aisyah | Editor: Hadi Prabowo
BANJAR, SUARA PESISIR – Pemerintah kabupaten menata ulang pasar apung Lok Baintan tanpa memindahkan satu pun pedagang, Sabtu.
Dermaga baru dibangun di dua tempat agar pengunjung pasar apung tidak perlu berdesakan.
Baca juga: Perahu Listrik Diuji di Sungai Martapura
"Kami tetap di sini, hanya lebih rapi," kata Aluh Rahmah, pedagang sayur.
Sumber: ANTARA
Terkini Lainnya
Harga Ikan Haruan Turun
Komentar
Copyright 2022 Suara Pesisir. Hak cipta dilindungi.`

func importPages(t *testing.T, in string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), append([]string{"import", "page"}, args...), strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

func TestImportPages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"pasar.txt": copied, "tidak-ada.html": `<html lang="id"><title>404</title><h1>Halaman tidak ditemukan</h1><p>Maaf, tidak ada di sini.</p>`, "catatan.md": "bukan halaman"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data := t.TempDir()
	site := []string{"--data", data, "--base-url", "https://kabar.example"}

	t.Run("explains every line and stores nothing", func(t *testing.T) {
		code, out, errOut := importPages(t, "", append([]string{"--explain", dir}, site...)...)
		for _, want := range []string{"headline    Pasar Apung", "writer      Nur Aisyah", "published   2022-01-08 06:31:00 +08:00", "outlet      Suara Pesisir", "source      ANTARA",
			"read_also  Baca juga: Perahu", "furniture  Terkini Lainnya", "no story    missing"} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in:\n%s", want, out)
			}
		}
		if entries, _ := os.ReadDir(data); code != 0 || errOut != "" || len(entries) != 0 {
			t.Errorf("exit %d, %s, %d files", code, errOut, len(entries))
		}
	})
	t.Run("explains as JSON", func(t *testing.T) {
		_, out, _ := importPages(t, copied, "--explain", "--json", "-")
		var got struct {
			Page  struct{ Headline string }
			Lines []struct{ Verdict, Field, Why, Text string }
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || !strings.HasPrefix(got.Page.Headline, "Pasar Apung") || len(got.Lines) != 15 {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Run("writes clean items that come in again", func(t *testing.T) {
		to := filepath.Join(t.TempDir(), "bersih")
		code, out, errOut := importPages(t, "", "--to", "ninjs", to, dir)
		if code != 0 || !strings.Contains(out, "1 items written") || !strings.Contains(out, "1 no stories") || !strings.Contains(errOut, "no story") {
			t.Fatalf("exit %d: %s %s", code, out, errOut)
		}
		report, err := os.ReadFile(filepath.Join(to, "report.csv"))
		if err != nil || !strings.Contains(string(report), "no_story") {
			t.Errorf("the report: %v, %s", err, report)
		}
		other := t.TempDir()
		code, out, errOut = imported(t, other, "", to, "--section", "nasional")
		if code != 0 || !strings.Contains(out, "1 created") {
			t.Errorf("exit %d: %s %s", code, out, errOut)
		}
	})
	t.Run("makes a draft, once", func(t *testing.T) {
		code, out, errOut := importPages(t, "", append([]string{dir}, site...)...)
		if code != 0 || !strings.Contains(out, "1 created") || !strings.Contains(out, "1 skipped") {
			t.Errorf("exit %d: %s %s", code, out, errOut)
		}
		if code, out, _ = importPages(t, "", append([]string{dir}, site...)...); code != 0 || !strings.Contains(out, "1 unchanged") {
			t.Errorf("exit %d: %s", code, out)
		}
	})
	t.Run("publishes when it is told to, with the page's own date", func(t *testing.T) {
		code, out, errOut := importPages(t, copied, "--publish", "--json", "--data", t.TempDir(), "--base-url", "https://kabar.example", "--url", "https://pesisir.example/a/b", "-")
		if code != 0 || !strings.Contains(out, `"url":"https://kabar.example/nasional/2022/01/0`) || !strings.Contains(out, `"uri":"https://pesisir.example/a/b"`) {
			t.Errorf("exit %d: %s %s", code, out, errOut)
		}
	})
	t.Run("asks no address without leave, and none that leads inwards", func(t *testing.T) {
		if code, _, errOut := importPages(t, "", append([]string{"https://pesisir.example/x"}, site...)...); code != 2 || !strings.Contains(errOut, "--fetch") {
			t.Errorf("exit %d: %s", code, errOut)
		}
		in := []string{"http://127.0.0.1/x", "http://localhost/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest", "http://192.168.1.1/",
			"http://2130706433/", "http://0x7f.0.0.1/", "http://127.1/", "http://user:pass@127.0.0.1/", "http://10.0.0.1:8080/"}
		code, _, errOut := importPages(t, "", append(append([]string{"--fetch"}, in...), site...)...)
		if code != 1 || strings.Count(errOut, ": failed: ") != len(in) {
			t.Errorf("exit %d: %s", code, errOut)
		}
	})
	t.Run("wrong command lines say what is wrong", func(t *testing.T) {
		for _, args := range [][]string{{}, {"--to", "rss", "x", dir}, {filepath.Join(dir, "nirgends")}, {"--page-labels", filepath.Join(dir, "catatan.md"), "--explain", dir},
			{"--explain", "--to", "ninjs", filepath.Join(dir, "baru"), dir}, {"--explain", "--publish", dir}} {
			if code, _, errOut := importPages(t, "", append(args, site...)...); code != 2 || errOut == "" {
				t.Errorf("%v: exit %d: %s", args, code, errOut)
			}
		}
	})
	t.Run("prints its rules", func(t *testing.T) {
		for which, want := range map[string]string{"labels": "read_also:", "portals": "host kompas.com"} {
			if code, out, _ := importPages(t, "", "--rules", which); code != 0 || !strings.Contains(out, want) {
				t.Errorf("%s: exit %d", which, code)
			}
		}
	})
}
