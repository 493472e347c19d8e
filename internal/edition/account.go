package edition

import (
	"context"
	"strings"

	"warta/internal/fault"
	"warta/internal/render"
)

// Account returns a page about one reader's account. problem is what has to be
// mended, nil for nothing. v is the edition's until it returns.
func (e *Edition) Account(ctx context.Context, v render.AccountPage, problem error) (_ []byte, err error) {
	defer fault.Wrap(&err, "page %s", v.Template())
	b, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	base := v.Base()
	if base.Heading == "" {
		base.Heading = b.words.T("account.title." + strings.ReplaceAll(strings.TrimPrefix(v.Template(), "account-"), "-", "_"))
	}
	base.Shell = b.shell(about{title: base.Heading, description: base.Heading, robots: "noindex"})
	base.Field, base.Problem = b.sentence(problem)
	out, err := e.render.Account(v)
	if err != nil {
		return nil, err
	}
	return b.whole(out.Body, out.Holes, nil, 0)
}
