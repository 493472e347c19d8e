//go:build !race

package demo_test

const largeNewsroom = 200_000
