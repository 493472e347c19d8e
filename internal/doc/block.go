package doc

// BlockID returns the block's id.
func (b Paragraph) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Paragraph) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Paragraph) Type() string { return typeParagraph }

// BlockID returns the block's id.
func (b Heading) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Heading) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Heading) Type() string { return typeHeading }

// BlockID returns the block's id.
func (b List) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b List) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b List) Type() string {
	if b.Ordered {
		return typeOrdered
	}
	return typeBullets
}

// BlockID returns the block's id.
func (b Quote) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Quote) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Quote) Type() string { return typeQuote }

// BlockID returns the block's id.
func (b Picture) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Picture) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Picture) Type() string { return typePicture }

// BlockID returns the block's id.
func (b Gallery) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Gallery) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Gallery) Type() string { return typeGallery }

// BlockID returns the block's id.
func (b Table) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Table) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Table) Type() string { return typeTable }

// BlockID returns the block's id.
func (b FactBox) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b FactBox) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b FactBox) Type() string { return typeFactBox }

// BlockID returns the block's id.
func (b Embed) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Embed) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Embed) Type() string { return typeEmbed }

// BlockID returns the block's id.
func (b ReadAlso) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b ReadAlso) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b ReadAlso) Type() string { return typeReadAlso }

// BlockID returns the block's id.
func (b AdBreak) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b AdBreak) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b AdBreak) Type() string { return typeAdBreak }

// BlockID returns the block's id.
func (b MembersCut) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b MembersCut) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b MembersCut) Type() string { return typeCut }

// BlockID returns the block's id.
func (b Divider) BlockID() string { return b.ID }

// WithID returns a copy of the block that has another id.
func (b Divider) WithID(id string) Block { b.ID = id; return b }

// Type returns the block's node name in the schema.
func (b Divider) Type() string { return typeDivider }
