package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"warta/internal/app"
)

type migrateCmd struct{}

// Run opens the database, which brings its schema up to date.
func (*migrateCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	fmt.Fprintln(e.out, "The database is up to date.")
	return nil
}

type versionCmd struct{}

// Run prints the version that the Go tool wrote into the binary.
func (*versionCmd) Run(e *env) error {
	version, goVersion := "(unknown)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += " " + s.Value
			}
		}
	}
	fmt.Fprintln(e.out, "warta", version, goVersion)
	return nil
}

type doctorCmd struct{}

// Run prints the configuration and the checks; exit status 1 if one fails.
func (*doctorCmd) Run(e *env) error {
	fmt.Fprintln(e.out, "Configuration")
	v := reflect.ValueOf(e.cfg)
	for i := range v.NumField() {
		name := flagName(v.Type().Field(i))
		value := fmt.Sprint(v.Field(i).Interface())
		switch {
		case name == "database":
			value = withoutPassword(value)
		case name == "smtp-password" && value != "":
			value = "…"
		}
		fmt.Fprintf(e.out, "  %-15s %-40s %s\n", name, value, e.origins.of(name))
	}
	fmt.Fprintln(e.out, "Checks")
	failed := false
	check := func(what string, err error, fine string) {
		if err == nil {
			fmt.Fprintf(e.out, "  ok     %-18s %s\n", what, fine)
			return
		}
		failed = true
		fmt.Fprintf(e.out, "  FAILED %-18s %s\n", what, app.Explain(err))
	}
	unusable := e.cfg.Check()
	check("configuration", unusable, "every value can be used")
	check("data folder", writable(e.cfg.Data), e.cfg.Data+" can be written")
	if unusable != nil {
		// Each of them would say the same once more.
		fmt.Fprintln(e.out, "  note   database, mail and address were not tried: the configuration comes first")
	} else {
		checkParts(e, check)
	}
	problems, err := app.CheckTheme(e.cfg.Theme)
	check("templates", err, "built-in templates work")
	for _, p := range problems {
		failed = true
		fmt.Fprintf(e.out, "  FAILED %-18s %s\n", "theme", p) // with file and line
	}
	if _, err := exec.LookPath("chromium"); err == nil {
		fmt.Fprintln(e.out, "  note   chromium is here: the browser tests can run")
	}
	if failed {
		return exitError(1)
	}
	return nil
}

// checkParts checks what a configuration has to be right for.
func checkParts(e *env, check func(what string, err error, fine string)) {
	core, err := e.open()
	check("database", err, "opens, schema is current")
	if err == nil {
		defer core.Close()
		check("integrity", core.DB.Check(e.ctx), "rows and indexes are whole")
		rep, err := app.NewClock(core.DB).Check(e.ctx)
		if err == nil && !rep.Held.IsZero() {
			err = app.Unavailable("the clock moved by %s and embargoed stories are held; see: warta clock", rep.Moved)
		}
		check("clock", err, "moves with the time since boot")
	}
	check("mail", app.CheckMail(e.ctx, e.cfg), app.MailFine(e.cfg))
	check("address", listenable(e.cfg.Listen), e.cfg.Listen+" is free")
	if e.cfg.ACME || e.cfg.TLSCert != "" {
		fine, err := app.CheckTLS(e.cfg, time.Now())
		check("certificate", err, fine)
	}
	if e.cfg.RedirectAddr != "" {
		check("redirects", listenable(e.cfg.RedirectAddr), e.cfg.RedirectAddr+" is free")
	}
	if e.cfg.MetricsAddr != "" {
		check("metrics", listenable(e.cfg.MetricsAddr), e.cfg.MetricsAddr+" is free")
		if e.cfg.MetricsPublic {
			fmt.Fprintln(e.out, "  note   metrics and profiles can be read by whoever reaches "+e.cfg.MetricsAddr)
		}
	}
}

// flagName is kong's name for a field: words in lower case with hyphens.
func flagName(field reflect.StructField) string {
	if name := field.Tag.Get("name"); name != "" {
		return name
	}
	if field.Name == "BaseURL" {
		return "base-url"
	}
	return strings.ToLower(field.Name)
}

// withoutPassword hides what stands between the user and the host.
func withoutPassword(url string) string {
	head, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	account, host, ok := strings.Cut(rest, "@")
	if !ok {
		return url
	}
	user, _, _ := strings.Cut(account, ":")
	return head + "://" + user + ":…@" + host
}

// writable makes the folder and a file in it, which it removes again.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return app.Unavailable("the folder cannot be made: %w", err)
	}
	path := filepath.Join(dir, ".doctor")
	if err := os.WriteFile(path, []byte("ok"), 0o600); err != nil {
		return app.Unavailable("the folder cannot be written: %w", err)
	}
	return os.Remove(path)
}

// listenable takes the address for a moment.
func listenable(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return app.Unavailable("%s is taken or not ours: %w", addr, err)
	}
	return ln.Close()
}
