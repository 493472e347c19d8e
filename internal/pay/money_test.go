package pay

import "testing"

func TestSumsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, currency string
		want           int64 // -1: it is none
	}{
		{"49000", "IDR", 49_000}, {"49.000", "IDR", 49_000}, {"1,250,000", "IDR", 1_250_000}, {" 250 000 ", "IDR", 250_000}, {"0", "IDR", 0},
		{"49.00", "IDR", -1}, {"4900.000", "IDR", -1}, {"49.000,5", "IDR", -1}, {".000", "IDR", -1}, {"49.000.", "IDR", -1}, {"-5", "IDR", -1}, {"", "IDR", -1}, {"x", "IDR", -1},
		{"4.99", "USD", 499}, {"4,9", "USD", 490}, {"4", "USD", 400}, {"4.999", "USD", -1}, {"1.250.000", "USD", -1}, {"4", "XXX", -1}, {"99999999999999999999", "IDR", -1},
	} {
		m, err := Parse(c.text, c.currency)
		if (err != nil) != (c.want < 0) || err == nil && (m.Amount != c.want || m.Currency != c.currency) {
			t.Errorf("%q in %s: %v, %v; want %d", c.text, c.currency, m, err, c.want)
		}
		if err == nil {
			if again, err := Parse(m.Plain(), m.Currency); err != nil || again != m {
				t.Errorf("%v is written %q and read %v, %v", m, m.Plain(), again, err)
			}
		}
	}
}
