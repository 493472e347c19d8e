//go:build unix && !aix && !solaris && !illumos

package ingest

import (
	"os"
	"syscall"
)

// holds says that holdFile tells whether somebody has a file.
const holds = true

// holdFile takes a file for this process until it is closed or the process ends,
// and reports whether nobody else has it.
func holdFile(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
