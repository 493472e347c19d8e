package structure

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// settingGroups are the settings as the page shows them; a key that no group
// names stands in the last one, so that a new setting is never out of reach.
var settingGroups = []struct {
	Name string
	Keys []string
}{
	{"site", []string{"name", "tagline", "description", "language", "zone", "dateline_name", "membership_name", "membership_url"}},
	{"publisher", []string{"publisher", "address", "phone", "email", "responsible", "security_contact"}},
	{"channels", []string{"channel_name", "channel_url", "social_x", "social_facebook", "social_instagram", "social_youtube"}},
	{"pages", []string{"latest_scope", "age_notice_years", "teaser_blocks", "datelines"}},
	{"membership", []string{"tax_rate", "grace_days", "bank_transfer", "second_sums"}},
	{"work", nil},
}

type settingsPage struct {
	newsroom.Shell
	Groups   []settingGroup
	Signoffs []news.SignoffRule
	Sections []choice
	Labels   []news.Label
	Problems newsroom.Problems
}

type settingGroup struct {
	Name   string
	Fields []settingField
}

type settingField struct {
	Key, Value string
	Long       bool
	Options    []choice
	Problem    string
}

func (x *Structure) settings(w http.ResponseWriter, r *newsroom.Request) error {
	return x.settingsForm(w, r, http.StatusOK, nil, nil)
}

// settingsForm prints the settings; given are values that were typed and not
// stored.
func (x *Structure) settingsForm(w http.ResponseWriter, r *newsroom.Request, status int, given map[string]string, bad newsroom.Problems) error {
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	p := &settingsPage{Shell: shell(r, "settings", "room.nav.settings"), Problems: bad, Sections: sectionChoices(tree, 0, 0), Labels: news.RoomLabels}
	if p.Signoffs, err = x.Store.SignoffRules(r.Context()); err != nil {
		return err
	}
	left := news.SettingKeys()
	for i, g := range settingGroups {
		keys := g.Keys
		left = slices.DeleteFunc(left, func(k string) bool { return slices.Contains(g.Keys, k) })
		if i == len(settingGroups)-1 {
			keys = left
		}
		group := settingGroup{Name: g.Name}
		for _, k := range keys {
			f := settingField{Key: k, Value: r.Site.Get(k), Problem: bad[k]}
			if v, ok := given[k]; ok {
				f.Value = v
			}
			f.Long = k == "datelines" || k == "description" || k == "address" || k == "bank_transfer"
			f.Options = options(r, k, f.Value)
			group.Fields = append(group.Fields, f)
		}
		p.Groups = append(p.Groups, group)
	}
	return x.Door.PageStatus(w, r, status, "structure-settings", p)
}

// options are the values that a setting can have, in words where there are any.
// A value that was set in another way stays one of them.
func options(r *newsroom.Request, key, value string) (out []choice) {
	values := news.SettingOptions(key)
	if len(values) > 0 && !slices.Contains(values, value) {
		values = append(values, value)
	}
	for _, v := range values {
		c := choice{v, v, v == value}
		if name := "structure.option." + key + "." + v; r.Words.Has(name) {
			c.Text = r.Words.T(name)
		}
		out = append(out, c)
	}
	return out
}

func (x *Structure) saveSettings(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	changed := map[string]string{}
	for _, k := range news.SettingKeys() {
		v := strings.TrimSpace(strings.ReplaceAll(f.Get(k), "\r\n", "\n"))
		if f.Has(k) && v != r.Site.Get(k) {
			changed[k] = v
		}
	}
	if len(changed) > 0 {
		err = x.Site.SaveSettings(r.Context(), r.Actor, changed)
	}
	if err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.settingsForm(w, r, http.StatusUnprocessableEntity, changed, bad)
	}
	return back(w, r, "/settings", "saved")
}

// saveSignoffs replaces the rules of how many people must approve what.
func (x *Structure) saveSignoffs(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := newsroom.Form(w, r)
	if err != nil {
		return err
	}
	var rules []news.SignoffRule
	for i, people := range f["people"] {
		n, err := strconv.Atoi(people)
		if err != nil || n < 1 || i >= len(f["section"]) || i >= len(f["label"]) {
			continue // an empty line is a rule that was taken out
		}
		section, _ := strconv.ParseInt(f["section"][i], 10, 64) // rubbish is the whole site
		rules = append(rules, news.SignoffRule{SectionID: section, Label: news.Label(f["label"][i]), People: n})
	}
	if err := x.Site.SaveSignoffRules(r.Context(), r.Actor, rules); err != nil {
		bad, err := r.Mend(err)
		if err != nil {
			return err
		}
		return x.settingsForm(w, r, http.StatusUnprocessableEntity, nil, bad)
	}
	return back(w, r, "/settings", "saved")
}

type themePage struct {
	newsroom.Shell
	Dir      string
	Problems []string
}

// theme shows what the newsroom's own theme holds, and what was left out of it,
// with the pages that show it.
func (x *Structure) theme(w http.ResponseWriter, r *newsroom.Request) error {
	p := &themePage{Shell: shell(r, "settings", "structure.theme"), Dir: x.Theme.Dir()}
	p.Wide = true
	for _, err := range x.Theme.Problems() {
		p.Problems = append(p.Problems, err.Error())
	}
	return x.Door.Page(w, r, "structure-theme", p)
}
