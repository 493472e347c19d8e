package intake

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"warta/internal/account"
	"warta/internal/doc"
	"warta/internal/fault"
	"warta/internal/ingest"
	"warta/internal/lang"
	"warta/internal/media"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// maxPicture is the most bytes of a picture from an address.
const maxPicture = 50_000_000

// maxNames bounds each list of names of a form.
const maxNames = 20

// draft makes a draft of what was recognised and mended.
func (x *Room) draft(w http.ResponseWriter, r *newsroom.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in := readForm(f)
	body, err := bodyOf(in.Body, f["block"], f["extra"])
	if err != nil {
		return err
	}
	id, err := x.make(r, &in, body)
	if err == nil {
		return newsroom.SeeOther(w, r, newsroom.Prefix+"/stories/"+strconv.FormatInt(id, 10))
	}
	if !newsroom.Mendable(err) && fault.KindOf(err) != fault.Unavailable && fault.KindOf(err) != fault.NotFound {
		return err
	}
	p := &storyPage{Shell: shell(r), Form: in}
	field, text := r.Sentence(err)
	if id != 0 {
		p.There = newsroom.Prefix + "/stories/" + strconv.FormatInt(id, 10)
	}
	p.Problems = problems{field: text}
	tree, err := x.Store.Sections(r.Context())
	if err != nil {
		return err
	}
	p.Sections = sections(tree, in.Section)
	p.Rows = againRows(r, &in, f)
	return x.Door.PageStatus(w, r, http.StatusUnprocessableEntity, "intake-story", p)
}

func readForm(f url.Values) draftForm {
	get := func(name string, most int) string { return clip(strings.TrimSpace(f.Get(name)), most) }
	section, _ := strconv.ParseInt(f.Get("section"), 10, 64) // rubbish is no section
	return draftForm{Headline: get("headline", 400), Standfirst: get("standfirst", 2000), Dateline: get("dateline", 120), Section: section,
		Authors: get("authors", 4000), Topics: get("topics", 2000), Source: get("source", 200), SourceURL: get("source_url", 500),
		Agencies: get("agencies", 500), Picture: get("picture", 2000), Caption: get("caption", 2000), Credit: get("credit", 500),
		Take: f.Get("take") != "", URI: get("uri", 1000), Address: get("address", 1000), Published: get("published", 100), Updated: get("updated", 100),
		Language: get("language", 10), Body: f.Get("body"), Sources: f.Get("sources")}
}

// againRows shows the lines of a form that has to be mended: all that was in the
// text, and what was added to it.
func againRows(r *newsroom.Request, in *draftForm, f url.Values) (rows []row) {
	sources := readSources(in.Sources)
	d, err := doc.Parse([]byte(in.Body))
	if err != nil {
		return nil
	}
	ticked := map[string]bool{}
	for _, v := range f["block"] {
		ticked[v] = true
	}
	extras := func(i int) {
		for _, v := range f["extra"] {
			if at, text, ok := strings.Cut(v, "|"); ok && at == strconv.Itoa(i) {
				rows = append(rows, row{Text: text, Name: "extra", Value: v, Ticked: true})
			}
		}
	}
	for i, b := range d.Blocks {
		extras(i)
		v := strconv.Itoa(i)
		rows = append(rows, row{Text: rowText(r, b, sources), Field: r.Words.T("intake.field." + blockField(b)), Name: "block", Value: v, Ticked: ticked[v]})
	}
	extras(len(d.Blocks))
	return rows
}

