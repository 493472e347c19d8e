// Package media holds the words of pictures: what is known about them, their
// crops and renditions, their public addresses, and the operations that take
// a picture in and hand its renditions out. It knows neither SQL nor HTTP.
package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"warta/internal/change"
)

// Picture is what is known about one original. It is a plain row: the bytes
// lie in the blob store under OriginalKey.
type Picture struct {
	ID   int64
	Hash string // SHA-256 of the original in lower-case hex: its content address
	Name string // original file name, without folders
	MIME string // "image/jpeg", "image/png", "image/gif" or "image/webp"

	Width, Height int   // pixels as a reader sees it, that is with orientation applied
	Bytes         int64 // size of the original
	Tone          int   // class of the mean colour, 0..63: two bits each of red, green, blue

	Caption   string
	Credit    string // "AFP/NAMA FOTOGRAFER", without brackets
	Copyright string
	Alt       string // description for people who cannot see it
	Source    string // agency or outlet that it came from
	Rights    string // usage terms, as given
	URI       string // the external id, empty for an upload
	People    []string

	TakenAt   time.Time // zero if unknown
	CreatedAt time.Time // when it came in

	FocalX, FocalY float64 // 0..1 from the left and from the top; every crop keeps this point
	AI             bool    // made or altered by a generative model

	AddedBy int64 // the user who brought it; 0: a part of the program
	// Run is the run of an import that brings it, while it comes in; it is kept with
	// the run.
	Run int64
}

// Default focal point: faces and main subjects stand a little above the middle.
const (
	DefaultFocalX = 0.5
	DefaultFocalY = 0.4
)

// Address is the public name of one crop of one picture. The token is random
// and says nothing about the content: who holds the agency's file cannot probe
// whether we hold it too.
type Address struct {
	Token     string
	PictureID int64
	Crop      Crop
}

// Public is what a public address stands for.
type Public struct {
	Picture Picture
	Crop    Crop
	// Tags name everything whose change may close the address, or make it show
	// something else. nil: that is too much to be named.
	Tags []string
}

// Filter selects pictures for a list, newest id first.
type Filter struct {
	IDs    []int64 // these only, if not empty
	URI    string  // this external id only, if not empty
	Before int64   // ids below this one only, if above zero (keyset paging)
	Limit  int     // at most so many; zero: 50
}

// Patch changes what people write about a picture. A nil field stays as it is.
type Patch struct {
	Caption, Credit, Copyright, Alt, Source, Rights *string
	People                                          *[]string
	FocalX, FocalY                                  *float64
	AI                                              *bool
	// Base is the Wording that the words were written upon. If somebody has
	// changed them since, that is a Conflict; empty: whatever they are.
	Base string
}

// Store keeps pictures and their addresses. *store.DB satisfies it.
type Store interface {
	// Now returns the time that everything is dated with.
	Now(ctx context.Context) (time.Time, error)
	// Picture returns one picture, or a fault.NotFound.
	Picture(ctx context.Context, id int64) (Picture, error)
	// PictureByHash returns the picture with this content address, or a fault.NotFound.
	PictureByHash(ctx context.Context, hash string) (Picture, error)
	// AddPicture writes p, its addresses (whose PictureID is filled in by the
	// store) and Added(actor, p) in one transaction, and returns p with its id.
	// If a picture with p.Hash is there already, it returns that one and false
	// and writes nothing.
	AddPicture(ctx context.Context, actor string, p Picture, addresses []Address) (Picture, bool, error)
	// ChangePicture calls fn with the row of a picture, and writes what it made of
	// it and the outcome in the same transaction; NotFound if there is none. The
	// hash and the addresses stay. fn may be called again after a serialization
	// failure.
	ChangePicture(ctx context.Context, id int64, fn func(*Picture) (change.Outcome, error)) error
	// DeletePicture removes the row and the addresses of a picture that nothing
	// shows, notes its files in the trash, and writes o. A Conflict says that
	// something shows it.
	DeletePicture(ctx context.Context, id int64, o change.Outcome) error
	// PictureUses returns what shows a picture, what readers see first, and whether
	// there is more than limit.
	PictureUses(ctx context.Context, id int64, limit int) ([]Use, bool, error)
	// Trash returns at most limit deleted pictures whose files may still be there.
	Trash(ctx context.Context, limit int) ([]Trashed, error)
	// EmptyTrash forgets one of them.
	EmptyTrash(ctx context.Context, hash string) error
	// PublicAddress returns what a token stands for, and a fault.NotFound unless
	// readers may see the picture.
	PublicAddress(ctx context.Context, token string) (Public, error)
}

// Tag returns the tag of everything that prints this picture.
func Tag(id int64) string { return "picture:" + strconv.FormatInt(id, 10) }

// Added is the outcome of a picture that came in. No page can print it yet, so
// it touches no tag.
func Added(actor string, p Picture) change.Outcome {
	o := change.Outcome{Audit: []change.Audit{{Actor: actor, Action: "add", Object: Tag(p.ID)}}}
	if p.Run != 0 {
		o.Run, o.Made = p.Run, []change.Made{{Kind: change.MadePicture, ID: p.ID}}
	}
	return o
}

// Changed is the outcome of a picture whose words or focal point were changed;
// fields are the names of those.
func Changed(actor string, p Picture, fields ...string) change.Outcome {
	detail, _ := json.Marshal(map[string][]string{"fields": fields}) // texts always have a JSON form
	o := change.Outcome{Audit: []change.Audit{{Actor: actor, Action: "describe", Object: Tag(p.ID), Detail: detail}}}
	o.Touch(Tag(p.ID))
	return o
}

// Deleted is the outcome of a picture that went away, which nothing shows.
func Deleted(actor string, p Picture) change.Outcome {
	detail, _ := json.Marshal(map[string]string{"name": p.Name, "hash": p.Hash})
	o := change.Outcome{Audit: []change.Audit{{Actor: actor, Action: "delete", Object: Tag(p.ID), Detail: detail}}}
	o.Touch(Tag(p.ID))
	return o
}

// Wording returns a short text that is another one as soon as what people write
// about the picture is.
func (p Picture) Wording() string {
	sum := sha256.New()
	for _, v := range []any{p.Caption, p.Credit, p.Copyright, p.Alt, p.Source, p.Rights, p.People, p.FocalX, p.FocalY, p.AI} {
		fmt.Fprintf(sum, "%q\x00", fmt.Sprint(v))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// OriginalKey returns the blob key of the original.
func (p Picture) OriginalKey() string { return "originals/" + p.folder() + extension(p.MIME) }

// Line returns the photo line of the picture's own caption and credit.
func (p Picture) Line() string { return Line(p.Caption, p.Credit) }

func extension(mime string) string {
	switch mime {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	}
	return ".bin"
}
