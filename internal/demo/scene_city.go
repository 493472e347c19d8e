package demo

// tower is one building of a skyline.
type tower struct {
	x, w, top float32
	col       rgb
	lit       float32 // share of windows with light
	warm      rgb
	cell      float32 // size of a window with its frame
}

func (c *canvas) tower(t tower, base float32) {
	seed := c.rng.Uint64()
	cw, ch := t.cell, t.cell*1.35
	c.paintBox(t.x, t.top, t.x+t.w, base, func(x, y float32, p *rgb) {
		u, v := (x-t.x)/cw, (y-t.top-ch*0.6)/ch
		side := 0.82 + 0.36*(x-t.x)/t.w
		col := t.col.times(side)
		if v > 0 && x-t.x > cw*0.35 && t.x+t.w-x > cw*0.35 {
			iu, iv := floorf(u), floorf(v)
			fu, fv := u-iu, v-iv
			if fu > 0.22 && fu < 0.78 && fv > 0.25 && fv < 0.75 {
				h := hashUnit(seed+uint64(iu)*131, uint64(iv))
				row := hashUnit(seed, uint64(iv))
				if h < t.lit*(0.5+row) {
					col = t.warm.times(0.5 + 1.3*hashUnit(seed+9, uint64(iu*57+iv)))
				} else {
					col = col.times(1.28)
				}
			}
		}
		*p = col
	})
}

// skyline draws rows of buildings from far to near.
func (c *canvas) skyline(base, high float32, rows int, far, near rgb, lit float32, warm, cool rgb) {
	for r := range rows {
		t := float32(r) / float32(max(rows-1, 1))
		col := far.to(near, powf(t, 1.3))
		x := c.between(-60, 0)
		for x < sheetWidth {
			w := c.between(36, 104) * (0.7 + 0.75*t)
			middle := 1 - absf(x+w/2-900)/1150
			h := high * (0.25 + 0.75*c.rng.Float32()*c.between(0.4, 1)) * (0.5 + 0.75*middle) * (1.15 - 0.35*t)
			light := warm
			if c.rng.IntN(3) == 0 {
				light = cool
			}
			b := tower{x, w, base - h, col, lit * c.between(0.25, 1.1), light.times(0.3 + 0.5*t), 5 + 2.6*t}
			c.roof(b)
			c.tower(b, base)
			x += w + c.between(-6, 16)*(1.1-t)
		}
		c.paint(base-high*0.9, base, func(x, y float32, p *rgb) {
			*p = p.to(far, 0.2*(1-t)*unit((y-base+high*0.9)/high))
		})
	}
}

func (c *canvas) roof(b tower) {
	switch c.rng.IntN(5) {
	case 0:
		c.line(pt{b.x + b.w/2, b.top}, pt{b.x + b.w/2, b.top - c.between(40, 110)}, 3, 1, b.col)
	case 1:
		c.fillFlat(box(b.x+b.w*0.2, b.top-18, b.x+b.w*0.8, b.top+1), b.col)
	case 2:
		c.fillFlat([]pt{{b.x, b.top + 1}, {b.x, b.top - b.w*0.22}, {b.x + b.w, b.top + 1}}, b.col)
	case 3:
		c.fillFlat(box(b.x+b.w*0.12, b.top-14, b.x+b.w*0.88, b.top+1), b.col)
		c.fillFlat(box(b.x+b.w*0.3, b.top-34, b.x+b.w*0.7, b.top-13), b.col)
		c.glow(b.x+b.w/2, b.top-36, 9, rgb{1, 0.15, 0.1}, 2)
	}
}

func drawCity(c *canvas, v int) look {
	const base = 740
	type set struct {
		sky        []stop
		far, near  rgb
		lit        float32
		warm, cool rgb
		water      rgb
	}
	sets := []set{
		{[]stop{{0, hex(0x16264d)}, {340, hex(0x46619a)}, {560, hex(0xb98aa0)}, {740, hex(0xffc08a)}}, hex(0x8b82a0), hex(0x0b101c), 0.42, hex(0xffc987), hex(0xcfe4ff), hex(0x0f1930)},
		{[]stop{{0, hex(0x6a7f9c)}, {300, hex(0xd2b9a6)}, {740, hex(0xffe2ad)}}, hex(0xc7ad9c), hex(0x33323b), 0.1, hex(0xffd9a0), hex(0xe9f3ff), hex(0x6b6a70)},
		{[]stop{{0, hex(0x05070f)}, {420, hex(0x111d3a)}, {740, hex(0x3d3f6b)}}, hex(0x2b3358), hex(0x04060b), 0.62, hex(0xffbf73), hex(0x9fd0ff), hex(0x060a16)},
	}
	s := sets[v%len(sets)]
	c.sky(base+2, s.sky...)
	c.clouds(base-180, 840, 0.5, s.sky[len(s.sky)-1].c.times(0.85), 0.5)
	c.glow(c.between(500, 1100), base-20, 900, s.sky[len(s.sky)-1].c, 0.3)
	c.skyline(base, 470, 4, s.far, s.near, s.lit, s.warm, s.cool)
	c.fillFlat(box(0, base-8, 1600, base+3), s.near)
	for range 70 {
		c.glow(c.between(0, 1600), base-c.between(4, 22), c.between(4, 11), s.warm, 1.7*s.lit)
	}
	c.mirror(base, s.water, 0.85, 0.16)
	l := plainLook
	l.exposure, l.bloom = 1.18, 0.34
	return l
}

