package metrics

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"warta/internal/job"
	"warta/internal/page"
	"warta/internal/web/fast"
)

// Sources are where figures are read. Whatever is nil is left out.
type Sources struct {
	Engine func() page.Stats
	Fast   func() fast.Stats
	Files  func() page.FileStats // pictures in memory
	Jobs   func(context.Context) ([]job.Depth, error)
	Staff  func() uint64 // answers to the newsroom so far
	// Lookups is how many were sent away who asked the database for what is no page.
	Lookups func() uint64
	// Pictures is how many renditions are being made, and how many readers were sent
	// away since there were too many.
	Pictures func() (running int, shed uint64)
	Ready    func() bool // readers are answered with what is true now
	Away     func() bool // the database is
	Pools    map[string]*sql.DB
}

// jobsWithin is how long the database may take to count jobs. A server that is
// silent must not make the other figures late.
const jobsWithin = 2 * time.Second

// Read lets the meter read figures from now on. It is called once.
func (m *Meter) Read(s Sources) {
	if m == nil {
		return
	}
	m.sources.from.Store(&s)
	for _, name := range slices.Sorted(maps.Keys(s.Pools)) {
		m.registry.MustRegister(collectors.NewDBStatsCollector(s.Pools[name], name))
	}
}

// collector reads what others count, when somebody asks.
type collector struct{ from atomic.Pointer[Sources] }

// figure is one metric without labels.
type figure[T any] struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(T) float64
}

func count[T any](name, help string, value func(T) uint64) figure[T] {
	return figure[T]{desc(name, help), prometheus.CounterValue, func(s T) float64 { return float64(value(s)) }}
}

