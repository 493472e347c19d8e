package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"warta/internal/account"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/testkit"
)

// TestRoomUploadGoesOnAfterACut loses the connection in the middle of a picture
// and the page or the browser as well. It goes on where it stopped, by itself, or
// if the browser has not kept the file when it is dropped again.
func TestRoomUploadGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		for _, way := range []string{"by itself", "dropped again", "after a crash"} {
			t.Run(engine.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				for tries := 1; !uploadGoesOn(t, engine.postgres, way); tries++ {
					if tries == 3 {
						t.Fatal("the picture arrives before the connection is lost, whatever is tried")
					}
				}
			})
		}
	}
}

// uploadGoesOn loses the connection of one upload in one way. It returns false if all
// had arrived before: then nothing could go on.
func uploadGoesOn(t *testing.T, postgres bool, way string) bool {
	t.Helper()
	s := testkit.New(t, testkit.Options{Postgres: postgres, Settings: settings("id")})
	raw := grain(1600, 1200)
	file := filepath.Join(t.TempDir(), "pasar.jpg")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	reporter := s.Staffer(account.Reporter)
	// A browser of its own: what another tab says of the network undoes what this one said.
	profile := folder(t)
	b := tabIn(browserOver(t, profile), t, s)
	b.as(reporter)
	b.size(1280)
	b.leaves()
	b.open("/newsroom/pictures", 200)
	b.network(true, 40_000) // a busy machine cuts late
	b.drops("form[data-upload]", file)
	b.until("a part to have arrived", `(e=>!!e&&e.value>0&&e.value<e.max)(document.querySelector("[data-queue] progress"))`)
	b.online(false)
	b.shows("the word that there is no connection", "[data-queue] li", "pasar.jpg", "Sambungan putus")
	eventually(t, "the browser to keep file and address", func() bool { return b.shelf("") == "1 1" })
	switch way {
	case "after a crash":
		crash(t, b.ctx)
		b = tabIn(browserOver(t, profile), t, s)
		b.as(s.SignIn(reporter.User))
	case "dropped again":
		b.shelf("files")
		b.blank()
	default:
		b.blank()
	}
	b.network(true, 100_000)
	asked := b.asks("/newsroom/uploads")
	b.open("/newsroom/pictures", 200)
	if list, err := s.DB.Pictures(t.Context(), media.Filter{Limit: 1}); err != nil || len(list) > 0 {
		b.ok(err)
		return false
	}
	if way == "dropped again" {
		b.drops("form[data-upload]", file)
	} else {
		b.shows("the word that it goes on", "[data-queue] li", "pasar.jpg", "Dilanjutkan")
		b.shoot("room-upload-goes-on", "id", 1280, "light")
	}
	b.online(true)
	b.until("the picture to arrive", `!!document.querySelector('[data-queue] a[href*="/newsroom/pictures/"]')`)
	sent := asked()
	if len(sent) < 2 || sent[0] != "HEAD" || !strings.HasPrefix(sent[1], "PATCH from ") || sent[1] == "PATCH from 0" || slices.Contains(sent, "POST") {
		t.Errorf("the second time the browser sent %q", sent)
	}
	if n := eval[int](b, `document.querySelectorAll("[data-queue] li").length`); n != 1 {
		t.Errorf("the file stands in %d lines", n)
	}
	id, err := strconv.ParseInt(filepath.Base(eval[string](b, `document.querySelector('[data-queue] a[href*="/newsroom/pictures/"]').pathname`)), 10, 64)
	b.ok(err)
	p, err := s.DB.Picture(t.Context(), id)
	b.ok(err)
	if sum := sha256.Sum256(raw); p.Hash != hex.EncodeToString(sum[:]) || p.Bytes != int64(len(raw)) {
		t.Errorf("%d bytes arrived of %d, or others", p.Bytes, len(raw))
	}
	if left := b.shelf(""); left != "0 0" {
		t.Errorf("the browser keeps %s files and addresses of what has arrived", left)
	}
	b.forgive()
	b.quiet()
	return true
}

