package stem_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"warta/internal/stem"
)

// The golden tables hold words of our own and what PostgreSQL 15's snowball
// dictionaries (without stop words) make of them.
func TestStemmersAgreeWithSnowball(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		stem       func([]byte) []byte
		atLeast    int
	}{
		{"Indonesian", "testdata/indonesian.tsv", stem.Indonesian, 800},
		{"English", "testdata/english.tsv", stem.English, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(c.file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			n := 0
			for in := bufio.NewScanner(f); in.Scan(); n++ {
				word, want, ok := strings.Cut(in.Text(), "\t")
				if !ok {
					t.Fatalf("line %d has no tab", n+1)
				}
				if got := string(c.stem([]byte(word))); got != want {
					t.Errorf("%s: got %q, want %q", word, got, want)
				}
			}
			if n < c.atLeast {
				t.Errorf("the table has %d words, want %d", n, c.atLeast)
			}
		})
	}
}