// make makes the draft. With a Conflict it returns the story that there is.
func (x *Room) make(r *newsroom.Request, in *draftForm, body doc.Doc) (int64, error) {
	ctx := r.Context()
	switch {
	case in.Headline == "":
		return 0, fault.Input("headline", "a headline is needed").Say("from_headline")
	case in.Section == 0:
		return 0, fault.Input("section", "a section is needed").Say("from_section")
	}
	c := news.Content{Headline: in.Headline, Standfirst: in.Standfirst, Dateline: in.Dateline, SectionID: in.Section, Language: languageOf(in.Language, r)}
	if in.Source != "" {
		c.Rights = "© " + in.Source
	}
	var unknown []string // lines for names that this person may not make
	for _, a := range authorsIn(r, in.Authors) {
		id, err := x.name(r, news.RefPerson, a.name)
		if err != nil {
			return 0, err
		}
		if id == 0 {
			unknown = append(unknown, r.Words.T("role."+string(a.role))+": "+a.name)
			continue
		}
		c.Credits = append(c.Credits, news.Credit{PersonID: id, Role: a.role})
	}
	for _, name := range append([]string{in.Source}, split(in.Agencies)...) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		id, err := x.name(r, news.RefSource, name)
		if err != nil {
			return 0, err
		}
		if id == 0 {
			unknown = append(unknown, r.Words.T("intake.credit", lang.Args{"name": name}))
			continue
		}
		c.Sources = append(c.Sources, id)
	}
	for _, name := range split(in.Topics) {
		id, err := x.name(r, news.RefTopic, name)
		if err != nil {
			return 0, err
		}
		if id != 0 {
			c.Topics = append(c.Topics, id)
		}
	}
	// Whose it is stands in the draft in any case.
	for _, line := range unknown {
		body.Blocks = append(body.Blocks, doc.Paragraph{Text: doc.Text(line)})
	}
	body, err := x.place(ctx, r, in, body)
	if err != nil {
		return 0, err
	}
	c.Body = body.WithIDs(doc.RandomIDs())
	if in.Take && in.Picture != "" {
		id, err := x.picture(ctx, r, in)
		if err != nil {
			return 0, err
		}
		c.Lead = news.Lead{PictureID: id, Caption: in.Caption, Credit: in.Credit}
	}
	from := news.Provenance{URI: in.URI}
	if old, ok := ingest.OldAddress(in.Address, x.Host); ok && (old.Host != "" || r.Actor.CanSomewhere(account.Structure)) {
		from.Redirects = []news.Redirect{old} // of our own addresses only whoever keeps them disposes
	}
	return x.Desk.CreateFrom(ctx, r.Actor, c, from)
}

func languageOf(tag string, r *newsroom.Request) lang.Code {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if len(base) == 2 && base >= "aa" && base <= "zz" {
		return lang.Code(base)
	}
	return lang.Code(r.Site.Language())
}

func split(list string) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == '\n' || c == ';' }) {
		if n = strings.Join(strings.Fields(n), " "); n != "" && !seen[strings.ToLower(n)] && len(out) < maxNames {
			seen[strings.ToLower(n)] = true
			out = append(out, n)
		}
	}
	return out
}

type credited struct {
	name string
	role news.Role
}

// authorsIn reads lines of "role: name"; without a role it is the writer.
func authorsIn(r *newsroom.Request, text string) (out []credited) {
	for _, line := range strings.Split(text, "\n") {
		role, name := news.Writer, line
		if word, rest, ok := strings.Cut(line, ":"); ok {
			for _, known := range news.Roles {
				for _, code := range lang.Codes() {
					if strings.EqualFold(strings.TrimSpace(word), lang.For(code).T("role."+string(known))) {
						role, name = known, rest
					}
				}
			}
		}
		for _, n := range split(name) {
			if len(out) < maxNames {
				out = append(out, credited{n, role})
			}
		}
	}
	return out
}

// name returns the number of a name: of one that there is, or, for those who may
// make names, a new one; 0 if there is none.
func (x *Room) name(r *newsroom.Request, ref news.Ref, name string) (int64, error) {
	found, err := x.Names.Find(r.Context(), ref, name)
	if err != nil {
		return 0, err
	}
	for _, n := range found {
		if strings.EqualFold(n.Name, name) {
			return n.ID, nil
		}
	}
	if !r.Actor.CanSomewhere(account.WriteAny) {
		return 0, nil
	}
	n, err := x.Names.Make(r.Context(), r.Actor, ref, name)
	return n.ID, err
}

// picture takes the page's main picture into the library.
func (x *Room) picture(ctx context.Context, r *newsroom.Request, in *draftForm) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return x.fetch(ctx, r, in.Picture, media.Details{Caption: in.Caption, Credit: in.Credit, Source: in.Source})
}