// TestRoomUploadIsOnesOwn leaves a picture on its way, and lets somebody else sign
// in in the same browser: it is not sent in his name, and goes on when who began
// it comes back.
func TestRoomUploadIsOnesOwn(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	file := filepath.Join(t.TempDir(), "pasar.jpg")
	if err := os.WriteFile(file, grain(1600, 1200), 0o600); err != nil {
		t.Fatal(err)
	}
	rani, budi := s.Staffer(account.Reporter), s.Staffer(account.Reporter)
	b := tabIn(browserOver(t, folder(t)), t, s)
	b.as(rani)
	b.size(1280)
	b.leaves()
	b.open("/newsroom/pictures", 200)
	b.network(true, 40_000)
	b.drops("form[data-upload]", file)
	b.until("a part to have arrived", `(e=>!!e&&e.value>0&&e.value<e.max)(document.querySelector("[data-queue] progress"))`)
	eventually(t, "the browser to keep file and address", func() bool { return b.shelf("") == "1 1" })
	b.blank()
	b.online(true)
	b.as(budi)
	asked := b.asks("/newsroom/uploads")
	b.open("/newsroom/pictures", 200)
	if kept := b.shelf(""); kept != "1 1" || len(asked()) > 0 || eval[int](b, `document.querySelectorAll("[data-queue] li").length`) != 0 {
		t.Errorf("of another one's picture %s is kept, and the browser sent %q", kept, asked())
	}
	b.as(rani)
	b.open("/newsroom/pictures", 200)
	b.until("the picture to arrive", `!!document.querySelector('[data-queue] a[href*="/newsroom/pictures/"]')`)
	if sent := asked(); sent[0] != "HEAD" {
		t.Errorf("who began it sends %q", sent)
	}

	// What nobody comes back for goes after a day, on any page.
	eval[bool](b, `new Promise((done,fail)=>{const q=indexedDB.open("warta-uploads",1);q.onerror=()=>fail(q.error);
		q.onsuccess=()=>{const db=q.result,tx=db.transaction("files","readwrite");
		tx.objectStore("files").put({key:"x",owner:"x",since:Date.now(),file:new File(["x"],"x.jpg")});
		tx.oncomplete=()=>{db.close();localStorage.setItem("warta-uploads-until",Date.now()-60000);done(true)};tx.onabort=()=>fail(tx.error)}})`)
	b.open("/newsroom/notices", 200)
	eventually(t, "what is too old to be gone", func() bool { return b.shelf("") == "none" })
	b.open("/newsroom/pictures", 200)
	eventually(t, "an empty shelf", func() bool { return b.shelf("") == "0 0" })
	b.forgive()
	b.quiet()
}

// TestRoomUploadIsSentByOnePage opens the library a second time while a picture is
// on its way: the other page waits, and goes on when the first is closed.
func TestRoomUploadIsSentByOnePage(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	file := filepath.Join(t.TempDir(), "pasar.jpg")
	if err := os.WriteFile(file, grain(1600, 1200), 0o600); err != nil {
		t.Fatal(err)
	}
	b := tabIn(browserOver(t, folder(t)), t, s)
	b.as(s.Staffer(account.Reporter))
	b.size(1280)
	ctx, cancel := chromedp.NewContext(b.ctx) // beside it, with the same cookies and storage
	t.Cleanup(cancel)
	other := tabIn(ctx, t, s)
	b.leaves()
	b.open("/newsroom/pictures", 200)
	b.network(true, 40_000)
	b.drops("form[data-upload]", file)
	b.until("a part to have arrived", `(e=>!!e&&e.value>0&&e.value<e.max)(document.querySelector("[data-queue] progress"))`)
	eventually(t, "the browser to keep file and address", func() bool { return b.shelf("") == "1 1" })
	asked := other.asks("/newsroom/uploads")
	other.open("/newsroom/pictures", 200)
	eventually(t, "it to wait for its turn", func() bool {
		return eval[bool](other, `navigator.locks.query().then(l=>l.pending.some(p=>p.name.startsWith("warta-upload ")))`)
	})
	if sent := asked(); len(sent) > 0 {
		t.Errorf("beside the page that is at it, another one sent %q", sent)
	}
	b.blank()
	other.until("the picture to arrive", `!!document.querySelector('[data-queue] a[href*="/newsroom/pictures/"]')`)
	if sent := asked(); len(sent) < 2 || sent[0] != "HEAD" || slices.Contains(sent, "POST") || slices.Contains(sent, "PATCH from 0") {
		t.Errorf("the other page sent %q", sent)
	}
	for _, b := range []*tab{b, other} {
		// The last piece of the page that was left may come in while the other one
		// asks how far it is; then that one's first piece is refused, and it asks anew.
		b.forgive("status 409", "409 (Conflict)")
		b.quiet()
	}
}

// shelf empties one of the stores in which the browser keeps what is on its way,
// "" none, and returns how many files and addresses it keeps.
func (b *tab) shelf(empty string) string {
	b.t.Helper()
	return eval[string](b, `indexedDB.databases().then(all=>!all.some(d=>d.name==="warta-uploads")?"none":new Promise((done,fail)=>{
		const q=indexedDB.open("warta-uploads",1);q.onerror=()=>fail(q.error);
		q.onsuccess=()=>{const db=q.result,names=["files","addresses"],tx=db.transaction(names,"readwrite"),n=[];
		if(`+quote(empty)+`)tx.objectStore(`+quote(empty)+`).clear();
		names.forEach((name,i)=>{tx.objectStore(name).count().onsuccess=e=>n[i]=e.target.result});
		tx.oncomplete=()=>{db.close();done(n.join(" "))};tx.onabort=()=>fail(tx.error)}}))`)
}

// blank leaves the page for none.
func (b *tab) blank() {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Navigate("about:blank"))
	b.ok(err)
}

// grain is a picture that does not get small.
func grain(w, h int) []byte {
	m, rng := image.NewGray(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(rng.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err) // a picture in memory always encodes
	}
	return b.Bytes()
}

