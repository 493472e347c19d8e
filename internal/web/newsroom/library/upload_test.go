package library

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestASlowPictureIsNoSilence takes longer over what came than the line may be
// silent for: that is about the sender, who is done.
func TestASlowPictureIsNoSilence(t *testing.T) {
	t.Parallel()
	const silence = 50 * time.Millisecond
	for name, making := range map[string]time.Duration{"made in time": time.Minute, "not made in time": 2 * silence} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gone := make(chan bool, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, slow{r.Body, http.NewResponseController(w), silence, making})
				if err != nil {
					t.Error(err)
				}
				select {
				case <-r.Context().Done():
					gone <- true
				case <-time.After(10 * silence):
					gone <- false
				}
			}))
			defer srv.Close()
			res, err := http.Post(srv.URL, "application/offset+octet-stream", strings.NewReader(strings.Repeat("a", 100_000)))
			if err == nil {
				res.Body.Close()
			}
			if got, want := <-gone, making < time.Minute; got != want {
				t.Errorf("the request was given up: %v, want %v", got, want)
			}
		})
	}
}
