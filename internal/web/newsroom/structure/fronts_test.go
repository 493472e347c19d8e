package structure_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"warta/internal/account"
	"warta/internal/testkit"
)

func TestEnterSearchesWhereAStoryIsSoughtForAFront(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{})
	managing := s.Staffer(account.ManagingEditor)
	const front = "/newsroom/fronts/0"
	open := func(path string) *goquery.Document {
		t.Helper()
		res := managing.Open(path)
		d, err := goquery.NewDocumentFromReader(strings.NewReader(res.Body))
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, res.StatusCode, err)
		}
		return d
	}
	// What a browser sends on Enter: the first button of the form.
	press := func(d *goquery.Document, find string) string {
		t.Helper()
		pairs := []string{"do", d.Find("form[data-front] button").First().AttrOr("value", ""), "c0.find", find}
		d.Find("form[data-front]").Find("input[type=hidden], input[type=number], select").Each(func(_ int, in *goquery.Selection) {
			value := in.AttrOr("value", "0")
			if chosen := in.Find("option[selected]"); chosen.Length() > 0 {
				value = chosen.AttrOr("value", "0")
			}
			pairs = append(pairs, in.AttrOr("name", ""), value)
		})
		return managing.Post(front, pairs...).Header.Get("Location")
	}
	d := open(front + "?at=0&q=")
	if d.Find(`input[name="c0.find"][autofocus]`).Length() != 1 {
		t.Error("the cursor is not in the search")
	}
	if to := press(d, "pasar"); !strings.Contains(to, "at=0&q=pasar") {
		t.Errorf("Enter in the search leads to %q", to)
	}
	if to := press(open(front), ""); strings.Contains(to, "at=") {
		t.Errorf("Enter without words to search for leads to %q", to)
	}
}
