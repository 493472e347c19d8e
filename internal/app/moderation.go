package app

import (
	"context"
	"time"

	"warta/internal/deliver"
	"warta/internal/discuss"
	"warta/internal/fetch"
)

// moderate puts together what the rules of discussions and of readers' names ask
// of others: the newsroom's own service, by the guarded client, and the names of
// the staff.
func (c *Core) moderate() {
	c.hooks = fetch.New(fetch.Options{Timeout: 5 * time.Second, MaxRedirects: -1, Ports: c.Config.hookPorts(), Allow: c.Config.HookAllow})
	c.Forum.SetHook(deliver.NewHook(c.hooks, c.DB, c.Log))
	c.Members.Reserve(func(ctx context.Context, name string) (bool, error) {
		staff, err := c.DB.StaffNames(ctx)
		like, _ := discuss.LooksLike(name, staff)
		return like != "", err
	})
}

// keepPrints is for how long it is known by what texts are found again.
const keepPrints = (discuss.RepeatDays + 1) * 24 * time.Hour

// remindModerators reminds of complaints whose deadline comes near.
func (a *App) remindModerators(ctx context.Context) error {
	n, err := a.Forum.Remind(ctx)
	if n > 0 {
		a.Log.Info("reminded of complaints", "count", n)
	}
	return err
}

// trimPrints forgets by what old texts are found, some at a time.
func (a *App) trimPrints(ctx context.Context) error {
	for {
		n, err := a.DB.TrimPrints(ctx, a.now().Add(-keepPrints), 1000)
		if n == 0 || err != nil {
			return err
		}
	}
}
