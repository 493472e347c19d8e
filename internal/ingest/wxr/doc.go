// Package wxr reads the export format of WordPress (WXR 1.0 to 1.2): what stands
// in a file, item by item, in the words of WordPress. It knows nothing of what
// becomes of it here.
//
// The files are RSS with extensions, written by a template and not by an XML
// library, and many were edited by hand or by plug-ins: text that ends a CDATA
// section early, control characters, encodings that are not the declared one,
// names of entities that XML does not have. encoding/xml refuses such a file at
// its first fault. Reader cuts the stream into items by a small machine of its
// own, which knows the structure and goes on behind a broken item, and Parse reads
// one item. No entity is ever expanded but a character's, so there are no bombs:
// what a DOCTYPE declares is passed over.
package wxr
