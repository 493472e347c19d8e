package main

import (
	"encoding/json"
	"fmt"
	"time"

	"warta/internal/app"
)

type settingsCmd struct {
	Get getCmd `cmd:"" help:"Print settings, all of them without a key."`
	Set setCmd `cmd:"" help:"Change settings: KEY=VALUE …; all or none."`
}

type getCmd struct {
	Keys []string `arg:"" optional:"" help:"Which settings."`
	JSON bool     `help:"Print one JSON object."`
}

// Run prints settings as lines of KEY=VALUE.
func (c *getCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	list, err := core.Settings(e.ctx, c.Keys...)
	if err != nil {
		return err
	}
	if c.JSON {
		values := map[string]string{}
		for _, s := range list {
			values[s.Key] = s.Value
		}
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(values)
	}
	for _, s := range list {
		fmt.Fprintf(e.out, "%s=%s\n", s.Key, s.Value)
	}
	return nil
}

type setCmd struct {
	Pairs []string `arg:"" name:"KEY=VALUE" help:"What to change."`
}

// Run changes settings; a running server shows them on the next request.
func (c *setCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	return core.SetSettings(e.ctx, c.Pairs...)
}

type clockCmd struct {
	Show    clockShowCmd    `cmd:"" default:"1" help:"Show what is known of the clock."`
	Confirm clockConfirmCmd `cmd:"" help:"Say that the clock is right; held stories go out."`
}

type clockShowCmd struct{}

// Run prints the clock's state.
func (*clockShowCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	rep, err := app.NewClock(core.DB).Check(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "clock:  %s\n", rep.Now.UTC().Format(time.RFC3339))
	fmt.Fprintf(e.out, "drift:  %s since it was last found right\n", rep.Drift.Round(time.Millisecond))
	if rep.Held.IsZero() {
		fmt.Fprintln(e.out, "state:  trusted; embargoed stories go out on time")
		return nil
	}
	fmt.Fprintf(e.out, "state:  moved by %s; embargoed stories are held since %s\n", rep.Moved.Round(time.Second), rep.Held.UTC().Format(time.RFC3339))
	fmt.Fprintln(e.out, "Look at the clock, then: warta clock confirm")
	return exitError(1)
}

type clockConfirmCmd struct{}

// Run frees what is held.
func (*clockConfirmCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	if err := app.NewClock(core.DB).Confirm(e.ctx); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "The clock is confirmed. Held stories go out within a second of a running server.")
	return nil
}
