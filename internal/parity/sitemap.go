package parity

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"warta/internal/fault"
)

// Bounds of sitemaps. The protocol allows 50 MB and 50,000 addresses in each, and
// one level of indexes.
const (
	maxSitemap  = 64 << 20 // bytes, decompressed
	maxSitemaps = 50_000   // of all indexes together
	maxDepth    = 3
	maxLoc      = 4 << 10 // bytes of one address
)

// errDoctype refuses documents that define entities.
var errDoctype = errors.New("it has a document type, which no sitemap has: entities that it defines are not read")

// sitemap reads a sitemap or an index of others.
func (c *Check) sitemap(ctx context.Context, in Input, r io.Reader, depth int) error {
	err := c.eachLoc(ctx, r, func(index bool, loc string) error {
		if index {
			return c.child(ctx, in, loc, depth)
		}
		host, path, err := c.parseAddress(loc)
		if err != nil {
			c.unreadable(in.Name, 0, err.Error())
			return nil
		}
		return c.add(ctx, Address{Host: host, Path: path})
	})
	if err != nil && ctx.Err() == nil && fault.Find(err) == nil {
		c.unreadable(in.Name, 0, fmt.Sprintf("the sitemap cannot be read any further: %v", err))
		return nil
	}
	return err
}

// eachLoc calls f for each address in a sitemap; index says that it is that of
// another one. Nothing of the document is kept.
func (c *Check) eachLoc(ctx context.Context, r io.Reader, f func(index bool, loc string) error) error {
	d := xml.NewDecoder(&bounded{r: r, left: maxSitemap})
	var open []string
	var loc strings.Builder
	inLoc := false
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if len(open) > 0 {
				return errors.New("it breaks off")
			}
			return nil
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch t := t.(type) {
		case xml.Directive:
			return errDoctype
		case xml.StartElement:
			if len(open) == 0 && t.Name.Local != "urlset" && t.Name.Local != "sitemapindex" {
				return fmt.Errorf("it is no sitemap: it begins with <%s>", short(t.Name.Local))
			}
			if len(open) > 16 {
				return errors.New("its elements are nested too deep")
			}
			open = append(open, t.Name.Local)
			inLoc = t.Name.Local == "loc" && t.Name.Space == "" && len(open) > 1
			loc.Reset()
		case xml.CharData:
			if inLoc && loc.Len()+len(t) <= maxLoc {
				loc.Write(t)
			} else if inLoc {
				return errors.New("an address in it is too long")
			}
		case xml.EndElement:
			if len(open) == 0 {
				return errors.New("it is not well-formed")
			}
			if inLoc {
				if err := f(open[len(open)-2] == "sitemap", strings.TrimSpace(loc.String())); err != nil {
					return err
				}
			}
			open, inLoc = open[:len(open)-1], false
		}
	}
}

// bounded is a reader that fails beyond its bound.
type bounded struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("it has more than %d MB", maxSitemap>>20)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// child reads a sitemap that an index names: from its address if that is allowed,
// else from the file of that name beside the index.
func (c *Check) child(ctx context.Context, in Input, loc string, depth int) error {
	if c.children++; c.children > maxSitemaps {
		return fault.Input("input", "the indexes name more than %d sitemaps", maxSitemaps)
	}
	if depth+1 >= maxDepth {
		c.unreadable(in.Name, 0, "indexes are nested too deep: "+short(loc))
		return nil
	}
	b, err := c.openChild(ctx, in, loc)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.unreadable(in.Name, 0, err.Error())
		return nil
	}
	defer b.Close()
	r, err := unpacked(b)
	if err != nil {
		c.unreadable(loc, 0, err.Error())
		return nil
	}
	return c.sitemap(ctx, Input{Name: short(loc), Dir: in.Dir}, r, depth+1)
}

func (c *Check) openChild(ctx context.Context, in Input, loc string) (b Body, err error) {
	if c.o.Sitemap != nil {
		b, err = c.o.Sitemap(ctx, loc)
		return b, err
	}
	u, err := url.Parse(loc)
	name := ""
	if err == nil {
		name = path.Base(u.Path)
	}
	if err != nil || name == "." || name == ".." || name == "/" || in.Dir == "" || strings.ContainsAny(name, `/\`) {
		return b, fmt.Errorf("the sitemap %s is read with --fetch", short(loc))
	}
	f, err := os.Open(filepath.Join(in.Dir, name))
	if err != nil {
		return b, fmt.Errorf("the sitemap %s is read with --fetch, or from a file %s beside its index", short(loc), short(name))
	}
	return Body{ReadCloser: f}, nil
}
