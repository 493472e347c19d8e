package library_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/blob"
	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/store"
	"warta/internal/web"
	"warta/internal/web/newsroom"
	"warta/internal/web/newsroom/library"
	"warta/ui"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// staff are the sessions of a newsroom by their tokens.
var staff = map[string]account.User{
	"budi": {ID: 3, Name: "Budi", Role: account.Contributor, Language: lang.ID},
	"sari": {ID: 4, Name: "Sari", Role: account.Reporter, Language: lang.EN},
	"rani": {ID: 5, Name: "Rani", Role: account.Editor},
	"dewi": {ID: 6, Name: "Dewi", Role: account.ManagingEditor},
	"tono": {ID: 7, Name: "Tono", Role: account.Commercial},
}

type sessions struct{}

func (sessions) Open(_ context.Context, token string) (account.Session, error) {
	u, ok := staff[token]
	if !ok {
		return account.Session{}, fault.New(fault.Unauthenticated, "nobody is signed in")
	}
	return account.Session{ID: u.ID, User: u, Confirmed: noon}, nil
}

// rows is the database as the door and the pages ask it; nobody has notices.
type rows struct{ *store.DB }

func (rows) UnreadNotices(context.Context, int64) (int, error) { return 0, nil }

func (rows) UsersByID(_ context.Context, ids []int64) (map[int64]account.User, error) {
	out := map[int64]account.User{}
	for _, u := range staff {
		for _, id := range ids {
			if u.ID == id {
				out[id] = u
			}
		}
	}
	return out, nil
}

// place is the library of a newsroom on a socket.
type place struct {
	t    *testing.T
	dir  string
	db   *store.DB
	desk *news.Desk
	lib  *media.Library
	url  string
	stop func()
}

// open starts the library over a data folder.
func open(t *testing.T, dir string) *place {
	t.Helper()
	p := &place{t: t, dir: dir}
	var err error
	p.db, err = store.Open(t.Context(), store.Options{Dir: dir, Now: func() time.Time { return noon }})
	p.ok(err)
	_, err = p.db.Seed(t.Context())
	p.ok(err)
	blobs, err := blob.NewDir(dir + "/files")
	p.ok(err)
	p.lib = media.NewLibrary(p.db, blobs, media.Options{TempDir: t.TempDir()})
	p.desk = news.NewDesk(p.db, nil)
	server := httptest.NewUnstartedServer(nil)
	p.url = "http://localhost:" + strconv.Itoa(server.Listener.Addr().(*net.TCPAddr).Port)
	files, err := ui.Load()
	p.ok(err)
	pages, err := newsroom.NewPages(files)
	p.ok(err)
	base, err := url.Parse(p.url)
	p.ok(err)
	door := newsroom.New(newsroom.Parts{Sessions: sessions{}, Store: rows{p.db}, Pages: pages, Hosts: web.NewHosts(base, nil),
		BaseURL: p.url, Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(logWriter{t}, nil))})
	x := library.New(library.Parts{Door: door, Store: rows{p.db}, Library: p.lib, Uploads: media.NewUploads(p.db, blobs, p.lib)})
	p.ok(door.Add(x.Routes()...))
	server.Config.Handler = door
	server.Start()
	p.stop = func() {
		server.Close()
		p.lib.Close()
		blobs.Close()
		p.db.Close()
		p.stop = func() {}
	}
	t.Cleanup(func() { p.stop() })
	return p
}

func newPlace(t *testing.T) *place {
	t.Helper()
	return open(t, t.TempDir())
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}

func (p *place) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// answer is what came back, its body read.
type answer struct {
	*http.Response
	t    *testing.T
	body string
}

// do sends a request as somebody of the staff; header holds names and values.
func (p *place) do(who, method, path string, body io.Reader, header ...string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, body)
	p.ok(err)
	if who != "" {
		r.Header.Set("Cookie", newsroom.Cookie+"="+who)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	p.ok(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	p.ok(err)
	return answer{res, p.t, string(text)}
}

func (p *place) get(who, path string) answer { p.t.Helper(); return p.do(who, "GET", path, nil) }

// script sends a request as a script does.
func (p *place) script(who, method, path string, body []byte, header ...string) answer {
	p.t.Helper()
	return p.do(who, method, path, bytes.NewReader(body), append(header, "Accept", "application/json")...)
}

func (p *place) post(who, path string, form url.Values) answer {
	p.t.Helper()
	return p.do(who, "POST", path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

// is ends the test unless the answer has a status and holds all texts.
func (a answer) is(status int, texts ...string) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: status %d, want %d\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Errorf("%s %s lacks %q\n%s", a.Request.Method, a.Request.URL.Path, text, a.body)
		}
	}
	return a
}

