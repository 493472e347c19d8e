package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"warta/internal/fault"
)

// The cost of one hash: 19 MiB, two passes, one lane (about 40 ms). The store
// keeps it beside each hash, so that it can be raised later.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLanes  = 1
	hashBytes  = 32
)

// How many hashes are made at a time, and how many may wait: without a bound a
// hundred sign-ins at once would take 1.9 GB.
const (
	hashAtOnce  = 2
	hashWaiting = 64
)

// Passwords makes and checks the hashes of passwords. It is safe for concurrent
// use.
type Passwords struct {
	slots   chan struct{}
	waiting atomic.Int64
}

// NewPasswords returns a maker of hashes. One process needs one.
func NewPasswords() *Passwords { return &Passwords{slots: make(chan struct{}, hashAtOnce)} }

// nobody stands in for the hash of a user who does not exist or has no
// password, so that finding that out takes the same time.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$c3RhbmRzLWluLWZvci1ubw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Hash returns a password's hash in PHC form.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	done, err := p.enter(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	var salt [16]byte
	rand.Read(salt[:]) // never fails: see crypto/rand
	key := argon2.IDKey([]byte(password), salt[:], hashPasses, hashMemory, hashLanes, hashBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashLanes,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(key)), nil
}

// Matches reports whether a password has the hash. An empty hash takes as long
// as any other and matches nothing.
func (p *Passwords) Matches(ctx context.Context, hash, password string) (bool, error) {
	known := hash != ""
	if !known {
		hash = nobody
	}
	h, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	done, err := p.enter(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	key := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known, nil
}

// enter waits for one of the slots.
func (p *Passwords) enter(ctx context.Context) (done func(), err error) {
	if p.waiting.Add(1) > hashWaiting {
		p.waiting.Add(-1)
		return nil, &fault.Error{Kind: fault.Limited, Message: "too many people sign in at this moment; try again in a few seconds",
			Code: "busy_sign_in", RetryAfter: 5 * time.Second}
	}
	defer p.waiting.Add(-1)
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type hashParts struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// parseHash reads a PHC string of argon2id. What it costs is bounded: a
// database that somebody tampered with must not stop the server.
func parseHash(s string) (h hashParts, err error) {
	broken := fault.New(fault.Internal, "a stored password hash cannot be read")
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v=19" {
		return h, broken
	}
	if n, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); n != 3 || err != nil {
		return h, broken
	}
	if h.memory > 1<<20 || h.passes == 0 || h.passes > 20 || h.lanes == 0 || h.lanes > 16 {
		return h, broken
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return h, broken
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil || len(h.key) < 16 {
		return h, broken
	}
	return h, nil
}

// What a password must have.
const (
	minPassword = 10  // letters
	maxPassword = 200 // letters
)

// CheckPassword returns an Invalid error unless a password is long enough and
// none of those that everybody tries first. about are the user's own name and
// address, which are among them.
func CheckPassword(password string, about ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return fault.Input("password", "a password has at least %d letters; a few words in a row are easy to remember", minPassword).
			Say("password_short", "least", minPassword)
	case n > maxPassword || !utf8.ValidString(password):
		return fault.Input("password", "a password has at most %d letters", maxPassword).Say("password_long", "most", maxPassword)
	case isCommon(password, about):
		return fault.Input("password", "this password is among the first that are tried; choose another one").Say("password_common")
	}
	return nil
}

// isCommon reports whether nothing but a common word, a row of keys or the
// user's own name is left when the digits and signs around it are taken off.
func isCommon(password string, about []string) bool {
	whole := strings.ToLower(password)
	if rowOfKeys(whole) {
		return true
	}
	core := strings.TrimFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) })
	seen := []string{core, onlyLetters(unleetSigns.Replace(core)), onlyLetters(unleetSigns.Replace(whole))}
	for _, word := range commonWords {
		if slices.Contains(seen, word) || slices.Contains(seen, word+word) {
			return true
		}
	}
	for _, a := range about {
		own := strings.ToLower(a)
		local, _, _ := strings.Cut(own, "@")
		for _, name := range []string{own, local, strings.ReplaceAll(own, " ", "")} {
			if name != "" && (whole == name || core == name) {
				return true
			}
		}
	}
	return false
}

// unleetSigns undoes the signs that people put in the place of letters.
var unleetSigns = strings.NewReplacer("4", "a", "@", "a", "3", "e", "1", "i", "!", "i", "0", "o", "5", "s", "$", "s", "7", "t")

func onlyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// rowOfKeys reports whether a password is one sign again and again, or
// neighbours on the keyboard or in the alphabet.
func rowOfKeys(s string) bool {
	const rows = "12345678901234567890 qwertyuiopqwertyuiop asdfghjklasdfghjkl zxcvbnmzxcvbnm abcdefghijklmnopqrstuvwxyzabcdef " +
		"qwertyuiopasdfghjklzxcvbnm 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc4rfv5tgb6yhn qazwsxedcrfvtgbyhnujm qweasdzxcqweasdzxc"
	if strings.Count(s, s[:1]) == len(s) || strings.Contains(rows, s) || strings.Contains(rows, backwards(s)) {
		return true
	}
	for n := 2; n <= 6 && n*2 <= len(s); n++ { // "123123123123", "abcabcabcabc"
		if strings.HasPrefix(strings.Repeat(s[:n], len(s)/n+1), s) && isRow(rows, s[:n]) {
			return true
		}
	}
	return false
}

func isRow(rows, part string) bool {
	return strings.Contains(rows, part) || strings.Count(part, part[:1]) == len(part)
}

func backwards(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// commonWords are what passwords here are most often made of, in lower case and
// with letters only; digits and signs around them change nothing.
var commonWords = strings.Fields(`
password passwords passwort passw pass word letmein welcome welcomeback admin administrator root login user
master superman batman iloveyou loveyou princess sunshine monkey dragon football baseball michael jordan
shadow secret changeme default access trustno qwerty qwertyuiop asdfghjkl zxcvbnm qwertyui asdfasdf abcabc
computer internet samsung google facebook instagram whatsapp youtube pokemon naruto starwars hello helloworld
testing tester testtest test guest temp temporary whatever freedom summer winter
sandi katasandi kata rahasia rahasiaku rahasiakita sayang sayangku sayangkamu cinta cintaku cintakamu akucintakamu
akusayangkamu bismillah bismillahirrahmanirrahim alhamdulillah subhanallah allahuakbar astaghfirullah assalamualaikum
insyaallah masyaallah muhammad indonesia indonesiaku indonesiaraya merdeka garuda pancasila bhinneka jakarta bandung
surabaya yogyakarta jogja semarang medan makassar denpasar bali malang bogor depok bekasi tangerang palembang
nusantara majapahit persija persib arema bonek keluarga keluargaku anakku ibuku ayahku mamaku papaku bundaku
bismillahsukses semangat sukses sehat bahagia selamanya selamat selamatpagi terimakasih makasih kucing anjing
komputer sekolah kuliah kantor kerja wartawan jurnalis redaksi redaktur reporter editor berita kabar warta koran media
newsroom journalist journal news pengelola kontributor moderator komersial gantisandi bukaaja bukadong masuk masukaja
apaaja gatau gakada tidakada kosong doraemon dangdut sepakbola bulutangkis nasigoreng indomie gorengan kopi teh`)
