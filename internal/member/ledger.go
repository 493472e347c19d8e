package member

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"warta/internal/fault"
	"warta/internal/pay"
)

// mulDiv returns a·b/c rounded to the nearest unit, halves up, for a, b ≤ c.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(c))
	return int64(q)
}

// PostingKind says what an entry of the ledger is about.
type PostingKind string

// The kinds that are not those of a gateway's facts.
const (
	Comp PostingKind = "comp" // time that the newsroom gave
	Odd  PostingKind = "odd"  // money that fits no price: it is kept apart until somebody has looked
)

// Accounts of the ledger. What a gateway holds for the outlet is in an account
// of its own, "at:" and its name.
const (
	accountRevenue  = "revenue"
	accountTax      = "tax"
	accountDisputes = "disputes"
	accountApart    = "apart"
	accountAt       = "at:"
)

// Move is one transfer between two accounts. What is written as moves cannot be
// out of balance.
type Move struct {
	Debit, Credit string
	Amount        int64 // above zero
}

// Posting is one thing that happened to a purchase, for ever. From a member's
// purchases and entries all of his states can be computed again.
type Posting struct {
	ID         int64
	Key        string // the same thing is entered once
	Kind       PostingKind
	At         time.Time // when it happened
	Booked     time.Time // when it became known here
	MemberID   int64
	PurchaseID int64
	Payment    string // of which it is or to which it belongs
	Money      pay.Money
	From       time.Time // what was paid for, as the gateway says; zero: it does not
	Until      time.Time
	Days       int    // of grace, with a failed renewal
	Actor      string // who did it, "" for a gateway
	Reason     string
	Moves      []Move
}

// kindOf returns a fact's kind as one of the ledger's.
func kindOf(k pay.Kind) PostingKind { return PostingKind(k) }

// Balanced returns an Internal error unless the moves of an entry are transfers
// between two accounts each.
func (e Posting) Balanced() error {
	for _, m := range e.Moves {
		if m.Amount <= 0 || m.Debit == "" || m.Credit == "" || m.Debit == m.Credit {
			return fault.New(fault.Internal, "entry %s: %d from %q to %q is no transfer", e.Key, m.Amount, m.Credit, m.Debit)
		}
	}
	return nil
}

// keep returns the moves that move something.
func keep(list ...Move) []Move {
	return slices.DeleteFunc(list, func(m Move) bool { return m.Amount == 0 })
}

// paidMoves are those of money that came in.
func paidMoves(gateway string, amount, tax int64) []Move {
	return keep(Move{accountAt + gateway, accountRevenue, amount - tax}, Move{accountAt + gateway, accountTax, tax})
}

// oddMoves are those of money that fits no price.
func oddMoves(gateway string, amount int64) []Move {
	return keep(Move{accountAt + gateway, accountApart, amount})
}

// backMoves are those of money that went back: of what had gone back before, the
// tax is already out of the books.
func backMoves(gateway string, paid Posting, before, amount int64) []Move {
	if paid.Kind == Odd {
		return keep(Move{accountApart, accountAt + gateway, amount})
	}
	tax := int64(0)
	for _, m := range paid.Moves {
		if m.Credit == accountTax {
			tax = m.Amount
		}
	}
	back := share(tax, before+amount, paid.Money.Amount) - share(tax, before, paid.Money.Amount)
	return keep(Move{accountRevenue, accountAt + gateway, amount - back}, Move{accountTax, accountAt + gateway, back})
}

// byTime orders entries by when they happened; ties are broken by what does not
// depend on the order in which they became known.
func byTime(list []Posting) []Posting {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b Posting) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key))
	})
	return out
}
