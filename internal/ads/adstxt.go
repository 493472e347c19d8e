package ads

import (
	"regexp"
	"strconv"
	"strings"

	"warta/internal/fault"
)

// Lint is one thing that is wrong with, or odd about, a line of ads.txt.
type Lint struct {
	Line  int
	Text  string // the line
	Code  string // "ads_txt_fields" …; the catalogues have "problem." and this
	Grave bool   // readers of the file will not understand it
}

// maxAdsTxt bounds ads.txt, in bytes.
const maxAdsTxt = 200_000

var (
	adsTxtDomain   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	adsTxtVariable = regexp.MustCompile(`^(?i:contact|subdomain|inventorypartnerdomain|ownerdomain|managerdomain)$`)
	adsTxtAny      = regexp.MustCompile(`^([A-Za-z]+)=(.*)$`)
)

// LintAdsTxt looks through an ads.txt (IAB Tech Lab, ads.txt 1.1): records of two
// or four fields, variables, comments.
func LintAdsTxt(text string) (list []Lint) {
	seen := map[string]int{}
	note := func(n int, line, code string, grave bool) {
		list = append(list, Lint{Line: n, Text: line, Code: code, Grave: grave})
	}
	n := 0
	for raw := range strings.Lines(text) {
		n++
		line := strings.TrimSpace(raw)
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		body, _, _ := strings.Cut(line, "#")
		body = strings.TrimSpace(body)
		if body == "" {
			continue
		}
		if m := adsTxtAny.FindStringSubmatch(body); m != nil && !strings.Contains(m[1], ",") {
			value := strings.TrimSpace(m[2])
			domain, _, _ := strings.Cut(value, ",") // managerdomain may name a country
			switch {
			case !adsTxtVariable.MatchString(m[1]):
				note(n, line, "ads_txt_variable", false)
			case value == "":
				note(n, line, "ads_txt_fields", true)
			case !strings.EqualFold(m[1], "contact") && !adsTxtDomain.MatchString(strings.ToLower(strings.TrimSpace(domain))):
				note(n, line, "ads_txt_domain", true)
			}
			continue
		}
		record, _, _ := strings.Cut(body, ";") // extensions
		fields := strings.Split(record, ",")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		switch {
		case len(fields) < 3 || len(fields) > 4 || fields[1] == "":
			note(n, line, "ads_txt_fields", true)
			continue
		case !adsTxtDomain.MatchString(strings.ToLower(fields[0])):
			note(n, line, "ads_txt_domain", true)
			continue
		case !strings.EqualFold(fields[2], "DIRECT") && !strings.EqualFold(fields[2], "RESELLER"):
			note(n, line, "ads_txt_relation", true)
			continue
		}
		key := strings.ToLower(fields[0]) + "," + fields[1] + "," + strings.ToUpper(fields[2])
		if seen[key] != 0 {
			note(n, line, "ads_txt_twice", false)
		}
		seen[key] = n
	}
	return list
}

// CheckAdsTxt returns an Invalid error that names the first line that no reader of
// the file would understand.
func CheckAdsTxt(text string) error {
	if len(text) > maxAdsTxt {
		return fault.Input("ads_txt", "ads.txt has more than %d bytes", maxAdsTxt).Say("over_limit", "limit", strconv.Itoa(maxAdsTxt/1000)+" kB")
	}
	for _, l := range LintAdsTxt(text) {
		if l.Grave {
			return fault.Input("ads_txt", "line %d of ads.txt: %s", l.Line, l.Code).Say(l.Code, "line", l.Line, "text", l.Text)
		}
	}
	return nil
}