func (a answer) html() *goquery.Document {
	a.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return d
}

// problem returns the code of an error for a script.
func (a answer) problem(status int) (code, message string) {
	a.t.Helper()
	a.is(status)
	var v struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(a.body), &v); err != nil || v.Error.Message == "" {
		a.t.Fatalf("no error: %s, %v", a.body, err)
	}
	return v.Error.Code, v.Error.Message
}

// photo makes a JPEG that differs by its red.
func photo(t *testing.T, red uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			m.SetRGBA(x, y, color.RGBA{R: red, G: uint8(x % 256), B: uint8((x * y) % 251), A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// begin opens an upload and returns its address.
func (p *place) begin(who string, length int, name string) string {
	p.t.Helper()
	a := p.script(who, "POST", "/newsroom/uploads", nil, "Upload-Length", strconv.Itoa(length), "Upload-Name", url.PathEscape(name)).is(201)
	return a.Header.Get("Location")
}

func (p *place) patch(who, at string, offset int, data []byte) answer {
	p.t.Helper()
	return p.script(who, "PATCH", at, data, "Upload-Offset", strconv.Itoa(offset), "Content-Type", "application/offset+octet-stream")
}

// taken is a picture as scripts get it.
type taken struct {
	ID                         int64
	Src, Caption, Credit, Name string
	Width, Height, Tone        int
	Known                      bool
}

func (a answer) picture() (v taken) {
	a.t.Helper()
	a.is(200)
	if err := json.Unmarshal([]byte(a.body), &v); err != nil || v.ID == 0 {
		a.t.Fatalf("no picture: %s, %v", a.body, err)
	}
	return v
}

// bring uploads a picture in one piece.
func (p *place) bring(who string, red uint8, name string) taken {
	p.t.Helper()
	file := photo(p.t, red)
	return p.patch(who, p.begin(who, len(file), name), 0, file).picture()
}

func TestAnUploadThatStopsHalfWayGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := photo(t, 9)
	half := len(file) / 2
	at := p.begin("budi", len(file), "Banjir di Demak.jpg")

	// The line breaks while the bytes are on their way.
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	p.ok(err)
	fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: %s\r\nCookie: %s=budi\r\nUpload-Offset: 0\r\nContent-Length: %d\r\n\r\n",
		at, strings.TrimPrefix(p.url, "http://"), newsroom.Cookie, len(file))
	_, err = conn.Write(file[:half])
	p.ok(err)
	p.ok(conn.Close())
	deadline := time.Now().Add(10 * time.Second)
	for {
		a := p.script("budi", "HEAD", at, nil).is(200)
		if a.Header.Get("Upload-Offset") == strconv.Itoa(half) && a.Header.Get("Upload-Length") == strconv.Itoa(len(file)) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the upload is at %s, want %d", a.Header.Get("Upload-Offset"), half)
		}
	}
	p.stop()
	p = open(t, p.dir)

	wrong := p.patch("budi", at, 0, file)
	if code, message := wrong.problem(409); code != "library_offset" || wrong.Header.Get("Upload-Offset") != strconv.Itoa(half) {
		t.Errorf("at the wrong offset: %s, %q, at %s", code, message, wrong.Header.Get("Upload-Offset"))
	}
	step := p.patch("budi", at, half, file[half:len(file)-10]).is(204)
	if got := step.Header.Get("Upload-Offset"); got != strconv.Itoa(len(file)-10) {
		t.Errorf("after a piece it is at %s", got)
	}
	got := p.patch("budi", at, len(file)-10, file[len(file)-10:]).picture()
	if got.Name != "Banjir di Demak.jpg" || got.Width != 400 || got.Height != 300 || got.Known {
		t.Errorf("the picture is %+v", got)
	}
	if again := p.patch("budi", at, len(file), nil).picture(); again.ID != got.ID {
		t.Errorf("asked again: %+v", again)
	}
	preview := p.get("budi", got.Src).is(200)
	for name, want := range map[string]string{"Content-Type": "image/webp", "Cache-Control": "private, no-cache",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"} {
		if v := preview.Header.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	p.do("budi", "GET", got.Src, nil, "If-None-Match", preview.Header.Get("ETag")).is(304)
}

func TestUploadsRefuse(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	begin := func(who, length string) answer {
		return p.script(who, "POST", "/newsroom/uploads", nil, "Upload-Length", length)
	}
	if code, text := begin("budi", "200000001").problem(413); code != "library_bytes" || !strings.Contains(text, "200 MB") || !strings.Contains(text, "JPEG") {
		t.Errorf("too large: %s, %q", code, text)
	}
	if code, text := begin("sari", "200000001").problem(413); code != "library_bytes" || !strings.HasPrefix(text, "This file") {
		t.Errorf("too large in English: %s, %q", code, text)
	}
	if code, _ := begin("budi", "0").problem(400); code != "library_empty" {
		t.Errorf("an empty file: %s", code)
	}
	begin("budi", "-1").problem(400)
	begin("budi", "").problem(400)
	begin("tono", "100").problem(403)
	begin("", "100").problem(401)
	p.do("budi", "POST", "/newsroom/uploads", nil, "Upload-Length", "100", "Sec-Fetch-Site", "cross-site").is(403)

	page := []byte("<html><script>alert(1)</script></html>")
	at := p.begin("budi", len(page), "a.jpg")
	if code, text := p.patch("budi", at, 0, page).problem(400); code != "library_kind" || !strings.Contains(text, "JPEG") {
		t.Errorf("a web page: %s, %q", code, text)
	}
	p.patch("budi", at, 0, page).problem(404)

	file := photo(t, 1)
	at = p.begin("budi", len(file), "a.jpg")
	p.script("sari", "HEAD", at, nil).is(404)
	if code, _ := p.patch("sari", at, 0, file).problem(404); code != "library_upload_gone" {
		t.Errorf("somebody else's upload: %s", code)
	}
	p.script("sari", "DELETE", at, nil).problem(404)
	p.script("budi", "DELETE", at, nil).is(204)
	p.script("budi", "HEAD", at, nil).is(404)

	cut := file[:len(file)/2]
	at = p.begin("budi", len(cut), "a.jpg")
	if code, _ := p.patch("budi", at, 0, cut).problem(400); code != "library_damaged" {
		t.Errorf("half a picture: %s", code)
	}
}

func TestTheSameContentIsSaidToBeThere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first := p.bring("budi", 9, "a.jpg")
	if again := p.bring("sari", 9, "b.jpg"); again.ID != first.ID || !again.Known || again.Name != "a.jpg" {
		t.Errorf("got %+v", again)
	}
}

