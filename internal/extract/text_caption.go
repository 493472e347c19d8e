package extract

import (
	"regexp"
	"strings"
)

// agencyWords are what a credit in brackets begins with, or is.
const agencyWords = `foto|photo|dok|dokumentasi|sumber|credit|kredit|antara foto|afp|reuters|ap|getty|shutterstock|istimewa|ist|unsplash|freepik|pexels|instagram|twitter|youtube|epa|xinhua|courtesy|handout|provided|supplied|submitted|tangkapan layar|screenshot|humas`

var (
	captionMark  = regexp.MustCompile(`(?i)^(?:foto|photo|ilustrasi|illustration|gambar|infografis|keterangan foto|arsip|dok)\b`)
	captionFile  = regexp.MustCompile(`^(?:FILE|ARSIP|File photo|Arsip foto)\b[^.]{0,20}[-–—:]\s`)
	photoCredit  = regexp.MustCompile(`^\(?(?:(?i:foto|photo|dok)\.?:?\s*)?[\p{Lu}\d][\p{L}\d.\- ]{1,40}/[\p{L}.,\- /]{2,60}\)?\.?$`)
	creditInside = regexp.MustCompile(`(?i)[(\[]\s*(?:` + agencyWords + `)\b[^()\[\]]{0,80}[)\]]\.?$`)
	creditPhoto  = regexp.MustCompile(`[(\[][\p{L}\d.\-/ ]{0,40}\b(?i:photo|foto|photos|images|pictures)[\p{L}\d.,\-/ ]{0,60}[)\]]\.?$`)
	creditFor    = regexp.MustCompile(`[(\[]\s*\p{Lu}[\p{L}.'’\-]+(?: \p{Lu}[\p{L}.'’\-]+){0,3} (?:for|untuk|via|to|courtesy of) \p{Lu}[\p{L}\d.'’\- ]{1,40}[)\]]\.?$`)
	creditSlash  = regexp.MustCompile(`[(\[]\s*\p{L}[\p{L}\d.\- ]{1,39}/ ?\p{L}[\p{L}\d.,\- /]{1,60}[)\]]\.?$`)
	creditTail   = regexp.MustCompile(`(?:^|[.\s])(?:© ?(?:\d{4} )?\p{L}+|\p{Lu}{2,}(?: (?:\p{Lu}{2,}))?)/ ?\p{Lu}[\p{L}.'\- ]{2,40}(?:/[\p{L}. ]{2,20})?\.?$`)
	creditBare   = regexp.MustCompile(`[.!?"”)] ?(?:\p{Lu}[\p{L}\d.'’\-]* ){0,3}\p{Lu}[\p{L}\d.'’\-]* ?/ ?\p{Lu}[\p{L}\d.'’\-]*(?: [\p{Lu}\d][\p{L}\d.'’\-]*){0,3}(?:/[\p{L}. ]{2,20})?\.?$`)
	creditDots   = regexp.MustCompile(`(?:Credit|Kredit|Photograph|Foto)\s*(?:\.{2,3}|…)\s*\p{Lu}[^.]{2,60}\.?$`)
	creditColon  = regexp.MustCompile(`(?i)(?:^|[.|,\s)"”])(?:photo credit|credits?|kredit|dok|dokumentasi)\.?\s*:\s*[^:]{2,60}$`)
	photoTail    = regexp.MustCompile(`(?i)\b(?:foto|photo|photograph|picture|pic|ilustrasi|illustration|image|gambar)\s*(?:oleh|by)?\s*:\s*[^:]{2,60}$|[(\[](?:ilustrasi|ist|istimewa|dok|arsip|file photo|illustration)\.?[)\]]\.?$`)
	// captionDay is the day on which a picture was taken, at the end of its words.
	captionDay = regexp.MustCompile(`(?i)\b(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad),?\s*(?:\(\d{1,2}/\d{1,2}(?:/\d{2,4})?\)|\d{1,2} \p{L}+ \d{4})\.?$`)
	// behindCredit is what agencies sell behind a credit.
	behindCredit = regexp.MustCompile(`(?i)\s*(?:purchase|acquire)? licensing rights.*$|,? opens new tab.*$`)
	abbreviated  = regexp.MustCompile(`\b(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Mr|Mrs|Ms|Dr|St|Gov|Sen|Rep|Gen|Prof|H|Hj|Drs|Ir|Jl|No|Kec|Kab|Tn|Ny)\. `)
	creditLabel  = regexp.MustCompile(`(?i)^(?:image |photo |picture )?(?:credit|kredit)s?\s*:|^(?:sumber (?:foto|gambar)|image source|image caption|keterangan gambar)\s*[:,]`)
	creditFirst  = set("getty afp reuters epa antara ap shutterstock unsplash pexels freepik xinhua istimewa dok dokumentasi")
	pictureSigns = phrases("lihat foto", "perbesar", "zoom in", "enlarge", "enlarge this image", "view image", "lihat gambar", "buka gambar", "perbesar gambar", "hide caption", "toggle caption", "view image in fullscreen", "open image in gallery", "lihat galeri", "klik untuk memperbesar")
)

