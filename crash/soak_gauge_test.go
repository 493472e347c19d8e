package crash_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// reading is what a process was like at a moment.
type reading struct {
	at                           time.Duration
	resident                     int64 // bytes, VmRSS
	anonymous                    int64 // bytes of them that are of no file
	goroutines, files            int
	heap, pages, pageBytes, tags float64
	// Bytes that Go's runtime has of the system, that of them are its heap's but not
	// in use, and that it has given back of these.
	runtime, idle, released float64
}

// gauges reads one process.
type gauges struct {
	pid     int
	metrics string  // address of the private listener
	first   reading // before anybody came
	list    []reading
	last    reading // after the load
}

func (g *gauges) read(at time.Duration) (r reading, err error) {
	r.at = at
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.pid))
	if err != nil {
		return r, err
	}
	for line := range strings.Lines(string(status)) {
		for name, value := range map[string]*int64{"VmRSS:": &r.resident, "RssAnon:": &r.anonymous} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
				if err != nil {
					return r, err
				}
				*value = kb << 10
			}
		}
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", g.pid))
	if err != nil {
		return r, err
	}
	r.files = len(files)
	// Without keeping the connection: it would be counted.
	res, err := (&http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + g.metrics + "/metrics")
	if err != nil {
		return r, err
	}
	defer res.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	all, err := parser.TextToMetricFamilies(res.Body)
	if err != nil {
		return r, err
	}
	value := func(name string) float64 {
		for _, m := range all[name].GetMetric() {
			return m.GetGauge().GetValue()
		}
		return -1
	}
	r.goroutines, r.heap = int(value("go_goroutines")), value("go_memstats_heap_inuse_bytes")
	r.runtime, r.idle, r.released = value("go_memstats_sys_bytes"), value("go_memstats_heap_idle_bytes"), value("go_memstats_heap_released_bytes")
	r.pages, r.pageBytes, r.tags = value("warta_pages"), value("warta_page_bytes"), value("warta_tags")
	if r.goroutines <= 0 || r.resident <= 0 {
		return r, fmt.Errorf("the process says nothing of itself: %+v", r)
	}
	return r, nil
}

// profile keeps what the heap held at the last collection of garbage. None is
// forced: it would be seen in the readings.
func (g *gauges) profile(dir string, at time.Duration) error {
	res, err := (&http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + g.metrics + "/debug/pprof/heap")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	file, err := os.Create(filepath.Join(dir, fmt.Sprintf("heap-%02dm", int(at.Minutes()))))
	if err != nil {
		return err
	}
	_, err = io.Copy(file, res.Body)
	return errors.Join(err, file.Close())
}

// span is the second and the last third of the readings: minutes 10 to 30 of 30.
func (g *gauges) span() []reading { return g.list[len(g.list)/3:] }

// ends are the first and the last tenth of the span, two minutes each of 30, by the
// value that the share q of their readings does not exceed: a half is the median. Of
// what comes and goes with requests the lowest tells: a burst does not raise it, and
// what stays does.
func ends[T cmp.Ordered](span []reading, q float64, of func(reading) T) (first, last T) {
	n := max(len(span)/10, 1)
	return share(span[:n], q, of), share(span[len(span)-n:], q, of)
}

func share[T cmp.Ordered](list []reading, q float64, of func(reading) T) T {
	all := make([]T, len(list))
	for i := range list {
		all[i] = of(list[i])
	}
	slices.Sort(all)
	return all[int(q*float64(len(all)))]
}

// slope is how much a straight line through the span (least squares) rises from
// its beginning to its end, as a share of what it begins with.
func slope(span []reading, of func(reading) int64) float64 {
	var n, x, y, xx, xy float64
	for i := range span {
		a, b := span[i].at.Seconds()-span[0].at.Seconds(), float64(of(span[i]))
		n, x, y, xx, xy = n+1, x+a, y+b, xx+a*a, xy+a*b
	}
	if n < 2 || n*xx == x*x {
		return 0
	}
	rise := (n*xy - x*y) / (n*xx - x*x)
	begin := (y - rise*x) / n
	return rise * (span[len(span)-1].at - span[0].at).Seconds() / begin
}

func residentOf(r reading) int64 { return r.resident }
func goroutinesOf(r reading) int { return r.goroutines }
func filesOf(r reading) int      { return r.files }

// How much a process may grow from minute 10 to 30 of 30, and how many goroutines
// and files may be there by chance under load: connections come and go. After it
// twice as many may be there as before the first request: pools of the database
// have grown to their size.
const (
	maxGrowth = 0.03
	byChance  = 12
)

