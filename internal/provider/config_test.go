package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warta/internal/fault"
	"warta/internal/provider"
)

func TestTheFileOfProviders(t *testing.T) {
	t.Parallel()
	const good = `{"key":"google","label":"Google","issuer":"https://accounts.google.com","client_id":"a","client_secret":"b","trusted":true}`
	for text, says := range map[string]string{
		"[]": "", "[" + good + "]": "",
		"[" + good + "," + good + "]": "twice",
		"{}":                          "not a JSON list", "[{}]": "provider 1",
		"[" + strings.Replace(good, `"google"`, `"Google!"`, 1) + "]":                      "key",
		"[" + strings.Replace(good, "https:", "http:", 1) + "]":                            "https",
		"[" + strings.Replace(good, `"client_id":"a"`, `"client_id":""`, 1) + "]":          "client_id",
		"[" + strings.Replace(good, `"trusted"`, `"trustd"`, 1) + "]":                      "trustd",
		"[" + strings.Replace(good, "https://accounts.google.com", "https://a@b", 1) + "]": "issuer",
		"[" + strings.Repeat(good+",", 9) + good + "]":                                     "at most 8",
	} {
		file := filepath.Join(t.TempDir(), "oidc.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := provider.Load(file)
		if (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), says) || !fault.Is(err, fault.Invalid)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
	if _, err := provider.Load(filepath.Join(t.TempDir(), "none")); !fault.Is(err, fault.Invalid) {
		t.Errorf("no file: %v", err)
	}
}
