package store

import (
	"context"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"warta/internal/change"
	"warta/internal/fault"
	"warta/internal/testkit/pg"
)

// engines gives each test a place without a database.
var engines = map[string]func(testing.TB) Options{
	"SQLite":     func(t testing.TB) Options { return Options{Dir: filepath.Join(t.TempDir(), "tempat")} },
	"PostgreSQL": func(t testing.TB) Options { return Options{URL: pg.Database(t)} },
}

func opened(t testing.TB, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// schemaNow is what the migrations really made.
func schemaNow(t *testing.T, db *DB) (schema map[string]*Table, carried []Table) {
	t.Helper()
	if err := db.view(t.Context(), func(s *session) (err error) {
		if schema, err = readSchema(t.Context(), s); err != nil {
			return err
		}
		carried, err = carriedTables(t.Context(), s)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return schema, carried
}

func TestABackupKnowsEveryTable(t *testing.T) {
	t.Parallel()
	both := map[string][]Table{}
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		schema, carried := schemaNow(t, opened(t, engines[engine](t)))
		for name := range schema {
			if _, ok := cares[name]; !ok {
				t.Errorf("%s has a table %s of which cares (backup_tables.go) does not say whether a backup keeps it", engine, name)
			}
		}
		for name, c := range cares {
			here := schema[name] != nil || name == "reads" && engine == "SQLite"
			if !here && !c.foreign {
				t.Errorf("cares names a table %s that %s does not have", name, engine)
			}
			if _, ok := rebuilders[name]; ok != c.rebuilt {
				t.Errorf("%s is rebuilt in cares or in rebuilders, and not in both", name)
			}
		}
		both[engine] = carried
	}
	if len(both["SQLite"]) < 20 {
		t.Fatalf("only %d tables are kept", len(both["SQLite"]))
	}
	for i, t1 := range both["SQLite"] {
		if i >= len(both["PostgreSQL"]) {
			t.Fatalf("PostgreSQL has no table %s", t1.Name)
		}
		t2 := both["PostgreSQL"][i]
		if !reflect.DeepEqual(plain(t1), plain(t2)) {
			t.Errorf("the engines differ in %s:\n%v\n%v", t1.Name, plain(t1), plain(t2))
		}
		if len(t1.key) == 0 || !slices.Equal(t1.key, t2.key) {
			t.Errorf("the primary keys of %s are %v and %v", t1.Name, t1.key, t2.key)
		}
	}
}

// plain is a table without what belongs to one engine, its columns by name.
func plain(t Table) map[string]string {
	m := map[string]string{"": t.Name}
	for _, c := range t.Columns {
		m[c.Name] = c.Kind
	}
	return m
}

// A foreign key to a table that is not kept would not hold.
func TestWhatIsKeptRefersToNothingElse(t *testing.T) {
	t.Parallel()
	server := opened(t, engines["PostgreSQL"](t))
	keys, err := collect(func(r scanner) (k [2]string, err error) {
		err = r.Scan(&k[0], &k[1])
		return k, err
	})(server.write.QueryContext(t.Context(), `
		SELECT conrelid::regclass::text, confrelid::regclass::text
		FROM pg_constraint
		WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`))
	if err != nil || len(keys) == 0 {
		t.Fatalf("no foreign keys found: %v", err)
	}
	for _, k := range keys {
		if cares[k[0]].carried() && !cares[k[1]].carried() {
			t.Errorf("%s is kept and refers to %s, which is not", k[0], k[1])
		}
	}
}

// fill puts something into the places that differ between the engines.
func fill(t *testing.T, db *DB) {
	t.Helper()
	if _, err := db.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`INSERT INTO pictures (id, hash, mime, width, height, bytes, created_at, focal_x) VALUES (7, 'h', 'image/png', 1, 1, 1, 5, 0.25)`,
		`INSERT INTO topics (id, slug, name, folded) VALUES (3, 'bakau', 'Bakau', 'bakau')`,
		`DELETE FROM topics WHERE id = 3`,
		`INSERT INTO topics (id, slug, name, folded) VALUES (2, 'laut', 'Laut é 😀', 'laut')`,
		`INSERT INTO redirects (host, path, fold_host, fold_path, target) VALUES ('a.example', '/x', 'a.example', '/x', '/y')`,
		`INSERT INTO processes (id, name, started, heartbeat, applied) VALUES ('p', 'p', 1, 1, 1)`,
	} {
		if _, err := db.write.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	for range 40 {
		if _, err := db.change(t.Context(), func(context.Context, *session) (change.Outcome, error) {
			return change.Outcome{Tags: []string{"latest"}}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// contents returns every row of the kept tables.
func contents(t *testing.T, db *DB) (rows map[string][][]any, event int64, sequences map[string]int64) {
	t.Helper()
	rows = map[string][][]any{}
	if err := db.Snapshot(t.Context(), func(s *Snapshot) error {
		event, sequences = s.Event, s.Sequences
		list, err := s.Tables(t.Context())
		if err != nil {
			return err
		}
		for _, table := range list {
			order := slices.Clone(table.Columns)
			slices.SortFunc(order, func(a, b Column) int { return cmpText(a.Name, b.Name) })
			if err := s.Rows(t.Context(), table.Name, func(row []any) error {
				sorted := make([]any, len(row))
				for i, c := range table.Columns {
					sorted[slices.IndexFunc(order, func(o Column) bool { return o.Name == c.Name })] = row[i]
				}
				rows[table.Name] = append(rows[table.Name], sorted)
				return nil
			}); err != nil {
				return err
			}
			if int64(len(rows[table.Name])) != table.Rows {
				t.Errorf("%s: %d rows counted, %d read", table.Name, table.Rows, len(rows[table.Name]))
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows, event, sequences
}

// rulesOf returns the triggers and the foreign keys of a database.
func rulesOf(t *testing.T, db *DB) []string {
	t.Helper()
	text := `SELECT sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE '%REFERENCES%' ORDER BY name`
	if db.dialect.postgres {
		text = `
			SELECT c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) AS rule
			FROM pg_constraint AS k
			JOIN pg_class AS c ON c.oid = k.conrelid
			WHERE k.contype = 'f'
			UNION ALL
			SELECT pg_get_triggerdef(oid) || ' ' || tgenabled::text
			FROM pg_trigger
			WHERE NOT tgisinternal
			ORDER BY rule`
	}
	list, err := collect(scanText)(db.write.QueryContext(t.Context(), text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// move copies everything from one database into an empty place. It stops before
// Finish if stop says so.
func move(t *testing.T, from *DB, o Options, stop bool) error {
	t.Helper()
	return from.Snapshot(t.Context(), func(s *Snapshot) error {
		r, err := OpenRefill(t.Context(), o, "satu", s.Schema)
		if err != nil {
			return err
		}
		defer r.Close()
		list, err := s.Tables(t.Context())
		if err != nil {
			return err
		}
		slices.Reverse(list) // the order must not matter
		if !r.Loaded {
			if err := r.Load(t.Context(), s.Sequences, func(ctx context.Context, insert Insert) error {
				for _, table := range list {
					if err := s.Rows(ctx, table.Name, func(row []any) error {
						return insert(ctx, table, [][]any{slices.Clone(row)})
					}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
		if stop {
			return nil
		}
		return r.Finish(t.Context(), s.Event, change.Outcome{})
	})
}

func TestEveryRowComesToTheOtherEngine(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("nothing runs at once here")
	}
	for _, from := range []string{"SQLite", "PostgreSQL"} {
		for _, to := range []string{"SQLite", "PostgreSQL"} {
			t.Run("from "+from+" to "+to, func(t *testing.T) {
				t.Parallel()
				source := opened(t, engines[from](t))
				fill(t, source)
				place := engines[to](t)
				if err := move(t, source, place, false); err != nil {
					t.Fatal(err)
				}
				target := opened(t, place)
				want, event, _ := contents(t, source)
				got, resumed, _ := contents(t, target)
				delete(want, "marks") // has the last event
				delete(got, "marks")
				for _, name := range slices.Sorted(maps.Keys(want)) {
					if !reflect.DeepEqual(got[name], want[name]) {
						t.Errorf("%s: %.500v\nwant %.500v", name, got[name], want[name])
					}
				}
				if len(want["pictures"]) != 1 || len(want["sections"]) < 5 {
					t.Errorf("the source holds %d pictures", len(want["pictures"]))
				}
				if resumed != event+1 {
					t.Errorf("the last event is %d, want %d", resumed, event+1)
				}
				if _, err := target.Events(t.Context(), event-1, 10); !fault.Is(err, fault.Gone) {
					t.Errorf("events of before: %v", err)
				}
				if next, err := target.change(t.Context(), func(context.Context, *session) (change.Outcome, error) {
					return change.Outcome{Tags: []string{"latest"}}, nil
				}); err != nil || next != event+2 {
					t.Errorf("the next event is %d, %v", next, err)
				}
				var id int64
				if err := target.write.QueryRowContext(t.Context(),
					`INSERT INTO topics (slug, name, folded) VALUES ('a', 'a', 'a') RETURNING id`).Scan(&id); err != nil || id < 3 {
					t.Errorf("a new topic has the id %d, %v", id, err)
				}
				if err := target.Check(t.Context()); err != nil {
					t.Error(err)
				}
				if got, want := rulesOf(t, target), rulesOf(t, opened(t, engines[to](t))); !slices.Equal(got, want) || len(want) < 5 {
					t.Errorf("triggers and foreign keys are\n%q\nin place of\n%q", got, want)
				}
			})
		}
	}
}

func TestAPlaceThatIsHalfRestoredRefusesToOpen(t *testing.T) {
	t.Parallel()
	source := opened(t, engines["SQLite"](t))
	fill(t, source)
	for engine, place := range engines {
		for name, broken := range map[string]func(*testing.T, Options){
			"before its rows are in": func(t *testing.T, o Options) {
				r, err := OpenRefill(t.Context(), o, "satu", NewestSchema())
				if err != nil {
					t.Fatal(err)
				}
				r.Close()
			},
			"after its rows are in": func(t *testing.T, o Options) {
				if err := move(t, source, o, true); err != nil {
					t.Fatal(err)
				}
			},
			"with another backup": func(t *testing.T, o Options) {
				r, err := OpenRefill(t.Context(), o, "lain", NewestSchema())
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				err = r.Load(t.Context(), nil, func(ctx context.Context, insert Insert) error {
					return insert(ctx, Table{Name: "settings", Columns: []Column{{Name: "key", Kind: KindText}, {Name: "value", Kind: KindText}}}, [][]any{{"a", "b"}})
				})
				if err != nil {
					t.Fatal(err)
				}
			},
		} {
			t.Run(engine+" "+name, func(t *testing.T) {
				t.Parallel()
				o := place(t)
				broken(t, o)
				if _, err := Open(t.Context(), o); !fault.Is(err, fault.Conflict) {
					t.Fatalf("it opens: %v", err)
				}
				if err := move(t, source, o, false); err != nil {
					t.Fatal(err)
				}
				want, _, _ := contents(t, source)
				got, _, _ := contents(t, opened(t, o))
				if !reflect.DeepEqual(got["settings"], want["settings"]) || !reflect.DeepEqual(got["sections"], want["sections"]) {
					t.Errorf("the second run brought %v", got["settings"])
				}
			})
		}
		t.Run(engine+" when two restorations meet, only the later one counts", func(t *testing.T) {
			t.Parallel()
			o := place(t)
			first, err := OpenRefill(t.Context(), o, "satu", NewestSchema())
			if err != nil {
				t.Fatal(err)
			}
			defer first.Close()
			if err := move(t, source, o, false); err != nil {
				t.Fatal(err)
			}
			nothing := func(context.Context, Insert) error { return nil }
			if err := first.Load(t.Context(), nil, nothing); err == nil {
				t.Error("the first one emptied a place that works")
			}
		})
	}
}

func TestAPlaceThatIsNotEmptyIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	source := opened(t, engines["SQLite"](t))
	fill(t, source)
	for engine, place := range engines {
		t.Run(engine+" with a topic", func(t *testing.T) {
			t.Parallel()
			o := place(t)
			db := opened(t, o)
			if _, err := db.write.ExecContext(t.Context(), `INSERT INTO topics (slug, name, folded) VALUES ('a', 'a', 'a')`); err != nil {
				t.Fatal(err)
			}
			if err := move(t, source, o, false); !fault.Is(err, fault.Conflict) {
				t.Errorf("err = %v", err)
			}
			opened(t, o)
		})
		t.Run(engine+" with a running server", func(t *testing.T) {
			t.Parallel()
			o := place(t)
			db := opened(t, o)
			if err := db.RegisterProcess(t.Context(), "p", "web-1", 0); err != nil {
				t.Fatal(err)
			}
			if err := move(t, source, o, false); !fault.Is(err, fault.Conflict) {
				t.Errorf("err = %v", err)
			}
		})
		t.Run(engine+" with nothing but the first sections takes a backup", func(t *testing.T) {
			t.Parallel()
			o := place(t)
			if _, err := opened(t, o).Seed(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := move(t, source, o, false); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestABackupOfAnOlderSchemaIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	for engine, place := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := place(t)
			r, err := OpenRefill(t.Context(), o, "lama", 3)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if err := r.Load(t.Context(), nil, func(ctx context.Context, insert Insert) error {
				return insert(ctx, Table{Name: "topics", Columns: []Column{{Name: "id", Kind: KindInteger}, {Name: "slug", Kind: KindText},
					{Name: "name", Kind: KindText}, {Name: "folded", Kind: KindText}}}, [][]any{{int64(4), "a", "a", "a"}})
			}); err != nil {
				t.Fatal(err)
			}
			if err := r.Finish(t.Context(), 10, change.Outcome{}); err != nil {
				t.Fatal(err)
			}
			db := opened(t, o)
			v, err := db.SchemaVersion(t.Context())
			if err != nil || v != NewestSchema() {
				t.Errorf("schema %d, %v; want %d", v, err, NewestSchema())
			}
			if rows, _, _ := contents(t, db); len(rows["topics"]) != 1 {
				t.Errorf("topics: %v", rows["topics"])
			}
		})
		t.Run(engine+" refuses a newer one", func(t *testing.T) {
			t.Parallel()
			if _, err := OpenRefill(t.Context(), place(t), "baru", NewestSchema()+1); !fault.Is(err, fault.Conflict) {
				t.Errorf("err = %v", err)
			}
		})
	}
}

// TestTotalsOfAnOldLedger brings a ledger from before there were totals up to date:
// what was booked until then is in them.
func TestTotalsOfAnOldLedger(t *testing.T) {
	t.Parallel()
	for engine, place := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := place(t)
			r, err := OpenRefill(t.Context(), o, "lama", 26)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			number := func(name string) Column { return Column{Name: name, Kind: KindInteger} }
			text := func(name string) Column { return Column{Name: name, Kind: KindText} }
			entries := Table{Name: "ledger", Columns: []Column{number("id"), text("key"), text("kind"), number("at"), number("booked"), number("member_id"), number("purchase_id"),
				text("payment"), number("amount"), text("currency"), number("from_at"), number("until_at"), number("days"), text("actor"), text("reason")}}
			moves := Table{Name: "ledger_moves", Columns: []Column{number("entry_id"), number("n"), text("debit"), text("credit"), number("amount"), text("currency")}}
			if err := r.Load(t.Context(), nil, func(ctx context.Context, insert Insert) error {
				entry := func(id int64) []any {
					return []any{id, string(rune('a' + id)), "paid", int64(1), int64(1), int64(7), int64(1), "", int64(111), "IDR", int64(0), int64(0), int64(0), "", ""}
				}
				if err := insert(ctx, entries, [][]any{entry(1), entry(2)}); err != nil {
					return err
				}
				return insert(ctx, moves, [][]any{
					{int64(1), int64(0), "at:stripe", "revenue", int64(100), "IDR"}, {int64(1), int64(1), "at:stripe", "tax", int64(11), "IDR"},
					{int64(2), int64(0), "revenue", "at:stripe", int64(40), "IDR"}, {int64(2), int64(1), "at:stripe", "revenue", int64(5), "USD"}})
			}); err != nil {
				t.Fatal(err)
			}
			if err := r.Finish(t.Context(), 10, change.Outcome{}); err != nil {
				t.Fatal(err)
			}
			db := opened(t, o)
			list, err := db.Balances(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, b := range list {
				got[b.Money.Currency+" "+b.Account] = b.Money.Amount
			}
			if want := map[string]int64{"IDR at:stripe": 71, "IDR revenue": -60, "IDR tax": -11, "USD at:stripe": 5, "USD revenue": -5}; !maps.Equal(got, want) {
				t.Errorf("balances %v, want %v", got, want)
			}
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestASnapshotStandsStill(t *testing.T) {
	t.Parallel()
	for engine, place := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := opened(t, place(t))
			fill(t, db)
			if err := db.Snapshot(t.Context(), func(s *Snapshot) error {
				if _, err := db.write.ExecContext(t.Context(), `INSERT INTO topics (slug, name, folded) VALUES ('b', 'b', 'b')`); err != nil {
					return err
				}
				n := 0
				err := s.Rows(t.Context(), "topics", func([]any) error { n++; return nil })
				if n != 1 {
					t.Errorf("%d topics are seen, want the one of before", n)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}
