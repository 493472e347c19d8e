package store

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ownMark returns what tells a later process of the same place that this one
// has ended: the place, the process id and the instant at which it began, by
// which it is told from one that got the same id later. It is empty where /proc
// does not tell for certain.
func ownMark() string {
	pid := os.Getpid()
	place, ok := ownPlace(pid)
	own, found := readStat(pid)
	if !ok || !found {
		return ""
	}
	return fmt.Sprintf("%s %d %s", place, pid, own.began)
}

// ended reports whether the process with a mark has ended for certain. A
// process of another place is never judged: its id means something else here.
func ended(mark string) bool {
	place, rest, _ := strings.Cut(mark, " ")
	id, began, _ := strings.Cut(rest, " ")
	pid, err := strconv.Atoi(id)
	if err != nil || pid <= 0 || began == "" {
		return false
	}
	if own, ok := ownPlace(os.Getpid()); !ok || own != place {
		return false
	}
	// The kernel is asked before /proc, which may hide the processes of others.
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	now, found := readStat(pid)
	if !found {
		return false
	}
	return now.began != began || now.zombie
}

// ownPlace names what process ids and times are counted in: this start of this
// machine's kernel, and the namespaces of this process. Containers have their
// own, whatever they share otherwise.
func ownPlace(pid int) (string, bool) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", false
	}
	ids, err := os.Readlink("/proc/self/ns/pid")
	if err != nil || !countsAsWeDo(pid) {
		return "", false
	}
	times, err := os.Readlink("/proc/self/ns/time")
	if err != nil {
		times = "time" // a kernel that knows no such namespaces has one time
	}
	place := strings.TrimSpace(string(boot)) + "/" + ids + "/" + times
	return place, !strings.ContainsAny(place, " \n")
}

// countsAsWeDo reports whether /proc shows the processes under the ids that this
// process knows them by: it may be that of the machine around a container, and
// then gives this process a number for each level.
func countsAsWeDo(pid int) bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(status)) {
		if ids, ok := strings.CutPrefix(line, "NSpid:"); ok {
			return strings.TrimSpace(ids) == strconv.Itoa(pid)
		}
	}
	return false
}

// stat is what /proc says of a process.
type stat struct {
	began  string // in ticks since the kernel's start
	zombie bool   // it has ended, all of its threads, and nobody has asked how
}

func readStat(pid int) (s stat, found bool) {
	folder := "/proc/" + strconv.Itoa(pid)
	text, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return stat{}, false
	}
	// The second field is a name in brackets, in which anything may stand.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return stat{}, false
	}
	s.began = fields[19] // proc(5): field 22, starttime
	if fields[0] == "Z" {
		threads, err := os.ReadDir(folder + "/task")
		s.zombie = err == nil && len(threads) == 1
	}
	return s, true
}