func gauge[T any, N int | int64 | uint64](name, help string, value func(T) N) figure[T] {
	return figure[T]{desc(name, help), prometheus.GaugeValue, func(s T) float64 { return float64(value(s)) }}
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Metrics with labels.
var (
	readyDesc    = desc("warta_ready", "1 if readers are answered with what is true now, as /readyz says.")
	awayDesc     = desc("warta_database_away", "1 while the database does not answer.")
	answersDesc  = desc("warta_answers_total", "Answers by class of reader and by where they came from: memory, disk, or rendered for this request.", "class", "tier")
	staleDesc    = desc("warta_stale_answers_total", "Answers that are older than they should be, by reason.", "reason")
	shedDesc     = desc("warta_shed_total", "Requests and connections that were sent away since there was no room.", "what")
	picturesDesc = desc("warta_picture_queue", "Renditions of pictures that are being made or wait for their turn.")
	jobsDesc     = desc("warta_jobs", "Jobs that are not finished, by kind and state; at most 10,000 are counted.", "kind", "state")
)

var engineFigures = []figure[page.Stats]{
	count("warta_announcements_total", "Events that the page engine has applied.", func(s page.Stats) uint64 { return s.Announcements }),
	gauge("warta_event_applied", "Number of the last event that was applied.", func(s page.Stats) int64 { return s.Applied }),
	count("warta_page_renders_total", "Pages rendered, without their modules.", func(s page.Stats) uint64 { return s.PageRenders }),
	count("warta_piece_renders_total", "Modules rendered.", func(s page.Stats) uint64 { return s.PieceRenders }),
	count("warta_joins_total", "Pages put together from their pieces.", func(s page.Stats) uint64 { return s.Joins }),
	count("warta_beside_total", "Pages for which a module was compressed again, since it names stories that they name too.", func(s page.Stats) uint64 { return s.Beside }),
	count("warta_refits_total", "Pages whose text was compressed again, since a module was longer than its place.", func(s page.Stats) uint64 { return s.Refits }),
	gauge("warta_render_queue", "Renderings that wait for their turn.", func(s page.Stats) int { return s.Queue }),
	{desc("warta_render_queue_seconds", "How long a rendering would wait that is asked for now."), prometheus.GaugeValue, func(s page.Stats) float64 { return s.QueueTime.Seconds() }},
	gauge("warta_pages", "Pages in memory.", func(s page.Stats) int { return s.Pages }),
	gauge("warta_pieces", "Pieces in memory.", func(s page.Stats) int { return s.Pieces }),
	gauge("warta_page_bytes", "Memory of the pages, estimated.", func(s page.Stats) uint64 { return s.PageBytes }),
	gauge("warta_piece_bytes", "Memory of the pieces, estimated.", func(s page.Stats) uint64 { return s.PieceBytes }),
	gauge("warta_tags", "Announced tags that are remembered.", func(s page.Stats) int { return s.Tags }),
	gauge("warta_store_queue", "Reads of the page store that wait for their turn.", func(s page.Stats) int { return s.Fetching }),
	gauge("warta_store_records", "Records in the page store.", func(s page.Stats) int { return s.Store.Records }),
	gauge("warta_store_bytes", "Disk of the page store.", func(s page.Stats) int64 { return s.Store.Bytes }),
	gauge("warta_store_index_bytes", "Memory of the page store's index.", func(s page.Stats) int64 { return s.Store.Index }),
	count("warta_store_reads_total", "Reads of the page store.", func(s page.Stats) uint64 { return s.Store.Reads }),
	count("warta_store_writes_total", "Records written to the page store.", func(s page.Stats) uint64 { return s.Store.Writes }),
	count("warta_store_drops_total", "Records not written, since the disk did not keep up.", func(s page.Stats) uint64 { return s.Store.Drops }),
	count("warta_store_damaged_total", "Records that were not what was written.", func(s page.Stats) uint64 { return s.Store.Damaged }),
	gauge("warta_store_failed", "1 if an error of the disk has switched the page store off.", func(s page.Stats) uint64 { return s.Store.Failed }),
}

var fileFigures = []figure[page.FileStats]{
	count("warta_picture_hits_total", "Answers with pictures that were in memory.", func(s page.FileStats) uint64 { return s.Hits }),
	gauge("warta_picture_files", "Renditions of pictures in memory.", func(s page.FileStats) int { return s.Files }),
	gauge("warta_picture_bytes", "Memory of the renditions, estimated.", func(s page.FileStats) uint64 { return s.Bytes }),
}

var fastFigures = []figure[fast.Stats]{
	gauge("warta_connections", "Connections that are open.", func(s fast.Stats) int { return s.Conns }),
	count("warta_connections_total", "Connections accepted, those that were sent away apart.", func(s fast.Stats) uint64 { return s.Accepted }),
	count("warta_fast_answers_total", "Answers of the fast path, files of the interface included.", func(s fast.Stats) uint64 { return s.Hits }),
	count("warta_fast_not_modified_total", "Of them those that said that the client has it already.", func(s fast.Stats) uint64 { return s.Fresh }),
	count("warta_tls_handshakes_total", "Handshakes of TLS that succeeded.", func(s fast.Stats) uint64 { return s.Secured }),
	count("warta_tls_handshakes_failed_total", "Handshakes of TLS that failed or took too long.", func(s fast.Stats) uint64 { return s.Unsafe }),
	count("warta_http2_connections_total", "Connections that speak HTTP/2, which net/http answers.", func(s fast.Stats) uint64 { return s.H2 }),
	count("warta_fast_lent_total", "Requests that the fast path left to net/http.", func(s fast.Stats) uint64 { return s.Lent }),
	count("warta_fast_given_total", "Connections that the fast path left to net/http for good.", func(s fast.Stats) uint64 { return s.Given }),
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{readyDesc, awayDesc, answersDesc, staleDesc, shedDesc, picturesDesc, jobsDesc} {
		ch <- d
	}
	for _, f := range engineFigures {
		ch <- f.desc
	}
	for _, f := range fileFigures {
		ch <- f.desc
	}
	for _, f := range fastFigures {
		ch <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s := c.from.Load()
	if s == nil {
		ch <- prometheus.MustNewConstMetric(readyDesc, prometheus.GaugeValue, 0)
		return
	}
	away := s.Away != nil && s.Away()
	flag(ch, readyDesc, s.Ready != nil && s.Ready())
	flag(ch, awayDesc, away)
	if s.Engine != nil {
		collectEngine(ch, s.Engine())
	}
	if s.Staff != nil {
		ch <- prometheus.MustNewConstMetric(answersDesc, prometheus.CounterValue, float64(s.Staff()), "staff", tierNames[page.Rendered])
	}
	if s.Pictures != nil {
		running, shed := s.Pictures()
		ch <- prometheus.MustNewConstMetric(picturesDesc, prometheus.GaugeValue, float64(running))
		ch <- prometheus.MustNewConstMetric(shedDesc, prometheus.CounterValue, float64(shed), "picture")
	}
	if s.Lookups != nil {
		ch <- prometheus.MustNewConstMetric(shedDesc, prometheus.CounterValue, float64(s.Lookups()), "lookup")
	}
	if s.Files != nil {
		collect(ch, fileFigures, s.Files())
	}
	if s.Fast != nil {
		st := s.Fast()
		collect(ch, fastFigures, st)
		ch <- prometheus.MustNewConstMetric(shedDesc, prometheus.CounterValue, float64(st.Shed), "connection")
		ch <- prometheus.MustNewConstMetric(shedDesc, prometheus.CounterValue, float64(st.Greedy), "client")
	}
	if s.Jobs != nil && !away {
		collectJobs(ch, s.Jobs)
	}
}

func flag(ch chan<- prometheus.Metric, d *prometheus.Desc, on bool) {
	v := 0.0
	if on {
		v = 1
	}
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
}

func collect[T any](ch chan<- prometheus.Metric, figures []figure[T], s T) {
	for _, f := range figures {
		ch <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(s))
	}
}

var tierNames = [...]string{page.Memory: "memory", page.Disk: "disk", page.Rendered: "rendered"}

// className names a set of rights: "anonymous", "registered+ad_free".
func className(c page.Class) string {
	var names []string
	for _, bit := range []struct {
		class page.Class
		name  string
	}{{page.Registered, "registered"}, {page.MembersText, "members_text"}, {page.AdFree, "ad_free"}} {
		if c&bit.class != 0 {
			names = append(names, bit.name)
		}
	}
	if names == nil {
		return "anonymous"
	}
	return strings.Join(names, "+")
}

func collectEngine(ch chan<- prometheus.Metric, s page.Stats) {
	collect(ch, engineFigures, s)
	for tier, classes := range s.Answers {
		for class, n := range classes {
			ch <- prometheus.MustNewConstMetric(answersDesc, prometheus.CounterValue, float64(n), className(page.Class(class)), tierNames[tier])
		}
	}
	ch <- prometheus.MustNewConstMetric(shedDesc, prometheus.CounterValue, float64(s.Shed), "rendering")
	for reason, n := range map[string]uint64{"failed": s.Stale, "busy": s.Busy, "offline": s.Offline} {
		ch <- prometheus.MustNewConstMetric(staleDesc, prometheus.CounterValue, float64(n), reason)
	}
}

// collectJobs leaves the queue out if the database does not say: the other
// figures are worth having.
func collectJobs(ch chan<- prometheus.Metric, ask func(context.Context) ([]job.Depth, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), jobsWithin)
	defer cancel()
	list, err := ask(ctx)
	if err != nil {
		return
	}
	for _, d := range list {
		ch <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(d.Jobs), d.Kind, d.State)
	}
}
