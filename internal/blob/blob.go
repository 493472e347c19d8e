// Package blob keeps bytes by key: pictures, renditions, backups. It hides
// where they lie and knows nothing of what they mean.
package blob

import (
	"context"
	"io"
	"strings"
	"time"

	"warta/internal/fault"
)

// Store keeps objects by key. Keys are checked with CheckKey. An object
// appears whole or not at all: who opens one while it is overwritten reads
// the old bytes or the new ones, never a mixture. All methods are safe for
// concurrent use. Package blobtest holds what every implementation must do.
type Store interface {
	// Put writes the object durably, replacing an older one. size is the number
	// of bytes that r gives, or -1 if unknown; another number than size is a
	// fault.Invalid, and the key is left as it was.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Open returns the object, which the caller closes, or a fault.NotFound.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)
	// Stat returns what is known about an object, or a fault.NotFound.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes the object; that there is none is no error.
	Delete(ctx context.Context, key string) error
	// List returns at most limit objects whose key begins with prefix and is
	// greater than after, ascending by the bytes of the key.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)
}

// Info is what is known about an object without reading it.
type Info struct {
	Key      string
	Size     int64
	Modified time.Time // when it was put, UTC
}

// Limits on keys: they fit into every file system and into S3.
const (
	maxKey     = 512
	maxSegment = 200
)

// CheckKey returns a fault.Invalid unless key is a path of segments joined by
// single slashes, each of lower-case letters, digits, '.', '-' and '_' and not
// beginning with a dot. Lower case only, so that keys stay apart on file
// systems that fold case. No key may be a folder of another ("a" beside "a/b").
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fault.Input("key", "a key has 1 to %d bytes, not %d", maxKey, len(key))
	}
	for seg := range strings.SplitSeq(key, "/") {
		if seg == "" || len(seg) > maxSegment || seg[0] == '.' {
			return fault.Input("key", "the key %q has an empty, long or hidden part", key)
		}
		for i := range len(seg) {
			if !plain(seg[i]) {
				return fault.Input("key", "the key %q has a character that is not allowed", key)
			}
		}
	}
	return nil
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_'
}

func notFound(key string) error { return fault.New(fault.NotFound, "there is no file %q", key) }
