package app

import (
	"io"
	"os"
	"os/exec"
	"runtime"

	"warta/internal/picture"
)

// Encoder is the only argument of a process that encodes pictures for another one.
const Encoder = "encode-pictures"

// Encode is what that process does, over its standard streams.
func Encode(in io.Reader, out io.Writer) error { return picture.ServeApart(in, out) }

// apart returns what encodes pictures in processes of their own; nil: nothing does.
func (c *Config) apart() *picture.Apart {
	if !c.Encoders {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	if runtime.GOOS == "linux" {
		program = "/proc/self/exe" // this one, although a newer release may lie in its place by now
	}
	return picture.NewApart(func() *exec.Cmd {
		cmd := exec.Command(program, Encoder)
		// One processor: the others are for pages.
		cmd.Env = []string{"GOMAXPROCS=1", "GOGC=20"}
		return cmd
	})
}
