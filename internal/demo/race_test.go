//go:build race

package demo_test

// The race detector makes everything many times slower.
const largeNewsroom = 6_000