// report says what was seen, and fails the test for what may not be.
func (s *soak) report() {
	s.t.Helper()
	t, span := s.tally, s.gauges.span()
	rss0, rss1 := ends(span, 0.5, residentOf)
	goes0, goes1 := ends(span, 0, goroutinesOf)
	files0, files1 := ends(span, 0, filesOf)
	growth, line := float64(rss1)/float64(rss0)-1, slope(span, residentOf)
	first, last := span[0], span[len(span)-1]
	t.mu.Lock()
	slices.Sort(t.took)
	p := func(q float64) time.Duration {
		return t.took[min(int(q*float64(len(t.took))), len(t.took)-1)].Round(10 * time.Microsecond)
	}
	took := fmt.Sprintf("%s, %s, %s", p(0.5), p(0.99), p(1))
	t.mu.Unlock()
	var b strings.Builder
	row := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-52s%s\n", what, fmt.Sprintf(format, args...))
	}
	row("length, archive, requests a second", "%s, %d, %.0f", s.lasts, s.plan.stories, float64(t.asked.Load())/s.lasts.Seconds())
	row("answers, wrong ones", "%d, %d", t.asked.Load(), t.faults.Load())
	row("median, 99th percentile, longest", "%s", took)
	row("memory (VmRSS), begin and end of the span, MB", "%.1f, %.1f (%+.1f %%; fitted line %+.1f %%)", float64(rss0)/1e6, float64(rss1)/1e6, 100*growth, 100*line)
	medians := func(of func(reading) float64) string {
		a, b := ends(span, 0.5, of)
		return fmt.Sprintf("%.1f, %.1f", a/1e6, b/1e6)
	}
	row("of it in no file, MB", "%s", medians(func(r reading) float64 { return float64(r.anonymous) }))
	row("held by Go's runtime, MB", "%s", medians(func(r reading) float64 { return r.runtime - r.released }))
	row("of it in its heap and not in use, MB", "%s", medians(func(r reading) float64 { return r.idle - r.released }))
	row("heap in use, MB", "%s", medians(func(r reading) float64 { return r.heap }))
	row("pages in memory, their bytes at both", "%.0f, %.0f; %.1f, %.1f MB", first.pages, last.pages, first.pageBytes/1e6, last.pageBytes/1e6)
	row("goroutines: before, at least at both, after", "%d, %d, %d, %d", s.gauges.first.goroutines, goes0, goes1, s.gauges.last.goroutines)
	row("open files: before, at least at both, after", "%d, %d, %d, %d", s.gauges.first.files, files0, files1, s.gauges.last.files)
	for _, l := range t.lines() {
		b.WriteString(l + "\n")
	}
	s.t.Logf("the span is from %s to %s\n%s", first.at.Round(time.Second), last.at.Round(time.Second), &b)
	s.verdict(growth, line, goes1-goes0, files1-files0)
}

func (s *soak) verdict(growth, line float64, goes, files int) {
	s.t.Helper()
	t := s.tally
	for _, text := range t.said {
		s.t.Error(text)
	}
	if s.judged && max(growth, line) > maxGrowth {
		s.t.Errorf("memory grew by %.1f %%, by a fitted line %.1f %%; at most %.0f %%", 100*growth, 100*line, 100*maxGrowth)
	}
	if begin := s.gauges.first.goroutines; s.judged && goes > byChance || s.gauges.last.goroutines > begin+2*byChance {
		s.t.Errorf("goroutines grew by %d under the load; before it there were %d, after it %d", goes, begin, s.gauges.last.goroutines)
	}
	if begin := s.gauges.first.files; s.judged && files > byChance || s.gauges.last.files > begin+2*byChance {
		s.t.Errorf("open files grew by %d under the load; before it there were %d, after it %d", files, begin, s.gauges.last.files)
	}
	compared := t.counts["compared, the same at once"] + t.counts["compared, the same while nothing was published"]
	if want := int(t.asked.Load() / s.each); compared < want*9/10 && t.faults.Load() == 0 {
		s.t.Errorf("%d answers were compared, of %d that had to be", compared, want)
	}
	must := []string{"status 200", "status 304", "by members", "stories published"}
	if s.lasts > slice.lasts { // in a slice on a slow machine rare things may be missing
		must = append(must, "status 301", "status 404", "status 410", "stories corrected", "stories withdrawn", "pictures uploaded")
	}
	for _, what := range must {
		if t.counts[what] == 0 {
			s.t.Errorf("none of %q: the test does not try what it says", what)
		}
	}
}