func drawTrails(c *canvas, v int) look {
	vp := pt{c.between(720, 880), 560}
	c.sky(700, stop{0, hex(0x0a1230)}, stop{330, hex(0x2b3f78)}, stop{520, hex(0x9a6f93)}, stop{640, hex(0xf0a07a)})
	c.clouds(500, 800, 0.5, hex(0x8f7397), 0.5)
	c.skyline(606, 330, 3, hex(0x6d6690), hex(0x0a0d18), 0.5, hex(0xffc987), hex(0xcfe4ff))
	c.paint(600, sheetHeight, func(x, y float32, p *rgb) {
		d := (y - vp.y) / (sheetHeight - vp.y)
		lane := (x - vp.x) / (y - vp.y + 1)
		asphalt := hex(0x1a1c28).times(0.55 + 0.5*d + 0.35*(c.noise(lane*600, 3000/(y-vp.y+8), 300)-0.5))
		if absf(lane) > 2.6 {
			asphalt = hex(0x0b0e12)
		}
		*p = asphalt
	})
	for i := range 9 {
		y := 620 + powf(float32(i)/8, 2)*380
		k := (y - vp.y) / 480
		for _, side := range [...]float32{-2.7, 2.7} {
			foot := pt{vp.x + side*(y-vp.y), y}
			head := pt{foot.x - side*20*k, y - 330*k}
			c.line(foot, head, 8*k, 5*k, hex(0x0a0c12))
			c.glow(head.x, head.y, 30+70*k, hex(0xffd59a), 1.2)
		}
	}
	for i := range 64 {
		red := i%2 == 0
		lane := c.between(0.25, 2.3)
		col := hex(0xffe3b8)
		if red {
			col = hex(0xff2a18)
		} else {
			lane = -lane
		}
		c.trail(vp, lane, c.between(0.04, 0.32), c.between(0.012, 0.034), col, c.between(0.25, 1.3))
	}
	c.glow(vp.x, vp.y+46, 260, hex(0xffc890), 0.9)
	l := plainLook
	l.bloom, l.exposure = 0.42, 1.1
	return l
}

// trail is what a lamp draws that runs along a lane in a long exposure.
func (c *canvas) trail(vp pt, lane, height, width float32, col rgb, strength float32) {
	var left, right []pt
	bend := c.between(-0.05, 0.05)
	for i := range 21 {
		t := powf(float32(i)/20, 2.2)
		y := 26 + 640*t
		x := vp.x + lane*y + bend*sinf(t*3.1)*y
		w := width * y * 0.5
		left = append(left, pt{x - w, vp.y + y - height*y})
		right = append(right, pt{x + w, vp.y + y - height*y + w})
	}
	for i := len(right) - 1; i >= 0; i-- {
		left = append(left, right[i])
	}
	c.fillAlpha(left, strength, func(_, _ float32, p *rgb, a float32) { *p = p.plus(col.times(a)) })
}

func drawRain(c *canvas, v int) look {
	s := c.small(4)
	s.sky(sheetHeight, stop{0, hex(0x0c1424)}, stop{520, hex(0x2a3850)}, stop{640, hex(0x3b3a48)}, stop{1067, hex(0x10141d)})
	lights := []rgb{hex(0xffb04a), hex(0xff3b22), hex(0xffe6c0), hex(0x53d08a), hex(0x5aa8ff), hex(0xffc470)}
	if v%2 == 1 {
		lights = []rgb{hex(0xff4f7b), hex(0x5ad1ff), hex(0xffd08a), hex(0xa07bff), hex(0xffe6c0), hex(0x3f7bff)}
	}
	for range 170 {
		d := s.rng.Float32()
		col := lights[s.rng.IntN(len(lights))]
		r := 10 + 46*d*d
		x, y := s.between(-40, 1640), 560+s.between(-300, 60)*(0.3+d)
		s.disc(x, y, r, 5, col, s.between(0.1, 0.7), 0.7)
		s.glowOval(x, 1210-y*0.75+s.between(0, 60), r*1.1, r*4.5, col, s.between(0.15, 0.45))
	}
	s.soften(4)
	c.lay(s)
	c.paint(0, sheetHeight, func(x, y float32, p *rgb) { *p = p.times(0.85 + 0.3*c.noise(x, y, 900)) })
	for range 26 {
		x, y := c.between(0, 1600), c.between(-100, 700)
		c.runnel(s, x, y, c.between(2, 5), c.between(120, 480))
	}
	for range 1500 {
		k := c.rng.Float32()
		c.drop(s, c.between(0, 1600), c.between(0, sheetHeight), 1.6+12*k*k*k*k)
	}
	for range 16 {
		c.drop(s, c.between(0, 1600), c.between(0, sheetHeight), c.between(12, 20))
	}
	l := plainLook
	l.exposure, l.bloom, l.contrast = 1.25, 0.3, 1.1
	return l
}

