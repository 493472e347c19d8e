package app

import (
	"context"
	"time"
)

// How often pages are told of comments that came too quickly one after the other,
// and how often letters to those who want them are looked for.
const (
	announceEvery = 250 * time.Millisecond
	digestEvery   = time.Minute
	// keepNetworks is for how long it is known where a comment came from.
	keepNetworks = 30 * 24 * time.Hour
)

func (a *App) announceComments(ctx context.Context) error {
	_, err := a.Forum.Announce(ctx)
	return err
}

func (a *App) mailDigests(ctx context.Context) error { return a.Post.MailDigests(ctx, a.DB) }

func (a *App) trimComments(ctx context.Context) error {
	return a.DB.TrimComments(ctx, a.now().Add(-keepNetworks))
}
