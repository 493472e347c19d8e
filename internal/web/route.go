// Package web is the plumbing that the doors share: the registry of routes,
// host checks, security headers, classes and cookies of readers, the ceremonies of
// passkeys, turns at the database, and the one adapter that turns an error into an
// answer. It knows no page and no story.
package web

import (
	"fmt"
	"net/http"

	"warta/internal/account"
)

// Visibility says who may ask a route at all.
type Visibility string

// The visibilities. Staff routes also need a capability.
const (
	Public  Visibility = "public"  // anybody
	Reader  Visibility = "reader"  // a reader who is signed in
	Staff   Visibility = "staff"   // somebody of the newsroom
	Machine Visibility = "machine" // a key or the loopback, such as health checks
)

// NoCapability is the explicit statement that a route needs none.
const NoCapability account.Capability = "none"

// Handler answers a request, or returns an error that the adapter answers.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one line of a door's table. Every field but AnyHost is needed.
type Route struct {
	Method     string // "GET" stands for HEAD as well
	Pattern    string // of http.ServeMux, without the method
	Visibility Visibility
	Capability account.Capability
	Handler    Handler
	// AnyHost lets the route answer on every host, for health checks.
	AnyHost bool
}

// Check returns an error that names what the route lacks.
func (r Route) Check() error {
	switch {
	case r.Method == "" || r.Pattern == "" || r.Handler == nil:
		return fmt.Errorf("route %q %q lacks a method, a pattern or a handler", r.Method, r.Pattern)
	case r.Visibility == "":
		return fmt.Errorf("route %s %s has no visibility", r.Method, r.Pattern)
	case r.Capability == "":
		return fmt.Errorf("route %s %s names no capability; write NoCapability if it needs none", r.Method, r.Pattern)
	case r.Visibility == Staff && r.Capability == NoCapability:
		return fmt.Errorf("route %s %s is for staff and needs a capability", r.Method, r.Pattern)
	}
	return nil
}

// Mux registers routes on a new http.ServeMux. Each handler is wrapped by
// answer. It refuses a route without visibility or capability.
func Mux(routes []Route, answer func(Route) http.Handler) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	for _, r := range routes {
		if err := r.Check(); err != nil {
			return nil, err
		}
		mux.Handle(r.Method+" "+r.Pattern, answer(r))
	}
	return mux, nil
}
