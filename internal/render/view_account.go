package render

import (
	"slices"

	"warta/internal/page"
)

// AccountPage is a page about one reader, or about somebody who wants to be
// one. It is made for each request and never kept.
type AccountPage interface {
	// Base returns what all of them have.
	Base() *Account
	// Template names the template: "account-" and the kind of page.
	Template() string
}

// Account is what every page about a reader's account has.
type Account struct {
	Shell
	Heading string
	Next    string // path of the site to go on to; empty: the account
	Said    string // what was just done, a key below "account.said"; empty: nothing
	Problem string // what has to be mended
	Field   string // where: the name of a field; empty: as a whole
	Who     string // the account's address, for the browser's keeper of passwords; empty: it is not to be known
	Script  bool   // the page has something for account.js
}

// Base implements AccountPage.
func (a *Account) Base() *Account { return a }

// Wrong returns what has to be mended in a field, empty for nothing.
func (a *Account) Wrong(field string) string {
	if a.Field == field {
		return a.Problem
	}
	return ""
}

// Whole returns what has to be mended if it is in none of the fields that the
// page shows it beside.
func (a *Account) Whole(fields ...string) string {
	if a.Field != "" && slices.Contains(fields, a.Field) {
		return ""
	}
	return a.Problem
}

// Way is an account elsewhere by which readers sign in.
type Way struct {
	Key   string // in addresses
	Label string // "Google"
	Email string // of the account that is tied; empty: none is
	Tied  bool
}

// SignInPage asks who somebody is.
type SignInPage struct {
	Account
	Email string
	Ways  []Way
}

// Template implements AccountPage.
func (SignInPage) Template() string { return "account-sign-in" }

// RegisterPage is the form for a new account. With Provider somebody comes from
// there and needs no password.
type RegisterPage struct {
	Account
	Email, Name string
	Terms       string // the version that the page shows a link to
	Ways        []Way
	Provider    string // "Google"
	Token       string // of the form, with Provider
	Fixed       bool   // the provider says what the address is
}

// Template implements AccountPage.
func (RegisterPage) Template() string { return "account-register" }

// CheckPage says that a letter is on its way, and takes the code in it.
type CheckPage struct {
	Account
	Password bool // a new one is set with the code
}

// Template implements AccountPage.
func (CheckPage) Template() string { return "account-check" }

// ElsewherePage shows the code of a link that was opened in another browser.
type ElsewherePage struct {
	Account
	Code string // "1234 5678"
}

// Template implements AccountPage.
func (ElsewherePage) Template() string { return "account-elsewhere" }

// AskPage asks for the address to which a letter for a new password goes.
type AskPage struct {
	Account
	Email string
}

// Template implements AccountPage.
func (AskPage) Template() string { return "account-ask" }

// ResetPage takes a new password from whoever follows the letter's link.
type ResetPage struct {
	Account
	Token string
}

// Template implements AccountPage.
func (ResetPage) Template() string { return "account-reset" }

// NotePage says something, and where to go on.
type NotePage struct {
	Account
	Text     string
	Link     string
	LinkText string
}

// Template implements AccountPage.
func (NotePage) Template() string { return "account-note" }

// Device is one on which the reader is signed in.
type Device struct {
	ID      int64
	Name    string
	Network string
	Seen    Time
	Here    bool
}

// HomePage is the account's own page.
type HomePage struct {
	Account
	Name, Email string
	NewDevice   bool
	Password    bool // there is one
	Keys        int  // passkeys
	Ways        []Way
	Devices     []Device
	Since       string // date of the registration
	Member      string // until when he is one; empty: he is none
	News        int    // notices that were not seen
}

// Template implements AccountPage.
func (HomePage) Template() string { return "account-home" }

// EmailPage asks for a new address.
type EmailPage struct {
	Account
	Old, Email string
}

// Template implements AccountPage.
func (EmailPage) Template() string { return "account-email" }

// PasswordPage sets or changes the password.
type PasswordPage struct {
	Account
	Has bool // there is one
}

// Template implements AccountPage.
func (PasswordPage) Template() string { return "account-password" }

// ConfirmPage asks again who it is.
type ConfirmPage struct {
	Account
	Password, Keys bool // there is one, there are some
}

// Template implements AccountPage.
func (ConfirmPage) Template() string { return "account-confirm" }

// Key is one passkey of the reader's.
type Key struct {
	ID, Name      string
	Created, Used string // Used is empty if it never was
}

// KeysPage lists passkeys and takes a new one.
type KeysPage struct {
	Account
	Keys []Key
}

// Template implements AccountPage.
func (KeysPage) Template() string { return "account-keys" }

// ShelfItem is a story or a thing on a reader's shelf, as its lists show it.
type ShelfItem struct {
	Item string // as forms name it
	Card Card   // of a story
	Name Link   // of what is followed
	Kind string // what that is, in words
	When Time   // saved, or followed since; empty prints none
	Why  []Link // why the story is there: what the reader follows
	New  bool   // it stands there because it was significantly updated
}

// SavedPage lists the stories that a reader saved: in the account, or, of
// somebody who is not signed in, in the browser.
type SavedPage struct {
	Account
	Items []ShelfItem
	Older string // address of the next page; empty: none
	First bool   // it is the first page
	Here  bool   // they are kept in the browser alone
}

// Template implements AccountPage.
func (SavedPage) Template() string { return "account-saved" }

// FollowingPage lists the stories of what a reader follows.
type FollowingPage struct {
	Account
	Items []ShelfItem
	Older string // address of the next page; empty: none
	First bool   // it is the first page
	None  bool   // nothing is followed
}

// Template implements AccountPage.
func (FollowingPage) Template() string { return "account-following" }

// FollowsPage lists what a reader follows, to give it up.
type FollowsPage struct {
	Account
	Items []ShelfItem
	Most  int // that can be followed
}

// Template implements AccountPage.
func (FollowsPage) Template() string { return "account-follows" }

// ShelfPage asks whether a thing shall be kept, and says that it is.
type ShelfPage struct {
	Account
	Item ShelfItem
	Save bool // a story to be saved, and nothing to follow
	On   bool // it is on the shelf
}

// Template implements AccountPage.
func (ShelfPage) Template() string { return "account-shelf" }

// DeletePage says what becomes of an account that is given up, and asks twice.
type DeletePage struct {
	Account
	Hours int    // within which it is done
	Until string // it can be stopped
	Twice bool   // it was asked once
}

// Template implements AccountPage.
func (DeletePage) Template() string { return "account-delete" }

// KeepPage asks whether an erasure is to be stopped.
type KeepPage struct {
	Account
	Token, Until string
}

// Template implements AccountPage.
func (KeepPage) Template() string { return "account-keep" }

// Account prints a page about a reader's account. v is the renderer's until it
// returns.
func (r *Renderer) Account(v AccountPage) (Output, error) {
	return r.page(v.Template(), v.Base().Lang, func(h *page.Holes) any { v.Base().holes = h; return v })
}
