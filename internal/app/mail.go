package app

import (
	"context"
	"time"

	"warta/internal/deliver"
	"warta/internal/store"
)

// sweepEvery is how often letters are looked for that nobody sends.
const sweepEvery = time.Minute

// openPost builds what sends letters and lets the queue ask it.
func (a *App) openPost() (err error) {
	a.Post, err = deliver.New(a.DB, a.shell.renderer, a.Config.BaseURL,
		deliver.Options{Server: a.Config.mailServer(), Now: a.now, Log: a.Log})
	if err != nil {
		return err
	}
	a.Jobs.Register(store.JobMail, a.Post.Deliver)
	return nil
}

// noticesEvery is how often notices are mailed: all of one person's in one
// letter.
const noticesEvery = time.Minute

func (a *App) mailNotices(ctx context.Context) error { return a.Post.MailNotices(ctx, a.DB) }

// remindEvery is how often deadlines of readers' reports are looked at.
const remindEvery = time.Minute

// remind reminds the newsroom of reports whose deadline comes near.
func (a *App) remind(ctx context.Context) error {
	n, err := a.Reports.Remind(ctx)
	if n > 0 {
		a.Log.Info("reminded of readers' reports", "count", n)
	}
	return err
}

// CheckMail tries to sign in at the configured mail server.
func CheckMail(ctx context.Context, c Config) error {
	s := c.mailServer()
	if !s.On() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	return s.Try(ctx)
}

// MailFine says what a mail server that works, or none, means.
func MailFine(c Config) string {
	if c.mailServer().On() {
		return c.SMTPHost + " takes mails"
	}
	return "no mail server is named: mails stay in the newsroom's outbox"
}
