//go:build !unix

package disk

import (
	"errors"
	"os"
)

// lock refuses: without a lock that ends with the process, two could use one
// folder, or none after a crash.
func lock(string) (*os.File, error) { return nil, errors.ErrUnsupported }
