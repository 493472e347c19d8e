package app

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"warta/internal/fault"
	"warta/internal/store"
)

// maxDrift is how far the wall clock may move against the clock that counts
// since boot before embargoed releases are held.
const maxDrift = 5 * time.Minute

// clockState is what is remembered of the clocks.
type clockState struct {
	Boot   string        `json:"boot"`   // which start of the machine
	Offset time.Duration `json:"offset"` // wall clock less time since boot
	Held   time.Time     `json:"held,omitzero"`
	Moved  time.Duration `json:"moved,omitempty"` // by how much, when held
}

const clockKey = "clock"

// Clock watches whether the wall clock can be trusted for an embargo.
type Clock struct {
	db *store.DB
	// sinceBoot and bootID are replaced in tests.
	sinceBoot func() (time.Duration, error)
	bootID    func() string
	host      string
}

// NewClock returns the watch over the clocks of this machine.
func NewClock(db *store.DB) *Clock {
	host, err := os.Hostname()
	if err != nil {
		host = "local"
	}
	return &Clock{db: db, sinceBoot: bootTime, bootID: bootID, host: host}
}

func bootTime() (time.Duration, error) {
	var ts unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts)
	return time.Duration(ts.Nano()), err
}

// bootID tells one start of the machine from the next; the kernel draws it.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// ClockReport says what the watch knows.
type ClockReport struct {
	Now   time.Time     // the database's clock
	Drift time.Duration // the wall clock's move against the time since boot
	Held  time.Time     // since when embargoed releases are held; zero: they are not
	Moved time.Duration // the move for which they are held
}

func (c *Clock) key() string { return clockKey + "." + c.host }

func (c *Clock) load(ctx context.Context) (s clockState, err error) {
	text, err := c.db.State(ctx, c.key())
	if err != nil || text == "" {
		return s, err
	}
	err = json.Unmarshal([]byte(text), &s)
	return s, err
}

func (c *Clock) save(ctx context.Context, s clockState) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return c.db.SetState(ctx, c.key(), string(text))
}

// Check compares the clocks and remembers a move that is too large. The first
// check after a boot sets what later ones are compared with.
func (c *Clock) Check(ctx context.Context) (rep ClockReport, err error) {
	defer fault.Wrap(&err, "check the clock")
	now, err := c.db.Now(ctx)
	if err != nil {
		return rep, err
	}
	since, err := c.sinceBoot()
	if err != nil {
		return rep, err
	}
	s, err := c.load(ctx)
	if err != nil {
		return rep, err
	}
	offset, boot := time.Duration(now.UnixNano())-since, c.bootID()
	if s.Boot != boot || s.Boot == "" {
		s.Boot, s.Offset = boot, offset
		if err := c.save(ctx, s); err != nil {
			return rep, err
		}
	}
	rep = ClockReport{Now: now, Drift: offset - s.Offset, Held: s.Held, Moved: s.Moved}
	if rep.Held.IsZero() && rep.Drift.Abs() > maxDrift {
		s.Held, s.Moved = now, rep.Drift
		rep.Held, rep.Moved = s.Held, s.Moved
		err = c.save(ctx, s)
	}
	return rep, err
}

// InDoubt reports whether embargoed releases are held.
func (c *Clock) InDoubt(ctx context.Context) (doubt bool, err error) {
	defer fault.Wrap(&err, "ask whether the clock is in doubt")
	s, err := c.load(ctx)
	return !s.Held.IsZero(), err
}

// Confirm says that a person has looked: the clock is right as it is now, and
// what is held may go out.
func (c *Clock) Confirm(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "confirm the clock")
	now, err := c.db.Now(ctx)
	if err != nil {
		return err
	}
	since, err := c.sinceBoot()
	if err != nil {
		return err
	}
	return c.save(ctx, clockState{Boot: c.bootID(), Offset: time.Duration(now.UnixNano()) - since})
}
