package e2e_test

import (
	"os"
	"strings"
	"sync"
)

// axe is axe-core's text, read once.
var axe = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("node_modules/axe-core/axe.min.js") })

// accessible runs axe-core over the page as it stands: all rules, or contrast
// alone where nothing but the colours has changed.
func (b *tab) accessible(scheme string, all bool) {
	b.t.Helper()
	text, err := axe()
	if err != nil {
		missing(b.t, "axe-core is not here (npm ci in e2e/)")
	}
	if !eval[bool](b, "!!window.axe") {
		eval[bool](b, string(text)+";true")
	}
	type violation struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []struct {
			HTML    string `json:"html"`
			Summary string `json:"failureSummary"`
		} `json:"nodes"`
	}
	only := ""
	if !all {
		only = `,runOnly:["color-contrast"]`
	}
	found := eval[[]violation](b, `axe.run(document,{resultTypes:["violations"]`+only+`}).then(r=>r.violations.map(v=>({id:v.id,help:v.help,
	nodes:v.nodes.slice(0,4).map(n=>({html:n.html,failureSummary:n.failureSummary}))})))`)
	width := eval[int](b, "innerWidth")
	for _, v := range found {
		for _, n := range v.Nodes {
			b.t.Errorf("axe at %d px, %s: %s (%s): %.160s: %s", width, scheme, v.ID, v.Help, n.HTML, strings.Join(strings.Fields(n.Summary), " "))
		}
	}
}
