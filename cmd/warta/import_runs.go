package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"warta/internal/app"
)

type importListCmd struct {
	Before int64 `help:"Runs below this number." placeholder:"RUN"`
	Limit  int   `help:"How many runs." default:"20"`
	JSON   bool  `name:"json" help:"Print a line of JSON for each run."`
}

// Run lists runs, the newest first.
func (c *importListCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	runs, err := core.DB.ImportRuns(e.ctx, c.Before, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(e.out)
		for i := range runs {
			if err := out.Encode(&runs[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(runs) == 0 {
		fmt.Fprintln(e.out, "Nothing was imported yet.")
		return nil
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RUN\tKIND\tSTATE\tBEGAN\tITEMS\tMADE\tFROM")
	for i := range runs {
		r := &runs[i]
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d\t%s\t%s\n", r.ID, r.Kind, stateOf(r), r.Started.Local().Format("2006-01-02 15:04"),
			r.Counts.Items, countsOf(r.Counts.Made), r.Name)
	}
	return w.Flush()
}

// stateOf adds how far a run is that is not over.
func stateOf(r *app.ImportRun) string {
	if r.Total > 0 && r.Done < r.Total && (r.State == "running" || r.State == "stopped") {
		return fmt.Sprintf("%s at %d %%", r.State, r.Done*100/r.Total)
	}
	return string(r.State)
}

// countsOf returns words with their numbers.
func countsOf[K ~string](counts map[K]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", k, counts[k]))
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

type importShowCmd struct {
	Number int64 `arg:"" name:"RUN" help:"Number of the run, as \"warta import list\" shows it."`
}

// Run shows one run.
func (c *importShowCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	r, err := core.DB.ImportRun(e.ctx, c.Number)
	if err != nil {
		return err
	}
	took := r.Touched.Sub(r.Started).Round(time.Second)
	fmt.Fprintf(e.out, "Import %d of %s (%s): %s, began %s, %s.\n", r.ID, r.Name, r.Kind, stateOf(&r), r.Started.Local().Format("2006-01-02 15:04:05"), took)
	for _, l := range []struct {
		head string
		text string
	}{
		{fmt.Sprintf("%d items: ", r.Counts.Items), countsOf(r.Counts.Results)},
		{"Made: ", countsOf(r.Counts.Made)},
		{"Removed, moved and left out: ", countsOf(r.Counts.Dropped)},
		{"Also: ", countsOf(r.Counts.Others)},
	} {
		if l.text != "-" {
			fmt.Fprintln(e.out, l.head+l.text+".")
		}
	}
	if r.Counts.Pictures+r.Counts.Missing > 0 {
		fmt.Fprintf(e.out, "Pictures: %d new, %d missing.\n", r.Counts.Pictures, r.Counts.Missing)
	}
	return core.ImportReport(e.ctx, r.ID, func(l app.ImportLine) { fmt.Fprintln(e.out, l.String()) })
}

type importUndoCmd struct {
	Number int64 `arg:"" name:"RUN" help:"Number of the run, as \"warta import list\" shows it."`
}

// Help is what "warta import undo --help" says beside the flags.
func (*importUndoCmd) Help() string {
	return `Stories, pages, old addresses, comments, pictures, names and sections that the import made go; what it changed becomes what it was. If somebody worked on any of it since, nothing is done, and it is said what that is. What is interrupted goes on when the same command is given again.`
}

// Run takes a run back.
func (c *importUndoCmd) Run(e *env) error {
	core, err := e.open()
	if err != nil {
		return err
	}
	defer core.Close()
	bar := newProgress(e.err, "things")
	sum, pending, err := core.UndoImport(e.ctx, c.Number, bar.set)
	bar.end()
	if len(sum.Gone) > 0 {
		fmt.Fprintln(e.out, "Taken back: "+countsOf(sum.Gone)+".")
	}
	if kept := countsOf(sum.Kept); kept != "-" {
		fmt.Fprintln(e.out, "Kept, since something else may use them: "+kept+".")
	}
	if len(pending) > 0 {
		fmt.Fprintln(e.out, "Not yet confirmed on "+strings.Join(pending, ", ")+"; they go on trying.")
	}
	if err != nil {
		return err
	}
	if len(sum.Edits) > 0 {
		fmt.Fprintf(e.err, "warta: import %d stays: people worked on what it made.\n", c.Number)
		for _, x := range sum.Edits {
			fmt.Fprintf(e.err, "  %s %s: %s\n", x.Kind, strings.TrimSpace(fmt.Sprintf("%s %s", nameOf(&x), x.What)), x.Why)
		}
		return exitError(1)
	}
	if sum.Left > 0 {
		fmt.Fprintf(e.err, "warta: %d things of import %d are still there; give the command again\n", sum.Left, c.Number)
		return exitError(1)
	}
	return nil
}

// nameOf returns by what a thing is known.
func nameOf(x *app.ImportEdit) string {
	if x.Name != "" {
		return x.Name
	}
	return fmt.Sprint(x.ID)
}
