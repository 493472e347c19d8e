package e2e_test

import (
	"strings"
	"testing"

	"warta/internal/account"
	"warta/internal/testkit"
)

// hugePaste is a page of 5 MB as somebody may have it in the clipboard: 400
// parts of a text, and around each of them what has no business in a story.
const hugePaste = `(()=>{let out="";
for(let i=1;i<=400;i++)out+="<script>window.__ran=1;/*"+"x".repeat(7000)+"*/</script><style>p{color:red}/*"+"y".repeat(3000)+"*/</style>"
 +"<h2 onclick='window.__ran=1' style='color:red;"+"a:b;".repeat(500)+"'>Bagian "+i+"</h2>"
 +"<p class=x onmouseover='window.__ran=1'>Kalimat <b>tebal "+i+"</b> dengan <a href='javascript:window.__ran=1'>tautan jahat</a> dan <a href='https://kabar.example/"+i+"'>tautan baik</a>.</p>"
 +"<ul><li>Butir satu</li><li>Butir dua</li></ul><img src=x onerror='window.__ran=1'><svg onload='window.__ran=1'></svg><iframe srcdoc='&lt;script&gt;parent.__ran=1&lt;/script&gt;'></iframe>";
return out})()`

// TestRoomHugePasteKeepsTextAndStructure pastes 5 MB of HTML with scripts: text
// and structure stay, nothing runs, and the editor answers soon.
func TestRoomHugePasteKeepsTextAndStructure(t *testing.T) {
	t.Parallel()
	s := testkit.New(t, testkit.Options{Settings: settings("id")})
	b := signed(t, s.Staffer(account.Reporter), 1280)
	id := b.create()
	b.pastes(hugePaste)
	for what, want := range map[string]int{"h2": 400, "p strong": 400, "ul": 400, "li": 800, `a[href^="https://kabar.example/"]`: 400,
		`a[href^="javascript"]`: 0, "script,style,iframe,svg,img:not(.ProseMirror-separator)": 0} {
		if n := eval[int](b, `document.querySelector(`+quote(paper)+`).querySelectorAll(`+quote(what)+`).length`); n != want {
			t.Errorf("%q is in the paper %d times, want %d", what, n, want)
		}
	}
	b.saved(s, id, "Bagian 400", "Kalimat tebal 400 dengan tautan jahat dan tautan baik.")
	st, err := s.DB.DraftState(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if plain := st.Content.Body.Plain(); strings.Contains(plain, "__ran") || strings.Count(plain, "Butir dua") != 400 {
		t.Errorf("the draft holds something else: %d lists of 400", strings.Count(plain, "Butir dua"))
	}
	if eval[bool](b, `"__ran" in window`) {
		t.Error("something of it ran")
	}
	b.quiet()
}

// pastes pastes HTML, which an expression makes, at the end of the body, and
// fails if the page was busy with it for more than three seconds. On a machine
// that is busy as well the browser itself is the measure, which reads the same
// and a plain page of 5 MB right after: ten times as long is allowed.
func (b *tab) pastes(html string) {
	b.t.Helper()
	b.stands(-1)
	took := eval[[]float64](b, `(()=>{const d=new DataTransfer(),html=`+html+`;d.setData("text/html",html);d.setData("text/plain","");
	const one=performance.now();document.querySelector(`+quote(paper)+`).dispatchEvent(new ClipboardEvent("paste",{clipboardData:d,bubbles:true,cancelable:true}));
	const two=performance.now();for(const x of [html.replace(/style|on\w+=/g,"x"),"<p class=x>kata <b>tebal</b></p>".repeat(160_000)])new DOMParser().parseFromString(x,"text/html");
	return [two-one,performance.now()-two]})()`)
	if limit := max(3000, 10*took[1]); took[0] > limit {
		b.t.Errorf("the paste took %.0f ms, at most %.0f are allowed", took[0], limit)
	}
}
