package main

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/app"
)

// onSite runs the program with a data folder and returns the exit status and
// what was printed.
func onSite(t *testing.T, data, in string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append(args, "--data", data, "--base-url", "https://kabar.example"), strings.NewReader(in), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestUser(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, tt := range []struct {
		says string
		in   string
		args []string
		code int
		want string // in what was printed
	}{
		{"a password comes from standard input", "hujan turun di muara\n",
			[]string{"user", "add", "--email", "ani@kabar.example", "--name", "Ani", "--role", "owner", "--password-stdin"}, 0, "can sign in now"},
		{"one that everybody tries is refused", "rahasia2026\n",
			[]string{"user", "add", "--email", "x@kabar.example", "--name", "X", "--role", "owner", "--password-stdin"}, 1, "password:"},
		{"without one an invitation is printed", "",
			[]string{"user", "add", "--email", "budi@kabar.example", "--name", "Budi", "--role", "managing-editor"}, 0, "https://kabar.example/newsroom/invite/"},
		{"an address is used once", "",
			[]string{"user", "add", "--email", "BUDI@kabar.example", "--name", "Budi", "--role", "editor"}, 1, "email:"},
		{"a role that does not exist is refused", "",
			[]string{"user", "add", "--email", "c@kabar.example", "--name", "C", "--role", "raja"}, 2, "role"},
		{"users are listed", "", []string{"user", "list"}, 0, "budi@kabar.example  managing-editor  invited  Budi"},
		{"the last owner stays", "", []string{"user", "disable", "ani@kabar.example"}, 1, "last owner"},
		{"another user is disabled", "", []string{"user", "disable", "budi@kabar.example"}, 0, "signed out everywhere"},
		{"and has no link then", "", []string{"user", "reset", "budi@kabar.example"}, 1, "disabled"},
		{"and is enabled", "", []string{"user", "enable", "budi@kabar.example"}, 0, "can sign in again"},
		{"a password is reset by a link", "", []string{"user", "reset", "ani@kabar.example", "--proofs"}, 0, "https://kabar.example/newsroom/reset/"},
		{"nobody is told as such", "", []string{"user", "reset", "siapa@kabar.example"}, 1, "no such user"},
	} {
		t.Run(tt.says, func(t *testing.T) {
			code, out, errOut := onSite(t, data, tt.in, tt.args...)
			if code != tt.code || !strings.Contains(out+errOut, tt.want) {
				t.Errorf("status %d: %s%s", code, out, errOut)
			}
		})
	}
}

func TestAccountsOfTheDemoStayOnThisMachine(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := app.Config{Data: data, Listen: "127.0.0.1:0", BaseURL: "https://kabar.example"}
	core, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	list, first, err := core.DemoAccounts(t.Context())
	if err != nil || len(list) != 7 || first == "" {
		t.Fatalf("%d accounts, %v", len(list), err)
	}
	if _, second, err := core.DemoAccounts(t.Context()); err != nil || second == first {
		t.Errorf("the next start has the same password: %v", err)
	}
	if link, err := core.StartLink(t.Context()); err != nil || link != "" {
		t.Errorf("a site with an owner has the link %q: %v", link, err)
	}
	core.Close()
	// The port is taken: it is refused before it listens.
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if code, _, errOut := onSite(t, data, "", "serve", "--listen", ln.Addr().String()); code == 0 || !strings.Contains(errOut, "user disable --demo") {
		t.Fatalf("status %d: %s", code, errOut)
	}
	empty := filepath.Join(t.TempDir(), "none")
	if code, _, errOut := onSite(t, empty, "", "serve", "--listen", ln.Addr().String()); code == 0 || !strings.Contains(errOut, "cannot listen") {
		t.Fatalf("status %d: %s", code, errOut)
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("looking for demo accounts made a data folder")
	}
	if code, _, errOut := onSite(t, data, "", "user", "disable", "--demo"); code == 0 || !strings.Contains(errOut, "last owner") {
		t.Fatalf("status %d: %s", code, errOut)
	}
	if code, _, errOut := onSite(t, data, "hujan turun di muara\n", "user", "add", "--email", "ani@kabar.example", "--name", "Ani", "--role", "owner", "--password-stdin"); code != 0 {
		t.Fatal(errOut)
	}
	if code, out, errOut := onSite(t, data, "", "user", "disable", "--demo"); code != 0 {
		t.Fatalf("status %d: %s%s", code, out, errOut)
	}
	core, err = app.Open(t.Context(), app.Config{Data: data, Listen: "0.0.0.0:0", BaseURL: "https://kabar.example"}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	if err := core.CheckExposed(t.Context()); err != nil {
		t.Errorf("still refused: %v", err)
	}
	if list, _, err := core.DemoAccounts(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("a site with users of its own got %d demo accounts: %v", len(list), err)
	}
}
