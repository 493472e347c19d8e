package news

import (
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"warta/internal/fault"
	"warta/internal/lang"
)

// Settings are what the owner decides about the site. The stored form is one
// row a key; missing keys have the defaults.
type Settings struct {
	values map[string]string
}

// setting describes one key: its default and what it must look like.
type setting struct {
	fallback string
	check    func(string) error
}

var settings = map[string]setting{
	"name":             {"Warta", nonEmpty(80)},
	"dateline_name":    {"", upTo(80)}, // empty: the name in capitals
	"membership_name":  {"", upTo(80)},
	"membership_url":   {"/member", pathOrURL}, // where readers learn of membership
	"teaser_blocks":    {"3", numberIn(1, 50)}, // that everybody reads of a members' story
	"tagline":          {"", upTo(200)},
	"description":      {"", upTo(400)},
	"language":         {"id", oneOf("id", "en")},
	"zone":             {"Asia/Jakarta", checkZone},
	"publisher":        {"", upTo(200)},
	"address":          {"", upTo(400)},
	"phone":            {"", upTo(60)},
	"email":            {"", upTo(200)},
	"responsible":      {"", upTo(200)}, // penanggung jawab
	"channel_name":     {"WhatsApp", upTo(40)},
	"channel_url":      {"", webURL}, // empty: no call-out
	"social_x":         {"", webURL},
	"social_facebook":  {"", webURL},
	"social_instagram": {"", webURL},
	"social_youtube":   {"", webURL},
	"latest_scope":     {"section", oneOf("section", "site")},
	"age_notice_years": {"3", oneOf("0", "1", "2", "3", "4", "5", "10")}, // 0: never
	"security_contact": {"", upTo(200)},                                  // mailto: or https:
	"report_hours":     {"48", hours(1, 720)},                            // within which a reader's report has to be settled
	"erase_hours":      {"72", hours(1, 720)},                            // within which a reader's account is erased that he gives up
	"tax_rate":         {"11", percent},                                  // that prices of memberships include
	"bank_transfer":    {"", upTo(1000)},                                 // where members transfer to; empty: they cannot
	"grace_days":       {"7", days(0, 30)},                               // of a membership whose renewal failed
	"second_sums":      {"IDR 500000", sums},                             // above which a second person confirms refunds and gifts
	"datelines":        {"", upTo(20_000)},                               // patterns of datelines, one a line; empty: the built-in ones
}

