package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// doctor runs "warta doctor" on a folder of the test's own and returns what it
// says.
func doctor(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), append([]string{"doctor", "--data", t.TempDir()}, args...), strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

// conf writes a configuration file.
func conf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "warta.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigurationFileGivesValues(t *testing.T) {
	t.Parallel()
	path := conf(t, "# a comment\n\nlisten = 127.0.0.1:0\nbase-url = \"https://kabar.example\"\nhosts = lama.example,www.example\n")
	status, out, errOut := doctor(t, "--config", path, "--base-url", "https://lain.example")
	if status != 0 {
		t.Fatalf("status %d\n%s%s", status, out, errOut)
	}
	for _, want := range []string{"127.0.0.1:0", "file " + path, "[lama.example www.example]", "https://lain.example", "flag --base-url"} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not print %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "https://kabar.example") {
		t.Errorf("the file's value is used although a flag gives another:\n%s", out)
	}
}

func TestBrokenConfigurationFileIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"a line without a value", "listen\n", ":1: expected"},
		{"a name that is no flag", "base_url = https://kabar.example\n", `there is no setting "base_url"`},
		{"a value that cannot be", "log = xml\n", "--log must be one of"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, _, errOut := doctor(t, "--config", conf(t, tt.text))
			if status != 2 || !strings.Contains(errOut, tt.want) {
				t.Errorf("status %d, %q; want 2 and %q", status, errOut, tt.want)
			}
		})
	}
}

func TestThemeProblemsNameFileAndLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "strings"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "strings", "id.json")
	if err := os.WriteFile(path, []byte("{\n  \"story.age\": \"Lama.\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, _ := doctor(t, "--theme", dir, "--listen", "127.0.0.1:0")
	if want := path + ": line 2: "; status != 1 || !strings.Contains(out, want) {
		t.Errorf("status %d; doctor does not print %q:\n%s", status, want, out)
	}
}

func TestDoctorSaysOnceWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"a mail server without a sender": {[]string{"--smtp-host", "mail.example"}, "add one, such as --smtp-from redaksi@kabar.example"},
		"a listening address":            {[]string{"--listen", "8080"}, "is not an address such as"},
		"a proxy":                        {[]string{"--trusted-proxies", "10.0.0.0/24,proxy"}, `"proxy" is neither an address nor a network`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, _ := doctor(t, tt.args...)
			if status != 1 || strings.Count(out, "FAILED") != 1 || !strings.Contains(out, tt.want) {
				t.Errorf("status %d, want one complaint with %q:\n%s", status, tt.want, out)
			}
			if strings.Contains(out, "FAILED database") || !strings.Contains(out, "database, mail and address were not tried") {
				t.Errorf("it blames the database:\n%s", out)
			}
		})
	}
	status, out, _ := doctor(t, "--listen", "127.0.0.1:0", "--trusted-proxies", "10.0.0.0/24,192.0.2.1")
	if status != 0 || !strings.Contains(out, "[10.0.0.0/24 192.0.2.1]") || strings.Contains(out, "not tried") {
		t.Errorf("status %d:\n%s", status, out)
	}
}

func TestDoctorKnowsTheMetrics(t *testing.T) {
	t.Parallel()
	path := conf(t, "listen = 127.0.0.1:0\nmetrics-addr = 0.0.0.0:0\nmetrics-public = true\nfast-path = off\n")
	status, out, errOut := doctor(t, "--config", path)
	if status != 0 || !strings.Contains(out, "0.0.0.0:0 is free") || !strings.Contains(out, "metrics and profiles can be read by whoever reaches 0.0.0.0:0") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	if n := strings.Count(out, "file "+path); n != 4 {
		t.Errorf("%d of 4 values come from the file:\n%s", n, out)
	}
	status, out, _ = doctor(t, "--listen", "127.0.0.1:0", "--metrics-addr", "0.0.0.0:0")
	if status != 1 || !strings.Contains(out, "say --metrics-public if a firewall guards it") {
		t.Errorf("status %d\n%s", status, out)
	}
}
