package render

import "time"

// LDOrganization is the outlet as a NewsMediaOrganization. The policy addresses
// are those of its static pages; an empty one is left out.
type LDOrganization struct {
	Name        string
	LegalName   string
	URL         string
	Logo        LDImage
	Description string
	Address     string // postal, as printed in the footer
	Email       string
	Phone       string
	SameAs      []string // channels elsewhere

	Masthead            string // who makes it
	PublishingRules     string // the principles that it works by
	EthicsPolicy        string
	CorrectionsPolicy   string
	FeedbackPolicy      string
	OwnershipDisclosure string
}

type ldOrganization struct {
	Type        string   `json:"@type"`
	ID          string   `json:"@id,omitempty"`
	Name        string   `json:"name"`
	LegalName   string   `json:"legalName,omitempty"`
	URL         string   `json:"url"`
	Logo        *ldImage `json:"logo,omitempty"`
	Description string   `json:"description,omitempty"`
	Address     string   `json:"address,omitempty"`
	Email       string   `json:"email,omitempty"`
	Phone       string   `json:"telephone,omitempty"`
	SameAs      []string `json:"sameAs,omitempty"`
	Masthead    string   `json:"masthead,omitempty"`
	Publishing  string   `json:"publishingPrinciples,omitempty"`
	Ethics      string   `json:"ethicsPolicy,omitempty"`
	Corrections string   `json:"correctionsPolicy,omitempty"`
	Feedback    string   `json:"actionableFeedbackPolicy,omitempty"`
	Ownership   string   `json:"ownershipFundingInfo,omitempty"`
}

func (o LDOrganization) node() any {
	org := o.short()
	org.LegalName, org.Description, org.Address = o.LegalName, o.Description, o.Address
	org.Email, org.Phone, org.SameAs = o.Email, o.Phone, ldURLs(o.SameAs)
	org.Masthead, org.Publishing = ldURL(o.Masthead), ldURL(o.PublishingRules)
	org.Ethics, org.Corrections = ldURL(o.EthicsPolicy), ldURL(o.CorrectionsPolicy)
	org.Feedback, org.Ownership = ldURL(o.FeedbackPolicy), ldURL(o.OwnershipDisclosure)
	return org
}

// short returns what other nodes say of their publisher: enough to stand alone
// on a page, and the same @id as the full node of the front page.
func (o LDOrganization) short() ldOrganization {
	org := ldOrganization{Type: "NewsMediaOrganization", Name: o.Name, URL: ldURL(o.URL), Logo: o.Logo.object()}
	if org.URL != "" {
		org.ID = org.URL + "#publisher"
	}
	return org
}

// LDWebsite is the site itself. SearchURL is the address of the search page
// with the literal {search_term_string} where the words go; without it the
// node has no SearchAction.
type LDWebsite struct {
	Name, URL, Language string
	SearchURL           string
	Publisher           LDOrganization
}

type ldWebsite struct {
	Type      string         `json:"@type"`
	Name      string         `json:"name"`
	URL       string         `json:"url"`
	Language  string         `json:"inLanguage,omitempty"`
	Publisher ldOrganization `json:"publisher"`
	Action    *ldSearch      `json:"potentialAction,omitempty"`
}

type ldSearch struct {
	Type   string  `json:"@type"`
	Target ldEntry `json:"target"`
	Query  string  `json:"query-input"`
}

type ldEntry struct {
	Type     string `json:"@type"`
	Template string `json:"urlTemplate"`
}

func (w LDWebsite) node() any {
	site := ldWebsite{Type: "WebSite", Name: w.Name, URL: ldURL(w.URL), Language: w.Language, Publisher: w.Publisher.short()}
	if w.SearchURL != "" {
		site.Action = &ldSearch{Type: "SearchAction", Target: ldEntry{Type: "EntryPoint", Template: w.SearchURL},
			Query: "required name=search_term_string"}
	}
	return site
}

// LDProfile is the ProfilePage of a byline.
type LDProfile struct {
	Name        string
	URL         string
	JobTitle    string
	Description string
	Language    string
	Image       LDImage
	SameAs      []string
	Created     time.Time
	Modified    time.Time
	Employer    LDOrganization
}

type ldProfile struct {
	Type     string   `json:"@type"`
	URL      string   `json:"url"`
	Language string   `json:"inLanguage,omitempty"`
	Created  string   `json:"dateCreated,omitempty"`
	Modified string   `json:"dateModified,omitempty"`
	Main     ldPerson `json:"mainEntity"`
}

type ldPerson struct {
	Type        string          `json:"@type"`
	Name        string          `json:"name"`
	URL         string          `json:"url,omitempty"`
	JobTitle    string          `json:"jobTitle,omitempty"`
	Description string          `json:"description,omitempty"`
	Image       *ldImage        `json:"image,omitempty"`
	SameAs      []string        `json:"sameAs,omitempty"`
	WorksFor    *ldOrganization `json:"worksFor,omitempty"`
}

func (p LDProfile) node() any {
	person := ldPerson{Type: "Person", Name: p.Name, URL: ldURL(p.URL), JobTitle: p.JobTitle,
		Description: p.Description, Image: p.Image.object(), SameAs: ldURLs(p.SameAs)}
	if p.Employer.Name != "" {
		org := p.Employer.short()
		person.WorksFor = &org
	}
	return ldProfile{Type: "ProfilePage", URL: ldURL(p.URL), Language: p.Language,
		Created: ldTime(p.Created), Modified: ldTime(p.Modified), Main: person}
}
