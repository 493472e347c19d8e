package render

import "slices"

// placed is a container with what its template needs of the page.
type placed struct {
	Shell     Shell
	Section   string
	Container Container
	// Size is how much of a desk's width a block of a section takes: "whole",
	// "half" or "third".
	Size string
}

// arranged gives the blocks of a front their widths, so that they are no wall
// of equal cards and no row ends with a gap. A third has no room for a
// standfirst.
func arranged(s Shell, list []Container, section string) []placed {
	out := make([]placed, len(list))
	runs := 0
	for i := 0; i < len(list); {
		n := 0
		for i+n < len(list) && list[i+n].Kind == ContainerSection {
			n++
		}
		if n == 0 {
			out[i] = placed{Shell: s, Section: section, Container: list[i]}
			i++
			continue
		}
		for j, size := range widths(n, runs%2 == 1) {
			p := placed{Shell: s, Section: section, Container: list[i+j], Size: size}
			if size == "third" && len(p.Container.Cards) > 0 {
				p.Container.Cards = slices.Clone(p.Container.Cards)
				p.Container.Cards[0].Standfirst = ""
			}
			out[i+j] = p
		}
		i += n
		runs++
	}
	return out
}

// widths fills whole rows with n blocks that follow one another. Three of them
// stand side by side in every second run.
func widths(n int, aside bool) []string {
	one, two := []string{"whole"}, []string{"half", "half"}
	three := []string{"third", "third", "third"}
	switch {
	case n == 1:
		return one
	case n == 2:
		return two
	case n == 3 && aside:
		return three
	case n == 3:
		return slices.Concat(one, two)
	case n == 4:
		return slices.Concat(one, three)
	case n == 5:
		return slices.Concat(two, three)
	case n == 6:
		return slices.Concat(one, two, three)
	}
	return slices.Concat(one, two, three, widths(n-6, aside))
}
