package ads

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// Mark says which creative was seen or clicked, where, and until when that
// counts. It belongs to a piece and says nothing of a person.
type Mark struct {
	Item, Creative int64
	Placement      Placement
	Until          time.Time // to the second
}

// Signer signs marks, so that nobody can make up one.
type Signer struct{ key []byte }

// NewSigner returns a signer with a secret key.
func NewSigner(key []byte) *Signer { return &Signer{key: key} }

const (
	markBody = 8 + 8 + 1 + 4
	markSum  = 12
	markText = (markBody + markSum) * 4 / 3 // a multiple of three bytes: no padding
)

// Sign returns a mark as text of letters, digits, "-" and "_".
func (s *Signer) Sign(m Mark) string {
	b := make([]byte, 0, markBody+markSum)
	b = binary.BigEndian.AppendUint64(b, uint64(m.Item))
	b = binary.BigEndian.AppendUint64(b, uint64(m.Creative))
	b = append(b, placementCode(m.Placement))
	b = binary.BigEndian.AppendUint32(b, uint32(m.Until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, s.sum(b)...))
}

func (s *Signer) sum(b []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(b)
	return h.Sum(nil)[:markSum]
}

// Open reads a mark; ok is false for one that we did not sign. Whether it still
// counts is for the caller to say.
func (s *Signer) Open(text string) (m Mark, ok bool) {
	if len(text) != markText {
		return m, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != markBody+markSum || !hmac.Equal(s.sum(b[:markBody]), b[markBody:]) {
		return m, false
	}
	m.Item, m.Creative = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))
	code := int(b[16])
	if code >= len(Placements) {
		return m, false
	}
	m.Placement = Placements[code]
	m.Until = time.Unix(int64(binary.BigEndian.Uint32(b[17:])), 0).UTC()
	return m, true
}

func placementCode(p Placement) byte {
	for i, x := range Placements {
		if x == p {
			return byte(i)
		}
	}
	return 0xff
}

// MarkAge is for how long at least a mark counts after its piece was made.
const MarkAge = 2 * time.Hour

// MarkUntil returns until when a mark counts that is made now: the end of an hour,
// so that a piece that says the same is the same.
func MarkUntil(now time.Time) time.Time { return now.Truncate(time.Hour).Add(time.Hour + MarkAge) }
