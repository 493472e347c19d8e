package ingest

import (
	"html"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/ingest/wxr"
)

// The library holds pictures. What else was uploaded (sound, video, documents)
// stays where it is served: on the old site, or at WXR.FilesAt. Players and links
// lead there, and the report names what depends on it.

// uploaded returns where a file that is no picture lies in the uploads folder.
func uploaded(u *url.URL) (below string, ok bool) {
	p := u.EscapedPath()
	if imageName(p) || path.Ext(p) == "" {
		return "", false
	}
	for _, folder := range []string{"/uploads/", "/files/"} { // the latter of sites of a network
		if _, below, ok := strings.Cut(p, folder); ok && below != "" {
			return below, true
		}
	}
	return "", false
}

// filesAt reads the address below which such files are from now on.
func filesAt(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fault.Input("--files", "%q is no address of a folder, such as https://arsip.example/uploads/", clip(address, maxSample))
	}
	return strings.TrimSuffix(address, "/") + "/", nil
}

// upload implements wxrLookup.
func (s *wxrSupplier) upload(u *url.URL) (to string, ok bool) {
	below, ok := uploaded(u)
	switch {
	case !ok || !s.ix.hosts[bareHost(u.Host)]:
		return "", false
	case s.in.FilesAt != "":
		return s.in.FilesAt + below, true
	}
	return u.String(), true
}

// fileOf implements wxrLookup.
func (s *wxrSupplier) fileOf(id int64) string {
	at := s.ix.withID(id)
	if at < 0 || s.ix.entries[at].kind != wxrAttachment {
		return ""
	}
	it, err := s.ix.item(at)
	if err != nil || imageName(it.Attachment) {
		return ""
	}
	return it.Attachment
}

// fileItem reads an attachment that is no picture.
func (s *wxrSupplier) fileItem(it *wxr.Item, d *draft) {
	d.others = append(d.others, "left out: files that are no pictures")
	if s.in.FilesAt != "" {
		d.skip, d.quiet = "its file is at "+s.in.FilesAt, true
		return
	}
	d.skip = "the library holds pictures, and this is the file " + clip(path.Base(it.Attachment), 100) + "; links to it lead to the old site, or with --files to where its files are from now on"
}

// fileAddresses adds the old addresses of files that are elsewhere from now on.
func (s *wxrSupplier) fileAddresses(add func(path, target string)) {
	if s.in.FilesAt == "" {
		return
	}
	for i := range s.ix.entries {
		if s.ix.entries[i].kind != wxrAttachment {
			continue
		}
		it, err := s.ix.item(int32(i))
		if err != nil {
			continue
		}
		if u, err := url.Parse(it.Attachment); err == nil {
			if to, ok := s.upload(u); ok {
				add(u.EscapedPath(), to)
			}
		}
	}
}

// stays notes a file of the old site that the text leads to.
func (b *wxrBody) stays(u *url.URL, to string) {
	if to != u.String() {
		b.report.Add(MovedLink, u.String(), to)
		return
	}
	b.report.Add(LeftFile, to, "")
	if name := path.Base(u.Path); !slices.Contains(b.left, name) {
		b.left = append(b.left, name)
	}
}

// lacks says which files of the old site the text leads to, "" if to none.
func (b *wxrBody) lacks() string {
	if len(b.left) == 0 {
		return ""
	}
	names := b.left
	more := ""
	if n := len(names) - maxLacks; n > 0 {
		names, more = names[:maxLacks], " and "+strconv.Itoa(n)+" more"
	}
	for i := range names {
		names[i] = clip(names[i], maxSample)
	}
	return "the files " + strings.Join(names, ", ") + more + ", which are linked at the old site: the library holds pictures, and --files names another place for the rest"
}

// mediaEnds are the ends of names of sound and video files.
var mediaEnds = map[string][]string{
	"audio": {".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".wma", ".flac", ".aac"},
	"video": {".mp4", ".m4v", ".webm", ".ogv", ".mov", ".wmv", ".flv", ".avi"},
}

// kindOfMedia returns "audio" or "video" for the address of such a file, else "".
func kindOfMedia(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for kind, ends := range mediaEnds {
		if slices.Contains(ends, strings.ToLower(path.Ext(u.Path))) {
			return kind
		}
	}
	return ""
}

// player is the HTML of a sound or video file.
func player(kind, address string) string {
	return "\n\n<" + kind + ` src="` + html.EscapeString(address) + `"></` + kind + ">\n\n"
}

// mediaCode makes a player of a sound or video file: of the one that is named, else
// of the first that was uploaded with the post, as WordPress does.
func (b *wxrBody) mediaCode(sc *shortcode) string {
	for _, key := range []string{"src", "mp4", "mp3", "m4a", "ogg", "webm", "m4v", "ogv", "wav", "wma", "wmv", "flv", "0"} {
		v := sc.attrs[key]
		if !strings.Contains(v, "://") && (v == "" || kindOfMedia(v) == "") {
			continue
		}
		if _, ok := embedOf(v, ""); ok {
			return "\n\n<p>" + html.EscapeString(v) + "</p>\n\n"
		}
		return player(sc.name, v)
	}
	if strings.Contains(sc.content, "<") || strings.Contains(sc.content, "://") {
		return sc.content
	}
	for _, id := range b.lookup.children(b.item.ID) {
		if address := b.lookup.fileOf(id); address != "" && kindOfMedia(address) == sc.name {
			return player(sc.name, address)
		}
	}
	b.report.Add(RemovedShortcode, sc.name, sc.content)
	return ""
}

// playlistCode makes a player of each file of a list.
func (b *wxrBody) playlistCode(sc *shortcode) string {
	ids := b.named(sc)
	if len(ids) == 0 {
		ids = b.lookup.children(b.item.ID)
	}
	var out strings.Builder
	for _, id := range ids {
		address := b.lookup.fileOf(id)
		if kind := kindOfMedia(address); kind != "" {
			out.WriteString(player(kind, address))
		}
	}
	if out.Len() == 0 {
		b.report.Add(RemovedShortcode, sc.name, "")
	}
	return out.String()
}

// filesIn returns links to the files of the old site that an unknown shortcode
// names in its attributes, such as one that shows a document.
func (b *wxrBody) filesIn(sc *shortcode) string {
	var out strings.Builder
	var keys []string
	for key := range sc.attrs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		u, err := url.Parse(strings.TrimSpace(sc.attrs[key]))
		if err != nil || u.Host == "" {
			continue
		}
		if _, ok := b.lookup.upload(u); ok {
			out.WriteString("\n\n<p><a href=\"" + html.EscapeString(u.String()) + "\">" + html.EscapeString(path.Base(u.Path)) + "</a></p>\n\n")
		}
	}
	return out.String()
}
