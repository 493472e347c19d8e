package store

// care is what a backup does with one table.
type care struct {
	// why says why the rows are not kept; empty: they are.
	why string
	// rebuilt tables are filled from the kept ones in the end, see rebuild.
	rebuilt bool
	// seeded tables have rows in a place in which nobody has worked yet.
	seeded bool
	// foreign tables belong to a library, which makes and fills them itself; a
	// restoration leaves them alone.
	foreign bool
}

// cares names every table of the schema. A test fails on one that is missing
// here: whoever makes a table decides whether its rows are the newsroom's
// (carried) or those of a running server (not carried).
var cares = map[string]care{
	"settings":      {seeded: true},
	"state":         {seeded: true}, // the keys that sign among it
	"marks":         {seeded: true},
	"audits":        {seeded: true},
	"sections":      {seeded: true},
	"pages":         {seeded: true},
	"page_pictures": {seeded: true},
	"fronts":        {seeded: true},
	"containers":    {seeded: true},
	"slots":         {seeded: true},

	"front_drafts":      {},
	"front_versions":    {},
	"topic_aliases":     {},
	"topics":            {},
	"persons":           {},
	"sources":           {},
	"pictures":          {},
	"picture_addresses": {},
	"stories":           {},
	"versions":          {},
	"drafts":            {},
	"draft_conflicts":   {},
	"listings":          {},
	"picture_uses":      {},
	"corrections":       {},
	"withdrawals":       {},
	"redirects":         {},
	"import_runs":       {},
	"import_made":       {},
	"import_lines":      {},
	"reads":             {},

	"users":         {},
	"user_desks":    {},
	"user_codes":    {},
	"user_passkeys": {},
	"user_sessions": {why: "whoever holds a copy must not be signed in with it"},
	"user_tickets":  {seeded: true, why: "links that are good for once would be good for once more"},

	"members":           {},
	"member_names":      {},
	"member_passkeys":   {},
	"member_identities": {},
	"member_sessions":   {why: "whoever holds a copy must not be signed in with it"},
	"member_tickets":    {why: "links that are good for once would be good for once more"},
	"member_items":      {},
	"class_revocations": {}, // cookies from before still count
	"terms":             {},

	"plans":           {},
	"purchases":       {},
	"ledger":          {},
	"ledger_moves":    {},
	"ledger_totals":   {},
	"pay_events":      {},
	"pay_refusals":    {},
	"pay_checks":      {},
	"pay_differences": {},
	"pay_requests":    {},

	"comments":         {},
	"discussions":      {},
	"discussion_rules": {},
	"comment_verdicts": {},
	"reactions":        {},
	"reaction_counts":  {},
	"mutes":            {},
	"complaints":       {},
	"commenters":       {},
	"sanctions":        {},
	"commenter_notes":  {},
	"moderations":      {},
	"comment_notices":  {},
	"word_lists":       {},
	"comment_prints":   {},
	"hook_failures":    {},

	"ad_advertisers": {},
	"ad_orders":      {},
	"ad_items":       {},
	"ad_creatives":   {},
	"ad_pictures":    {},
	"ad_counts":      {},
	"ad_offers":      {},
	"ad_settings":    {},

	"guesses": {why: "they say who tried to sign in within the last hour"},

	"reports":  {},
	"receipts": {},
	"mails":    {why: "a letter that waits must not go out from two places"},

	"picture_draft_uses": {},

	"picture_search": {rebuilt: true, why: "the engines keep it in different forms"},
	"picture_trash":  {}, // their files may lie in the backup
	"uploads":        {why: "the bytes of what is on its way are not in the backup"},
	"upload_parts":   {why: "they belong to the uploads"},

	"signoffs":      {},
	"signoff_rules": {},
	"notices":       {},
	"banner":        {},
	"guest_links":   {why: "whoever holds a copy must not open a draft with it"},
	"presence":      {why: "it says who is there now"},
	"work":          {},
	"work_search":   {rebuilt: true, why: "the engines keep it in different forms"},

	"renames": {why: "the searches are made anew on restoration, with the present names"},

	"search": {rebuilt: true, why: "the engines keep it in different forms"},

	"events":    {seeded: true, why: "nobody follows them across a restoration; their numbers go on"},
	"processes": {seeded: true, why: "they say which servers run now"},

	"schema_versions": {foreign: true, why: "the restoration brings the schema to the backup's version itself"},
	"restoration":     {foreign: true, why: "it marks a restoration that is under way"},
}

func (c care) carried() bool { return c.why == "" }
