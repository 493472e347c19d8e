// Package fast is the readers' short way: an HTTP/1.1 loop of our own in front
// of net/http. It answers a plain GET or HEAD of what is ready in memory without
// a request, a goroutine or an allocation being made for it, and gives everything
// else to net/http byte for byte. It knows pages and counts reads; hosts, classes
// and the meaning of paths are told to it.
//
// # Whose turn it is
//
// A connection is read in one place only, by conn, and conn alone sets its
// deadlines while it waits for a request. It is in one of three hands:
//
//	ours    at a boundary between requests: heads are read, parsed, answered
//	lent    net/http has exactly one head without a body, and nothing after it;
//	        when it says that the answer is out, the connection is ours again
//	given   net/http has the connection until it closes
//
// We parse only where a request is known to begin: at the start of the
// connection, and when net/http is done with a head that we delimited ourselves.
// So a head is lent only if there are no two ways to read it: the grammar of
// parse is narrower than that of RFC 9112, and whatever is outside of it (a
// body, Expect, Upgrade, a bare line feed, a folded line, HTTP/1.0, an endless
// head) gives the connection away for good. What arrives behind a lent head is
// kept from net/http: its idle state does not say that its own buffer is empty.
//
// A plain socket is read when the system tells that something has come, and not
// once in vain after every answer: the loop runs inside RawConn.Read then.
//
// At first the loop runs in a goroutine of ours. With the first head that is
// not for us net/http gets the connection, and from then on the loop runs inside
// the Read that net/http calls to get its next request.
//
// # What may be answered here
//
// A response comes out of page.Engine.Ready, which has it or puts it together from
// memory and the page store, out of page.Files, or is an asset. Path, query and
// class of reader become a key by the same functions that the door behind net/http
// uses; a request in which anything else could matter (Range, If-Match, an
// unusual spelling) is lent. With and without this package a site gives the same
// answers, and a test sends thousands of requests both ways to see that.
//
// # TLS
//
// With Options.TLS the handshake is done here, in the connection's own goroutine.
// HTTP/1.1 then goes the way above, over what the TLS reads and writes. For HTTP/2
// net/http gets the *tls.Conn itself, since that is how it tells; the socket below
// leads back to conn, which is counted and ended like others.
//
// # Ending
//
// Shutdown closes whoever waits between requests at once, lets answers that are
// under way be written to their end, and net/http do the same with its own.
// Nothing but Close tears an answer.
package fast
