// Package disk is the page store on disk: it keeps renderings that are not in
// memory, in a folder that may be deleted at any time while nothing serves. It
// implements page.Store, and knows neither pages nor events' meaning: keys and
// tags are strings, bodies are bytes.
//
// # What lies in the folder
//
//	lock                  held by the one process that uses the folder
//	tags.log              which tags were announced, and when
//	00000001.pages, …     segments: records one after the other, only appended to
//	00000001.index, …     what a segment holds, so that a start need not read it
//
// An index in memory leads from a key's hash to a record. It is a hint: a record
// carries its key and a checksum, and both are looked at on every read. So
// whatever happens to a segment or its index costs records, and never gives a
// wrong one.
//
// # What holds
//
//  1. Every announcement raises the store's number, and the table of tags
//     remembers for each tag its last one. A record carries the number at which
//     its rendering began. It is read only if none of its tags has a later one.
//     Where the table forgets (it is bounded), its floor rises, and what is older
//     than the floor is void.
//  2. The table outlives the process: every announcement is appended to the log,
//     and a takedown is synced before Settle returns, so before anybody is told
//     that it is done.
//  3. At a start the table is what the log says, and the log says to which event
//     it is complete. Whoever opened the store finds that event in the database,
//     the same with the same time, announces every later one, and only then
//     serves (Adopt). If it is not there, or some later one is not, or a record
//     is newer than the database, all is thrown away (Empty).
//  4. A log that is not whole to its last byte, of another format or for another
//     fingerprint (program, theme, address) is not used: all is thrown away.
//     Each of its records carries a checksum over all before it.
//  5. Throwing away begins with the log. Without one, whatever else lies in the
//     folder belongs to nobody and is removed at the next start. Each segment
//     carries the random name of the log that it was written under.
//  6. The first error of the disk throws everything away and switches the store
//     off, with one line in the log. No page fails for it.
//  7. Memory and disk are bounded: records that wait to be written, tags, and
//     the bytes of all segments. The oldest segment goes when there is no room;
//     what was read since it was written is written again.
//
// So nothing that is read is older than an announcement that was made before
// the process died, however it died: either the log has it, or the database has,
// or there is nothing to read.
package disk
