package render

// account returns a view of every page about a reader's account.
func (v sampleViews) account() []AccountPage {
	if !v.full {
		list := []AccountPage{&SignInPage{}, &RegisterPage{}, &CheckPage{}, &ElsewherePage{}, &AskPage{}, &ResetPage{}, &NotePage{}, &HomePage{},
			&EmailPage{}, &PasswordPage{}, &ConfirmPage{}, &KeysPage{}, &DeletePage{}, &KeepPage{},
			&SavedPage{}, &FollowingPage{}, &FollowsPage{}, &ShelfPage{}}
		list = append(append(list, v.commentPages()...), v.membership()...)
		for _, p := range list {
			p.Base().Shell = v.shell("")
		}
		return list
	}
	ways := []Way{{Key: "contoh", Label: "Contoh", Email: "rani@contoh.example", Tied: true}, {Key: "lain", Label: "Lain"}}
	list := []AccountPage{
		&SignInPage{Email: "rani@kabar.example", Ways: ways},
		&RegisterPage{Email: "rani@kabar.example", Name: "Rani", Terms: "0123456789abcdef", Ways: ways},
		&RegisterPage{Email: "rani@kabar.example", Name: "Rani", Terms: "0123456789abcdef", Provider: "Contoh", Token: "x", Fixed: true},
		&CheckPage{Password: true}, &ElsewherePage{Code: "1234 5678"}, &AskPage{Email: "rani@kabar.example"}, &ResetPage{Token: "x"},
		&NotePage{Text: "Tautan ini sudah dipakai.", Link: "/account/sign-in", LinkText: "Masuk"},
		&HomePage{Name: "Rani Setyawati", Email: "rani@kabar.example", NewDevice: true, Password: true, Keys: 2, Ways: ways, Since: "23 November 2026",
			Devices: []Device{{ID: 1, Name: "Chrome, Android", Network: "192.0.2.7", Seen: v.when(0), Here: true}, {ID: 2, Network: "2001:db8::1", Seen: v.when(1)}}},
		&EmailPage{Old: "rani@kabar.example", Email: "rani"}, &PasswordPage{Has: true}, &ConfirmPage{Password: true, Keys: true},
		&KeysPage{Keys: []Key{{ID: "x", Name: "Ponsel", Created: "23 November 2026", Used: "24 November 2026"}}},
		&DeletePage{Hours: 72, Until: "25/11/2026, 12:00 WIB"}, &DeletePage{Hours: 72, Until: "25/11/2026, 12:00 WIB", Twice: true},
		&KeepPage{Token: "x", Until: "25/11/2026, 12:00 WIB"},
		&SavedPage{Items: v.shelf(), Older: "/account/saved?after=1-1", First: true},
		&SavedPage{Items: v.shelf(), First: true, Here: true},
		&FollowingPage{Items: v.shelf(), Older: "/account/following?after=1-1", First: true},
		&FollowsPage{Items: v.shelf(), Most: 200},
		&ShelfPage{Item: v.shelf()[0], Save: true}, &ShelfPage{Item: v.shelf()[0], Save: true, On: true}, &ShelfPage{Item: v.shelf()[0], On: true},
	}
	list = append(append(list, v.commentPages()...), v.membership()...)
	for i, field := range []string{"email", "terms", "name", "code"} {
		b := list[i].Base()
		b.Field, b.Problem = field, "Periksa lagi isian ini."
	}
	for _, p := range list {
		b := p.Base()
		b.Shell, b.Heading, b.Next, b.Said, b.Script = v.shell(""), "Akun", "/contoh", "saved", true
	}
	return list
}

// shelf is what a reader keeps.
func (v sampleViews) shelf() []ShelfItem {
	return []ShelfItem{{Item: "save-1", Card: v.card(0), Name: Link{"Banjir", "/topic/banjir"}, Kind: "Topik", When: v.when(0),
		Why: []Link{{"Banjir", "/topic/banjir"}, {"Nasional", "/nasional"}}, New: true}}
}
