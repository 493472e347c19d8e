package discuss

// Screen is how the phases judge in one place: part of the rules of a site, a
// section or a story. The zero value of a number stands for its default, so an
// empty Screen is a usable one.
type Screen struct {
	Off []Phase `json:"off,omitempty"` // phases that are switched off

	// Limits. A bound is what still passes.
	MaxLength int  `json:"max_length,omitempty"` // characters
	MaxLinks  int  `json:"max_links,omitempty"`  // more are held
	NoLinks   bool `json:"no_links,omitempty"`   // a link at all is held
	PerMinute int  `json:"per_minute,omitempty"`
	PerHour   int  `json:"per_hour,omitempty"`
	PerDay    int  `json:"per_day,omitempty"`

	// Lists are the word lists that count: the built-in ones by their names, and
	// the newsroom's own.
	Lists []WordList `json:"lists,omitempty"`

	// RepeatPercent is from how many percent of equal text on a comment is a
	// repetition.
	RepeatPercent int `json:"repeat_percent,omitempty"`

	// NewDays and NewComments say who is new: an account younger than NewDays days
	// or an author with fewer than NewComments comments that stand. NewHold holds
	// what he writes.
	NewHold     bool `json:"new_hold,omitempty"`
	NewDays     int  `json:"new_days,omitempty"`
	NewComments int  `json:"new_comments,omitempty"`
	// MaxRejected holds the comments of an author who had more than this many
	// rejected within RejectedDays.
	MaxRejected int `json:"max_rejected,omitempty"`

	// HookURL is asked about every comment that no other phase refuses; empty: none
	// is. HookFail is what becomes of a comment if it does not answer.
	HookURL    string `json:"hook_url,omitempty"`
	HookSecret string `json:"hook_secret,omitempty"`
	HookFail   Call   `json:"hook_fail,omitempty"` // CallPass, CallHold (default) or CallRefuse
	HookMillis int    `json:"hook_millis,omitempty"`
}

// WordList is a list of words and what becomes of a comment that has one.
type WordList struct {
	Name  string   `json:"name"`            // BuiltinID, BuiltinEN, or as the newsroom calls it
	Call  Call     `json:"call"`            // CallHold or CallRefuse
	Words []string `json:"words,omitempty"` // of a built-in list: further ones
	Allow []string `json:"allow,omitempty"` // innocent words that contain a listed one
}