// phrases is set for entries of several words.
func phrases(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

// sentences counts how often a text goes on behind a full stop that ends a
// sentence, not an abbreviation.
func sentences(s string) int {
	return strings.Count(abbreviated.ReplaceAllString(s, " "), ". ")
}

// isCaption tells words below a picture by the credit at their end, or by the
// word at their beginning.
func isCaption(s string) bool {
	s = behindCredit.ReplaceAllString(s, "")
	n := wordCount(s)
	switch {
	case n > 60:
		return false
	case photoCredit.MatchString(s) && n <= 10 && !initials.MatchString(s):
		return true
	case creditInside.MatchString(s), creditPhoto.MatchString(s), creditDots.MatchString(s):
		return true
	case (creditTail.MatchString(s) || creditFor.MatchString(s) || creditBare.MatchString(s)) && n <= 45 && sentences(s) <= 2, photoTail.MatchString(s) && n <= 40, creditColon.MatchString(s) && n <= 45, captionFile.MatchString(s):
		return true
	case creditSlash.MatchString(s) && n <= 45 && sentences(s) <= 1 && !initialsEnd.MatchString(s):
		return true
	}
	return captionMark.MatchString(s) && n <= 40 && (strings.HasSuffix(s, ")") || strings.HasSuffix(s, "]") || strings.Contains(clip(s, 24), ":"))
}

// isCredit tells a line that only names who made the picture.
func isCredit(s string) bool {
	w := Words(s)
	return len(w) > 0 && len(w) <= 4 && creditFirst[w[0]] && !strings.Contains(s, ":") && !endsSentence(s) && s != strings.ToLower(s)
}

// initialsEnd are the initials of who wrote and edited, at the end of the last
// paragraph: they are no credit of a picture.
var initialsEnd = regexp.MustCompile(`\(\s*[a-z]{2,5}(?:\s*/\s*[a-z\d]{1,5}){0,3}\s*\)\.?$|\.\s*\([A-Z\d]{1,4}[/\-][A-Z](?:-\d)?\)\.?$`)

// belowPicture reports whether the place of a unit before the text tells that it
// is the words below a picture: the control that enlarges it or its credit stands
// beside it, or it ends with the day of the picture and stands behind the date.
func (d *dump) belowPicture(i int) bool {
	u := d.units[i]
	if u.words < 3 || u.words > 45 || sentences(u.text) > 1 || u.kind != "" || u.part != "" || u.furn != "" || d.opens(u.text) || outletDateline.MatchString(clip(u.text, 160)) {
		return false
	}
	if t := d.prev(i); t != nil && (pictureSigns[fold(t.text)] || isCredit(t.text) || t.words <= 8 && isCaption(t.text) && i+1 < len(d.units) && d.opens(d.units[i+1].text)) {
		return true
	}
	credited := false
	if i+1 < len(d.units) {
		t := d.units[i+1]
		if isCredit(t.text) || creditLabel.MatchString(t.text) || strings.HasPrefix(t.text, "(") && t.words <= 8 && isCaption(t.text) || t.kind == lCaption && slashed.MatchString(t.value) {
			return true
		}
		credited = t.words <= 8 && isCaption(t.text)
	}
	if u.words > 35 || !credited && !captionDay.MatchString(u.text) {
		return false
	}
	for j := i - 1; j >= max(0, i-12); j-- {
		if d.units[j].date {
			return true
		}
	}
	return false
}

// slashed is who made a picture, behind the outlet: "pelita.com/Sari Dewi".
var slashed = regexp.MustCompile(`^[\p{L}\d.\- ]{2,40}/ ?\p{Lu}[\p{L}.'\- ]{2,40}$`)

// sourceOfPicture takes "Sumber :" and the credit beneath it, and the words of the
// picture above.
func (d *dump) sourceOfPicture(i, h int) {
	if t := d.units[i-1]; i-1 > h && (t.title || t.prose) && (t.field == "" || t.field == FieldStandfirst && d.page.Standfirst == t.text) {
		if t.field == FieldStandfirst {
			d.page.Standfirst = ""
		}
		mark(t, FieldCaption, "words below a picture")
		d.caption(t)
	}
	for _, t := range d.units[i : i+2] {
		mark(t, FieldCaption, "who made the picture")
	}
	d.caption(d.units[i+1])
}

func (d *dump) caption(u *unit) {
	text := u.text
	if u.kind == lCaption && u.value != "" {
		text = u.value
	}
	c, credit := splitCredit(text)
	if d.page.Lead == nil {
		d.page.Lead = &Picture{}
	}
	if d.page.Lead.Caption == "" {
		d.page.Lead.Caption, d.page.Lead.Credit = c, credit
	} else if d.page.Lead.Credit == "" {
		d.page.Lead.Credit = text
	}
}
