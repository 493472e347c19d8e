//go:build !linux

package store

// ownMark is empty: what tells for certain that a process has ended is known
// for Linux alone.
func ownMark() string { return "" }

// ended reports that nobody can tell.
func ended(string) bool { return false }
