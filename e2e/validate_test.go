package e2e_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"warta/internal/testkit"
)

const control = "control.html"

// TestEveryPageIsValidHTML saves one page of every type in both languages and
// has html-validate read them all at once.
func TestEveryPageIsValidHTML(t *testing.T) {
	t.Parallel()
	tool, err := filepath.Abs("node_modules/html-validate/bin/html-validate.mjs")
	if err == nil {
		_, err = os.Stat(tool)
	}
	if err != nil {
		missing(t, "html-validate is not here (npm ci in e2e/)")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "there is no node on the PATH")
	}
	n := newNewsroom(t, testkit.Options{}, "id")
	dir := t.TempDir()
	count := 0
	for _, language := range []string{"id", "en"} {
		n.language(language)
		for _, p := range n.pages() {
			res := n.Get(p.path)
			n.ok(os.WriteFile(filepath.Join(dir, p.name+"-"+language+".html"), []byte(res.Body), 0o600))
			count++
		}
	}
	// Those of readers' accounts, and a form that has to be mended.
	b := n.Reader("rani@pembaca.example", "Rani")
	for name, path := range map[string]string{"home": "", "email": "/email", "password": "/password", "confirm": "/confirm?next=/account/email",
		"passkeys": "/passkeys", "delete": "/delete", "check": "/check?for=reset"} {
		n.ok(os.WriteFile(filepath.Join(dir, "account-"+name+".html"), []byte(b.Open("/account"+path).Body), 0o600))
		count++
	}
	for name, res := range map[string]testkit.Response{"sign-in": n.Browser().Open("/account/sign-in"), "register": n.Browser().Open("/account/register?next=/bola"),
		"ask": n.Browser().Open("/account/reset"), "mend": n.Browser().Post("/account/sign-in", "email", "x", "password", "y"), "spent": n.Browser().Open("/account/link/x")} {
		n.ok(os.WriteFile(filepath.Join(dir, "account-"+name+".html"), []byte(res.Body), 0o600))
		count++
	}
	// A page that is wrong on purpose: the tool has to say so.
	n.ok(os.WriteFile(filepath.Join(dir, control), []byte("<!doctype html><html lang=id><head><title>x</title></head><body><p id=a><img src=x><div id=a></p></div></body></html>"), 0o600))
	config, err := filepath.Abs(".htmlvalidate.json")
	n.ok(err)
	cmd := exec.CommandContext(t.Context(), node, tool, "--config", config, "--formatter", "json", "--ext", "html", dir)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var files []struct {
		FilePath string
		Messages []struct {
			RuleID, Message string
			Line, Column    int
			Severity        int
		}
	}
	if e := json.Unmarshal(out, &files); e != nil {
		t.Fatalf("html-validate says %q: %v, %v", out, e, err)
	}
	found, controlled := 0, false
	for _, f := range files {
		if filepath.Base(f.FilePath) == control {
			controlled = true
			continue
		}
		for _, m := range f.Messages {
			if found++; found <= 60 {
				t.Errorf("%s:%d:%d: %s (%s)", filepath.Base(f.FilePath), m.Line, m.Column, m.Message, m.RuleID)
			}
		}
	}
	if !controlled {
		t.Errorf("html-validate found nothing in a page that is wrong on purpose: %s", out)
	}
	t.Logf("%d pages, %d findings", count, found)
}
