package member

// Benefits are what somebody pays for: a set.
type Benefits uint8

// The benefits that a plan can have.
const (
	NoAds       Benefits = 1 << iota // neither ads nor offers stand on any page
	MembersText                      // members' stories can be read to the end
)

// Has says whether all of want are among b.
func (b Benefits) Has(want Benefits) bool { return b&want == want }
