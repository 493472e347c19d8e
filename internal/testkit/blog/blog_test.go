package blog

import (
	"strings"
	"testing"
)

func TestABlogIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	b := &Blog{Posts: 300}
	write := func() (export, addresses string) {
		var x, a strings.Builder
		if err := b.Write(&x, 0, b.Posts); err != nil {
			t.Fatal(err)
		}
		if err := b.WriteAddresses(&a); err != nil {
			t.Fatal(err)
		}
		return x.String(), a.String()
	}
	export, addresses := write()
	again, same := write()
	if export != again || addresses != same {
		t.Error("the second export is another one")
	}
	comments, public := 0, 0
	for n := range b.Posts {
		p := b.Post(n)
		comments += p.Comments
		if p.Public() {
			public++
			if !strings.Contains(addresses, "https://lama.example"+b.Path(&p)+"\t"+b.URI(n)+"\n") {
				t.Errorf("the list has no %s", b.Path(&p))
			}
		}
	}
	if got := strings.Count(export, "<wp:comment>"); got != comments || comments < 2*b.Posts {
		t.Errorf("%d comments, and the posts count %d", got, comments)
	}
	if strings.Count(export, "<item>") != b.Posts || public == b.Posts || public < b.Posts*9/10 {
		t.Errorf("%d posts are public", public)
	}
}
