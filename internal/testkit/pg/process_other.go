//go:build !linux

package pg

import (
	"os/exec"
	"syscall"
)

// Elsewhere than on Linux no cluster is started: what ties the server's life to
// ours is Linux's. The package still compiles, and tests say why they skip.
type account struct{ uid, gid int }

func unprivileged() (*account, error) { return nil, ErrAbsent }

func (*account) attributes(syscall.Signal) *syscall.SysProcAttr { return nil }

func runTied(*exec.Cmd, chan<- error) error { return ErrAbsent }
