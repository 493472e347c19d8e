package app

import "warta/internal/metrics"

// report lets the meter read what the site counts.
func (a *App) report(f *Front) {
	s := metrics.Sources{Engine: a.Engine.Stats, Files: a.Engine.Files().Stats, Jobs: a.Jobs.Depths, Staff: a.Room.Answered, Lookups: a.door.Shed, Pictures: a.Library.Load, Pools: a.DB.Pools(),
		Ready: func() bool { return a.readyErr() == nil }, Away: a.follower.away.Load}
	if f.fast != nil {
		s.Fast = f.fast.Stats
	}
	f.meter.Read(s)
	addr := f.Metrics()
	a.metrics.Store(&addr)
}

// MetricsAddr returns the address that answers Prometheus, empty if none does or
// the site does not serve yet.
func (a *App) MetricsAddr() string {
	if addr := a.metrics.Load(); addr != nil {
		return *addr
	}
	return ""
}
