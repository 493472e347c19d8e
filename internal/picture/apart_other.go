//go:build !unix

package picture

// yield would lower this process's priority.
func yield() {}
