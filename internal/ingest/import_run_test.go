package ingest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warta/internal/app"
	"warta/internal/news"
)

// importWith runs one import of a folder with options.
func (p *place) importWith(dir string, o app.ImportOptions) ([]app.ImportLine, app.ImportSummary) {
	p.t.Helper()
	var lines []app.ImportLine
	sum, err := p.ImportNinjs(p.t.Context(), app.ImportInput{Paths: []string{dir}}, o, func(l app.ImportLine) { lines = append(lines, l) })
	p.ok(err)
	return lines, sum
}

func TestADryRunSaysTheSameAndWritesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := t.TempDir()
	p.ok(os.WriteFile(filepath.Join(dir, "foto.jpg"), photo(t, 3), 0o600))
	p.ok(os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(item("urn:1", "1", `{"by":"Rani Sari","associations":[{"name":"a","uri":"urn:p","type":"picture","renditions":[{"href":"foto.jpg"}]}]}`)+"\n"+
		item("urn:2", "1", `{"headlines":[]}`)+"\n"+item("urn:3", "1", `{"associations":[{"name":"a","uri":"urn:q","type":"picture","renditions":[{"href":"hilang.jpg"}]}]}`)+"\n"), 0o600))
	count := func() int64 {
		n, err := p.DB.CountStories(t.Context())
		p.ok(err)
		return n.Stories
	}
	dry, sum := p.importWith(dir, app.ImportOptions{Rehearse: true})
	if count() != 0 || sum.Run != 0 || !sum.Rehearsed || sum.Others["new persons"] != 3 || sum.Pictures != 1 || sum.Complete() {
		t.Errorf("the dry run made %d stories: %+v", count(), sum)
	}
	if list, err := p.DB.ImportRuns(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("the dry run left %v, %v", list, err)
	}
	wet, wetSum := p.importWith(dir, app.ImportOptions{})
	for i := range wet {
		wet[i].ID, wet[i].URL = 0, ""
	}
	same(t, "lines", dry, wet)
	same(t, "results", sum.Results, wetSum.Results)
	same(t, "made", wetSum.Made, map[string]int{"story": 2, "person": 3, "picture": 1, "source": 1, "topic": 1})
	if wet[2].Lacks == nil || !strings.Contains(wet[2].String(), "hilang.jpg") {
		t.Errorf("the picture that is missing is not named: %+v", wet[2])
	}

	report := ""
	p.ok(p.ImportReport(t.Context(), wetSum.Run, func(l app.ImportLine) { report += l.String() + "\n" }))
	if !strings.Contains(report, "headlines") || !strings.Contains(report, "hilang.jpg") || strings.Count(report, "\n") != 2 {
		t.Errorf("the report of the run says:\n%s", report)
	}
	p.mu.Lock()
	p.now = p.now.Add(time.Minute)
	p.mu.Unlock()
	undone, _, err := p.UndoImport(t.Context(), wetSum.Run, nil)
	p.ok(err)
	same(t, "gone", undone.Gone, map[string]int{"story": 2, "person": 3, "picture": 1, "topic": 1})
	if count() != 0 {
		t.Errorf("%d stories are left", count())
	}
	_, again := p.importWith(dir, app.ImportOptions{})
	same(t, "imported again", again.Results[news.ItemCreated], 2)
}
