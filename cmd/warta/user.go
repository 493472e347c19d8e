package main

import (
	"bufio"
	"fmt"
	"strings"
	"text/tabwriter"

	"warta/internal/app"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Make a user, by an invitation or with a password."`
	List    userListCmd    `cmd:"" help:"List the users."`
	Disable userDisableCmd `cmd:"" help:"Keep a user out; what was written stays."`
	Enable  userEnableCmd  `cmd:"" help:"Let a disabled user in again."`
	Reset   userResetCmd   `cmd:"" help:"Print a link by which a user gives himself a new password."`
}

type userAddCmd struct {
	Email         string `required:"" help:"Mail address." placeholder:"ADDRESS"`
	Name          string `required:"" help:"Name, also the byline of somebody who writes." placeholder:"NAME"`
	Role          string `required:"" help:"What the user may do: ${enum}." enum:"contributor,reporter,editor,managing-editor,moderator,commercial,owner" placeholder:"ROLE"`
	PasswordStdin bool   `help:"Read the password from standard input; without this an invitation link is printed."`
}

// Run makes a user.
func (c *userAddCmd) Run(e *env) error {
	n := app.NewUser{Email: c.Email, Name: c.Name, Role: c.Role}
	if c.PasswordStdin {
		line, err := bufio.NewReader(e.in).ReadString('\n')
		if n.Password = strings.TrimRight(line, "\r\n"); n.Password == "" {
			return app.Usage("password-stdin", "standard input holds no password: %v", err)
		}
	}
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	link, err := core.AddUser(e.ctx, n)
	if err != nil {
		return err
	}
	if link == "" {
		fmt.Fprintf(e.out, "%s can sign in now.\n", c.Email)
		return nil
	}
	fmt.Fprintf(e.out, "Send this link to %s. It counts for seven days, and once:\n%s\n", c.Email, link)
	return nil
}

type userListCmd struct{}

// Run prints a line for each user.
func (*userListCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	if err := core.ListUsers(e.ctx, func(u app.UserLine) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Email, u.Role, u.State, u.Name)
	}); err != nil {
		return err
	}
	return w.Flush()
}

type userDisableCmd struct {
	Email string `arg:"" optional:"" name:"ADDRESS" help:"Mail address."`
	Demo  bool   `help:"All accounts of the demo."`
}

// Run disables a user, or those of the demo.
func (c *userDisableCmd) Run(e *env) error {
	if (c.Email == "") != c.Demo {
		return app.Usage("user disable", "name one address, or --demo")
	}
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	if c.Demo {
		n, err := core.DisableDemo(e.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Disabled %d accounts of the demo.\n", n)
		return nil
	}
	if err := core.DisableUser(e.ctx, c.Email); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s is signed out everywhere and cannot come in any more.\n", c.Email)
	return nil
}

type userEnableCmd struct {
	Email string `arg:"" name:"ADDRESS" help:"Mail address."`
}

// Run enables a user.
func (c *userEnableCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	if err := core.EnableUser(e.ctx, c.Email); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s can sign in again.\n", c.Email)
	return nil
}

type userResetCmd struct {
	Email  string `arg:"" name:"ADDRESS" help:"Mail address."`
	Proofs bool   `help:"Remove the authenticator app and the passkeys as well, for somebody who has lost them."`
}

// Run prints a link for a new password.
func (c *userResetCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	link, err := core.ResetUser(e.ctx, c.Email, c.Proofs)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Send this link to %s. It counts once:\n%s\n", c.Email, link)
	return nil
}
