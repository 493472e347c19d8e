package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"warta/internal/app"
	"warta/internal/doc"
	"warta/internal/web/newsroom"
)

// Sizes of a photograph of 24 megapixels.
const (
	photoWidth  = 6000
	photoHeight = 4000
)

// photo returns a JPEG with slopes, edges and grain, so that it takes about as
// many bytes as a camera's would.
func photo(seed uint64) ([]byte, error) {
	random := rand.New(rand.NewPCG(seed, 24))
	m := image.NewYCbCr(image.Rect(0, 0, photoWidth, photoHeight), image.YCbCrSubsampleRatio420)
	horizon := photoHeight/3 + random.IntN(photoHeight/3)
	for y := range photoHeight {
		for x := range photoWidth {
			v := 90 + 60*math.Sin(float64(x)/400+float64(y)/900)
			if y > horizon {
				v = 60 + 50*math.Sin(float64(x*y)/2e6) + float64((x/180+y/140)%2)*25
			}
			m.Y[y*m.YStride+x] = uint8(min(max(v+random.Float64()*10-5, 0), 255))
		}
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(110+i%photoWidth/300), uint8(140-i/photoWidth/200)
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 92})
	return b.Bytes(), err
}

// upload sends a picture as the newsroom's scripts do and returns its number.
func (s *server) upload(ctx context.Context, a *archive, data []byte) (int64, error) {
	send := func(method, url string, body io.Reader, header map[string]string) (*http.Response, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, method, url, body)
		if err != nil {
			return nil, nil, err
		}
		for name, value := range header {
			req.Header.Set(name, value)
		}
		req.Header.Set("Accept", "application/json")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.AddCookie(&http.Cookie{Name: newsroom.Cookie, Value: a.cookie})
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, nil, err
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode >= 300 {
			err = app.Unavailable("%s answers %d: %.300s", url, res.StatusCode, answer)
		}
		return res, answer, err
	}
	res, _, err := send(http.MethodPost, s.url+newsroom.Prefix+"/uploads", nil, map[string]string{"Upload-Length": strconv.Itoa(len(data)), "Upload-Name": "foto.jpg"})
	if err != nil {
		return 0, err
	}
	at := s.url + res.Header.Get("Location")
	const piece = 1 << 20
	for offset := 0; offset < len(data); offset += piece {
		end := min(offset+piece, len(data))
		_, answer, err := send(http.MethodPatch, at, bytes.NewReader(data[offset:end]), map[string]string{"Upload-Offset": strconv.Itoa(offset), "Content-Type": "application/offset+octet-stream"})
		if err != nil {
			return 0, err
		}
		if end == len(data) {
			var made struct{ ID int64 }
			return made.ID, json.Unmarshal(answer, &made)
		}
	}
	return 0, app.Unavailable("the picture is empty")
}

// illustrated publishes a story with a lead picture and some paragraphs, and
// returns its path.
func (s *server) illustrated(ctx context.Context, a *archive, picture int64) (string, error) {
	id, err := s.write(ctx, a, a.sections[0], fmt.Sprintf("Kabar Bergambar %d", time.Now().UnixNano()))
	if err != nil {
		return "", err
	}
	draft := fmt.Sprintf("/stories/%d/draft", id)
	var d struct{ Seq int64 }
	if err := s.call(ctx, a, draft, nil, &d); err != nil {
		return "", err
	}
	var blocks []any
	var order []string
	ids := doc.RandomIDs()
	for n := range 8 {
		order = append(order, ids())
		text := fmt.Sprintf("Paragraf ke-%d dari berita untuk pengukuran. ", n)
		blocks = append(blocks, map[string]any{"type": "paragraph", "attrs": map[string]any{"id": order[n]},
			"content": []any{map[string]any{"type": "text", "text": string(bytes.Repeat([]byte(text), 8))}}})
	}
	err = s.call(ctx, a, draft, map[string]any{"base": d.Seq, "blocks": blocks, "order": order,
		"fields": map[string]any{"lead": map[string]any{"picture": picture, "caption": "Foto untuk pengukuran.", "credit": "Warta", "alt": "Bukit dan langit"}}}, nil)
	if err != nil {
		return "", err
	}
	if err := s.publish(ctx, a, id); err != nil {
		return "", err
	}
	address := regexp.MustCompile(fmt.Sprintf(`/[^"/]+/\d{4}/\d{2}/\d{2}/%d/[^"#?]*`, id))
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); { // a busy server may show the front as it was
		body, err := s.page(ctx, a.fronts[1])
		if err != nil {
			return "", err
		}
		plain, err := unpack(body)
		if err != nil {
			return "", err
		}
		if path := address.Find(plain); path != nil {
			return string(path), nil
		}
	}
	return "", app.Unavailable("the story %d does not stand on %s", id, a.fronts[1])
}

