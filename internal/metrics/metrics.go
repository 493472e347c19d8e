// Package metrics gives what a monitoring system asks for, in Prometheus's text
// form, and Go's profiles, at a listener of their own. What is counted on the way
// of requests is counted by those who answer them; it is read here when somebody
// asks. It knows no story and decides nothing.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"warta/internal/page"
)

// Meter holds the figures that nobody else keeps, and hands out all of them. A
// nil Meter measures nothing. Its methods are safe for concurrent use.
type Meter struct {
	registry *prometheus.Registry
	now      func() time.Time

	renders  *prometheus.HistogramVec // by module
	waits    prometheus.Histogram
	failures *prometheus.CounterVec // by module
	applied  prometheus.Histogram
	visible  *prometheus.HistogramVec // by kind
	publish  publish
	sources  *collector
}

// Bounds of the histograms, in seconds.
var (
	workBounds    = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15}
	publishBounds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
)

// New returns a meter.
func New() *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(),
		now:      time.Now,
		renders: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "warta_render_duration_seconds", Buckets: workBounds,
			Help: "Time that renderings took, their compression included, by module; \"page\" is a page without its modules."}, []string{"module"}),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "warta_render_wait_seconds", Buckets: workBounds,
			Help: "Time that renderings stood in the queue."}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "warta_render_failures_total",
			Help: "Renderings that failed, by module."}, []string{"module"}),
		applied: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "warta_publish_applied_seconds", Buckets: publishBounds,
			Help: "From the writing of an event in the transaction of its change until this process used nothing older for any request that came."}),
		visible: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "warta_publish_visible_seconds", Buckets: publishBounds,
			Help: "From the writing of an event until the first page, and the first piece, that holds its change was ready; for a page this includes the time until somebody asked."}, []string{"kind"}),
		sources: &collector{},
	}
	m.registry.MustRegister(m.renders, m.waits, m.failures, m.applied, m.visible, m.sources,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// UseClock names the clock that events are dated by, for tests. It comes before
// anything is measured.
func (m *Meter) UseClock(now func() time.Time) {
	if m != nil {
		m.now = now
	}
}

// Rendered implements page.Observer.
func (m *Meter) Rendered(module string, waited, took time.Duration, failed bool) {
	if module == "" {
		module = "page"
	}
	m.waits.Observe(max(waited, 0).Seconds())
	m.renders.WithLabelValues(module).Observe(max(took, 0).Seconds())
	if failed {
		m.failures.WithLabelValues(module).Inc()
	}
}

// Kept implements page.Observer.
func (m *Meter) Kept(module string, tags []string, seq int64) {
	kind := pieceKind
	if module == "" {
		kind = pageKind
	}
	now := m.now()
	for _, at := range m.publish.shown(kind, tags, seq) {
		m.visible.WithLabelValues(kindNames[kind]).Observe(max(now.Sub(at), 0).Seconds())
	}
}

// Announcing says that an event, which was written at an instant, is about to
// be announced to the page engine.
func (m *Meter) Announcing(seq int64, at time.Time, tags []string) {
	if m != nil {
		m.publish.begin(seq, at, tags)
	}
}

// Announced says that the engine has applied an event that was written at an
// instant.
func (m *Meter) Announced(at time.Time) {
	if m != nil {
		m.applied.Observe(max(m.now().Sub(at), 0).Seconds())
	}
}

// Observer returns the meter as the page engine wants it: nil if there is none.
func (m *Meter) Observer() page.Observer {
	if m == nil {
		return nil
	}
	return m
}
