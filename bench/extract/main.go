// Command extract measures how well stories are found in saved pages, beside a
// readability library alone in the same run.
//
//	go run -tags nodynamic ./bench/extract [-v] DIR
//
// DIR has a folder for each page, as Mozilla's test pages of Readability have:
// source.html, expected.html (the story and nothing else) and
// expected-metadata.json (title, byline, publishedTime). For each page the bag of
// words of the found body is held against that of the expected one; precision,
// recall and F1 are the means over all pages. A title is right if it is the
// same text, white space aside; an author, if the names are the same, "By",
// dates in the byline and words between names aside; a time, if it is the same
// instant, or, where the expected one has no zone, the same time of day. Pages whose expected metadata
// names no author or time are not counted there. The exit status is 1 if ours is
// worse than the library in any figure, or not better in F1.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	verbose := flag.Bool("v", false, "a line for each page")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run -tags nodynamic ./bench/extract [-v] DIR\nDIR has folders with source.html, expected.html and expected-metadata.json.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	res, err := measure(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(2)
	}
	if *verbose {
		for _, p := range res.pages {
			fmt.Println(p)
		}
		fmt.Println()
	}
	fmt.Print(res)
	if !res.better() {
		fmt.Println("ours is not better in every figure")
		os.Exit(1)
	}
}
