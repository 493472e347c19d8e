package news

import (
	"cmp"
	"maps"
	"slices"
)

// Tree is the sections of the site, ready to be walked. It is immutable.
type Tree struct {
	byID   map[int64]*Section
	bySlug map[string]*Section
	kids   map[int64][]*Section // by parent, in order
	all    []*Section           // parents before children, in order
	former map[int64][]int64    // by section: those that it took over, in order
}

// NewTree builds a tree. A section whose parent is missing, or that would be
// its own ancestor, stands at the top level. One that was given up is known by
// its id alone, which leads to the section that took over.
func NewTree(sections []Section) *Tree {
	t := &Tree{byID: map[int64]*Section{}, bySlug: map[string]*Section{}, kids: map[int64][]*Section{}, former: map[int64][]int64{}}
	list := slices.Clone(sections)
	moved := map[int64]int64{}
	list = slices.DeleteFunc(list, func(s Section) bool {
		if s.MovedTo != 0 {
			moved[s.ID] = s.MovedTo
		}
		return s.MovedTo != 0
	})
	defer func() {
		for _, id := range slices.Sorted(maps.Keys(moved)) {
			if s := t.byID[end(moved, id)]; s != nil {
				t.byID[id] = s
				t.former[s.ID] = append(t.former[s.ID], id)
			}
		}
	}()
	slices.SortFunc(list, func(a, b Section) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	for i := range list {
		s := &list[i]
		t.byID[s.ID], t.bySlug[s.Slug] = s, s
	}
	for i := range list {
		s := &list[i]
		s.ParentID = end(moved, s.ParentID)
		if t.byID[s.ParentID] == nil || t.loops(s) {
			s.ParentID = 0
		}
		t.kids[s.ParentID] = append(t.kids[s.ParentID], s)
	}
	t.walk(0, func(s *Section) { t.all = append(t.all, s) })
	return t
}

// end follows the sections that took over to the last one.
func end(moved map[int64]int64, id int64) int64 {
	for n := 0; moved[id] != 0 && n <= len(moved); n++ {
		id = moved[id]
	}
	return id
}

func (t *Tree) loops(s *Section) bool {
	for p, n := t.byID[s.ParentID], 0; p != nil; p, n = t.byID[p.ParentID], n+1 {
		if p.ID == s.ID || n > len(t.byID) {
			return true
		}
	}
	return false
}

func (t *Tree) walk(id int64, visit func(*Section)) {
	for _, s := range t.kids[id] {
		visit(s)
		t.walk(s.ID, visit)
	}
}

// ByID returns a section, or nil.
func (t *Tree) ByID(id int64) *Section { return t.byID[id] }

// BySlug returns a section, or nil.
func (t *Tree) BySlug(slug string) *Section { return t.bySlug[slug] }

// Slug returns a section's slug, and "berita" for one that is unknown.
func (t *Tree) Slug(id int64) string {
	if s := t.byID[id]; s != nil {
		return s.Slug
	}
	return "berita"
}

// All returns every section, parents before children.
func (t *Tree) All() []*Section { return t.all }

// Children returns the sections directly below id (0: the top level), in order.
func (t *Tree) Children(id int64) []*Section { return t.kids[id] }

// Ancestry returns the section and its ancestors, the section itself first.
func (t *Tree) Ancestry(id int64) []*Section {
	var line []*Section
	for s := t.byID[id]; s != nil; s = t.byID[s.ParentID] {
		line = append(line, s)
	}
	return line
}

// Former returns the ids of the sections that this one took over.
func (t *Tree) Former(id int64) []int64 { return t.former[id] }

// Below returns the id, the ids of all sections below it, and of those that any
// of them took over: every number by which a story may name the section.
func (t *Tree) Below(id int64) (ids []int64) {
	s := t.byID[id]
	if s == nil {
		return nil
	}
	ids = append([]int64{s.ID}, t.former[s.ID]...)
	for _, kid := range t.kids[s.ID] {
		ids = append(ids, t.Below(kid.ID)...)
	}
	return ids
}

// Top returns the top-level section above id (or id's own), 0 if unknown.
func (t *Tree) Top(id int64) int64 {
	line := t.Ancestry(id)
	if len(line) == 0 {
		return 0
	}
	return line[len(line)-1].ID
}

// DefaultSections are the sections of a fresh national portal. Parents are
// named by slug.
var DefaultSections = []struct{ Slug, Name, Parent string }{
	{"nasional", "Nasional", ""}, {"megapolitan", "Megapolitan", ""}, {"regional", "Regional", ""},
	{"global", "Global", ""}, {"internasional", "Internasional", "global"},
	{"ekonomi", "Ekonomi", ""}, {"bola", "Bola", ""}, {"tekno", "Tekno", ""}, {"otomotif", "Otomotif", ""},
	{"hiburan", "Hiburan", ""}, {"kesehatan", "Kesehatan", ""}, {"edukasi", "Edukasi", ""},
	{"cek-fakta", "Cek Fakta", ""}, {"opini", "Opini", ""}, {"foto", "Foto", ""}, {"video", "Video", ""},
}
