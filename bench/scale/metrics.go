package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"warta/internal/app"
)

// scrape is what a server's private listener says: figures by name, with their
// labels.
type scrape map[string]float64

func (s *server) scrape(ctx context.Context) (scrape, error) {
	res, body, err := fetch(ctx, http.DefaultClient, "http://"+s.metrics+"/metrics", "")
	if err == nil && res.StatusCode != http.StatusOK {
		err = app.Unavailable("the figures of the server answer %d", res.StatusCode)
	}
	if err != nil {
		return nil, err
	}
	if res.Header.Get("Content-Encoding") == "gzip" {
		if body, err = unpack(body); err != nil {
			return nil, err
		}
	}
	got := scrape{}
	for line := range strings.Lines(string(body)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseFloat(value, 64); ok && err == nil && !strings.HasPrefix(name, "#") {
			got[name] = n
		}
	}
	return got, nil
}

// since returns how far a counter has moved.
func (s scrape) since(before scrape, name string) float64 { return s[name] - before[name] }