var media = regexp.MustCompile(`/media/[A-Za-z0-9/_.-]+`)

// pictures returns the addresses of all forms of a page's own pictures.
func (s *server) pictures(ctx context.Context, path string) ([]string, error) {
	body, err := s.page(ctx, path)
	if err != nil {
		return nil, err
	}
	plain, err := unpack(body)
	if err != nil {
		return nil, err
	}
	article, _, _ := bytes.Cut(plain, []byte("</article>"))
	var list []string
	for _, m := range media.FindAll(article, -1) {
		list = append(list, string(m))
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// picture is row 13: what a photograph costs from its upload until every form of
// it that a page names was sent, and what pages cost meanwhile. What it costs them
// that a story with it is published in between is row 5's.
func (b *bench) picture(ctx context.Context, s *server, a *archive) error {
	b.step("%d photographs of 24 megapixels", b.rounds)
	const rate, span = 100, 3 * time.Second
	// Readers of nginx tell how much of it is the machine's: one of its processors
	// has something to do, whoever serves the pages.
	body, err := s.page(ctx, a.paths[0])
	if err != nil {
		return err
	}
	limit, url, err := b.onePage(ctx, body)
	if err != nil {
		return err
	}
	defer limit.stop()
	readers, err := b.timed(ctx, "ours", s.url+a.paths[0], rate)
	if err != nil {
		return err
	}
	defer readers.stop()
	yardstick, err := b.timed(ctx, "nginx", url, rate)
	if err != nil {
		return err
	}
	defer yardstick.stop()
	rest := held(s.cmd.Process.Pid)
	var cpus []time.Duration
	var peaks []int64
	var quiet, busy []window
	for range b.rounds {
		data, err := photo(uint64(time.Now().UnixNano())) // the same one again would be known
		if err != nil {
			return err
		}
		time.Sleep(time.Second)
		// Between two photographs, since the machine is not the same all the time.
		quiet = append(quiet, window{time.Now(), time.Now().Add(span)})
		time.Sleep(span)
		watching, stop := context.WithCancel(ctx)
		var peak atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			for watching.Err() == nil {
				peak.Store(max(peak.Load(), held(s.cmd.Process.Pid)))
				time.Sleep(20 * time.Millisecond) // oftener, it would hold up the pages that are asked for meanwhile
			}
		}()
		before := cpu(s.cmd.Process.Pid)
		spans, err := b.renditions(ctx, s, a, data)
		cpus = append(cpus, cpu(s.cmd.Process.Pid)-before)
		stop()
		<-done
		if err != nil {
			return err
		}
		peaks, busy = append(peaks, peak.Load()-rest), append(busy, spans...)
	}
	b.add("13", "a 24-megapixel JPEG to all its renditions, CPU", fmt.Sprintf("%.2f s", median(cpus).Seconds()), "6 s", "2 s")
	b.add("13", "the same, memory on top", fmt.Sprintf("%.0f MB", float64(median(peaks))/1e6), "400 MB", "250 MB")
	for _, r := range []struct {
		of          *timed
		what        string
		floor, goal string
	}{{readers, "page p99 meanwhile, against before", "2×", "1.5×"}, {yardstick, "the same of nginx, which makes no pictures", "–", "–"}} {
		took, err := r.of.took(quiet, busy)
		if err != nil {
			return err
		}
		before, meanwhile := quantile(took[0], 0.99), quantile(took[1], 0.99)
		b.add("13", r.what, fmt.Sprintf("%.2f× (%s; %s)", float64(meanwhile)/float64(before), millis(meanwhile), millis(before)), r.floor, r.goal)
	}
	return nil
}

// renditions takes a photograph all the way, and returns when it was at work.
func (b *bench) renditions(ctx context.Context, s *server, a *archive, data []byte) (spans []window, err error) {
	start := time.Now()
	id, err := s.upload(ctx, a, data)
	if err != nil {
		return nil, err
	}
	spans = append(spans, window{start, time.Now()})
	if a.illustrated, err = s.illustrated(ctx, a, id); err != nil {
		return nil, err
	}
	list, err := s.pictures(ctx, a.illustrated)
	if err != nil {
		return nil, err
	}
	if len(list) < 4 {
		return nil, app.Unavailable("%s names %d pictures", a.illustrated, len(list))
	}
	time.Sleep(6 * time.Second) // what a publication sets off is done
	start = time.Now()
	_, err = each(ctx, 2, list, func(c *http.Client, p string) error {
		_, err := s.get(ctx, c, p)
		return err
	})
	return append(spans, window{start, time.Now()}), err
}
