package members

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"warta/internal/lang"
	"warta/internal/member"
	"warta/internal/pay"
	"warta/internal/web/newsroom"
)

// Books reads what the books say; *store.DB is one.
type Books interface {
	Revenue(ctx context.Context, from, to time.Time) ([]member.Takings, error)
	Balances(ctx context.Context) ([]member.Balance, error)
	Checks(ctx context.Context, gateway string, limit int) ([]member.Check, error)
	Differences(ctx context.Context, all bool, before int64, limit int) ([]member.Difference, error)
	Ledger(ctx context.Context, after int64, limit int) ([]member.Posting, error)
}

// chartMonths is how many months the chart shows.
const chartMonths = 12

// taken is one month of a chart.
type taken struct {
	label string
	sum   int64 // what came in less what went back
}

type chart struct {
	Currency string
	SVG      template.HTML
	Months   []chartRow // the same as a table
}

type chartRow struct{ Month, Sum string }

type balanceRow struct {
	Account, Sum string
}

type booksPage struct {
	page
	Charts      []chart
	Balances    []balanceRow
	Checks      []member.Check
	Differences []member.Difference
	Next        string
}

// charts adds up the last months by the site's calendar.
func (x *Room) charts(r *newsroom.Request) (out []chart, err error) {
	y, m, _ := r.Now.In(r.Zone).Date()
	sums := map[string][]taken{}
	for i := range chartMonths {
		from := time.Date(y, m-chartMonths+1+time.Month(i), 1, 0, 0, 0, 0, r.Zone)
		to := from.AddDate(0, 1, 0)
		list, err := x.p.Books.Revenue(r.Context(), from, to)
		if err != nil {
			return nil, err
		}
		label := lang.MonthName(r.Lang, from.Month())
		for _, t := range list {
			if sums[t.Money.Currency] == nil {
				sums[t.Money.Currency] = make([]taken, chartMonths)
			}
			n := t.Money.Amount
			if t.Kind == "refunded" || t.Kind == "disputed" {
				n = -n
			}
			sums[t.Money.Currency][i].sum += n
		}
		for c := range sums {
			sums[c][i].label = label
		}
	}
	for currency, months := range sums {
		for i := range months { // those before the first sum of the currency
			from := time.Date(y, m-chartMonths+1+time.Month(i), 1, 0, 0, 0, 0, r.Zone)
			months[i].label = lang.MonthName(r.Lang, from.Month())
		}
		c := chart{Currency: currency, SVG: bars(months, currency, r.Lang)}
		for _, t := range slices.Backward(months) {
			c.Months = append(c.Months, chartRow{t.label, pay.Money{Amount: t.sum, Currency: currency}.Text(r.Lang)})
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b chart) int { return cmp.Compare(a.Currency, b.Currency) })
	return out, nil
}

// bars draws a chart of months: thin bars over one line, the largest with its sum.
// Everything that it prints is a number or a word of the catalogues.
func bars(months []taken, currency string, code lang.Code) template.HTML {
	const width, height, step, base = 720, 190, 60, 150
	most := int64(1)
	for _, t := range months {
		most = max(most, t.sum, -t.sum)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="bars" viewBox="0 0 %d %d" aria-hidden="true">`, width, height)
	for i, t := range months {
		x, h := i*step+step/2, int(float64(max(t.sum, -t.sum))/float64(most)*(base-30))
		class := "in"
		if t.sum < 0 {
			class = "back"
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="28" height="%d"/>`, class, x-14, base-h, h)
		label := []rune(t.label)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`, x, base+20, template.HTMLEscapeString(string(label[:min(len(label), 3)])))
		if t.sum == most {
			fmt.Fprintf(&b, `<text class="sum" x="%d" y="%d" text-anchor="middle">%s</text>`, min(max(x, 60), width-60), base-h-8,
				template.HTMLEscapeString(pay.Money{Amount: t.sum, Currency: currency}.Text(code)))
		}
	}
	fmt.Fprintf(&b, `<path d="M0 %d.5H%d"/></svg>`, base, width)
	return template.HTML(b.String())
}

// accountName returns what people call an account of the ledger.
func accountName(r *newsroom.Request, account string) string {
	if gateway, at := strings.CutPrefix(account, "at:"); at {
		return r.Words.T("members.account.at", lang.Args{"gateway": r.Words.T("members.gateway." + gateway)})
	}
	return r.Words.T("members.account." + account)
}

func (x *Room) books(w http.ResponseWriter, r *newsroom.Request) error {
	p := &booksPage{page: x.shell(r, "books", "members.books")}
	var err error
	if p.Charts, err = x.charts(r); err != nil {
		return err
	}
	balances, err := x.p.Books.Balances(r.Context())
	if err != nil {
		return err
	}
	for _, b := range balances {
		p.Balances = append(p.Balances, balanceRow{accountName(r, b.Account), b.Money.Text(r.Lang)})
	}
	if p.Checks, err = x.p.Books.Checks(r.Context(), "", 10); err != nil {
		return err
	}
	p.Differences, err = x.p.Books.Differences(r.Context(), false, number(r.URL.Query().Get("before")), pageSize+1)
	if len(p.Differences) > pageSize {
		p.Differences = p.Differences[:pageSize]
		p.Next = fmt.Sprint(Prefix, "/books?before=", p.Differences[pageSize-1].ID)
	}
	if err != nil {
		return err
	}
	return x.d.Page(w, r, "members-books", p)
}

func (x *Room) settleDifference(w http.ResponseWriter, r *newsroom.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := x.p.Sales.SettleDifference(r.Context(), r.Actor, id); err != nil {
		return err
	}
	return done(w, r, "/books", "settled")
}

// inert returns a text as a cell that no spreadsheet takes for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ledgerPage is how many entries of the ledger are read at a time.
const ledgerPage = 500

// ledgerCSV sends the whole ledger as it is read, a line for each move, and one for
// each entry that moves nothing.
func (x *Room) ledgerCSV(w http.ResponseWriter, r *newsroom.Request) error {
	list, err := x.p.Books.Ledger(r.Context(), 0, ledgerPage)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="ledger-`+r.Now.UTC().Format("20060102")+`.csv"`)
	if r.Method == http.MethodHead {
		return nil
	}
	out := csv.NewWriter(w)
	out.Write([]string{"id", "at", "booked", "kind", "reader", "purchase", "payment", "currency", "amount", "debit", "credit", "actor", "reason", "key"})
	for len(list) > 0 {
		for _, e := range list {
			moves := e.Moves
			if len(moves) == 0 {
				moves = []member.Move{{}}
			}
			for _, m := range moves {
				amount := ""
				if m.Amount != 0 {
					amount = pay.Money{Amount: m.Amount, Currency: e.Money.Currency}.Plain()
				}
				row := []string{fmt.Sprint(e.ID), e.At.UTC().Format(time.RFC3339), e.Booked.UTC().Format(time.RFC3339), string(e.Kind), fmt.Sprint(e.MemberID),
					fmt.Sprint(e.PurchaseID), e.Payment, e.Money.Currency, amount, m.Debit, m.Credit, e.Actor, e.Reason, e.Key}
				for i := range row {
					row[i] = inert(row[i])
				}
				out.Write(row)
			}
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return nil // nobody is there any more
		}
		if list, err = x.p.Books.Ledger(r.Context(), list[len(list)-1].ID, ledgerPage); err != nil {
			panic(http.ErrAbortHandler) // the browser sees that it is not whole
		}
	}
	return nil
}
