package main

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// userName is who runs this, for nginx, which would change to another one.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "nobody"
}

// tick is the unit of CPU times in /proc: Linux has had 100 a second on every
// architecture of ours.
const tick = 10 * time.Millisecond

// stat returns the fields of /proc/PID/stat behind the command's name.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, ok := strings.Cut(string(text), ") ")
	if !ok {
		return nil
	}
	return strings.Fields(rest)
}

// family returns a process and all that descend from it. It looks at none but
// these: what asks every few milliseconds must not keep a processor busy.
func family(root int) []int {
	pids := []int{root}
	for i := 0; i < len(pids); i++ {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pids[i]))
		for _, list := range lists {
			text, _ := os.ReadFile(list) // a thread that has ended has none
			for _, f := range strings.Fields(string(text)) {
				if pid, err := strconv.Atoi(f); err == nil {
					pids = append(pids, pid)
				}
			}
		}
	}
	return pids
}

// cpu returns what a process and its descendants have used, user and system.
func cpu(root int) (sum time.Duration) {
	for _, pid := range family(root) {
		if f := stat(pid); len(f) > 14 {
			for _, i := range []int{11, 12, 13, 14} { // utime, stime, cutime, cstime
				n, _ := strconv.ParseInt(f[i], 10, 64)
				sum += time.Duration(n) * tick
			}
		}
	}
	return sum
}

// resident returns the memory of a process in bytes (VmRSS).
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// held returns the memory of a process and of all that descend from it.
func held(root int) (sum int64) {
	for _, pid := range family(root) {
		sum += resident(pid)
	}
	return sum
}

// written returns how many bytes a process has had written to disk so far, as
// far as the system knows.
func written(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			return n
		}
	}
	return 0
}

// size returns the bytes of all files below a folder, 0 if there is none.
func size(dir string) (sum int64) {
	filepath.Walk(dir, func(_ string, f os.FileInfo, err error) error {
		if err == nil && !f.IsDir() {
			sum += f.Size()
		}
		return nil // what vanishes meanwhile counts nothing
	})
	return sum
}
