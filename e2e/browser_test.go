// Package e2e_test looks at a started Warta from outside: journeys in a real
// browser, the words and the validity of what is sent, what machines read, the
// clock, and what publishing does. It knows the test kit and no templates.
package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"warta/internal/testkit"
)

// chromium is the one browser of this test process.
var chromium struct {
	once sync.Once
	ctx  context.Context
	err  error
	stop []func()
}

func TestMain(m *testing.M) {
	if order := os.Getenv(apartOrder); order != "" {
		os.Exit(serveApart(order))
	}
	code := m.Run()
	for i := len(chromium.stop) - 1; i >= 0; i-- {
		chromium.stop[i]()
	}
	os.Exit(code)
}

// missing skips the test, or fails it where nothing may be left out.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s; with CI=true nothing is skipped", what)
	}
	t.Skip(what)
}

// start starts the browser, once.
func startChromium() {
	path, err := exec.LookPath("chromium")
	if err != nil {
		chromium.err = errors.New("there is no chromium on the PATH (Debian: chromium)")
		return
	}
	dir, err := os.MkdirTemp("", "warta-e2e-")
	if err != nil {
		chromium.err = err
		return
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), chromiumOptions(path, filepath.Join(dir, "profile"))...)
	ctx, stop := chromedp.NewContext(alloc)
	chromium.ctx, chromium.stop = ctx, []func(){func() { os.RemoveAll(dir) }, stopAlloc, stop}
	if err := chromedp.Do(ctx); err != nil {
		chromium.err = fmt.Errorf("chromium does not start: %w", err)
	}
}

// chromiumOptions are the flags of a browser with a profile of its own.
func chromiumOptions(path, profile string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", false))
}

// tab is a page of the browser with an ear on everything that goes wrong.
type tab struct {
	t    testing.TB
	ctx  context.Context
	kit  *testkit.Site
	site string // the base URL: no request may leave it
	// scriptless: script is off, and with it what waits for frames.
	scriptless bool

	mu       sync.Mutex
	wanted   int // status of the document that is being loaded
	document string
	trouble  []string
	requests map[network.RequestID]string
}

// newTab opens a tab with cookies and clipboard of its own. Its clock is the
// site's, so that script and page agree about today.
func newTab(t testing.TB, site *testkit.Site) *tab {
	t.Helper()
	chromium.once.Do(startChromium)
	if chromium.err != nil {
		missing(t, chromium.err.Error())
	}
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return tabIn(ctx, t, site)
}

// limit is how long the browser may take over one command.
const limit = 2 * time.Minute

// within is the context for one command. The tab's own has no end: chromedp
// reads what a tab says only while the context lives in which it was opened, and
// a tab that nobody reads blocks the whole browser after a thousand messages.
func (b *tab) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, limit)
}

// hush ends what the tab says by itself, before nobody reads it any more.
func (b *tab) hush() {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	// An error: the tab or its browser has gone.
	_, _ = chromedp.Call(ctx, network.Disable, cdp.Empty{})
	_, _ = chromedp.Call(ctx, dom.Disable, cdp.Empty{})
	_, _ = chromedp.Call(ctx, runtime.Disable, cdp.Empty{})
}

// tabIn listens to the tab of a context, which looks at a site.
func tabIn(ctx context.Context, t testing.TB, site *testkit.Site) *tab {
	t.Helper()
	b := &tab{t: t, ctx: ctx, kit: site, site: site.URL, requests: map[network.RequestID]string{}}
	opened := make(chan error, 1)
	go func() { opened <- chromedp.Do(ctx) }()
	select {
	case err := <-opened:
		b.ok(err)
	case <-time.After(limit):
		t.Fatal("the browser opens no tab")
	}
	t.Cleanup(b.hush)
	b.ok(chromedp.Listen(ctx, b.hear))
	call(b, network.Enable, network.EnableParams{})
	call(b, cdplog.Enable, cdp.Empty{})
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(
		"{const d=%d-Date.now(),n=Date.now.bind(Date);Date.now=()=>n()+d}", site.Clock.Now().UnixMilli()) + watching})
	_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{Origin: site.URL,
		Permission: &browser.PermissionDescriptor{Name: "clipboard-write"}, Setting: browser.PermissionSettingGranted,
		BrowserContextID: chromedp.FromContext(ctx).BrowserContextID})
	b.ok(err)
	return b
}

// of is the tab for a part of a test.
func (b *tab) of(t testing.TB) *tab {
	b.t = t
	return b
}

// watching collects from the first moment what the browser measures itself.
const watching = `
window.__shifts=[];window.__lcp=null;
new PerformanceObserver(l=>{for(const e of l.getEntries())window.__shifts.push({value:e.value,by:(e.sources||[]).map(s=>{
 const n=s.node;return n?(n.nodeName+"."+(n.className||"")+" "+JSON.stringify(s.previousRect)+" to "+JSON.stringify(s.currentRect)):"?"})})
}).observe({type:"layout-shift",buffered:true});
new PerformanceObserver(l=>{for(const e of l.getEntries()){const n=e.element;window.__lcp=n?{tag:n.tagName,cls:n.className,main:!!n.closest("main")}:{tag:"",cls:"",main:false}}
}).observe({type:"largest-contentful-paint",buffered:true});`

