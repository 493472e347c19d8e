package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
)

// loopOrder is the first argument of this program when it is to be the yardstick of
// row 6.
const loopOrder = "loop"

// loopSpec says what the yardstick serves. It stands in a file.
type loopSpec struct {
	Listen  string
	Paths   string // file of paths, one a line
	Records string // file with a record for each of them
	Record  int    // bytes of a record
	Shared  int    // bytes of an answer that come before it
}

// startLoop starts this program as the yardstick: a loop over Go's net that does for
// a page what cannot be left out. It reads a request, looks its path up, reads a
// record of the usual length from a file, puts it behind what all pages share, and
// writes. It does not parse the request, and checks and counts nothing. How much
// better than nginx it is says how good a server over Go's net can be on the machine.
func (b *bench) startLoop(ctx context.Context, paths int, record, answer int) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	spec := loopSpec{Listen: fmt.Sprintf("127.0.0.1:%d", port), Paths: b.pathFile(), Records: filepath.Join(b.dir, "records"), Record: record, Shared: max(answer-record, 0)}
	if err := fillRecords(spec.Records, int64(paths)*int64(record)); err != nil {
		return nil, err
	}
	return b.startSelf(ctx, loopOrder, spec.Listen, spec)
}

func fillRecords(name string, size int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{6}), size)
	return err
}

// serveLoop is the yardstick: it ends with the process.
func serveLoop(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec loopSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	paths, err := os.Open(spec.Paths)
	if err != nil {
		return err
	}
	defer paths.Close()
	at := map[string]int64{}
	for lines := bufio.NewScanner(paths); lines.Scan(); {
		at[lines.Text()] = int64(len(at)) * int64(spec.Record)
	}
	records, err := os.Open(spec.Records)
	if err != nil {
		return err
	}
	defer records.Close()
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", spec.Shared+spec.Record)
	shared := append([]byte(head), bytes.Repeat([]byte{'x'}, spec.Shared)...)
	ln, err := net.Listen("tcp", spec.Listen)
	if err != nil {
		return err
	}
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			in, out := make([]byte, 4<<10), make([]byte, len(shared)+spec.Record)
			for {
				n, err := c.Read(in)
				if err != nil {
					return
				}
				_, target, _ := bytes.Cut(in[:n], []byte(" "))
				target, _, _ = bytes.Cut(target, []byte(" "))
				if _, err := records.ReadAt(out[copy(out, shared):], at[string(target)]); err != nil {
					return
				}
				if _, err := c.Write(out); err != nil {
					return
				}
			}
		}()
	}
}
