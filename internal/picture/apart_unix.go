//go:build unix

package picture

import "syscall"

// behindPages is the niceness of a process that encodes: readers of pages do not
// wait for it, those of its picture hardly notice.
const behindPages = 10

// yield lowers this process's priority. Where that is not allowed it stays.
func yield() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, behindPages) }
