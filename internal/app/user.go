package app

import (
	"context"
	"crypto/rand"
	"math/big"
	"strings"

	"warta/internal/account"
	"warta/internal/fault"
	"warta/internal/store"
	"warta/internal/web/newsroom"
)

// cli is who changes users from the command line: whoever may read the database
// holds everything anyway.
var cli = account.System("cli")

// NewUser describes a user for the command line.
type NewUser struct {
	Email, Name, Role string
	Password          string // empty: an invitation is made
}

// AddUser makes a user. Without a password it returns the link by which he
// comes in; else "". Who writes stories gets a byline with his name.
func (c *Core) AddUser(ctx context.Context, n NewUser) (link string, err error) {
	inv := account.Invitation{Email: n.Email, Name: n.Name, Role: account.Role(strings.ReplaceAll(n.Role, "-", "_"))}
	var u account.User
	var token string
	if n.Password == "" {
		u, token, err = c.Staff.Invite(ctx, cli, inv)
	} else {
		u, err = c.Staff.Make(ctx, cli, inv, n.Password, false)
	}
	if err != nil {
		return "", err
	}
	if u.Role.Can(account.WriteOwn) {
		if err := c.byline(ctx, u); err != nil {
			return "", err
		}
	}
	if token == "" {
		return "", nil
	}
	return c.Config.BaseURL + newsroom.Prefix + "/invite/" + token, nil
}

// byline ties a user to the person of his name unless another account has it.
func (c *Core) byline(ctx context.Context, u account.User) error {
	ids, err := c.DB.EnsurePersons(ctx, []string{u.Name})
	if err != nil {
		return err
	}
	err = c.Staff.Correct(ctx, cli, u.ID, account.Identity{Name: u.Name, Email: u.Email, PersonID: ids[u.Name]})
	if f := fault.Find(err); f != nil && f.Code == "person_taken" {
		return nil
	}
	return err
}

// UserLine is one user as the command line lists him.
type UserLine struct{ Email, Name, Role, State string }

// ListUsers calls line for every user in the order of names.
func (c *Core) ListUsers(ctx context.Context, line func(UserLine)) error {
	for f := (account.UserFilter{Limit: 500}); ; {
		list, more, err := c.DB.Users(ctx, f)
		if err != nil {
			return err
		}
		for _, u := range list {
			state := "active"
			switch {
			case u.Disabled:
				state = "disabled"
			case u.Joined.IsZero():
				state = "invited"
			case u.Demo:
				state = "demo"
			}
			line(UserLine{u.Email, u.Name, strings.ReplaceAll(string(u.Role), "_", "-"), state})
			f.After = u.Cursor()
		}
		if !more {
			return nil
		}
	}
}

// DisableUser keeps a user out at once.
func (c *Core) DisableUser(ctx context.Context, email string) error {
	r, err := c.Staff.ByEmail(ctx, email)
	if err != nil {
		return err
	}
	return c.Staff.Disable(ctx, cli, r.ID)
}

// EnableUser lets a user in again.
func (c *Core) EnableUser(ctx context.Context, email string) error {
	r, err := c.Staff.ByEmail(ctx, email)
	if err != nil {
		return err
	}
	return c.Staff.Enable(ctx, cli, r.ID)
}

// ResetUser returns a link by which a user gives himself a new password; with
// proofs his app and passkeys are removed as well.
func (c *Core) ResetUser(ctx context.Context, email string, proofs bool) (link string, err error) {
	r, err := c.Staff.ByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	if proofs {
		if err := c.Staff.DropProofs(ctx, cli, r.ID); err != nil {
			return "", err
		}
	}
	u, token, err := c.Staff.SendReset(ctx, cli, r.ID)
	if err != nil {
		return "", err
	}
	page := "/reset/"
	if u.Joined.IsZero() {
		page = "/invite/"
	}
	return c.Config.BaseURL + newsroom.Prefix + page + token, nil
}

// StartLink returns the link that makes the owner of a site without users, ""
// if there are some. A link from before counts no more.
func (c *Core) StartLink(ctx context.Context) (string, error) {
	token, err := c.Staff.StartToken(ctx)
	if err != nil || token == "" {
		return "", err
	}
	return c.Config.BaseURL + newsroom.Prefix + "/start/" + token, nil
}

