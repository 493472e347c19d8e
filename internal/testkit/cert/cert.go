// Package cert gives tests certificates that they make themselves. It imports
// nothing of ours, so that every package may use it.
package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Pair writes a certificate for localhost and its key into a folder, and returns the files and the certificate in PEM.
func Pair(t testing.TB, dir string, serial int64, until time.Time) (cert, key string, text []byte) {
	t.Helper()
	cert, key, text, err := Write(dir, serial, until)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key, text
}

// Write is Pair for programs that are no test.
func Write(dir string, serial int64, until time.Time) (cert, key string, text []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", nil, err
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		return "", "", nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", nil, err
	}
	cert, key = filepath.Join(dir, "site.pem"), filepath.Join(dir, "site.key")
	text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, body := range map[string][]byte{cert: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			return "", "", nil, err
		}
	}
	return cert, key, text, nil
}