// SettingKeys returns the known keys in alphabetical order.
func SettingKeys() []string {
	keys := make([]string, 0, len(settings))
	for k := range settings {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// NewSettings returns settings with the given stored values. Unknown keys are
// kept out: they may come from a newer release.
func NewSettings(stored map[string]string) Settings {
	s := Settings{values: make(map[string]string, len(stored))}
	for k, v := range stored {
		if _, ok := settings[k]; ok {
			s.values[k] = v
		}
	}
	return s
}

// SettingOptions returns the values of a setting that has a fixed list of them,
// nil for any other.
func SettingOptions(key string) []string {
	switch key {
	case "language":
		return []string{"id", "en"}
	case "zone":
		return []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Singapore", "Asia/Kuala_Lumpur", "UTC"}
	case "latest_scope":
		return []string{"section", "site"}
	case "age_notice_years":
		return []string{"0", "1", "2", "3", "4", "5", "10"}
	}
	return nil
}

// CheckSetting returns an Invalid error that names the key and the remedy
// unless the value is acceptable.
func CheckSetting(key, value string) error {
	def, ok := settings[key]
	if !ok {
		return fault.Input(key, "there is no setting %q; known: %s", key, strings.Join(SettingKeys(), ", "))
	}
	if err := def.check(value); err != nil {
		return fault.Input(key, "%s", err.Error())
	}
	return nil
}

// Get returns a setting's value or its default.
func (s Settings) Get(key string) string {
	if v, ok := s.values[key]; ok {
		return v
	}
	return settings[key].fallback
}

// Name returns the outlet's name.
func (s Settings) Name() string { return s.Get("name") }

// DatelineName returns the name as datelines print it.
func (s Settings) DatelineName() string {
	if v := s.Get("dateline_name"); v != "" {
		return v
	}
	return strings.ToUpper(s.Name())
}

// Language returns the language of the site's interface.
func (s Settings) Language() lang.Code {
	if s.Get("language") == "en" {
		return lang.EN
	}
	return lang.ID
}

// Zone returns the site's time zone; UTC if the stored one is unknown here.
func (s Settings) Zone() *time.Location {
	loc, err := time.LoadLocation(s.Get("zone"))
	if err != nil {
		return time.UTC
	}
	return loc
}

// ReportTime returns how long the newsroom has to settle a reader's report.
func (s Settings) ReportTime() time.Duration { return s.hours("report_hours") }

// EraseTime returns within what time the account of a reader who gives it up is
// erased.
func (s Settings) EraseTime() time.Duration { return s.hours("erase_hours") }

func (s Settings) hours(key string) time.Duration {
	n, err := strconv.Atoi(s.Get(key))
	if err != nil {
		n, _ = strconv.Atoi(settings[key].fallback)
	}
	return time.Duration(n) * time.Hour
}

// TaxRate returns the tax that prices of memberships include, in hundredths of a
// per cent.
func (s Settings) TaxRate() int64 {
	whole, rest, _ := strings.Cut(s.Get("tax_rate"), ".")
	n, err := strconv.ParseInt(whole+(rest + "00")[:2], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// GraceDays returns how long a membership whose renewal failed goes on.
func (s Settings) GraceDays() int {
	n, err := strconv.Atoi(s.Get("grace_days"))
	if err != nil {
		n, _ = strconv.Atoi(settings["grace_days"].fallback)
	}
	return n
}

type plain string

func (p plain) Error() string { return string(p) }

func upTo(n int) func(string) error {
	return func(v string) error {
		if len(v) > n {
			return plain("the text is too long; shorten it")
		}
		return nil
	}
}

func nonEmpty(n int) func(string) error {
	return func(v string) error {
		if strings.TrimSpace(v) == "" {
			return plain("a text is needed here")
		}
		return upTo(n)(v)
	}
}

func oneOf(words ...string) func(string) error {
	return func(v string) error {
		for _, w := range words {
			if v == w {
				return nil
			}
		}
		return plain("must be one of " + strings.Join(words, ", "))
	}
}

func hours(least, most int) func(string) error {
	return func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < least || n > most {
			return plain("must be a number of hours from " + strconv.Itoa(least) + " to " + strconv.Itoa(most))
		}
		return nil
	}
}

func days(least, most int) func(string) error {
	return func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < least || n > most {
			return plain("must be a number of days from " + strconv.Itoa(least) + " to " + strconv.Itoa(most))
		}
		return nil
	}
}

func numberIn(least, most int) func(string) error {
	return func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < least || n > most {
			return plain("must be a number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most))
		}
		return nil
	}
}

var aPercent = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9]{1,2})?$`)

func percent(v string) error {
	if !aPercent.MatchString(v) {
		return plain("must be a per cent such as 11 or 7.5")
	}
	return nil
}

var someSums = regexp.MustCompile(`^([A-Z]{3} [0-9]{1,12}(\.[0-9]{1,3})?(, [A-Z]{3} [0-9]{1,12}(\.[0-9]{1,3})?)*)?$`)

func sums(v string) error {
	if !someSums.MatchString(v) {
		return plain("must be sums with their currency such as IDR 500000, USD 40")
	}
	return nil
}

// pathOrURL accepts an address of this site, or a full one.
func pathOrURL(v string) error {
	if len(v) > 200 || !strings.HasPrefix(v, "/") || strings.HasPrefix(v, "//") || strings.ContainsAny(v, " \\\"<>") {
		if v != "" && len(v) <= 200 && webURL(v) == nil {
			return nil
		}
		return plain("must be an address of this site that begins with /, or a full one that begins with https://")
	}
	return nil
}

func checkZone(v string) error {
	if _, err := time.LoadLocation(v); err != nil || v == "" || v == "Local" {
		return plain("must be a time zone such as Asia/Jakarta, Asia/Makassar or Asia/Jayapura")
	}
	return nil
}

func webURL(v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return plain("must be a full address that begins with https://")
	}
	return nil
}

// Known reports whether there is a setting of that key.
func (s Settings) Known(key string) bool {
	_, ok := settings[key]
	return ok
}
