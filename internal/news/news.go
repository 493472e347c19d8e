// Package news is the core of Warta: stories with their versions and drafts,
// the structure they stand in (sections, topics, persons, sources, fronts), and
// the desk, the one routine through which a story becomes public or ceases to
// be. It holds words and rules only: no SQL, no HTTP, and it never asks for the
// time by itself.
package news

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// The tags that pages and pieces carry. Nobody spells them elsewhere.

// TagLatest stands for every list of the newest stories of the whole site.
const TagLatest = "latest"

// TagSettings stands for the site's settings, its name above all.
const TagSettings = "settings"

// TagSections stands for the section tree: names, order, navigation.
const TagSections = "sections"

// TagRedirects stands for every answer that says "there is nothing here".
const TagRedirects = "redirects"

// TagSearch stands for every search result: any release may add a match.
const TagSearch = "search"

// TagBanner stands for the banner of breaking news on every page.
const TagBanner = "banner"

// TagPages stands for the list of static pages.
const TagPages = "pages"

// TagStory returns the tag of whatever prints a story or its headline.
func TagStory(id int64) string { return fmt.Sprintf("story:%d", id) }

// TagSection returns the tag of the list of stories in a section or below it.
func TagSection(id int64) string { return fmt.Sprintf("section:%d", id) }

// TagTopic returns the tag of a topic's list.
func TagTopic(id int64) string { return fmt.Sprintf("topic:%d", id) }

// TagPerson returns the tag of a person's list.
func TagPerson(id int64) string { return fmt.Sprintf("person:%d", id) }

// TagTopicName returns the tag of whatever prints a topic's name, its list
// aside: a new story in a topic must not touch the pages of all its others.
func TagTopicName(id int64) string { return fmt.Sprintf("topic-name:%d", id) }

// TagPersonName returns the tag of whatever prints a person's name.
func TagPersonName(id int64) string { return fmt.Sprintf("person-name:%d", id) }

// TagSource returns the tag of a source's name and link.
func TagSource(id int64) string { return fmt.Sprintf("source:%d", id) }

// TagPicture returns the tag of a picture's metadata and crops.
func TagPicture(id int64) string { return fmt.Sprintf("picture:%d", id) }

// TagFront returns the tag of a front's arrangement.
func TagFront(id int64) string { return fmt.Sprintf("front:%d", id) }

// TagPage returns the tag of a static page.
func TagPage(slug string) string { return "page:" + slug }

// TagDay returns the tag of what was published on t's day in the site's zone.
func TagDay(t time.Time, zone *time.Location) string {
	return "day:" + t.In(zone).Format(time.DateOnly)
}

// TagMonth returns the tag of what was published in t's month in the site's zone.
func TagMonth(t time.Time, zone *time.Location) string {
	return "month:" + t.In(zone).Format("2006-01")
}

// TagHeadline returns the tag of a page that waits for a story with this
// headline (a read-also whose target is not known yet).
func TagHeadline(headline string) string {
	return "headline:" + formatKey(HeadlineKey(headline))
}

// HeadlineKey is the number under which a headline is found exactly: the hash
// of its words, white space and case folded.
func HeadlineKey(headline string) int64 {
	h := fnv.New64a()
	for i, w := range strings.Fields(strings.ToLower(headline)) {
		if i > 0 {
			h.Write([]byte{' '})
		}
		h.Write([]byte(w))
	}
	return int64(h.Sum64())
}

func formatKey(k int64) string { return strconv.FormatUint(uint64(k), 36) }