// DemoAccount is an account that anybody at this machine can use.
type DemoAccount struct{ Email, Role string }

// demoPeople are the accounts of the demo.
var demoPeople = []struct {
	name string
	role account.Role
}{
	{"Wulan Prasetyo", account.Contributor},
	{"Bagas Ramadhan", account.Reporter},
	{"Rani Setyawati", account.Editor},
	{"Hendra Wijaya", account.ManagingEditor},
	{"Sinta Maharani", account.Moderator},
	{"Doni Kusuma", account.Commercial},
	{"Ayu Lestari", account.Owner},
}

// DemoAccounts makes an account for each role, all with one password that is
// made for this start and returned. A site with users of its own gets none.
func (c *Core) DemoAccounts(ctx context.Context) (list []DemoAccount, password string, err error) {
	defer fault.Wrap(&err, "make the demo's accounts")
	there, err := c.DB.HasDemoUsers(ctx)
	if err != nil {
		return nil, "", err
	}
	if !there {
		if users, _, err := c.DB.Users(ctx, account.UserFilter{Limit: 1}); err != nil || len(users) > 0 {
			return nil, "", err
		}
	}
	password = demoPassword()
	for _, p := range demoPeople {
		role := strings.ReplaceAll(string(p.role), "_", "-")
		inv := account.Invitation{Email: role + "@demo.example", Name: p.name, Role: p.role}
		if p.role.Can(account.WriteOwn) {
			ids, err := c.DB.EnsurePersons(ctx, []string{p.name})
			if err != nil {
				return nil, "", err
			}
			inv.PersonID = ids[p.name]
		}
		if err := c.Staff.Demo(ctx, inv, password); err != nil {
			return nil, "", err
		}
		list = append(list, DemoAccount{inv.Email, role})
	}
	return list, password, nil
}

// demoPassword returns three words and a number that are easy to type: it
// guards a site that only this machine reaches.
func demoPassword() string {
	words := strings.Fields("angin awan bakau batu bintang bukit daun embun gunung hujan jambu kapal karang kayu kebun " +
		"kelapa lampu laut layar madu melati muara ombak padi pantai pasir perahu pohon pulau sawah senja sungai teluk telaga")
	pick := func(n int) int {
		i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
		if err != nil {
			panic(err) // never: see crypto/rand
		}
		return int(i.Int64())
	}
	var b strings.Builder
	for range 3 {
		b.WriteString(words[pick(len(words))] + "-")
	}
	return b.String() + string(rune('1'+pick(9))) + string(rune('0'+pick(10)))
}

// CheckExposed returns an error if the site would listen beyond this machine
// while accounts of the demo can be used: their password was on a screen. It
// looks before anything is opened; a database that does not answer yet is looked
// at again when it does.
func CheckExposed(ctx context.Context, cfg Config) error {
	if cfg.Loopback() {
		return nil
	}
	there, err := store.HasDemoUsers(ctx, store.Options{URL: cfg.Database, Dir: cfg.Data})
	if err != nil {
		return nil // the start meets it too, and says so
	}
	return exposed(there)
}

// CheckExposed is the same once the site is open.
func (c *Core) CheckExposed(ctx context.Context) error {
	if c.Config.Loopback() {
		return nil
	}
	there, err := c.DB.HasDemoUsers(ctx)
	if err != nil {
		return err
	}
	return exposed(there)
}

func exposed(demo bool) error {
	if demo {
		return Usage("listen", "this site has accounts of the demo, whose password was shown; "+
			"disable them with \"warta user disable --demo\", or listen on a 127.0.0.1 address")
	}
	return nil
}

// DisableDemo disables all accounts of the demo and returns how many. A
// Conflict says that the last owner is among them: somebody of one's own has to
// be made owner first.
func (c *Core) DisableDemo(ctx context.Context) (n int, err error) {
	list, _, err := c.DB.Users(ctx, account.UserFilter{Enabled: true, Limit: 500})
	if err != nil {
		return 0, err
	}
	for _, u := range list {
		if !u.Demo {
			continue
		}
		if err := c.Staff.Disable(ctx, cli, u.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
