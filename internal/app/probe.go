package app

import (
	"warta/internal/news"
	"warta/internal/probe"
)

// openProbe builds what looks at this very server and lets the queue ask it.
func (a *App) openProbe() (err error) {
	a.Probe, err = probe.New(a.DB, a.Config.BaseURL, a.socket, probe.Options{Now: a.now, Log: a.Log, TLS: a.Config.secure()})
	if err != nil {
		return err
	}
	a.Jobs.Register(news.JobProbe, a.Probe.Look)
	return nil
}

// socket is where this process listens: the address that it was given may have
// left the port to the system.
func (a *App) socket() string {
	if addr := a.addr.Load(); addr != nil {
		return *addr
	}
	return a.Config.Listen
}
