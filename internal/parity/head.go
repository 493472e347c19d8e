package parity

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// head is what is read of a page.
type head struct {
	canonical string
	reason    string // of a notice that something was taken away
}

// readHead reads the canonical address of a page, and the reason that a notice of
// withdrawal names: what is bold in it, else its headline.
func readHead(r io.Reader) (h head, err error) {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(maxHead)
	var notice, bold, title bool
	headline := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err = z.Err(); errors.Is(err, io.EOF) || errors.Is(err, html.ErrBufferExceeded) {
				err = nil
			}
			if h.reason == "" {
				h.reason = headline
			}
			h.reason = strings.Join(strings.Fields(h.reason), " ")
			return h, err
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.Data {
			case "link":
				if attr(t, "rel") == "canonical" && h.canonical == "" {
					h.canonical = attr(t, "href")
				}
			case "div":
				notice = notice || attr(t, "class") == "sorry"
			case "b":
				bold = notice && h.reason == ""
			case "h1":
				title = notice
			}
		case html.EndTagToken:
			bold, title = false, false
		case html.TextToken:
			if bold {
				h.reason += string(z.Text())
			} else if title {
				headline += string(z.Text())
			}
		}
	}
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
