package main

import (
	"errors"
	"fmt"
	"os"

	"warta/internal/app"
)

type wxrCmd struct {
	Exports []string `arg:"" name:"FILE" help:"Files of one export, in any number." type:"existingfile"`
	importFlags
	Map        string   `help:"File that says what the categories become." placeholder:"FILE" type:"existingfile"`
	ProposeMap string   `help:"Write such a file, as it is proposed, and stop." placeholder:"FILE"`
	Uploads    string   `help:"Folder with the uploaded files: what stood in wp-content/uploads." placeholder:"DIR" type:"existingdir"`
	Files      string   `name:"files" help:"Address below which sound, video and documents of that folder are from now on (default: on the old site)." placeholder:"URL"`
	Type       []string `help:"Further post type that becomes stories." placeholder:"TYPE"`
	Redirects  []string `help:"Redirects as a plug-in exports them: Redirection (JSON, CSV), Yoast, Rank Math (CSV)." placeholder:"FILE" type:"existingfile"`
}

// Help is what "warta import wxr --help" says beside the flags.
func (*wxrCmd) Help() string {
	return `Posts become stories, pages static pages, categories sections, tags topics; drafts stay drafts, what is scheduled stays so, what is private is a draft. Old addresses lead to the stories. docs/wordpress.md says how a newsroom moves in.
` + importStatus
}

// Run brings exports in.
func (c *wxrCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	in := app.WXRInput{Files: c.Exports, Map: c.Map, Uploads: c.Uploads, Types: c.Type, Redirects: c.Redirects, FilesAt: c.Files}
	if c.ProposeMap != "" {
		return c.propose(e, core, in)
	}
	return c.run(e, func(i *importer, o app.ImportOptions) (app.ImportSummary, error) {
		return core.ImportWXR(e.ctx, in, o, i.line)
	})
}

// propose writes the map and leaves one that is there alone.
func (c *wxrCmd) propose(e *env, core *app.Core, in app.WXRInput) error {
	f, err := os.OpenFile(c.ProposeMap, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		fmt.Fprintf(e.err, "warta: %s is there already; name another file, or remove it\n", c.ProposeMap)
		return exitError(2)
	}
	if err != nil {
		return err
	}
	err = errors.Join(core.ProposeWXRMap(e.ctx, in, f), f.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(c.ProposeMap))
	}
	if err == nil {
		fmt.Fprintf(e.out, "Wrote %[1]s. Look it through, and import with --map %[1]s.\n", c.ProposeMap)
	}
	return e.ended(err, false)
}
