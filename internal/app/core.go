package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"warta/internal/account"
	"warta/internal/ads"
	"warta/internal/blob"
	"warta/internal/discuss"
	"warta/internal/fault"
	"warta/internal/fetch"
	"warta/internal/job"
	"warta/internal/media"
	"warta/internal/member"
	"warta/internal/news"
	"warta/internal/purge"
	"warta/internal/store"
)

// Core is what every command works with: the database, the files, and the
// operations on them. It serves nothing.
type Core struct {
	Config  Config
	Log     *slog.Logger
	DB      *store.DB
	Blobs   blob.Store
	Library *media.Library
	Uploads *media.Uploads
	Desk    *news.Desk
	Site    *news.Site
	Staff   *account.Staff
	Members *member.Members
	Sales   *member.Sales
	Forum   *discuss.Forum
	Imports *news.Imports // runs of imports
	Reports *news.Reports
	AdSales *ads.Sales
	Jobs    *job.Queue
	Caches  *purge.Caches // in front of the site

	hooks *fetch.Client // reaches the service that judges comments
	links *fetch.Client // tries where ads lead
	taker *fetch.Client // takes pages for the newsroom
}

// Open opens the core: the database is made or brought up to date, and a fresh
// one gets its sections, fronts and static pages. now replaces the clock in
// tests; nil is the database's own.
func Open(ctx context.Context, cfg Config, log *slog.Logger, now func() time.Time) (_ *Core, err error) {
	defer fault.Wrap(&err, "open %s", cfg.Data)
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: cfg.Database, Dir: cfg.Data, Log: log, Now: now})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	jobs, err := openQueue(ctx, db, &cfg, job.Options{Log: log})
	if err != nil {
		return nil, err
	}
	fresh, err := db.Seed(ctx)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.NewDir(cfg.blobs())
	if err != nil {
		return nil, err
	}
	caches, err := cfg.caches()
	if err != nil {
		return nil, err
	}
	c := &Core{Config: cfg, Log: log, DB: db, Jobs: jobs, Reports: news.NewReports(db), Blobs: blobs, Site: news.NewSite(db), Staff: account.NewStaff(db), Members: member.New(db), Caches: caches}
	c.Desk = news.NewDesk(db, confirmer{db, caches, cfg.cacheAge()})
	c.Imports = news.NewImports(db, confirmer{db, caches, cfg.cacheAge()})
	c.Forum = discuss.New(db, confirmer{db, caches, cfg.cacheAge()})
	c.moderate()
	c.Sales = member.NewSales(db, c.saleTerms, cfg.gateways()...)
	c.Members.BeforeErasing(func(ctx context.Context, id int64) error {
		return errors.Join(c.Forum.ForgetWords(ctx, id), c.Sales.Leave(ctx, id))
	})
	c.Desk.Prove() // there is a queue
	c.Desk.Doubt(NewClock(db).InDoubt)
	c.Library = media.NewLibrary(db, blobs, media.Options{Apart: cfg.apart()})
	c.Uploads = media.NewUploads(db, blobs, c.Library)
	c.sell(confirmer{db, caches, cfg.cacheAge()})
	if fresh {
		if err := seedPages(ctx, c.Site); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Close ends renderings and closes the database. Whatever was started on top of
// the core must have ended.
func (c *Core) Close() error {
	c.Caches.Close()
	c.hooks.Close()
	c.links.Close()
	c.taker.Close()
	return errors.Join(c.Library.Close(), c.DB.Close())
}
