package news

// Ref is a kind of thing that a content points at.
type Ref string

// What a content may point at.
const (
	RefPerson  Ref = "person"
	RefSource  Ref = "source"
	RefTopic   Ref = "topic"
	RefPicture Ref = "picture"
	RefStory   Ref = "story"
	RefSection Ref = "section"
	RefUser    Ref = "user"
)

// Facts answers what the rules ask about things beside the stories at hand.
// They are as they stand in the transaction of the change.
type Facts interface {
	// Missing returns those of the ids that do not exist.
	Missing(ref Ref, ids []int64) ([]int64, error)
	// Pictures returns what the library says about pictures, without unknown ones.
	Pictures(ids []int64) (map[int64]PictureFacts, error)
	// Statuses returns the statuses of stories, without unknown ones.
	Statuses(ids []int64) (map[int64]Status, error)
	// Version returns one version of a story, or a NotFound fault.
	Version(storyID int64, no int) (Version, error)
}

// PictureFacts is what decides whether a picture may go out.
type PictureFacts struct {
	Name                 string // of the file that was given
	Caption, Credit, Alt string
	Rights               string // usage terms, as given
}

// missing returns which of the ids do not exist; none where nobody can tell.
func (w *World) missing(ref Ref, ids []int64) ([]int64, error) {
	if ref == RefSection {
		var gone []int64
		for _, id := range ids {
			if w.Tree.ByID(id) == nil {
				gone = append(gone, id)
			}
		}
		return gone, nil
	}
	if w.Facts == nil || len(ids) == 0 || ref == "" {
		return nil, nil
	}
	return w.Facts.Missing(ref, ids)
}
