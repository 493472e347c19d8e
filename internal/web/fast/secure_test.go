package fast

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// certificate makes one for the host, and the configuration of a client that
// trusts it.
func certificate(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{protoH2, protoH1, protoACME}}
	return server, &tls.Config{RootCAs: pool, ServerName: host}
}

// secureRig is a rig that speaks TLS.
func secureRig(t *testing.T, opt Options) (*rig, func(protos ...string) (*client, *tls.Conn)) {
	t.Helper()
	server, trust := certificate(t)
	opt.TLS = server
	g := newRig(t, times{}, opt)
	return g, func(protos ...string) (*client, *tls.Conn) {
		t.Helper()
		raw := g.dial()
		cfg := trust.Clone()
		cfg.NextProtos = protos
		conn := tls.Client(raw.Conn, cfg)
		if err := conn.Handshake(); err != nil {
			t.Fatal(err)
		}
		return &client{conn, t, bufio.NewReader(conn)}, conn
	}
}

func TestTLSIsSpokenBelowTheLoop(t *testing.T) {
	t.Parallel()
	g, dial := secureRig(t, Options{})
	c, conn := dial(protoH1)
	if p := conn.ConnectionState().NegotiatedProtocol; p != protoH1 {
		t.Errorf("the protocol is %q", p)
	}
	c.say(get("/a"))
	c.expect("fast", "page a")
	c.say(get("/none") + get("/story/7"))
	c.expect("behind", "behind /none")
	c.expect("fast", "a story")
	c.say("POST /post HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 5\r\n\r\nhello")
	c.expect("behind", "hello <nil>")

	old, _ := dial() // a client that names no protocol speaks HTTP/1.1
	g.warm("/big")
	old.say(get("/big"))
	if _, body, _ := old.answer("GET"); body != large() {
		t.Errorf("%d bytes came", len(body))
	}
	old.say(get("/a", "Connection: close"))
	old.expect("fast", "page a")
	if _, err := old.r.ReadByte(); err != io.EOF {
		t.Errorf("the end is %v, and not meant", err)
	}
	if s := g.fast.Stats(); s.Secured != 2 || s.Unsafe != 0 || s.H2 != 0 || s.Hits < 3 {
		t.Errorf("stats: %+v", s)
	}
	challenge, _ := dial(protoACME)
	challenge.closed()
}

func TestHTTP2IsNetHTTPs(t *testing.T) {
	t.Parallel()
	g, _ := secureRig(t, Options{})
	_, trust := certificate(t)
	trust.InsecureSkipVerify = true
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: trust}
	defer transport.CloseIdleConnections()
	for range 3 {
		res, err := (&http.Client{Transport: transport}).Get("https://" + g.addr + "/a")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.ProtoMajor != 2 || string(body) != "behind /a" {
			t.Errorf("%s: %q, %v", res.Proto, body, err)
		}
	}
	if s := g.fast.Stats(); s.H2 != 1 || s.Secured != 1 || s.Conns != 1 {
		t.Errorf("stats: %+v", s)
	}
	ended := make(chan error, 1)
	go func() { ended <- g.fast.Shutdown(t.Context()) }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(within):
		t.Error("an idle connection holds up the end")
	}
}

func TestASlowHandshakeEnds(t *testing.T) {
	t.Parallel()
	server, _ := certificate(t)
	g := newSite(t)
	s := New(&http.Server{Handler: http.NotFoundHandler()}, Options{TLS: server})
	s.shake = 50 * time.Millisecond
	s.Open(g.site())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ln) }()
	defer func() { s.Close(); <-ended }()
	for name, say := range map[string][]byte{"who says nothing": nil, "who says a part": {22, 3, 1, 0, 200, 1}, "who speaks plainly": []byte(get("/a"))} {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write(say); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(within))
		got, err := io.ReadAll(conn)
		if ne, ok := err.(net.Error); ok && ne.Timeout() || bytes.Contains(got, []byte("page a")) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	until(t, "nobody is there", func() bool { return s.Stats().Conns == 0 })
	if st := s.Stats(); st.Unsafe != 3 {
		t.Errorf("stats: %+v", st)
	}
}

func TestHandshakesAreBounded(t *testing.T) {
	t.Parallel()
	g, dial := secureRig(t, Options{})
	for range maxHandshakes {
		g.fast.handshakes <- struct{}{}
	}
	c := g.dial()
	c.closed()
	if s := g.fast.Stats(); s.Shed != 1 {
		t.Errorf("stats: %+v", s)
	}
	for range maxHandshakes {
		<-g.fast.handshakes
	}
	in, _ := dial(protoH1)
	in.say(get("/a"))
	in.expect("fast", "page a")
}

func TestRoomIsKeptForSomeOverTLS(t *testing.T) {
	t.Parallel()
	g, dial := secureRig(t, Options{MaxConns: 1, Reserve: 1})
	site := g.site()
	site.Reserved = func(path string) bool { return path == "/newsroom" }
	g.fast.Open(site)
	first, _ := dial(protoH1)
	first.say(get("/a"))
	first.expect("fast", "page a")
	reader, _ := dial(protoH1)
	reader.say(get("/a"))
	if res, _, _ := reader.answer("GET"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a reader: %d", res.StatusCode)
	}
	editor, conn := dial(protoH2, protoH1)
	if p := conn.ConnectionState().NegotiatedProtocol; p != protoH1 {
		t.Fatalf("beyond the limit %q is offered", p)
	}
	editor.say(get("/newsroom"))
	editor.expect("behind", "behind /newsroom")
}

// TestRapidReset opens streams and resets them at once, as fast as it can
// (CVE-2023-44487). The handler does not notice before its client is gone.
func TestRapidReset(t *testing.T) {
	t.Parallel()
	g, dial := secureRig(t, Options{})
	_, conn := dial(protoH2)
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(conn, conn)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	var err error
	const streams = 20_000
	sent := 0
	for ; sent < streams && err == nil; sent++ {
		block.Reset()
		for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", host}, {":path", "/hold"}} {
			_ = enc.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
		}
		id := uint32(2*sent + 1)
		if err = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}); err == nil {
			err = f.WriteRSTStream(id, http2.ErrCodeCancel)
		}
	}
	until(t, "the connection is closed", func() bool { return g.fast.Stats().Conns == 0 })
	close(g.slow)
	most := g.most.Load()
	t.Logf("after %d streams the connection ended; at most %d handlers were under way", sent, most)
	if most > 300 {
		t.Errorf("%d handlers were under way at once", most)
	}
}
