package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"testing"
)

func TestHolesSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body func(a, b string) string
		want []string // segments joined by |; nil: refused
		list string   // modules in order
	}{
		{"between elements", func(a, b string) string { return "<p>1</p>" + a + "<p>2</p>" + b }, []string{"<p>1</p>", "<p>2</p>", ""}, "a b"},
		{"one after the other", func(a, b string) string { return a + b }, []string{"", "", ""}, "a b"},
		{"printed in another order than put", func(a, b string) string { return "x" + b + "y" + a + "z" }, []string{"x", "y", "z"}, "b a"},
		{"inside an unclosed element", func(a, b string) string { return "<ul><li>" + a + "<li>" + b }, []string{"<ul><li>", "<li>", ""}, "a b"},
		{"missing", func(a, _ string) string { return "<p>" + a }, nil, ""},
		{"twice", func(a, b string) string { return a + b + a }, nil, ""},
		{"in an attribute", func(a, b string) string { return a + `<p title="` + b + `">` }, nil, ""},
		{"in an attribute and in the text", func(a, b string) string { return a + b + `<p title="` + b + `">` }, nil, ""},
		{"in a comment", func(a, b string) string { return a + "<!-- x " + b + " -->" }, nil, ""},
		{"in a script", func(a, b string) string { return a + "<script>" + b + "</script>" }, nil, ""},
		{"in a style", func(a, b string) string { return a + "<style>" + b + "</style>" }, nil, ""},
		{"in a title", func(a, b string) string { return a + "<title>" + b + "</title>" }, nil, ""},
		{"in a textarea", func(a, b string) string { return a + "<textarea>" + b + "</textarea>" }, nil, ""},
		{"escaped", func(a, b string) string { return a + template.HTMLEscapeString(b) }, nil, ""},
		{"also in an unclosed tag", func(a, b string) string { return a + b + "<a href=" + a }, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := NewHoles()
			a, b := h.Put(Hole{Module: "a"}), h.Put(Hole{Module: "b"})
			segments, holes, err := h.Split([]byte(tt.body(a, b)))
			if tt.want == nil {
				if err == nil {
					t.Fatalf("accepted: %q", segments)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got, modules []string
			for _, s := range segments {
				got = append(got, string(s))
			}
			for _, h := range holes {
				modules = append(modules, h.Module)
			}
			if !slices.Equal(got, tt.want) || strings.Join(modules, " ") != tt.list {
				t.Errorf("got %q with %v, want %q with %s", got, modules, tt.want, tt.list)
			}
		})
	}
}

func TestHolesTakeNoImitation(t *testing.T) {
	t.Parallel()
	old := NewHoles() // whose marker somebody copied into a story
	copied := old.Put(Hole{Module: "stolen"})
	h := NewHoles()
	body := copied + "<p>" + h.Put(Hole{Module: "latest"}) + fmt.Sprintf("<!--%s.0-->", strings.Repeat("0", 32))
	segments, holes, err := h.Split([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if len(holes) != 1 || holes[0].Module != "latest" || !strings.HasPrefix(string(segments[0]), copied) {
		t.Errorf("got holes %v, segments %q", holes, segments)
	}
	if _, _, err := NewHoles().Split([]byte(copied)); err != nil {
		t.Errorf("a page without holes may hold text like a marker: %v", err)
	}
}

func TestHolesThroughTemplates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		refused    bool
	}{
		{"in text", `<main>{{.}}</main>`, false},
		{"in an attribute", `<main title="{{.}}"></main>`, true},
		{"in an unquoted attribute", `<main title={{.}}></main>`, true},
		{"in an address", `<a href="/{{.}}">x</a>`, true},
		{"in a comment, which the template drops", `<main><!-- {{.}} --></main>`, true},
		{"in a script", `<script>let x = {{.}}</script>`, true},
		{"in a style", `<style>p { color: {{.}} }</style>`, true},
		{"in a title", `<title>{{.}}</title>`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := NewHoles()
			var out strings.Builder
			if err := template.Must(template.New("").Parse(tt.text)).Execute(&out, template.HTML(h.Put(Hole{Module: "m"}))); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.Split([]byte(out.String())); (err != nil) != tt.refused {
				t.Errorf("error %v for %s", err, out.String())
			}
		})
	}
}

func FuzzHolesSplit(f *testing.F) {
	f.Add("<p>", "<b>x</b>", "</p>")
	f.Add("<script>", "</script>", "")
	f.Add("<!--", "-->", "<svg><![CDATA[")
	f.Fuzz(func(t *testing.T, before, between, after string) {
		h := NewHoles()
		body := before + h.Put(Hole{Module: "a"}) + between + h.Put(Hole{Module: "b"}) + after
		segments, holes, err := h.Split([]byte(body))
		if err != nil {
			return
		}
		if len(holes) != 2 || len(segments) != 3 ||
			string(segments[0]) != before || string(segments[1]) != between || string(segments[2]) != after {
			t.Fatalf("%q was cut into %q", body, segments)
		}
	})
}
