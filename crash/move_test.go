package crash_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// move takes a backup beside the running server, ends it, and restores into a
// place on the other engine, killing both commands on the way. It returns the
// place, in which everything that was acknowledged has to be.
func (r *room) move(database string) *warta {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "cadangan.tar")
	r.cut(r.w, r.rng, 60*time.Millisecond, "backup", file)
	if list, _ := filepath.Glob(file); len(list) == 0 { // else it was quicker than the kill
		r.w.command("", "backup", file)
	}
	r.w.kill()
	r.w.command("", "restore", "--check", file)
	to := newWarta(r.t, r.w.binary, database)
	to.port = r.w.port // people know the address
	for range 4 {
		if r.cut(to, r.rng, 700*time.Millisecond, "restore", file) {
			return to
		}
		// A place that was not begun yet is an empty one; any other refuses.
		out, err := exec.Command(to.binary, to.args("settings", "get", "name")...).CombinedOutput()
		if err != nil && !strings.Contains(string(out), "warta restore") {
			r.t.Fatalf("after a restoration that was killed: %v\n%s", err, out)
		}
	}
	out, err := exec.Command(to.binary, to.args("restore", file)...).CombinedOutput()
	// A kill between the last write and the end of the process leaves a place that
	// is whole, and not empty. What is in it is looked at next.
	if err != nil && !strings.Contains(string(out), "not empty") {
		r.t.Fatalf("the restoration after those that were killed: %v\n%s", err, out)
	}
	return to
}

// cut runs a command and kills it after a part of d, and reports whether it was
// done by then.
func (r *room) cut(w *warta, rng *rand.Rand, d time.Duration, command ...string) (done bool) {
	r.t.Helper()
	cmd := exec.Command(w.binary, w.args(command...)...)
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(rng.Int64N(int64(d))), func() { cmd.Process.Kill() })
	defer timer.Stop()
	return cmd.Wait() == nil
}

// again signs in with the password and a code of the app: no session comes
// along with a backup.
func (p *person) again() error {
	clear(p.cookies)
	r, err := p.form("/newsroom/sign-in", "email", p.email, "password", p.password)
	if err != nil || r.status != http.StatusSeeOther {
		return fmt.Errorf("%s signs in: %v, %w", p.name, r, orUnexpected(err))
	}
	// Each code counts once, and the next one counts already.
	for _, ahead := range []time.Duration{0, 30 * time.Second} {
		code, err := totp(p.secret, time.Now().Add(ahead))
		if err != nil {
			return err
		}
		r, err = p.form("/newsroom/sign-in/code?next="+url.QueryEscape("/newsroom/me"), "code", code)
		if err != nil {
			return err
		}
		if r.status == http.StatusSeeOther {
			return nil
		}
	}
	return fmt.Errorf("%s sends a code: %v", p.name, r)
}
