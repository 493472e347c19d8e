package app

import (
	"context"
	"errors"
	"strings"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/render"
)

// Explain returns an error in words for the person at the terminal: the
// sentence that it carries, with the field that it is about, or the whole
// chain if it is a bug.
func Explain(err error) string {
	var f *fault.Error
	switch {
	case fault.KindOf(err) == fault.Internal:
		return err.Error()
	case errors.As(err, &f) && f.Field != "":
		return f.Field + ": " + fault.Message(err)
	}
	return fault.Message(err)
}

// Usage returns an error about a flag or an argument.
func Usage(name, format string, args ...any) error { return fault.Input(name, format, args...) }

// Unavailable returns an error about something that the machine refused; a %w
// operand becomes its cause.
func Unavailable(format string, args ...any) error {
	return fault.New(fault.Unavailable, format, args...)
}

// Setting is one setting of the site.
type Setting struct{ Key, Value string }

// Settings returns settings by key, all of them without keys.
func (c *Core) Settings(ctx context.Context, keys ...string) ([]Setting, error) {
	s, err := c.DB.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		keys = news.SettingKeys()
	}
	out := make([]Setting, len(keys))
	for i, k := range keys {
		if !s.Known(k) {
			return nil, news.CheckSetting(k, "")
		}
		out[i] = Setting{k, s.Get(k)}
	}
	return out, nil
}

// SetSettings changes settings given as KEY=VALUE, all or none.
func (c *Core) SetSettings(ctx context.Context, pairs ...string) error {
	values := map[string]string{}
	for _, p := range pairs {
		k, v, ok := strings.Cut(p, "=")
		if !ok {
			return fault.Input(p, "write KEY=VALUE, for instance name=\"Kabar Nusantara\"")
		}
		values[k] = v
	}
	return c.Site.SaveSettings(ctx, account.System("cli"), values)
}

// CheckTheme returns what is broken in a theme's folder, each with file and
// line where there is one, or an error if the built-in templates are.
func CheckTheme(dir string) ([]error, error) {
	r, err := render.New(render.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	return r.Problems(), nil
}
