package member

import (
	"fmt"
	"testing"
)

var (
	claims  = []Claim{NoAddress, Unverified, Verified}
	holders = []Holder{Nobody, Pending, ByMail, ByPassword, ByPasskey, ByOther, BySame}
	states  = []State{Open, Barred, Erasing}
	truths  = []bool{false, true}
)

// every calls fn for each case that there can be.
func every(fn func(LinkCase)) {
	for _, known := range truths {
		for _, claim := range claims {
			for _, trusted := range truths {
				for _, holder := range holders {
					for _, state := range states {
						fn(LinkCase{known, claim, trusted, holder, state})
					}
				}
			}
		}
	}
}

// lets reports whether a verdict lets somebody into an account that exists.
func lets(v Verdict) bool { return v == In || v == Tie }

func TestEveryCaseHasOneVerdictThatNobodyIsTakenOverBy(t *testing.T) {
	t.Parallel()
	n := 0
	every(func(c LinkCase) {
		n++
		v := Judge(c)
		lines := 0
		for _, r := range linkRules {
			if r.fits(c) {
				lines++
			}
		}
		account := c.Known || c.Holder != Nobody && c.Holder != Pending
		switch {
		case lines == 0:
			t.Errorf("%+v: the table has no line", c)
		case c.State != Open && account && lets(v):
			t.Errorf("%+v: a closed account is opened", c)
		case !c.Known && (c.Claim != Verified || !c.Trusted) && (lets(v) || v == Join):
			t.Errorf("%+v: %s without a proof that the address is his", c, v)
		case !c.Known && c.Holder == BySame && lets(v):
			t.Errorf("%+v: an address that changed hands takes the account along", c)
		case !c.Known && !account && lets(v):
			t.Errorf("%+v: there is no account", c)
		case c.Known && c.State == Open && v != In:
			t.Errorf("%+v: whoever has the identity gets %s", c, v)
		// What is not proven must look the same whoever has the address, and in
		// whatever state he is.
		case !c.Known && (c.Claim != Verified || !c.Trusted) && v != Judge(LinkCase{false, c.Claim, c.Trusted, Nobody, Open}):
			t.Errorf("%+v: the verdict %s tells that there is an account", c, v)
		}
	})
	if n != 2*3*2*7*3 {
		t.Errorf("%d cases", n)
	}
}

// The table in the reader's words: what becomes of whom.
func TestVerdictsOfTheTable(t *testing.T) {
	t.Parallel()
	want := map[string]Verdict{}
	put := func(v Verdict, known bool, claim Claim, trusted bool, state State, holders ...Holder) {
		for _, h := range holders {
			want[fmt.Sprint(LinkCase{known, claim, trusted, h, state})] = v
		}
	}
	for _, h := range holders {
		for _, trusted := range truths {
			for _, s := range states {
				for _, claim := range claims {
					v := In
					if s != Open {
						v = Refuse
					}
					put(v, true, claim, trusted, s, h)
				}
				put(AskAddress, false, NoAddress, trusted, s, h)
				put(Prove, false, Unverified, trusted, s, h)
			}
		}
		for _, s := range states {
			put(Prove, false, Verified, false, s, h)
		}
	}
	for _, s := range states {
		put(Join, false, Verified, true, s, Nobody, Pending)
		put(SignInFirst, false, Verified, true, s, BySame)
	}
	put(Tie, false, Verified, true, Open, ByMail, ByPassword, ByPasskey, ByOther)
	put(Refuse, false, Verified, true, Barred, ByMail, ByPassword, ByPasskey, ByOther)
	put(Refuse, false, Verified, true, Erasing, ByMail, ByPassword, ByPasskey, ByOther)
	every(func(c LinkCase) {
		if got := Judge(c); got != want[fmt.Sprint(c)] {
			t.Errorf("%+v: %s, want %s", c, got, want[fmt.Sprint(c)])
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"  Rani   Setya ": "Rani Setya", "I Made Wirawan": "I Made Wirawan", "Budi (45)": "Budi (45)", "D’Angelo-Putra": "D’Angelo-Putra",
		"Erdoğan": "Erdoğan", "e\u0301va": "éva", "王小明": "王小明", "Ni": "Ni", "नीता": "नीता",
		"": "", "x": "", "12345": "", "<b>Rani</b>": "", "rani@x.example": "", "http://x": "", "Rani\u202Einar": "", "Ra\u200bni": "",
		"\u0301Rani": "", "Ra\u0301\u0301\u0301\u0301ni": "", "Rani😀": "", "Ra\x00ni": "", "Ra\xffni": "", "…….": "",
	} {
		got, err := CleanName(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", name, got, err, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Rani", "a\u0301", "<", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once, err := CleanName(name)
		if err != nil {
			return
		}
		if again, err := CleanName(once); err != nil || again != once {
			t.Errorf("%q becomes %q and then %q, %v", name, once, again, err)
		}
	})
}

func TestCodes(t *testing.T) {
	t.Parallel()
	if c := CodeOf("x"); len(c) != 8 || c != CodeOf("x") || c == CodeOf("y") {
		t.Errorf("the code is %q", c)
	}
	if got := cleanCode(" 12 34-56.78x"); got != "12345678" {
		t.Errorf("typed is %q", got)
	}
}
