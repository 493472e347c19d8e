package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"warta/internal/fault"
)

// item is a news object of IPTC ninjs 2.x and 3.x, as far as it is read. Names
// are matched without regard to case, which is all that tells the two apart:
// 2.x writes "pubstatus", 3.x "pubStatus".
type item struct {
	URI             string       `json:"uri"`
	Type            string       `json:"type"`
	Name            string       `json:"name"` // of an association
	Rel             string       `json:"rel"`  // of an association
	Profile         string       `json:"profile"`
	Version         loose        `json:"version"`
	FirstCreated    string       `json:"firstCreated"`
	VersionCreated  string       `json:"versionCreated"`
	ContentCreated  string       `json:"contentCreated"`
	Embargoed       string       `json:"embargoed"`      // 2.x
	EmbargoedUntil  string       `json:"embargoedUntil"` // 3.x
	PubStatus       string       `json:"pubStatus"`
	CopyrightHolder string       `json:"copyrightHolder"`
	CopyrightNotice string       `json:"copyrightNotice"`
	UsageTerms      string       `json:"usageTerms"`
	RightsInfo      rightsInfo   `json:"rightsInfo"`
	EdNote          string       `json:"edNote"`
	Language        string       `json:"language"`
	Title           string       `json:"title"`
	By              string       `json:"by"`
	Located         string       `json:"located"`
	Headlines       []roleText   `json:"headlines"`
	Descriptions    []roleText   `json:"descriptions"`
	Bodies          []roleText   `json:"bodies"`
	People          []concept    `json:"people"`
	Subjects        []concept    `json:"subjects"`
	Genres          []concept    `json:"genres"`
	InfoSources     []concept    `json:"infoSources"`
	AltIDs          []altID      `json:"altIds"`
	Renditions      []rendition  `json:"renditions"`
	Associations    []item       `json:"associations"`
	SourceType      concept      `json:"digitalSourceType"`
	Standard        standardNote `json:"standard"`
	Warta           *Extension   `json:"warta,omitempty"`
	Event           given        `json:"eventDetails"`
	Places          given        `json:"places"`
	Organisations   given        `json:"organisations"`
	Events          given        `json:"events"`
	Coverage        given        `json:"plannedCoverage"`
	Objects         given        `json:"objects"`
	TrustIndicators given        `json:"trustIndicators"`
	Urgency         given        `json:"urgency"`
	Slugline        given        `json:"slugline"`
	Expires         given        `json:"expires"`
	ninjs1
}

// ninjs1 are the fields by which ninjs 1.x is known.
type ninjs1 struct {
	Headline  given `json:"headline"`
	Byline    given `json:"byline"`
	BodyText  given `json:"body_text"`
	BodyHTML  given `json:"body_html"`
	BodyXHTML given `json:"body_xhtml"`
}

// roleText is a headline, a description or a body.
type roleText struct {
	Role        string `json:"role"`
	ContentType string `json:"contentType"`
	Value       string `json:"value"`
}

// concept is a subject, genre, person or source.
type concept struct {
	Name    string `json:"name"`
	Rel     string `json:"rel"`
	Role    string `json:"role"`
	URI     string `json:"uri"`
	Literal string `json:"literal"`
}

type altID struct {
	Role  string `json:"role"`
	Value string `json:"value"`
}

// rendition is a file of a picture, sound or film.
type rendition struct {
	Name        string  `json:"name"`
	Href        string  `json:"href"`
	ContentType string  `json:"contentType"`
	Width       float64 `json:"width"`
	Height      float64 `json:"height"`
	POI         *point  `json:"poi,omitempty"`
}

// point is a place in a picture, in pixels from the top left.
type point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

type rightsInfo struct {
	LinkedRights  string `json:"linkedRights"`
	EncodedRights string `json:"encodedRights"`
}

type standardNote struct {
	Name    string `json:"name"`
	Version loose  `json:"version"`
}

// loose is a text that is often written as a number.
type loose string

// UnmarshalJSON takes a text or a number.
func (l *loose) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		*l = loose(b)
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}

// given tells that a field is there and holds something; what it holds is not
// kept.
type given bool

// UnmarshalJSON takes anything.
func (g *given) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null", "[]", "{}", `""`:
	default:
		*g = true
	}
	return nil
}

// parseNinjs reads one item. Errors name the field.
func parseNinjs(data []byte) (*item, error) {
	it := &item{}
	err := json.Unmarshal(data, it) // what can be read is there despite an error
	if v := string(it.Standard.Version); strings.HasPrefix(v, "1") {
		return it, oldNinjs("standard.version", v)
	}
	if len(it.Headlines)+len(it.Bodies) == 0 {
		for _, f := range []struct {
			name string
			is   given
		}{{"headline", it.Headline}, {"body_text", it.BodyText}, {"body_html", it.BodyHTML}, {"body_xhtml", it.BodyXHTML}} {
			if f.is {
				return it, oldNinjs(f.name, "1.x")
			}
		}
	}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Value == "object" && wrongType.Type.Kind() == reflect.Slice {
		return it, oldNinjs(pathAt(data, wrongType.Offset), "1.x, which has an object where later versions have a list")
	}
	if err != nil {
		return it, decodeError(data, err)
	}
	return it, nil
}

func oldNinjs(field, version string) error {
	return fault.Input(field, "this is ninjs %s; versions 2 and 3 are read: convert the item first", version)
}

// hash is the same for items that say the same, however they are written down:
// in which order, with which white space, after which release of the standard.
func (it *item) hash() string {
	said := *it
	said.Standard = standardNote{}
	data, err := json.Marshal(&said)
	if err != nil { // only our extension's document could fail, and it was just read
		data = []byte(it.URI)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// unread lists the fields that are there and have no place in a story.
func (it *item) unread() (names []string) {
	for _, f := range []struct {
		name string
		is   given
	}{
		{"places", it.Places}, {"organisations", it.Organisations}, {"events", it.Events}, {"eventDetails", it.Event},
		{"plannedCoverage", it.Coverage}, {"objects", it.Objects}, {"trustIndicators", it.TrustIndicators},
		{"urgency", it.Urgency}, {"slugline", it.Slugline}, {"expires", it.Expires},
	} {
		if f.is {
			names = append(names, f.name)
		}
	}
	return names
}
