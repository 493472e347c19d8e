package ingest

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"warta/internal/fault"
	"warta/internal/news"
)

// rule is one redirect that a plug-in of WordPress keeps.
type rule struct {
	from, to string
	regex    bool
	gone     bool // it says that nothing is there any more: 410, 451
	nowhere  bool // it says that nothing was found: 404
	file     string
	line     int
}

// maxRules is how many of them one import takes.
const maxRules = 200_000

// readRules reads the files that Redirection (JSON and CSV), Yoast and Rank Math
// (CSV) export.
func readRules(files []string) (rules []rule, err error) {
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fault.Input(name, "this cannot be read: %w", err)
		}
		text := strings.TrimPrefix(string(data), "\uFEFF")
		read := rulesCSV
		if strings.HasPrefix(strings.TrimSpace(text), "{") {
			read = rulesJSON
		}
		found, err := read(name, text)
		if err != nil {
			return nil, err
		}
		if rules = append(rules, found...); len(rules) > maxRules {
			return nil, fault.Input(name, "there are more than %d redirects", maxRules)
		}
	}
	return rules, nil
}

// rulesJSON reads what Redirection exports.
func rulesJSON(name, text string) (rules []rule, err error) {
	var file struct {
		Redirects []struct {
			URL        string          `json:"url"`
			MatchURL   string          `json:"match_url"`
			Regex      bool            `json:"regex"`
			Enabled    *bool           `json:"enabled"`
			ActionType string          `json:"action_type"`
			ActionCode int             `json:"action_code"`
			Data       json.RawMessage `json:"action_data"`
		} `json:"redirects"`
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil || file.Redirects == nil {
		return nil, fault.Input(name, "this is no list of redirects as the plug-in Redirection exports it")
	}
	for i, r := range file.Redirects {
		if r.Enabled != nil && !*r.Enabled {
			continue
		}
		var data struct {
			URL string `json:"url"`
		}
		json.Unmarshal(r.Data, &data) // it may be a text, or nothing
		if data.URL == "" {
			json.Unmarshal(r.Data, &data.URL)
		}
		rules = append(rules, rule{from: r.URL, to: data.URL, regex: r.Regex, gone: r.ActionCode == 410 || r.ActionCode == 451,
			nowhere: r.ActionCode == 404 || r.ActionType == "error", file: name, line: i + 1})
	}
	return rules, nil
}

// rulesCSV reads tables whose first line names the columns: those of Redirection
// (source, target, regex, code), Yoast (Origin, Target, Type, Format) and Rank Math
// (source, destination, matching, type).
func rulesCSV(name, text string) (rules []rule, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	head, err := r.Read()
	if err != nil {
		return nil, fault.Input(name, "this is neither JSON nor a table of redirects")
	}
	column := map[string]int{}
	for i, h := range head {
		column[strings.ToLower(strings.TrimSpace(h))] = i
	}
	get := func(row []string, names ...string) string {
		for _, n := range names {
			if i, ok := column[n]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
		}
		return ""
	}
	if get(head, "source", "origin", "old url") == "" {
		return nil, fault.Input(name, "the first line names no column \"source\" or \"origin\"")
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rules, nil
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, fault.Input(fmt.Sprintf("%s:%d", name, line), "the table cannot be read: %w", err)
		}
		code := get(row, "code", "type")
		format := strings.ToLower(get(row, "format", "matching", "regex"))
		rules = append(rules, rule{from: get(row, "source", "origin", "old url"), to: get(row, "target", "destination", "new url"),
			regex: format == "regex" || format == "1" || format == "true", gone: code == "410" || code == "451", nowhere: code == "404", file: name, line: line})
	}
}

// follow adds the redirect of a rule, or reports why there is none.
func (s *wxrSupplier) follow(r *run, x *rule, list *[]news.Redirect) {
	fail := func(why string) {
		l := Line{URI: clip(x.from, maxURI), Result: ItemSkipped, Error: "the redirect is left out: " + why, File: x.file, Line: x.line}
		r.sum.Items++
		r.sum.Results[ItemSkipped]++
		r.lines = append(r.lines, news.ImportLine{File: l.File, Line: l.Line, URI: l.URI, Result: l.Result, Why: l.why()})
		r.emit(l)
	}
	host := s.host
	from, err := url.Parse(strings.TrimSpace(x.from))
	switch {
	case x.regex || strings.ContainsAny(x.from, "*"):
		fail("a pattern cannot be kept, only single addresses")
		return
	case x.nowhere && !x.gone:
		fail("it says that nothing is there, which is the answer here anyway")
		return
	case err != nil || x.from == "":
		fail("its address cannot be read")
		return
	case from.Host != "":
		host = strings.ToLower(from.Host)
	}
	if host == s.im.conv.host {
		host = ""
	}
	path := "/" + strings.TrimPrefix(from.EscapedPath(), "/")
	if from.RawQuery != "" {
		path += "?" + from.RawQuery
	}
	if len(path) > 2000 || path == "/" {
		fail("its address is the front page, or longer than 2,000 bytes")
		return
	}
	if x.gone {
		*list = append(*list, news.Redirect{Host: host, Path: path, Target: news.GoneTarget("")})
		return
	}
	to, err := url.Parse(strings.TrimSpace(x.to))
	if err != nil || x.to == "" {
		fail("where it leads cannot be read")
		return
	}
	if to.Host == "" {
		to.Host = s.host
	}
	add := news.Redirect{Host: host, Path: path}
	switch at := s.ix.at(to); {
	case at >= 0 && s.ix.entries[at].kind == wxrPost && s.address(at) != "":
		add.StoryID = s.storyID(at)
	case at >= 0 && s.address(at) != "":
		add.Target = s.address(at)
	case s.termLink(to) != "":
		add.Target = s.termLink(to)
	case s.ix.hosts[bareHost(to.Host)] && strings.Trim(to.Path, "/") == "":
		add.Target = "/"
	case !s.ix.hosts[bareHost(to.Host)] && bareHost(to.Host) != bareHost(s.im.conv.host) && to.IsAbs():
		add.Target = to.String() // another site; what it says is checked with the others
	default:
		fail("it leads to " + clip(x.to, maxSample) + ", which is neither in the export nor a page here")
		return
	}
	*list = append(*list, add)
}
