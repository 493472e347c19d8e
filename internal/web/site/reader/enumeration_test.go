package reader_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/change"
	"warta/internal/member"
	"warta/internal/testkit"
)

// pairs is how many pairs of requests are compared: a slice, or as many as
// WARTA_ENUMERATION says.
func pairs(t *testing.T) int {
	t.Helper()
	text := os.Getenv("WARTA_ENUMERATION")
	if text == "" {
		return 60
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("WARTA_ENUMERATION=%q is no number of pairs", text)
	}
	return n
}

// residents gives n addresses an account each, all with testkit.Password.
func residents(t *testing.T, s *testkit.Site, n int) {
	t.Helper()
	hash, err := account.NewPasswords().Hash(t.Context(), testkit.Password)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		email := fmt.Sprintf("ada%06d@pembaca.example", i)
		err := s.DB.ChangeMember(t.Context(), member.Pick{Email: email}, func(e *member.Edit) (change.Outcome, error) {
			e.Record = &member.Record{Handle: email, Password: hash,
				Member: member.Member{Email: email, Name: "Pembaca", Created: e.Now, Terms: "v1", TermsAt: e.Now, NewDevice: true}}
			return change.Outcome{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// auc is the chance that a value of a is above one of b: the rank sum of
// Mann and Whitney over all pairs. 0.5 says that nobody tells them apart.
func auc(a, b []time.Duration) float64 {
	type one struct {
		d    time.Duration
		of   int
		rank float64
	}
	var all []one
	for _, d := range a {
		all = append(all, one{d: d})
	}
	for _, d := range b {
		all = append(all, one{d: d, of: 1})
	}
	slices.SortFunc(all, func(x, y one) int { return int(x.d - y.d) })
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].d == all[i].d {
			j++
		}
		for k := i; k < j; k++ {
			all[k].rank = float64(i+j+1) / 2
		}
		i = j
	}
	sum := 0.0
	for _, o := range all {
		if o.of == 0 {
			sum += o.rank
		}
	}
	n, m := float64(len(a)), float64(len(b))
	return (sum - n*(n+1)/2) / (n * m)
}

func TestAUC(t *testing.T) {
	t.Parallel()
	if got := auc([]time.Duration{3, 4}, []time.Duration{1, 2}); got != 1 {
		t.Errorf("all above: %v", got)
	}
	if got := auc([]time.Duration{1, 2, 2}, []time.Duration{2, 2, 1}); got != 0.5 {
		t.Errorf("the same: %v", got)
	}
}

// TestNobodyLearnsWhoHasAnAccount asks in pairs, in a random order, for addresses
// that somebody has and that nobody has: the answers are the same byte for byte,
// and take as long. Not beside other tests: they would blur it.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes of passwords take long under the race detector")
	}
	n := pairs(t)
	s := newSite(t)
	residents(t, s, n)
	terms := termsBox.FindStringSubmatch(s.Browser().Open("/account/register").Body)[1]
	hand := s.Handler()
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []struct {
		name, path string
		form       url.Values
	}{
		{"signing in with a wrong password", "/account/sign-in", url.Values{"password": {"bukan kata sandinya"}}},
		{"registering", "/account/register", url.Values{"name": {"Pembaca"}, "password": {testkit.Password}, "terms": {terms}}},
		{"a sign-in link", "/account/link", url.Values{}},
		{"a new password", "/account/reset", url.Values{}},
	} {
		t.Run(ask.name, func(t *testing.T) {
			send := func(i, who int) (took time.Duration, answer string) {
				email := fmt.Sprintf([]string{"ada%06d@pembaca.example", "xyz%06d@pembaca.example"}[who], i)
				form := url.Values{"email": {email}}
				for k, v := range ask.form {
					form[k] = v
				}
				r := httptest.NewRequest(http.MethodPost, ask.path, strings.NewReader(form.Encode()))
				r.Host = base.Host
				r.RemoteAddr = "127.0.0.1:1"
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Sec-Fetch-Site", "same-origin")
				// Everybody comes from a network of his own: limits are not what is tried.
				r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", who+1, i/250, i%250+1))
				w := httptest.NewRecorder()
				begin := time.Now()
				hand.ServeHTTP(w, r)
				took = time.Since(begin)
				head := w.Header().Clone()
				if c := w.Result().Cookies(); len(c) == 1 { // of the browser, random
					head.Set("Set-Cookie", c[0].Name+strings.TrimPrefix(c[0].String(), c[0].Name+"="+c[0].Value))
				}
				return took, fmt.Sprint(w.Code, head, strings.ReplaceAll(w.Body.String(), email, "EMAIL"))
			}
			var times [2][]time.Duration
			for i := range n {
				var answers [2]string
				order := []int{0, 1}
				if rand.IntN(2) == 1 {
					slices.Reverse(order)
				}
				for _, who := range order {
					took, answer := send(i, who)
					times[who], answers[who] = append(times[who], took), answer
				}
				if answers[0] != answers[1] {
					t.Fatalf("the answers differ:\n%.1500s\n%.1500s", answers[0], answers[1])
				}
				if done := i + 1; done%1000 == 0 && done < n { // a run of an hour says how far it is
					t.Logf("after %d pairs: AUC %.4f", done, auc(times[0], times[1]))
				}
			}
			got := auc(times[0], times[1])
			// What so few pairs scatter by, three times, and what is allowed at 10,000.
			room := 0.03
			if n < 10_000 {
				room += 3 * 0.41 / math.Sqrt(float64(n))
			}
			slices.Sort(times[0])
			slices.Sort(times[1])
			t.Logf("%d pairs: AUC %.4f, medians %s and %s", n, got, times[0][n/2], times[1][n/2])
			if math.Abs(got-0.5) > room {
				t.Errorf("the times tell them apart: AUC %.4f, want 0.5 within %.3f", got, room)
			}
		})
	}
}
