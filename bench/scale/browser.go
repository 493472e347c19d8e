package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"warta/internal/app"
)

// A slow phone: 1.6 Mbit/s, 150 ms, a processor a quarter as fast, 360 pixels
// wide.
const (
	slowBytes   = 1.6e6 / 8
	slowLatency = 150
	slowCPU     = 4
	slowWidth   = 360
	slowHeight  = 740
	slowDensity = 3
	slowLoads   = 5
	slowSettle  = 3 * time.Second // after the load, in which things may still move
)

// observe notes what a browser says about its own work.
const observe = `window.seen={lcp:0,fcp:0,cls:0,tasks:[]};
const on=(type,f)=>new PerformanceObserver(l=>l.getEntries().forEach(f)).observe({type,buffered:true});
on("largest-contentful-paint",e=>seen.lcp=e.startTime);
on("paint",e=>{if(e.name==="first-contentful-paint")seen.fcp=e.startTime});
on("layout-shift",e=>{if(!e.hadRecentInput)seen.cls+=e.value});
on("longtask",e=>seen.tasks.push([e.startTime,e.duration]));`

// summed is what a page load came to. Blocking is what tasks take beyond 50 ms
// once something stands there.
const summed = `({LCP:seen.lcp,FCP:seen.fcp,Shift:seen.cls,Blocking:seen.tasks.reduce((n,[at,d])=>n+(at+d>seen.fcp?Math.max(0,d-50):0),0)})`

// vitals are one page load, times in milliseconds.
type vitals struct{ LCP, FCP, Shift, Blocking float64 }

// browser is row 9: a story with a photograph and the front page in Chromium on a
// slow phone.
func (b *bench) browser(ctx context.Context, s *server, a *archive) error {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return app.Unavailable("chromium is not installed; Debian has it")
	}
	if a.illustrated == "" { // row 13 was not asked for
		data, err := photo(uint64(time.Now().UnixNano()))
		if err != nil {
			return err
		}
		if _, err := b.renditions(ctx, s, a, data); err != nil {
			return err
		}
	}
	profile, err := os.MkdirTemp("", "warta-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	alloc, stop := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile), chromedp.Flag("disable-component-update", true))...)
	defer stop()
	browser, end := chromedp.NewContext(alloc)
	defer end()
	if err := chromedp.Do(browser); err != nil {
		return app.Unavailable("chromium does not start: %v", err)
	}
	for _, p := range []struct{ name, path string }{{"story with a photograph", a.illustrated}, {"front page", "/"}} {
		b.step("%s on a slow phone", p.name)
		var lcp, fcp, shift, blocking []float64
		for range slowLoads {
			v, err := slowLoad(browser, s.url+p.path)
			if err != nil {
				return err
			}
			lcp, fcp, shift, blocking = append(lcp, v.LCP), append(fcp, v.FCP), append(shift, v.Shift), append(blocking, v.Blocking)
		}
		b.add("9", p.name+": first and largest contentful paint", fmt.Sprintf("%.2f, %.2f s", median(fcp)/1e3, median(lcp)/1e3), "1.8 s", "1.2 s")
		b.add("9", p.name+": layout shift, blocking time", fmt.Sprintf("%.3f, %.0f ms", median(shift), median(blocking)), "0.05, 100 ms", "0, 0")
	}
	return nil
}

// slowLoad loads a page in a browser that has never seen the site.
func slowLoad(browser context.Context, url string) (v vitals, err error) {
	ctx, leave := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer leave()
	if err := chromedp.Do(ctx); err != nil {
		return v, err
	}
	for _, set := range []func() error{
		func() error {
			return tell(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: slowWidth, Height: slowHeight, DeviceScaleFactor: slowDensity, Mobile: true})
		},
		func() error {
			return tell(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slowCPU})
		},
		func() error { return tell(ctx, network.Enable, network.EnableParams{}) },
		func() error {
			return tell(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{
				{Latency: slowLatency, DownloadThroughput: slowBytes, UploadThroughput: slowBytes}}})
		},
		func() error {
			return tell(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: observe})
		},
	} {
		if err := set(); err != nil {
			return v, err
		}
	}
	if _, err := chromedp.Run(ctx, chromedp.NavigateResponse(url)); err != nil {
		return v, err
	}
	time.Sleep(slowSettle)
	return chromedp.Run(ctx, chromedp.Evaluate[vitals](summed))
}

// tell sends a command whose answer says nothing.
func tell[P, R any](ctx context.Context, cmd cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, cmd, params)
	return err
}
