package member

import (
	"time"

	"warta/internal/account"
)

// The limits by network are wide: whole towns come from one address of their
// telephone company. What is right is taken back, see account.Guard.

// signInLimits bound guessing of passwords: for one account from one network,
// for one account from everywhere, and for one network whatever the account.
// The second is wide, so that a stranger does not lock somebody out by trying.
// What was typed is the key, so no limit knows whether there is such an account.
func signInLimits(email, address string) account.Limits {
	n := account.Network(address)
	return account.Limits{
		Account: []account.Limit{
			{Key: "reader " + email + " " + n, Most: 10, Window: 15 * time.Minute},
			{Key: "reader " + email, Most: 100, Window: time.Hour},
		},
		Network: []account.Limit{{Key: "readers from " + n, Most: 300, Window: 15 * time.Minute}},
	}
}

// letterLimits bound how many letters one address gets and one network causes.
func letterLimits(email, address string) account.Limits {
	return account.Limits{
		Account: []account.Limit{{Key: "letters to " + email, Most: 5, Window: time.Hour}},
		Network: []account.Limit{{Key: "letters from " + account.Network(address), Most: 200, Window: time.Hour}},
	}
}

// secretLimits bound guessing of the password by somebody who is signed in.
func secretLimits(m Member, address string) account.Limits {
	return account.Limits{
		Account: []account.Limit{{Key: "secret of " + m.String(), Most: 10, Window: time.Hour}},
		Network: []account.Limit{{Key: "readers from " + account.Network(address), Most: 300, Window: 15 * time.Minute}},
	}
}

// codeLimits bound typing of codes from one network; how often a single one may
// be tried is counted with the ticket.
func codeLimits(address string) account.Limits {
	return account.Limits{Network: []account.Limit{{Key: "codes from " + account.Network(address), Most: 300, Window: 15 * time.Minute}}}
}

// keepLimits bound how many passkeys and providers are asked from one network.
func keepLimits(address string) account.Limits {
	return account.Limits{Network: []account.Limit{{Key: "questions from " + account.Network(address), Most: 3000, Window: 15 * time.Minute}}}
}
