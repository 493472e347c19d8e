package news

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"warta/internal/fault"
)

// field is a part of a content that is saved and merged by itself. Its name is
// that in the JSON of Content.
type field struct {
	name  string
	at    func(*Content) any // a pointer to it
	check func(*Content) error
}

// Bounds of what a draft may hold. It may be unfinished, but not without end.
const (
	maxLine    = 2000 // bytes of a headline, a title, a dateline
	maxPassage = 20_000
)

// fields are all fields of a content, the body apart.
var fields = []field{
	{"kind", func(c *Content) any { return &c.Kind }, func(c *Content) error { return knownWord(c.Kind, Kinds) }},
	{"language", func(c *Content) any { return &c.Language }, line(func(c *Content) string { return string(c.Language) }, 10)},
	{"headline", func(c *Content) any { return &c.Headline }, line(func(c *Content) string { return c.Headline }, maxLine)},
	{"short_headline", func(c *Content) any { return &c.ShortHeadline }, line(func(c *Content) string { return c.ShortHeadline }, maxLine)},
	{"seo_title", func(c *Content) any { return &c.SEOTitle }, line(func(c *Content) string { return c.SEOTitle }, maxLine)},
	{"share_title", func(c *Content) any { return &c.ShareTitle }, line(func(c *Content) string { return c.ShareTitle }, maxLine)},
	{"standfirst", func(c *Content) any { return &c.Standfirst }, line(func(c *Content) string { return c.Standfirst }, maxPassage)},
	{"dateline", func(c *Content) any { return &c.Dateline }, line(func(c *Content) string { return c.Dateline }, maxLine)},
	{"credits", func(c *Content) any { return &c.Credits }, func(c *Content) error {
		for _, cr := range c.Credits {
			if err := knownWord(cr.Role, Roles); err != nil {
				return err
			}
		}
		return atMost(c.Credits, 50)
	}},
	{"sources", func(c *Content) any { return &c.Sources }, func(c *Content) error { return atMost(c.Sources, 20) }},
	{"lead", func(c *Content) any { return &c.Lead }, checkLead},
	{"section", func(c *Content) any { return &c.SectionID }, nil},
	{"topics", func(c *Content) any { return &c.Topics }, func(c *Content) error { return atMost(c.Topics, 50) }},
	{"related", func(c *Content) any { return &c.Related }, func(c *Content) error { return atMost(c.Related, 50) }},
	{"verifies", func(c *Content) any { return &c.Verifies }, nil},
	{"labels", func(c *Content) any { return &c.Labels }, func(c *Content) error {
		for _, l := range c.Labels {
			if err := knownWord(l, RoomLabels); err != nil {
				return err
			}
		}
		return atMost(c.Labels, len(RoomLabels))
	}},
	{"access", func(c *Content) any { return &c.Access }, func(c *Content) error { return knownWord(c.Access, []Access{Free, Members}) }},
	{"rights", func(c *Content) any { return &c.Rights }, line(func(c *Content) string { return c.Rights }, maxPassage)},
}

// FieldNames returns the names of the fields that are saved and merged by
// themselves, the body apart.
func FieldNames() []string {
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].name
	}
	return names
}

// Fields returns a content's fields by name, the body apart.
func (c *Content) Fields() map[string]json.RawMessage {
	all := make(map[string]json.RawMessage, len(fields))
	for i := range fields {
		all[fields[i].name] = fields[i].get(c)
	}
	return all
}

// get returns the field's value in its one JSON form.
func (f *field) get(c *Content) json.RawMessage {
	b, err := json.Marshal(f.at(c))
	if err != nil || bytes.Equal(b, []byte("[]")) {
		return json.RawMessage("null") // an empty list and none are the same
	}
	return b
}

// set reads the field's value. It changes nothing when it fails.
func (f *field) set(c *Content, raw json.RawMessage) error {
	var n Content
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f.at(&n)); err != nil || dec.More() {
		return fault.Input(f.name, "the field %q has another form: %v", f.name, err).Say("field_form", "field", f.name)
	}
	if err := f.fits(&n); err != nil {
		return err
	}
	// The reader of one field leaves all others as they are.
	dec = json.NewDecoder(bytes.NewReader(f.get(&n)))
	reflect.ValueOf(f.at(c)).Elem().SetZero() // reading over an old value would keep parts of it
	return dec.Decode(f.at(c))
}

// fits returns an Invalid error unless a draft can hold the field's value.
func (f *field) fits(c *Content) error {
	if f.check == nil {
		return nil
	}
	if err := f.check(c); err != nil {
		return fault.Input(f.name, "the field %q: %v", f.name, err).Say("field_form", "field", f.name)
	}
	return nil
}

func fieldByName(name string) *field {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return &fields[i]
}

func line(get func(*Content) string, most int) func(*Content) error {
	return func(c *Content) error {
		if n := len(get(c)); n > most {
			return fmt.Errorf("it has %d bytes, at most %d are kept", n, most)
		}
		return nil
	}
}

func atMost[T any](list []T, most int) error {
	if len(list) > most {
		return fmt.Errorf("it has %d entries, at most %d are kept", len(list), most)
	}
	return nil
}

func knownWord[T ~string](word T, known []T) error {
	if word != "" && !slices.Contains(known, word) {
		return fmt.Errorf("%q is not known", string(word))
	}
	return nil
}

func checkLead(c *Content) error {
	l := &c.Lead
	if len(l.Caption) > maxPassage || len(l.Credit) > maxLine || len(l.Alt) > maxPassage {
		return fmt.Errorf("caption, credit or alternative text is too long")
	}
	if v := l.Video; v != nil && (len(v.URL) > maxLine || len(v.Title) > maxLine || len(v.Provider) > 40) {
		return fmt.Errorf("the video's address or title is too long")
	}
	return nil
}

// refs returns what the field points at.
func (f *field) refs(c *Content) (ref Ref, ids []int64) {
	switch f.name {
	case "credits":
		for _, cr := range c.Credits {
			ids = append(ids, cr.PersonID)
		}
		return RefPerson, ids
	case "sources":
		return RefSource, c.Sources
	case "topics":
		return RefTopic, c.Topics
	case "related":
		return RefStory, c.Related
	case "verifies":
		return RefStory, nonZero(c.Verifies)
	case "lead":
		return RefPicture, nonZero(c.Lead.PictureID)
	case "section":
		return RefSection, nonZero(c.SectionID)
	}
	return "", nil
}

func nonZero(id int64) []int64 {
	if id == 0 {
		return nil
	}
	return []int64{id}
}
