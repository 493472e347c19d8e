package render

import (
	"strings"
	"testing"
)

func TestArranged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// kinds are the containers by their first letter: s for a section, b for
		// the band.
		kinds string
		want  string
	}{
		{"one section takes the whole width", "s", "whole"},
		{"two share a row", "ss", "half half"},
		{"four are one and a row of three", "ssss", "whole third third third"},
		{"five leave no gap", "sssss", "half half third third third"},
		{"the second run of three stands side by side", "sssbsss", "whole half half - third third third"},
		{"a seventh begins anew", "sssssss", "whole half half third third third whole"},
		{"what is no section has no width of its own", "b", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var list []Container
			for _, k := range tt.kinds {
				c := Container{Kind: ContainerBand, Cards: []Card{{Standfirst: "x"}}}
				if k == 's' {
					c.Kind = ContainerSection
				}
				list = append(list, c)
			}
			var got []string
			for _, p := range arranged(Shell{}, list, "") {
				size := p.Size
				if size == "" {
					size = "-"
				}
				got = append(got, size)
				if bare := p.Container.Cards[0].Standfirst == ""; bare != (size == "third") {
					t.Errorf("%s: the standfirst is gone: %t", size, bare)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), tt.want)
			}
			if list[0].Cards[0].Standfirst != "x" {
				t.Error("the view itself was changed")
			}
		})
	}
}
