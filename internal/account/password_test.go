package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"warta/internal/account"
	"warta/internal/fault"
)

func TestPasswordsAreHashedAndFoundAgain(t *testing.T) {
	t.Parallel()
	p := account.NewPasswords()
	hash, err := p.Hash(t.Context(), "hujan turun di muara")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash has another cost: %s", hash)
	}
	tests := []struct {
		says, hash, password string
		want                 bool
	}{
		{"the same password", hash, "hujan turun di muara", true},
		{"another one", hash, "hujan turun di hulu", false},
		{"none against no hash", "", "", false},
		{"the stand-in's own", "", "nobody", false},
	}
	for _, tt := range tests {
		t.Run(tt.says, func(t *testing.T) {
			t.Parallel()
			got, err := p.Matches(t.Context(), tt.hash, tt.password)
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
	t.Run("a hash that asks for too much is refused", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []string{"x", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=19456,t=0,p=1$AAAA$AAAA",
			"$bcrypt$v=19$m=19456,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA"} {
			if _, err := p.Matches(t.Context(), bad, "x"); err == nil {
				t.Errorf("%s was used", bad)
			}
		}
	})
}

func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	p := account.NewPasswords()
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	var wg sync.WaitGroup
	var mu sync.Mutex
	kinds := map[fault.Kind]int{}
	for range 200 {
		wg.Go(func() {
			_, err := p.Hash(ctx, "hujan turun di muara")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				kinds[fault.KindOf(err)]++
			}
		})
	}
	wg.Wait()
	if kinds[fault.Limited] == 0 {
		t.Errorf("nobody was turned away: %v", kinds)
	}
	if _, err := p.Hash(t.Context(), "hujan turun di muara"); err != nil {
		t.Errorf("a slot was not given back: %v", err)
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	tests := []struct {
		password string
		ok       bool
	}{
		{"pendek", false},
		{"hujan turun di muara", true},
		{"kXw93!mmpQ", true},
		{"password123", false},
		{"Rahasia2026!", false},
		{"P4ssw0rd!!", false},
		{"Bismillah99", false},
		{"1234567890", false},
		{"0987654321", false},
		{"aaaaaaaaaaaa", false},
		{"qwertyuiop", false},
		{"123123123123", false},
		{"Indonesia1945", false},
		{"indonesiaraya pernah kutulis", true},
		{"Rani Setyawati", false},
		{"rani.setya2026", false},
		{"raniraniran", true},
		{strings.Repeat("kata ", 50), false},
		{"katasandi\xff\xff\xff", false},
	}
	for _, tt := range tests {
		err := account.CheckPassword(tt.password, "Rani Setyawati", "rani.setya@kabar.example")
		if (err == nil) != tt.ok {
			t.Errorf("%q: got %v, want ok %v", tt.password, err, tt.ok)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v is not invalid", tt.password, err)
		}
	}
}