func (b *tab) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// hear notes console messages, failed requests and requests to other hosts.
func (b *tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	note := func(format string, args ...any) { b.trouble = append(b.trouble, fmt.Sprintf(format, args...)) }
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		var text []string
		for _, a := range ev.Args {
			text = append(text, a.Description+string(a.Value))
		}
		note("console.%s: %s", ev.Type, strings.Join(text, " "))
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if x := ev.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		note("exception: %s", text)
	case *cdplog.EventEntryAdded:
		if b.wanted >= 400 && ev.Entry.URL == b.document {
			return // the browser's own word on a page that is meant to be away
		}
		note("%s log: %s (%s)", ev.Entry.Level, ev.Entry.Text, ev.Entry.URL)
	case *network.EventRequestWillBeSent:
		b.requests[ev.RequestID] = ev.Request.URL
		if !strings.HasPrefix(ev.Request.URL, b.site+"/") && !strings.HasPrefix(ev.Request.URL, "data:") {
			note("request to another host: %s", ev.Request.URL)
		}
	case *network.EventLoadingFailed:
		if !ev.Canceled {
			note("request failed: %s: %s", b.requests[ev.RequestID], ev.ErrorText)
		}
	case *network.EventResponseReceived:
		if ev.Response.Status >= 400 && ev.Response.URL != b.document {
			note("status %d: %s", ev.Response.Status, ev.Response.URL)
		}
	}
}

// quiet fails the test if anything went wrong since it was last asked.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.trouble {
		b.t.Error(s)
	}
	b.trouble = nil
}

// do does something in the tab.
func (b *tab) do(a chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	b.ok(chromedp.Do(ctx, a))
}

// call sends a command of the protocol.
func call[P, R any](b *tab, cmd cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	r, err := chromedp.Call(ctx, cmd, params)
	b.ok(err)
	return r
}

// eval runs an expression in the page and waits for what it promises.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression[:min(len(expression), 80)], err)
	}
	return v
}

// size sets the window as a phone or a desk has it.
func (b *tab) size(width int64) {
	b.t.Helper()
	height := int64(740)
	if width >= 1000 {
		height = 900
	}
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 700})
}

// media emulates a colour scheme ("light", "dark") and a medium ("", "print").
func (b *tab) media(scheme, medium string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// open loads a path and expects a status.
func (b *tab) open(path string, status int) {
	b.t.Helper()
	b.mu.Lock()
	b.wanted, b.document = status, b.site+path
	b.mu.Unlock()
	ctx, cancel := b.within()
	defer cancel()
	r, err := chromedp.Run(ctx, chromedp.NavigateResponse(b.site+path))
	b.ok(err)
	if r.Status != int64(status) {
		b.t.Fatalf("%s: status %d, want %d", path, r.Status, status)
	}
	b.settle()
}

// settle waits until fonts and the pictures in sight are there, two frames have
// been drawn and every fade has ended.
func (b *tab) settle() {
	b.t.Helper()
	if b.scriptless {
		return
	}
	eval[bool](b, `(async()=>{`+patience+`await cap(document.fonts.ready);
	const near=i=>{const r=i.getBoundingClientRect();return r.top<innerHeight+200&&r.bottom>0&&r.width>0};
	await cap(Promise.all([...document.images].filter(near).map(i=>i.decode().catch(()=>{}))));
	await frames();
	await cap(Promise.all(document.getAnimations().map(a=>a.finished.catch(()=>{}))));return true})()`)
}

// patience bounds what a page is waited for: a picture whose source is chosen
// anew while it is decoded, or a frame of a tab that the browser does not draw,
// may never come. What is looked at afterwards says whether it matters.
const patience = `const cap=p=>Promise.race([p,new Promise(r=>setTimeout(r,5000))]);
	const frames=()=>cap(new Promise(r=>requestAnimationFrame(()=>requestAnimationFrame(r))));`

// walk scrolls to the end and back as a reader does, so that everything that
// loads late has loaded.
func (b *tab) walk() {
	b.t.Helper()
	eval[bool](b, `(async()=>{`+patience+`const step=innerHeight*.8|0;
	for(let y=0;y<document.documentElement.scrollHeight;y+=step){scrollTo(0,y);await frames();}
	await cap(Promise.all([...document.images].filter(i=>i.currentSrc||!i.complete).map(i=>i.decode().catch(()=>{}))));
	scrollTo(0,0);await frames();return true})()`)
}

// at returns the path and query that the tab shows.
func (b *tab) at() string {
	b.t.Helper()
	u, err := url.Parse(eval[string](b, "location.href"))
	b.ok(err)
	return u.RequestURI()
}
