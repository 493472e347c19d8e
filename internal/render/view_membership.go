package render

// OfferPlan is a plan as readers see it.
type OfferPlan struct {
	ID       int64
	Name     string
	Note     string
	Price    string // "Rp 49.000"
	Period   string // "day", "month", "year": a key of the catalogues
	Benefits []string
	Trial    int // days; 0: none
	Ways     []OfferWay
	Chosen   bool // the reader came back for this one
}

// OfferWay is one way to pay for it.
type OfferWay struct {
	Gateway string // "stripe", "midtrans", "manual": a key of the catalogues
	Renews  bool
}

// OfferPage says what a membership is and costs.
type OfferPage struct {
	Account
	Plans   []OfferPlan
	In      bool   // somebody is signed in
	Until   string // until when he is a member; empty: he is none
	Renewed bool   // it goes on by itself then
	Tax     string // "11", in per cent; empty: none
	Away    bool   // some of it is paid on the pages of others
}

// Template implements AccountPage.
func (OfferPage) Template() string { return "account-offer" }

// PurchaseView is a purchase as its owner sees it.
type PurchaseView struct {
	Code    string
	Plan    string
	Price   string
	Period  string
	Gateway string
	State   string // a key of the catalogues
	Until   string // date and time of the end; empty: none yet
	Renews  bool
	Trial   int
	Cancel  bool // it can be canceled
	Resume  bool // a cancellation can be taken back
	Portal  bool // there is a portal of the gateway
}

// OrderPage follows one purchase from its beginning to its payment.
type OrderPage struct {
	Account
	Purchase PurchaseView
	URL      string   // where it is paid; empty: nowhere yet
	Bank     []string // lines: where to transfer
	Until    string   // it waits until then
	Back     bool     // its payer came back from the gateway
	Signed   string   // path to the account's own page
}

// Template implements AccountPage.
func (OrderPage) Template() string { return "account-order" }

// ReceiptLine is one payment of a member's.
type ReceiptLine struct {
	ID   int64
	When Time
	Plan string
	Sum  string
	Kind string // a key of the catalogues
}

// MembershipPage is what a member bought, and what he can do about it.
type MembershipPage struct {
	Account
	Until     string // empty: he is no member now
	Renewed   bool   // it goes on by itself then
	Benefits  []string
	Purchases []PurchaseView
	Receipts  []ReceiptLine
}

// Template implements AccountPage.
func (MembershipPage) Template() string { return "account-membership" }

// InvoicePage is the invoice and receipt of one payment.
type InvoicePage struct {
	Account
	Number    string
	Date      string
	Publisher []string // lines
	Buyer     []string // lines
	Plan      string
	Span      string // what it pays for
	Net       string
	Tax       string
	Rate      string // "11"
	Sum       string
	Refunded  string // empty: nothing
	Taken     bool   // the bank took the money back
	Way       string // a key of the catalogues
	Code      string
}

// Template implements AccountPage.
func (InvoicePage) Template() string { return "account-invoice" }

// membership returns a view of every page about what a reader buys.
func (v sampleViews) membership() []AccountPage {
	if !v.full {
		return []AccountPage{&OfferPage{}, &OrderPage{Purchase: PurchaseView{State: "waiting", Period: "month", Gateway: "manual"}}, &MembershipPage{}, &InvoicePage{Way: "manual"}}
	}
	benefits := []string{"Tanpa iklan", "Semua berita anggota"}
	bought := PurchaseView{Code: "ABCDEFGHJK", Plan: "Bulanan", Price: "Rp 49.000", Period: "month", Gateway: "stripe", State: "active",
		Until: "25/12/2026, 12:00 WIB", Renews: true, Trial: 7, Cancel: true, Resume: true, Portal: true}
	waiting := bought
	waiting.State, waiting.Gateway = "waiting", "manual"
	return []AccountPage{
		&OfferPage{In: true, Until: "25 Desember 2026", Renewed: true, Tax: "11", Away: true, Plans: []OfferPlan{{ID: 1, Name: "Bulanan", Note: "Berhenti kapan saja.", Price: "Rp 49.000", Period: "month",
			Benefits: benefits, Trial: 7, Ways: []OfferWay{{"stripe", true}, {"midtrans", false}, {"manual", false}}, Chosen: true}}},
		&OrderPage{Purchase: waiting, URL: "https://bayar.example/x", Bank: []string{"Bank Contoh", "123"}, Until: "25/11/2026, 12:00 WIB"},
		&OrderPage{Purchase: waiting, Back: true}, &OrderPage{Purchase: bought},
		&MembershipPage{Until: "25 Desember 2026", Renewed: true},
		&MembershipPage{Until: "25 Desember 2026", Benefits: benefits, Purchases: []PurchaseView{bought},
			Receipts: []ReceiptLine{{ID: 1, When: v.when(0), Plan: "Bulanan", Sum: "Rp 49.000", Kind: "paid"}}},
		&InvoicePage{Way: "stripe", Taken: true}, &InvoicePage{Number: "2026-1", Date: "25 November 2026", Publisher: []string{"PT Kabar"}, Buyer: []string{"Rani", "rani@kabar.example"}, Plan: "Bulanan",
			Span: "25 November – 25 Desember 2026", Net: "Rp 44.144", Tax: "Rp 4.856", Rate: "11", Sum: "Rp 49.000", Refunded: "Rp 1.000", Way: "stripe", Code: "ABCDEFGHJK"},
	}
}
