package page

import "sync/atomic"

// Store keeps renderings outside memory, below the shelves. It may lose
// whatever it was given; it may not return what an announcement made untrue. It
// decides that by its own numbers, not by epochs, since what it keeps outlives
// the process. See the package disk.
//
// Its methods never fail and are safe for concurrent use, with one exception:
// Announce, Settle and Forget are called one at a time.
type Store interface {
	// Number is what the latest announcement raised. A rendering that begins
	// afterwards is written with it.
	Number() uint64
	// Has reports whether there may be a record under the key. It reads nothing.
	Has(key string) bool
	// Read returns the record of a key if nothing that it prints was announced
	// since it was made. With stale it may have changed, but not been taken down.
	// The caller owns Body.
	Read(key string, stale bool) (Record, bool)
	// Lend is Read for one use: body lies in buf, which is made longer if it has
	// to be, and is not to be changed. It allocates nothing but that.
	Lend(key string, buf *[]byte) (body []byte, until int64, ok bool)
	// Write keeps a record, some time soon or not at all. It does not wait.
	// Nothing of it may be changed afterwards.
	Write(Record)
	// Announce notes an event: nothing older that prints one of the tags is read
	// any more. It does not wait for the disk.
	Announce(seq int64, tags []string, takedown bool)
	// Settle writes down what was announced. After a takedown it returns when
	// that is safe from a crash, or when nothing that is kept can be used again.
	Settle()
	// Forget notes that anything up to event seq may have changed or been taken
	// down.
	Forget(seq int64)
	Stats() StoreStats
}

// Record is a rendering as a Store keeps it.
type Record struct {
	Key    string
	Number uint64 // of the store, when the rendering began
	Until  int64  // Unix nanoseconds from which it is stale
	Tags   []string
	Body   [][]byte // in one piece when it was read
}

// StoreStats is what a Store did since it was opened, and what it holds now.
type StoreStats struct {
	Reads   uint64 // reads of the disk
	Hits    uint64 // reads that gave a record that holds
	Stale   uint64 // reads of what has changed since
	Damaged uint64 // reads of what is not what was written
	Writes  uint64 // records written
	Drops   uint64 // records not written, since the disk did not keep up
	Carried uint64 // records that were written again when their segment went
	Emptied uint64 // times that all of it was thrown away
	Failed  uint64 // errors of the disk: 1 and it is off
	Records int    // held now
	Bytes   int64  // on disk
	Index   int64  // bytes of memory for the index
	Tags    int    // tags that are remembered
}

// porters is how many reads of a Store are under way at once; each may hold a
// thread for as long as the disk takes.
const porters = 32

// tier is what a shelf knows of the Store. The zero tier has none.
type tier[K comparable, V made] struct {
	store Store
	crew  *crew
	// name is what a key is called in the store; none: it is not for the store.
	name func(K) string
	// pack returns the body of a record, nil if v is not for the store.
	pack func(v V) [][]byte
	// unpack makes of a record what pack was given; it holds as of the epoch.
	unpack func(r Record, epoch uint64) (V, error)

	hits atomic.Uint64
}

func (t *tier[K, V]) number() uint64 {
	if t.store == nil {
		return 0
	}
	return t.store.Number()
}

// called returns the name of a key, none if the store cannot have it.
func (t *tier[K, V]) called(key K) string {
	if t.store == nil {
		return ""
	}
	name := t.name(key)
	if name == "" || !t.store.Has(name) {
		return ""
	}
	return name
}

// read returns what the store has under a key. epoch must have been the current
// one before the call: Announce tells the store before it raises the epoch, so
// what the store still vouches for holds as of it.
func (t *tier[K, V]) read(key K, epoch uint64, now int64, stale bool) (v V, ok bool) {
	if t.store == nil {
		return v, false
	}
	name := t.name(key)
	if name == "" {
		return v, false
	}
	r, ok := t.store.Read(name, stale)
	if !ok || !stale && now >= r.Until {
		return v, false
	}
	v, err := t.unpack(r, epoch)
	if err != nil {
		return v, false
	}
	t.hits.Add(1)
	return v, true
}

// write gives a rendering to the store.
func (t *tier[K, V]) write(key K, v V, number uint64) {
	if t.store == nil {
		return
	}
	name := t.name(key)
	if name == "" {
		return
	}
	if body := t.pack(v); body != nil {
		st := v.status()
		t.store.Write(Record{Key: name, Number: number, Until: st.until, Tags: st.names, Body: body})
	}
}