// leaves says yes whenever the browser asks whether to leave a page.
func (b *tab) leaves() {
	b.t.Helper()
	b.ok(chromedp.Listen(b.ctx, func(ev any) {
		if _, ok := ev.(*page.EventJavascriptDialogOpening); ok {
			go chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}) // an error: the tab has gone
		}
	}))
}

// drops lets a file fall onto an element.
func (b *tab) drops(selector, file string) {
	b.t.Helper()
	at := eval[struct{ X, Y float64 }](b, `(e=>{e.scrollIntoView({block:"center"});const r=e.getBoundingClientRect();return {X:r.left+r.width/2,Y:r.top+r.height/2}})(document.querySelector(`+quote(selector)+`))`)
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		call(b, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at.X, Y: at.Y,
			Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{file}, DragOperationsMask: 1}})
	}
}

// asks collects what the tab asks of addresses that begin so: the method, and
// from which byte on a piece is.
func (b *tab) asks(prefix string) func() []string {
	b.t.Helper()
	var mu sync.Mutex
	var list []string
	b.ok(chromedp.Listen(b.ctx, func(ev any) {
		sent, ok := ev.(*network.EventRequestWillBeSent)
		if !ok || !strings.HasPrefix(sent.Request.URL, b.site+prefix) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		what := sent.Request.Method
		if from, ok := sent.Request.Headers["Upload-Offset"]; ok {
			what += fmt.Sprint(" from ", from)
		}
		list = append(list, what)
	}))
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(list)
	}
}

// TestRoomStoryIsWithdrawnWhileSomebodyEditsIt says so to the editor, whose text
// goes on into the draft and not to readers.
func TestRoomStoryIsWithdrawnWhileSomebodyEditsIt(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			st := s.Publish(news.Content{})
			b, boss := signed(t, s.Staffer(account.Editor), 360), signed(t, s.Staffer(account.ManagingEditor), 1280)
			b.open("/newsroom/stories/"+strconv.FormatInt(st.ID, 10), 200)
			b.writes(0, " Sebelum dicabut.")
			b.saved(s, st.ID, "Sebelum dicabut.")
			boss.does(st.ID, "withdraw", "reason", string(news.ReasonChild))
			b.shows("the word that the story is withdrawn", ".ed-said", "Berita ini baru saja dicabut", "Tulisan Anda tetap tersimpan di drafnya")
			b.narrow(360)
			b.shoot("room-withdrawn-meanwhile", "id", 360, "light")
			b.writes(0, " Sesudah dicabut.")
			b.saved(s, st.ID, "Sebelum dicabut. Sesudah dicabut.")
			reader := newTab(t, s)
			reader.open(s.Path(st), 410)
			if said := reader.words("main"); strings.Contains(said, "dicabut.") || s.Story(st.ID).Status != news.Withdrawn {
				t.Errorf("readers of a withdrawn story get %q", said)
			}
			for _, b := range []*tab{b, boss, reader} {
				b.quiet()
			}
		})
	}
}

// TestRoomSectionIsClosedUnderAScheduledStory gives a section up by its page:
// the story that was to go out in it goes out in the one that took over.
func TestRoomSectionIsClosedUnderAScheduledStory(t *testing.T) {
	t.Parallel()
	for _, engine := range journeyEngines(t) {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.New(t, testkit.Options{Postgres: engine.postgres, Settings: settings("id")})
			const headline = "Sidang Umum Dibuka di Ruang Baru"
			id := s.Create(news.Content{Headline: headline, SectionID: s.Section("internasional")})
			at := s.Clock.Now().Add(5 * time.Minute)
			if err := s.Desk.Schedule(t.Context(), testkit.Actor, id, at); err != nil {
				t.Fatal(err)
			}
			b := signed(t, s.Staffer(account.ManagingEditor), 1280)
			b.open("/newsroom/sections/"+strconv.FormatInt(s.Section("internasional"), 10)+"/give-up", 200)
			b.fill("main form", "into", strconv.FormatInt(s.Section("tekno"), 10))
			if !strings.HasPrefix(b.at(), "/newsroom/sections") || strings.Contains(b.words("main"), "Internasional") {
				t.Errorf("after closing the section %s says %q", b.at(), b.words("main"))
			}
			b.open("/newsroom/schedule", 200)
			if said := b.words("main"); !strings.Contains(said, headline) {
				t.Errorf("the schedule has lost the story: %q", said)
			}
			s.Clock.Set(at.Add(time.Second))
			eventually(t, "the story to be out", func() bool { return s.Story(id).LiveNo > 0 })
			st := s.Story(id)
			if !st.FirstPublished.Equal(at) {
				t.Errorf("due at %s, the story is dated %s", at, st.FirstPublished)
			}
			b.open("/tekno", 200)
			if !eval[bool](b, `[...document.querySelectorAll("main a")].some(a=>a.textContent.includes(`+quote(headline)+`)&&a.pathname.startsWith("/tekno/"))`) {
				t.Errorf("the section that took over does not have the story: %q", b.words("main"))
			}
			b.open("/newsroom/stories/"+strconv.FormatInt(id, 10), 200)
			b.quiet()
		})
	}
}