func TestPreviewsAreForStaff(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	src := p.bring("budi", 9, "a.jpg").Src
	if a := p.get("", src); a.StatusCode != 303 || !strings.HasPrefix(a.Header.Get("Location"), newsroom.SignIn) {
		t.Errorf("nobody: %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	p.script("", "GET", src, nil).problem(401)
	p.script("tono", "GET", src, nil).problem(403)
	p.get("sari", src).is(200)
	for _, path := range []string{"/newsroom/media/1/orig/641.webp", "/newsroom/media/1/2x3/640.webp", "/newsroom/media/99/orig/640.webp",
		"/newsroom/media/x/orig/640.webp", "/newsroom/media/1/orig/640.png"} {
		p.script("sari", "GET", path, nil).problem(404)
	}
}

func TestFormWithoutScript(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	send := func(files map[string][]byte) answer {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for name, data := range files {
			part, err := w.CreateFormFile("files", name)
			p.ok(err)
			_, err = part.Write(data)
			p.ok(err)
		}
		p.ok(w.Close())
		return p.do("budi", "POST", "/newsroom/pictures", &b, "Content-Type", w.FormDataContentType())
	}
	if a := send(map[string][]byte{"a.jpg": photo(t, 1)}).is(303); a.Header.Get("Location") != "/newsroom/pictures/1" {
		t.Errorf("one picture leads to %s", a.Header.Get("Location"))
	}
	if a := send(map[string][]byte{"b.jpg": photo(t, 2), "c.jpg": photo(t, 3)}).is(303); a.Header.Get("Location") != "/newsroom/pictures?added=2" {
		t.Errorf("two pictures lead to %s", a.Header.Get("Location"))
	}
	p.get("budi", "/newsroom/pictures?added=2").is(200, "2 foto sudah masuk.")
	failed := send(map[string][]byte{"d.txt": []byte("catatan")}).is(400).html().Find(".failed li")
	if failed.Length() != 1 || !strings.Contains(failed.Text(), "d.txt") || !strings.Contains(failed.Text(), "bukan foto") {
		t.Errorf("what was not taken: %q", failed.Text())
	}
	send(nil).is(400, "Belum ada foto yang dipilih")
	p.do("budi", "POST", "/newsroom/pictures", strings.NewReader("x"), "Content-Type", "multipart/form-data; boundary=b").is(400)
}
