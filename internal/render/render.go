// Package render turns view structs into HTML: the pages of the reader site
// and the live modules in them. It prints what it is given and decides nothing:
// it asks no store and no clock, and dates arrive as words.
package render
