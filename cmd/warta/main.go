// Command warta is a news publisher: the newsroom, the site and the archive in
// one binary. This package holds flags and subcommands only; see internal/app.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"warta/internal/app"
)

// cli is the whole command line. Every flag of Config is also an environment
// variable and a line of the configuration file.
type cli struct {
	app.Config
	ConfigFile string `name:"config" help:"File of lines \"name = value\" with the flags' names." env:"WARTA_CONFIG" placeholder:"FILE" type:"existingfile"`

	Serve    serveCmd    `cmd:"" help:"Serve the site."`
	Import   importCmd   `cmd:"" help:"Bring stories in."`
	Export   exportCmd   `cmd:"" help:"Write everything public into a folder."`
	Backup   backupCmd   `cmd:"" help:"Write everything into one file or folder."`
	Restore  restoreCmd  `cmd:"" help:"Bring a backup into an empty place, or check it."`
	Check    checkCmd    `cmd:"" help:"Check a site that runs."`
	Demo     demoCmd     `cmd:"" help:"Fill an empty site with a made-up newsroom."`
	Settings settingsCmd `cmd:"" help:"Read or change the site's settings."`
	User     userCmd     `cmd:"" help:"Make, list, disable and reset the users of the newsroom."`
	Clock    clockCmd    `cmd:"" help:"Show or confirm the clock that embargoes go by."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date and stop."`
	Doctor   doctorCmd   `cmd:"" help:"Print every configuration value with its origin and check what can be checked."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// env is what every command gets: streams, a context that ends on SIGINT and
// SIGTERM, and the configuration with the origin of its values.
type env struct {
	ctx     context.Context
	cfg     app.Config
	in      io.Reader
	out     io.Writer
	err     io.Writer
	origins *origins
}

// open opens the core for a command that serves nothing.
func (e *env) open() (*app.Core, error) { return app.Open(e.ctx, e.cfg, e.cfg.Logger(), nil) }

// itself is whether this process is warta, and can be started again to encode
// pictures; in tests of this package it is not.
var itself bool

func main() {
	if len(os.Args) == 2 && os.Args[1] == app.Encoder {
		if err := app.Encode(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "warta:", err)
			os.Exit(1)
		}
		return
	}
	itself = true
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exitError carries an exit status for a command that has said all there is to
// say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// ended turns the error of a command that judges its input into an exit status:
// 2 if that cannot be used, 1 if the command failed at a part of it.
func (e *env) ended(err error, failed bool) error {
	switch {
	case app.IsUsage(err):
		fmt.Fprintln(e.err, "warta:", app.Explain(err))
		return exitError(2)
	case err != nil:
		return err
	case failed:
		return exitError(1)
	}
	return nil
}

// run is the program without the process: it returns the exit status, 0 for
// success, 1 for a failure, 2 for a wrong command line.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var c cli
	from := newOrigins(args)
	if err := from.read(); err != nil {
		fmt.Fprintln(errOut, "warta:", err)
		return 2
	}
	exited := -1
	parser, err := kong.New(&c, kong.Name("warta"), kong.UsageOnError(),
		kong.Description("Warta is a news publisher in one binary. \"warta serve --demo\" shows it with a made-up newsroom."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Resolvers(from))
	if err != nil {
		fmt.Fprintln(errOut, "warta:", err)
		return 2
	}
	cmd, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		fmt.Fprintln(errOut, "warta:", err)
		fmt.Fprintln(errOut, "See: warta --help")
		return 2
	}
	c.Config.Encoders = itself
	err = cmd.Run(&env{ctx: ctx, cfg: c.Config, in: in, out: out, err: errOut, origins: from})
	var code exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(errOut, "warta:", app.Explain(err))
	return 1
}
