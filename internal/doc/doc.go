// Package doc gives the body of a story: a document of typed blocks, how it is
// read, checked, written as JSON, turned into plain text and merged block by
// block. It knows nothing of HTML, of storage or of stories.
//
// # Schema
//
// The JSON is ProseMirror's document JSON. The root is {"type":"doc",
// "content":[…]}; every block directly below it has a unique attrs.id of eight
// characters [a-z0-9] that stays the same through edits. Nodes further down
// may carry an id or a null one; it is not kept. Attributes that are null or
// absent have their zero value; an attribute, node or mark that is not listed
// here is refused with its path.
//
//	node             attributes                        content
//	paragraph        id                                inline*
//	heading          id level(2..4)                    inline*
//	bullet_list      id                                list_item+
//	ordered_list     id order(first number)            list_item+
//	list_item                                          paragraph (bullet_list|ordered_list)*, lists at most 3 deep
//	blockquote       id attribution pull               paragraph+
//	picture          id picture caption credit alt
//	gallery          id caption                        picture+
//	table            id caption                        table_row+
//	table_row                                          (table_cell|table_header)+
//	table_cell       colspan rowspan                   paragraph
//	table_header     colspan rowspan                   paragraph
//	fact_box         id title                          (paragraph|heading|bullet_list|ordered_list)+
//	embed            id provider url title
//	read_also        id story url headline
//	ad_break         id
//	members_cut      id
//	horizontal_rule  id
//
// Inline content is text and hard_break. Marks, in canonical order: link{href},
// strong, em, underline, strike, sub, sup, code. The attribute colwidth, which
// ProseMirror's table module writes into cells, is accepted and dropped.
package doc

// Limits of a document. They hold for what comes in and for what is written.
const (
	MaxBytes   = 2 << 20 // of the JSON
	MaxBlocks  = 5000    // directly below the root
	MaxText    = 100_000 // bytes in one paragraph, heading or cell
	MaxAttr    = 5000    // bytes in one caption, title or headline
	MaxURL     = 2048    // bytes in one address
	MaxLists   = 3       // lists inside lists
	MaxItems   = 1000    // items in a list, rows of a table
	MaxGallery = 200     // pictures in a gallery
	MaxColumns = 50      // columns of a table, spans included
	maxNumber  = 1<<53 - 1
)

// Doc is a story's body. The zero value is an empty body.
type Doc struct {
	Blocks []Block
}

// Block is one of the structs of this package that stand directly in a Doc:
// Paragraph, Heading, List, Quote, Picture, Gallery, Table, FactBox, Embed,
// ReadAlso, AdBreak, MembersCut, Divider. They are values: switch on the value's type.
type Block interface {
	// BlockID returns the block's id, empty for a block inside another one.
	BlockID() string
	// WithID returns a copy of the block that has another id.
	WithID(id string) Block
	// Type returns the block's node name in the schema.
	Type() string
}

// Paragraph is running text.
type Paragraph struct {
	ID   string
	Text Inline
}

// Heading is a headline inside the body, of level 2, 3 or 4.
type Heading struct {
	ID    string
	Level int
	Text  Inline
}

// List is a bulleted or an ordered list. Start is the first number of an
// ordered list; 0 means 1.
type List struct {
	ID      string
	Ordered bool
	Start   int
	Items   []ListItem
}

// ListItem is a line of a list with the lists below it.
type ListItem struct {
	Text  Inline
	Lists []List
}

// Quote is what somebody said, or, with Pull, a sentence of the story set large.
type Quote struct {
	ID          string
	Paragraphs  []Inline
	Attribution string
	Pull        bool
}

// Picture shows a picture of the library. Caption, Credit and Alt override
// those of the library where they are not empty.
type Picture struct {
	ID      string
	Picture int64
	Caption string
	Credit  string
	Alt     string
}

// Gallery is a row of pictures; the items have no id of their own.
type Gallery struct {
	ID      string
	Caption string
	Items   []Picture
}

// Table is a table with an optional caption.
type Table struct {
	ID      string
	Caption string
	Rows    []Row
}

// Row is a line of a table.
type Row struct {
	Cells []Cell
}

// Cell is a field of a table. Spans of 0 mean 1.
type Cell struct {
	Header  bool
	Colspan int
	Rowspan int
	Text    Inline
}

// FactBox is a box beside the text with paragraphs, headings and lists, none
// of which has an id.
type FactBox struct {
	ID     string
	Title  string
	Blocks []Block
}

// Embed is something of another service, by provider and address. A Generic
// one has no allow-list of hosts and must be shown as a link, never as a frame.
type Embed struct {
	ID       string
	Provider Provider
	URL      string
	Title    string
}

// ReadAlso points to another story ("Baca juga"). Story is 0 as long as the
// target is not known; such a block is kept for the editor and hidden from
// readers.
type ReadAlso struct {
	ID       string
	Story    int64
	URL      string
	Headline string
}

// AdBreak is a place where an ad may stand between blocks.
type AdBreak struct {
	ID string
}

// MembersCut is where the text ends that everybody reads of a members' story. In
// any other story it means nothing.
type MembersCut struct {
	ID string
}

// Divider is a break in the narrative.
type Divider struct {
	ID string
}

// HeaderRows returns how many rows at the top consist of header cells alone.
func (b Table) HeaderRows() int {
	for i, r := range b.Rows {
		for _, c := range r.Cells {
			if !c.Header {
				return i
			}
		}
	}
	return len(b.Rows)
}

// Columns returns the table's width in columns, spans counted.
func (b Table) Columns() int {
	n, _ := b.shape()
	return n
}

// shape returns the width of the widest row, cells that reach down from above
// counted, and whether every rowspan ends inside the table.
func (b Table) shape() (width int, inside bool) {
	inside = true
	var below []int // per column: rows that are still covered from above
	for i, r := range b.Rows {
		col := 0
		var next []int
		set := func(rows int) {
			next = append(next, rows)
			col++
		}
		for _, c := range r.Cells {
			for col < len(below) && below[col] > 0 {
				set(below[col] - 1)
			}
			down := max(c.Rowspan, 1) - 1
			if i+down >= len(b.Rows) {
				inside = false
			}
			for range min(max(c.Colspan, 1), MaxColumns+1) {
				set(down)
			}
			if col > MaxColumns {
				return col, inside
			}
		}
		for col < len(below) {
			set(max(below[col]-1, 0))
		}
		for len(next) > 0 && next[len(next)-1] == 0 {
			next = next[:len(next)-1]
		}
		width, below = max(width, col), next
	}
	return width, inside
}

// The node names of the blocks.
const (
	typeParagraph = "paragraph"
	typeHeading   = "heading"
	typeBullets   = "bullet_list"
	typeOrdered   = "ordered_list"
	typeItem      = "list_item"
	typeQuote     = "blockquote"
	typePicture   = "picture"
	typeGallery   = "gallery"
	typeTable     = "table"
	typeRow       = "table_row"
	typeCell      = "table_cell"
	typeHeader    = "table_header"
	typeFactBox   = "fact_box"
	typeEmbed     = "embed"
	typeReadAlso  = "read_also"
	typeAdBreak   = "ad_break"
	typeCut       = "members_cut"
	typeDivider   = "horizontal_rule"
	typeText      = "text"
	typeBreak     = "hard_break"
)
