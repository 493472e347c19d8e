package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"warta/internal/app"
)

// TestCleanItemsFollowTheStandard holds what is made of the sample pages against
// the schema of ninjs.
func TestCleanItemsFollowTheStandard(t *testing.T) {
	t.Parallel()
	corpora := os.Getenv("WARTA_CORPORA")
	if corpora == "" {
		t.Skip("did not run: WARTA_CORPORA does not name the folder with pages and schemas")
	}
	var root schema
	data, err := os.ReadFile(filepath.Join(corpora, "ninjs", "schema", "ninjs-schema_3.1.json"))
	if err == nil {
		err = json.Unmarshal(data, &root)
	}
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	var cfg app.Config
	written := 0
	err = cfg.CleanPages(t.Context(), app.PageOptions{Paths: []string{filepath.Join(corpora, "pages")}}, to, nil, func(r app.PageResult) {
		if r.Result == app.PageWritten {
			written++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(to, "*.json"))
	if err != nil || len(files) != written || written < 29 {
		t.Fatalf("%d files for %d items: %v", len(files), written, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var item map[string]any
		if err := json.Unmarshal(data, &item); err != nil {
			t.Fatal(err)
		}
		for _, bad := range root.check(root, filepath.Base(file), item, "warta") {
			t.Error(bad)
		}
	}
}
