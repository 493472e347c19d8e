package structure

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"warta/internal/fault"
	"warta/internal/lang"
	"warta/internal/news"
	"warta/internal/web/newsroom"
)

// Bounds of a table of old addresses.
const (
	maxTable  = 8 << 20 // bytes
	maxShown  = 100     // problems that a page shows
	maxColumn = 20      // columns of a row that are looked at
)

type redirectImportPage struct {
	newsroom.Shell
	Limit    string // how many rows a table may have
	Bad      []badRow
	More     int // problems that are not shown
	Rows     int // that were read
	Problems newsroom.Problems
}

// badRow is a row of a table that cannot be taken.
type badRow struct {
	Line int
	Text string
}

func (x *Structure) redirectImport(w http.ResponseWriter, r *newsroom.Request) error {
	return x.Door.Page(w, r, "structure-redirect-import", importPage(r))
}

func importPage(r *newsroom.Request) *redirectImportPage {
	return &redirectImportPage{Shell: shell(r, "redirects", "structure.redirect_import"), Limit: lang.Number(r.Lang, news.MaxRedirects)}
}

// importRedirects takes a table of old addresses: all of it or nothing.
func (x *Structure) importRedirects(w http.ResponseWriter, r *newsroom.Request) error {
	text, err := table(w, r)
	var rows []redirectLine
	p := importPage(r)
	if err == nil {
		rows, err = x.readTable(r, p, text)
	}
	if err == nil && len(p.Bad) == 0 {
		err = x.checkTable(r, p, rows)
	}
	if err == nil && len(p.Bad) == 0 {
		list := make([]news.Redirect, len(rows))
		for i := range rows {
			list[i] = rows[i].Redirect
		}
		if err = x.Site.ImportRedirects(r.Context(), r.Actor, list, func(int) {}); err == nil {
			return back(w, r, "/redirects", "saved")
		}
	}
	if err != nil {
		if p.Problems, err = r.Mend(err); err != nil {
			return err
		}
	}
	return x.Door.PageStatus(w, r, http.StatusUnprocessableEntity, "structure-redirect-import", p)
}

// table reads the file of the form.
func table(w http.ResponseWriter, r *newsroom.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxTable+1<<16)
	m, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Input("file", "the form has no file: %w", err).Say("redirect_file")
	}
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, fault.Input("file", "the form has no file").Say("redirect_file")
		}
		var text []byte
		if err == nil && part.FormName() == "file" {
			text, err = io.ReadAll(io.LimitReader(part, maxTable+1))
		}
		var big *http.MaxBytesError
		switch {
		case errors.As(err, &big) || len(text) > maxTable:
			return nil, fault.Input("file", "the table has more than %d bytes", maxTable).Say("redirect_large", "most", lang.Size(maxTable))
		case err != nil:
			return nil, fault.New(fault.Invalid, "the form broke off: %w", err).Say("broke_off")
		case part.FormName() == "file" && len(bytes.TrimSpace(text)) == 0:
			return nil, fault.Input("file", "the file is empty").Say("redirect_file")
		case part.FormName() == "file":
			return text, nil
		}
	}
}

// redirectLine is a row of a table.
type redirectLine struct {
	line int
	news.Redirect
}

// readTable reads rows of an old address and where it leads. They are separated by
// commas, semicolons or tabs, whichever the first row has; a first row without an
// address names the columns.
func (x *Structure) readTable(r *newsroom.Request, p *redirectImportPage, text []byte) (rows []redirectLine, err error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord, in.LazyQuotes, in.TrimLeadingSpace, in.ReuseRecord = -1, true, true, true
	for _, c := range "\t;" {
		if bytes.ContainsRune(first, c) && !bytes.ContainsRune(first, ',') {
			in.Comma = c
		}
	}
	for n := 0; ; n++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var at *csv.ParseError
			if !errors.As(err, &at) {
				return nil, err
			}
			p.bad(at.StartLine, r.Words.T("structure.redirect_unreadable"))
			break // what follows cannot be told apart
		}
		line, _ := in.FieldPos(0)
		old := strings.TrimSpace(row[0])
		if n == 0 && !strings.Contains(old, "/") || len(row) == 1 && old == "" {
			continue
		}
		if p.Rows++; p.Rows > news.MaxRedirects {
			return nil, fault.Input("file", "the table has more than %d rows", news.MaxRedirects).Say("redirect_lines", "limit", news.MaxRedirects)
		}
		if len(row) < 2 || len(row) > maxColumn || strings.TrimSpace(row[1]) == "" {
			p.bad(line, r.Words.T("structure.redirect_two"))
			continue
		}
		d, err := news.ParseRedirect(x.Own, old, strings.TrimSpace(row[1]))
		if err != nil {
			_, text := r.Sentence(err)
			p.bad(line, text)
			continue
		}
		rows = append(rows, redirectLine{line, d})
	}
	if p.Rows == 0 && len(p.Bad) == 0 {
		return nil, fault.Input("file", "the table has no row").Say("redirect_file")
	}
	return rows, nil
}

// checkTable holds rows against the rules and against each other.
func (x *Structure) checkTable(r *newsroom.Request, p *redirectImportPage, rows []redirectLine) error {
	list := make([]news.Redirect, len(rows))
	first := map[string]int{}
	for i := range rows {
		list[i] = rows[i].Redirect
		address := list[i].Address()
		if at, ok := first[address]; ok {
			p.bad(rows[i].line, r.Words.T("structure.redirect_twice", lang.Args{"line": at}))
			continue
		}
		first[address] = rows[i].line
	}
	bad, err := x.Site.CheckRedirects(r.Context(), list)
	if err != nil {
		return err
	}
	for i, err := range bad {
		if err != nil {
			_, text := r.Sentence(err)
			p.bad(rows[i].line, text)
		}
	}
	slices.SortStableFunc(p.Bad, func(a, b badRow) int { return a.Line - b.Line })
	return nil
}

// bad notes a row that cannot be taken.
func (p *redirectImportPage) bad(line int, text string) {
	if len(p.Bad) >= maxShown {
		p.More++
		return
	}
	p.Bad = append(p.Bad, badRow{line, text})
}

// addressQuery names one old address in a query.
func addressQuery(host, path string) string {
	return url.Values{"host": {host}, "path": {path}}.Encode()
}
