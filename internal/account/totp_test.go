package account

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestTOTPCodeAsTheRFCSays(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := TOTPCode(secret, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: got %s, %v, want %s", at, got, err, want)
		}
	}
}

func TestCheckTOTP(t *testing.T) {
	t.Parallel()
	now := time.Unix(2_000_000_010, 0)
	secret := NewTOTP()
	at := func(d time.Duration) string {
		c, err := TOTPCode(secret, now.Add(d))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	step := totpStep(now)
	tests := []struct {
		says, code string
		used, want int64
		ok         bool
	}{
		{"the code of now counts", at(0), 0, step, true},
		{"one step early counts", at(-30 * time.Second), 0, step - 1, true},
		{"one step late counts", at(30 * time.Second), 0, step + 1, true},
		{"two steps early do not", at(-60 * time.Second), 0, 0, false},
		{"two steps late do not", at(60 * time.Second), 0, 0, false},
		{"a code counts once", at(0), step, 0, false},
		{"nor one before the last that counted", at(-30 * time.Second), step, 0, false},
		{"blanks are passed over", at(0)[:3] + " " + at(0)[3:], 0, step, true},
		{"five digits are none", at(0)[:5], 0, 0, false},
		{"nothing is none", "", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.says, func(t *testing.T) {
			t.Parallel()
			if s, ok := checkTOTP(secret, tt.code, now, tt.used); ok != tt.ok || s != tt.want {
				t.Errorf("got %d, %v, want %d, %v", s, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestRecoveryCodesAreFoundAsTheyWereWrittenDown(t *testing.T) {
	t.Parallel()
	codes, hashes := newRecoveryCodes()
	seen := map[string]bool{}
	for i, c := range codes {
		for _, typed := range []string{c, strings.ToUpper(c), strings.ReplaceAll(c, "-", ""), " " + strings.ReplaceAll(c, "-", " ")} {
			if hashRecovery(typed) != hashes[i] {
				t.Errorf("%q is not found", typed)
			}
		}
		seen[c] = true
	}
	if len(seen) != 10 || hashRecovery("123456") != "" {
		t.Errorf("%d codes, and digits of an app count as %q", len(seen), hashRecovery("123456"))
	}
}

func TestTOTPLink(t *testing.T) {
	t.Parallel()
	got := TOTPLink("ABC", "Kabar Nusantara", "rani@kabar.example")
	if want := "otpauth://totp/Kabar%20Nusantara:rani@kabar.example?secret=ABC&issuer=Kabar+Nusantara"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
