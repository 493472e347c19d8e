package pay

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"warta/internal/fault"
	"warta/internal/lang"
)

// Money is a sum in the smallest unit of a currency that this program counts
// in: whole rupiah, cents, whole yen, fils.
type Money struct {
	Amount   int64
	Currency string // ISO 4217, "IDR"
}

// decimals are the digits behind the point by currency. ISO 4217 gives the rupiah
// two, which nobody has paid with for decades and no gateway takes: it has none.
var decimals = map[string]int{
	"IDR": 0, "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "UGX": 0, "XAF": 0, "XOF": 0, "XPF": 0, "PYG": 0, "RWF": 0,
	"USD": 2, "EUR": 2, "GBP": 2, "AUD": 2, "NZD": 2, "CAD": 2, "CHF": 2, "SGD": 2, "MYR": 2, "THB": 2, "PHP": 2, "HKD": 2, "CNY": 2, "TWD": 2,
	"INR": 2, "BND": 2, "PGK": 2, "SAR": 2, "AED": 2, "QAR": 2, "TRY": 2, "SEK": 2, "NOK": 2, "DKK": 2, "PLN": 2, "CZK": 2, "BRL": 2, "MXN": 2, "ZAR": 2, "EGP": 2, "NGN": 2, "KES": 2,
	"KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3, "IQD": 3, "LYD": 3,
}

// maxAmount bounds a sum, so that nothing that is added up leaves 64 bits.
const maxAmount = math.MaxInt64 / 1_000_000

// Decimals returns the digits behind the point of a currency; ok is false for one
// that is not known.
func Decimals(currency string) (digits int, ok bool) {
	digits, ok = decimals[currency]
	return digits, ok
}

// Parse reads a sum as people type it: digits, and a point or a comma before at
// most as many further ones as the currency has. Spaces may stand between digits; in
// a currency without further digits points or commas before each three, as pages
// print sums.
func Parse(text, currency string) (Money, error) {
	digits, ok := Decimals(currency)
	if !ok {
		return Money{}, fault.Input("currency", "%q is no currency that is known here", currency).Say("pay_currency")
	}
	bad := fault.Input("price", "%q is no sum in %s: write digits alone, with at most %d behind a point", text, currency, digits).Say("pay_sum", "currency", currency, "digits", digits)
	plain := strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(text), " ", ""), ",", ".")
	if parts := strings.Split(plain, "."); digits == 0 && len(parts) > 1 && parts[0] != "" && len(parts[0]) <= 3 && !slices.ContainsFunc(parts[1:], func(p string) bool { return len(p) != 3 }) {
		plain = strings.Join(parts, "")
	}
	whole, rest, _ := strings.Cut(plain, ".")
	if whole == "" || len(rest) > digits || strings.Contains(rest, ".") {
		return Money{}, bad
	}
	rest += strings.Repeat("0", digits-len(rest))
	n, err := strconv.ParseUint(whole+rest, 10, 63)
	if err != nil || n > maxAmount {
		return Money{}, bad
	}
	return Money{int64(n), currency}, nil
}

// Plain returns the sum as digits with a point: "4.99", "49000".
func (m Money) Plain() string {
	digits := decimals[m.Currency]
	sign, n := "", m.Amount
	if n < 0 {
		sign, n = "-", -n
	}
	text := fmt.Sprintf("%0*d", digits+1, n)
	if digits == 0 {
		return sign + text
	}
	return sign + text[:len(text)-digits] + "." + text[len(text)-digits:]
}

// String returns the sum with its currency, for logs.
func (m Money) String() string { return m.Currency + " " + m.Plain() }

// Text returns the sum as people read it: "Rp 49.000", "USD 4,99".
func (m Money) Text(code lang.Code) string {
	whole, rest, _ := strings.Cut(strings.TrimPrefix(m.Plain(), "-"), ".")
	n, _ := strconv.ParseInt(whole, 10, 64)
	text := lang.Number(code, n)
	if rest != "" {
		point := ","
		if code == lang.EN {
			point = "."
		}
		text += point + rest
	}
	if m.Amount < 0 {
		text = "−" + text
	}
	if m.Currency == "IDR" {
		return "Rp " + text
	}
	return m.Currency + " " + text
}

// Currencies returns the known currencies in alphabetical order, the rupiah first.
func Currencies() []string {
	list := []string{"IDR"}
	for _, c := range slices.Sorted(maps.Keys(decimals)) {
		if c != "IDR" {
			list = append(list, c)
		}
	}
	return list
}