// sample returns the colour at a point, that of the edge outside.
func (c *canvas) sample(x, y float32) rgb {
	px, py := min(max(int(x*c.k), 0), c.w-1), min(max(int(y*c.k), 0), c.h-1)
	return c.pix[py*c.w+px]
}

// drop draws a drop on the pane: a lens that shows what is behind it upside down.
func (c *canvas) drop(behind *canvas, cx, cy, r float32) {
	tall := c.between(1, 1.35)
	c.fillAlpha(oval(cx, cy, r, r*tall), 1, func(x, y float32, p *rgb, a float32) {
		dx, dy := (x-cx)/r, (y-cy)/(r*tall)
		d := dx*dx + dy*dy
		col := behind.sample(cx-dx*240, cy-dy*300).times(1.25 - 0.55*dy)
		col = col.times(1 - 0.5*step(0.55, 1, d)*(0.5-0.5*dy))
		col = col.plus(rgb{0.8, 0.9, 1}.times(0.3 * step(0.12, 0, (dx+0.35)*(dx+0.35)+(dy+0.45)*(dy+0.45))))
		*p = p.to(col, a*0.92)
	})
}

func (c *canvas) runnel(behind *canvas, x, y, w, length float32) {
	prev := pt{x, y}
	for range int(length / 14) {
		next := pt{prev.x + c.between(-3, 3), prev.y + 14}
		c.fillAlpha(bar(prev, next, w, w), 0.5, func(px, py float32, p *rgb, a float32) {
			*p = p.to(behind.sample(px-(px-prev.x)*60, py-90).times(1.2), a)
		})
		prev = next
	}
	c.drop(behind, prev.x, prev.y, w*2.4)
}

func drawPlanet(c *canvas, v int) look {
	c.sky(sheetHeight, stop{0, hex(0x02040a)}, stop{1067, hex(0x03070f)})
	c.stars(620, 420)
	cx, cy, r := float32(940), float32(1830), float32(1330)
	ox := c.between(0, 900)
	c.paint(380, sheetHeight, func(x, y float32, p *rgb) {
		dx, dy := x-cx, y-cy
		d := sqrtf(dx*dx + dy*dy)
		edge := r - d
		sun := unit(0.55 + dx/1500)
		if edge < 0 {
			k := powf(unit(1+edge/130), 3.4)
			*p = p.plus(hex(0x3f8cff).times(k * (0.25 + 1.5*sun*sun)))
			return
		}
		z := sqrtf(unit(1 - d*d/(r*r)))
		u, w := x/(0.5+z), dy/(0.4+z*0.9)
		land := step(0.5, 0.56, c.noise(u+ox, w, 900))
		cloud := step(0.5, 0.8, c.noise(u*1.3, w*1.5+ox, 480)*0.7+0.3*c.noise(u*4, w*4, 300))
		// Three sizes, turned against each other: the texture must not show its period.
		dots := c.noise(u*2.9+w*1.3+ox, w*2.9-u*1.3, 97) * c.noise(u*1.7-w*0.9, w*1.7+u*0.9+ox, 61) * 1.7
		towns := land * step(0.42, 0.86, dots*(0.2+c.noise(u*0.8-w*0.5, w+ox, 610)))
		col := hex(0x071226).to(hex(0x10161a), land)
		col = col.plus(hex(0xffc274).times(towns * 1.5 * (1 - sun*0.75)))
		col = col.to(hex(0x5f7ba8).times(0.25+0.9*sun*sun), cloud*0.65)
		rim := powf(unit(1-edge/150), 2.6)
		*p = col.plus(hex(0x4a97ff).times(rim * (0.22 + 1.7*sun*sun)))
	})
	c.glow(1436, 600, 420, rgb{0.6, 0.75, 1}, 0.35)
	c.glow(1436, 600, 110, rgb{1, 0.92, 0.8}, 0.9)
	c.glow(1436, 600, 26, rgb{1, 0.96, 0.9}, 4)
	l := plainLook
	l.exposure, l.bloom = 1.25, 0.45
	return l
}
