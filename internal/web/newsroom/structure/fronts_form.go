package structure

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// readContainers reads the containers of a form, in the order of their fields:
// "order" names them, "c3.size" is the size of the third.
func readContainers(r *newsroom.Request, form url.Values) (out []news.Container, err error) {
	if len(form["order"]) > 60 {
		return nil, fault.Input("containers", "a front holds at most 60 containers").Say("front_containers")
	}
	for _, n := range form["order"] {
		c := news.Container{Kind: news.ContainerKind(form.Get("c" + n + ".kind")), Title: strings.TrimSpace(form.Get("c" + n + ".title"))}
		c.ID, _ = strconv.ParseInt(form.Get("c"+n+".id"), 10, 64) // rubbish is a new one
		c.Size, _ = strconv.Atoi(form.Get("c" + n + ".size"))     // rubbish is refused later
		c.Rule.SectionID, _ = strconv.ParseInt(form.Get("c"+n+".section"), 10, 64)
		c.Rule.TopicID, _ = strconv.ParseInt(form.Get("c"+n+".topic"), 10, 64)
		for _, k := range form["c"+n+".kinds"] {
			if slices.Contains(news.Kinds, news.Kind(k)) {
				c.Rule.Kinds = append(c.Rule.Kinds, news.Kind(k))
			}
		}
		stories, places, untils := form["c"+n+".pin"], form["c"+n+".place"], form["c"+n+".until"]
		for i := range min(len(stories), len(places), len(untils), 30) {
			var s news.Slot
			s.StoryID, _ = strconv.ParseInt(stories[i], 10, 64)
			s.Position, _ = strconv.Atoi(places[i])
			s.Position-- // people count from one
			if s.Until, err = r.ParseLocal("containers", untils[i]); err != nil {
				return nil, err
			}
			if s.StoryID > 0 {
				c.Slots = append(c.Slots, s)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// do carries out what a button says ("up:3", "pin:2:55") and returns what the
// address of the page ends with then.
func do(f *news.Front, what string, form url.Values) (at string, err error) {
	if what == "enter" {
		what = entered(f, form)
	}
	verb, rest, _ := strings.Cut(what, ":")
	first, second, _ := strings.Cut(rest, ":")
	n, err := strconv.Atoi(first)
	known := err == nil && n >= 0 && n < len(f.Containers)
	here := func(n int) string { return fmt.Sprintf("#c%d", n) }
	switch {
	case verb == "" || verb == "save":
		return "", nil
	case verb == "add":
		c := news.Container{Kind: news.ContainerKind(first), Size: 5}
		c.Rule.SectionID = f.SectionID
		f.Containers = append(f.Containers, c)
		return here(len(f.Containers) - 1), nil
	case !known:
		return "", fault.Input("containers", "that container has gone").Say("front_changed")
	case verb == "up" && n > 0:
		f.Containers[n-1], f.Containers[n] = f.Containers[n], f.Containers[n-1]
		return here(n - 1), nil
	case verb == "down" && n < len(f.Containers)-1:
		f.Containers[n+1], f.Containers[n] = f.Containers[n], f.Containers[n+1]
		return here(n + 1), nil
	case verb == "remove":
		f.Containers = slices.Delete(f.Containers, n, n+1)
		return here(max(n-1, 0)), nil
	case verb == "find":
		// Without #c3: browsers leave autofocus out where a part of the page is named.
		return fmt.Sprintf("?at=%d&q=%s", n, url.QueryEscape(cut(form.Get(fmt.Sprintf("c%d.find", n)), 200))), nil
	case verb == "unpin":
		if i, err := strconv.Atoi(second); err == nil && i >= 0 && i < len(f.Containers[n].Slots) {
			f.Containers[n].Slots = slices.Delete(f.Containers[n].Slots, i, i+1)
		}
		return here(n), nil
	case verb == "pin":
		id, err := strconv.ParseInt(second, 10, 64)
		if err != nil {
			return "", fault.Input("containers", "there is no such story").Say("front_changed")
		}
		return here(n), pinStory(f, n, id)
	}
	return here(n), nil
}

// entered returns what the Enter key means in a field of the form: to search
// where words for a search stand, else to save.
func entered(f *news.Front, form url.Values) string {
	for n := range f.Containers {
		if form.Get(fmt.Sprintf("c%d.find", n)) != "" {
			return fmt.Sprintf("find:%d", n)
		}
	}
	return "save"
}

// pinStory puts a story at the first free place of a container. A story stands
// on a front once: it is taken from where it was.
func pinStory(f *news.Front, n int, story int64) error {
	for i := range f.Containers {
		f.Containers[i].Slots = slices.DeleteFunc(f.Containers[i].Slots, func(s news.Slot) bool { return s.StoryID == story })
	}
	c := &f.Containers[n]
	for place := range c.Size {
		if !slices.ContainsFunc(c.Slots, func(s news.Slot) bool { return s.Position == place }) {
			c.Slots = append(c.Slots, news.Slot{Position: place, StoryID: story})
			slices.SortFunc(c.Slots, func(a, b news.Slot) int { return a.Position - b.Position })
			return nil
		}
	}
	return fault.Input("containers", "all places of the container are pinned").Say("front_full")
}
