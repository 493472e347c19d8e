package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// origins is a kong.Resolver that reads the configuration file and remembers
// where each value came from: flag, environment, file or default.
type origins struct {
	file   map[string]string
	lines  []string // the file's names in their order
	path   string
	args   []string
	source map[string]string
}

// newOrigins finds the configuration file, which kong would name too late: its
// resolvers run before the flag is known.
func newOrigins(args []string) *origins {
	o := &origins{file: map[string]string{}, source: map[string]string{}, args: args, path: os.Getenv("WARTA_CONFIG")}
	for i, a := range args {
		name, value, joined := strings.Cut(a, "=")
		if name != "--config" {
			continue
		}
		if joined {
			o.path = value
		} else if i+1 < len(args) {
			o.path = args[i+1]
		}
	}
	return o
}

// read reads the file. It comes before the command line is parsed: kong asks a
// resolver for values before it validates it.
func (o *origins) read() error {
	if o.path == "" {
		return nil
	}
	f, err := os.Open(o.path)
	if err != nil {
		return fmt.Errorf("the configuration file cannot be read: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("%s:%d: expected \"name = value\", found %q", o.path, n, line)
		}
		o.file[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
		o.lines = append(o.lines, strings.TrimSpace(name))
	}
	return lines.Err()
}

// Validate refuses a name in the file that is no flag of every command: a
// misspelt line would otherwise be passed over in silence.
func (o *origins) Validate(model *kong.Application) error {
	known := map[string]bool{}
	for _, f := range model.Flags {
		known[f.Name] = f.Name != "config" && f.Name != "help"
	}
	for _, name := range o.lines {
		if !known[name] {
			return fmt.Errorf("%s: there is no setting %q; the names are those of the flags, without hyphens in front", o.path, name)
		}
	}
	return nil
}

// Resolve returns the file's value for a flag that neither the command line
// nor the environment sets.
func (o *origins) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" {
			o.source[flag.Name] = "environment " + name
			return nil, nil
		}
	}
	if v, ok := o.file[flag.Name]; ok {
		o.source[flag.Name] = "file " + o.path
		return v, nil
	}
	return nil, nil
}

// of returns where a flag's value came from.
func (o *origins) of(name string) string {
	for _, a := range o.args {
		if a == "--"+name || strings.HasPrefix(a, "--"+name+"=") {
			return "flag --" + name
		}
	}
	if s := o.source[name]; s != "" {
		return s
	}
	return "default"
}
