package demo

func drawTrain(c *canvas, v int) look {
	c.sky(900, stop{0, hex(0x4f7191)}, stop{330, hex(0xb9cbd2)}, stop{560, hex(0xf7e2bd)})
	c.clouds(420, 760, 0.54, rgb{1, 0.98, 0.94}, 0.65)
	c.glow(380, 470, 900, hex(0xffe3ae), 0.16)
	c.ranges(4, 470, 700, hex(0x9bb2b6), hex(0x35564a), hex(0xe4e3cf), 96)
	const deck = 596
	pier, lit := hex(0x6d6a62), hex(0xcdbfa2)
	for x := float32(-40); x < 1700; x += 178 {
		c.fill([]pt{{x - 20, deck}, {x + 20, deck}, {x + 31, 1067}, {x - 31, 1067}}, func(px, py float32) rgb {
			side := unit((px - x + 26) / 52)
			return lit.to(pier.times(0.55), side).times(0.95+0.25*c.noise(px*3, py*3, 60)).to(hex(0xdfe0cd), 0.55*step(640, 960, py))
		})
	}
	c.arches(deck, pier, lit)
	c.fill(box(-10, deck-26, 1610, deck+6), func(x, y float32) rgb { return lit.to(pier, unit((y-deck+26)/32)).times(0.9) })
	c.line(pt{0, deck - 44}, pt{1600, deck - 44}, 2, 2, pier)
	for x := float32(0); x < 1600; x += 24 {
		c.line(pt{x, deck - 44}, pt{x, deck - 26}, 1.4, 1.4, pier)
	}
	c.carriages(260, 1360, deck-26)
	o := outline{c.rng.Uint64(), 300, 0.55, 6}
	leaf := outline{c.rng.Uint64(), 30, 0.65, 4}
	for i := range 3 {
		t := float32(i) / 2
		base := 830 + 95*t
		c.ridge(func(x float32) float32 { return base - 60*o.at(x+t*900) - 20*absf(leaf.at(x+t*300)) }, func(x, y, d float32) rgb {
			n := c.noise(x*2.2+t*300, y*2.2, 80)
			return hex(0x5c7d58).to(hex(0x13251b), t).times(0.6+0.8*n).to(hex(0xdce0c8), 0.5*(1-t)*unit(d/140))
		})
	}
	l := plainLook
	l.exposure = 1.08
	return l
}

func (c *canvas) arches(deck float32, pier, lit rgb) {
	for x := float32(-40); x < 1700; x += 178 {
		var shape []pt
		shape = append(shape, pt{x + 18, deck})
		for i := range 17 {
			a := float32(i) / 16 * 3.14159
			shape = append(shape, pt{x + 89 - 71*cosf(a), deck + 74 - 56*sinf(a)})
		}
		shape = append(shape, pt{x + 160, deck}, pt{x + 18, deck})
		c.fill(shape, func(px, py float32) rgb {
			return lit.to(pier, unit((px-x)/178)).times(0.8 + 0.25*c.noise(px*3, py*3, 60))
		})
	}
}

func (c *canvas) carriages(x0, x1, y float32) {
	const length = 208
	i := 0
	for x := x0; x < x1; x += length + 5 {
		front := x+length+5 >= x1
		end := x + length
		body := []pt{{x, y - 78}, {end, y - 78}, {end, y - 8}, {x, y - 8}}
		if front {
			body = []pt{{x, y - 78}, {end - 40, y - 78}, {end - 6, y - 46}, {end + 14, y - 14}, {end + 8, y - 8}, {x, y - 8}}
		}
		c.fill(body, func(px, py float32) rgb {
			d := (py - y + 78) / 70
			col := hex(0xe8e6e0).times(0.92 - 0.3*d + 0.12*step(0.1, 0, d))
			return col.to(hex(0xb3301f).times(0.8), stripe(d, 0.66, 0.8, 0.01))
		})
		for w := x + 16; w < end-50; w += 30 {
			c.fill(box(w, y-64, w+22, y-42), func(px, py float32) rgb {
				return hex(0x27343d).to(hex(0xffd9a0), 0.55+0.3*hashUnit(uint64(i), uint64(w)))
			})
		}
		c.fillFlat(box(x+6, y-9, end-4, y), hex(0x23262a))
		i++
	}
}

func drawEconomy(c *canvas, v int) look {
	up, down, line := hex(0x39d0a0), hex(0xff5f57), hex(0xffd27a)
	if v%2 == 1 {
		up, down, line = hex(0x5ab8ff), hex(0x8a6bff), hex(0xfff0c8)
	}
	s := c.small(4)
	dark := []stop{{0, hex(0x050b18)}, {620, hex(0x0c2036)}, {1067, hex(0x04080f)}}
	s.sky(sheetHeight, dark...)
	s.glowOval(1050, 420, 900, 520, up, 0.14)
	for range 60 {
		col := up
		if s.rng.IntN(3) == 0 {
			col = down
		}
		s.disc(s.between(0, 1600), s.between(40, 900), s.between(8, 40), 6, col, s.between(0.02, 0.14), 0.4)
	}
	trend := outline{c.rng.Uint64(), 520, 0.5, 5}
	at := func(x float32) float32 { return 640 - x*0.17 - 110*trend.at(x) }
	price := c.candles(at)
	s.chart(price, up, down, 0.5)
	s.soften(9)
	c.sky(sheetHeight, dark...)
	c.chart(price, up, down, 1)
	// Sharp in the middle, out of focus at both sides.
	sharp := append([]rgb(nil), c.pix...)
	c.lay(s)
	c.paint(0, sheetHeight, func(x, y float32, p *rgb) {
		i := min(int(y*c.k), c.h-1)*c.w + min(int(x*c.k), c.w-1)
		*p = p.to(sharp[i].plus(p.times(0.5)), step(700, 240, absf(x-980)))
	})
	prev := pt{0, at(0) + 30}
	for i := 1; i <= 80; i++ {
		x := float32(i) * 20
		next := pt{x, (at(x-60)+at(x)+at(x+60))/3 + 30}
		f := step(760, 200, absf(x-980))
		c.beam(prev, next, 14-10*f, 14-10*f, line, 0.25+0.75*f)
		prev = next
	}
	l := plainLook
	l.exposure, l.bloom = 1.35, 0.45
	return l
}

// candle is one day of an invented market.
type candle struct{ x, open, end, high, low float32 }

func (c *canvas) candles(at func(float32) float32) []candle {
	var out []candle
	for x := float32(16); x < 1600; x += 34 {
		a, b := at(x)+c.between(-34, 34), at(x)+c.between(-34, 34)
		out = append(out, candle{x, a, b, min(a, b) - c.between(6, 46), max(a, b) + c.between(6, 46)})
	}
	return out
}

func (c *canvas) chart(list []candle, up, down rgb, strength float32) {
	for y := float32(120); y < 1000; y += 110 {
		c.line(pt{0, y}, pt{1600, y}, 1.2, 1.2, hex(0x1b3850))
	}
	for i, k := range list {
		col := up
		if k.end > k.open {
			col = down
		}
		col = col.times(0.55 + 0.45*strength)
		c.line(pt{k.x, k.high}, pt{k.x, k.low}, 2.4, 2.4, col)
		c.fill(box(k.x-10, min(k.open, k.end), k.x+10, max(k.open, k.end)+3), func(x, _ float32) rgb { return col.times(0.85 + 0.3*(x-k.x+10)/20) })
		h := 30 + 110*hashUnit(uint64(i), 44)
		c.fill(box(k.x-10, 1010-h, k.x+10, 1010), func(_, y float32) rgb { return col.times(0.1 + 0.3*(1010-y)/140) })
	}
}

func drawPortrait(c *canvas, v int) look {
	sets := [][3]rgb{
		{hex(0x6f8799), hex(0x24323d), hex(0xffd9b0)}, {hex(0xa98467), hex(0x33231b), hex(0xffe9c8)},
		{hex(0x7b8f76), hex(0x20301f), hex(0xfff0cf)}, {hex(0x8d7c98), hex(0x2a2233), hex(0xffd7c2)},
	}
	s := sets[v%len(sets)]
	c.sky(sheetHeight, stop{0, s[0].times(0.9)}, stop{1067, s[1]})
	c.glow(560, 380, 900, s[0].plus(s[2].times(0.25)), 0.7)
	ox := c.between(0, 900)
	c.paint(0, sheetHeight, func(x, y float32, p *rgb) { *p = p.times(0.86 + 0.28*c.noise(x+ox, y, 700)) })
	body := s[1].times(0.55)
	rim := s[2]
	shade := func(cx, half float32) func(x, y float32) rgb {
		return func(x, y float32) rgb {
			edge := unit((cx - x) / half)
			n := 0.85 + 0.3*c.noise(x*2+ox, y*2, 120)
			return body.times(n).plus(rim.times(0.5 * powf(edge, 5) * step(1080, 420, y))).plus(s[0].times(0.05))
		}
	}
	shoulders := smooth([]pt{{330, 1150}, {372, 920}, {520, 830}, {690, 770}, {800, 782}, {910, 770}, {1080, 830}, {1228, 920}, {1270, 1150}})
	head := smooth([]pt{{800, 250}, {900, 282}, {958, 380}, {952, 490}, {912, 590}, {848, 660}, {800, 674}, {752, 660}, {688, 590}, {648, 490}, {642, 380}, {700, 282}})
	neck := []pt{{715, 600}, {885, 600}, {905, 800}, {695, 800}}
	switch v % 4 {
	case 1: // a headscarf
		c.fill(smooth([]pt{{800, 208}, {930, 250}, {1002, 400}, {990, 560}, {1040, 700}, {1120, 880}, {800, 960}, {480, 880}, {560, 700}, {610, 560}, {598, 400}, {670, 250}}), shade(800, 330))
	case 2: // long hair
		c.fill(smooth([]pt{{800, 214}, {940, 262}, {1000, 420}, {996, 600}, {1010, 800}, {930, 850}, {670, 850}, {590, 800}, {604, 600}, {600, 420}, {660, 262}}), shade(800, 240))
	case 3: // a cap of curls
		for range 90 {
			a := c.between(3.2, 6.2)
			c.fill(oval(800+158*cosf(a)*c.between(0.7, 1.08), 400+190*sinf(a)*c.between(0.7, 1.05), 34, 34), shade(800, 200))
		}
	}
	c.fill(neck, shade(800, 150))
	c.fill(head, shade(800, 168))
	c.fill(shoulders, shade(800, 480))
	c.fillFlat([]pt{{730, 786}, {800, 930}, {870, 786}, {800, 820}}, body.times(1.9).plus(s[0].times(0.1)))
	l := plainLook
	l.exposure, l.vignette, l.bloom = 1.1, 0.45, 0.2
	return l
}

func drawMics(c *canvas, v int) look {
	s := c.small(4)
	s.sky(sheetHeight, stop{0, hex(0x1d2a3f)}, stop{520, hex(0x4d5f78)}, stop{1067, hex(0x15191f)})
	for range 34 {
		s.disc(s.between(0, 1600), s.between(40, 620), s.between(22, 62), 7, hex(0xffe2b4), s.between(0.04, 0.34), 0.6)
	}
	s.figure(1120, 1250, 980, hex(0x1a2230), 0.9)
	s.soften(12)
	c.lay(s)
	type mic struct{ x, y, k, lean float32 }
	for _, m := range []mic{{250, 560, 0.8, 0.3}, {1390, 590, 0.85, -0.35}, {470, 500, 0.95, 0.22}, {1120, 480, 0.98, -0.16}, {680, 430, 1.15, 0.1}, {900, 450, 1.2, -0.05}} {
		c.mic(m.x, m.y, m.k, m.lean)
	}
	c.fill([]pt{{0, 985}, {1600, 985}, {1600, 1067}, {0, 1067}}, func(x, y float32) rgb {
		return hex(0x2a1a12).times(0.8 + 0.5*c.noise(x*0.7, y*9, 200)).plus(hex(0xffd9a0).times(0.12 * step(1040, 985, y)))
	})
	l := plainLook
	l.exposure, l.bloom = 1.2, 0.3
	return l
}

func (c *canvas) mic(x, y, k, lean float32) {
	dir := pt{lean, 1}
	at := func(along, across float32) pt {
		return pt{x + (dir.x*along+across)*k, y + (along-dir.x*across)*k}
	}
	metal := func(cx func(y float32) float32, half float32, dark, bright rgb) func(px, py float32) rgb {
		return func(px, py float32) rgb {
			u := (px - cx(py)) / half
			return dark.to(bright, powf(unit(1-absf(u+0.45)/0.6), 2)).plus(rgb{1, 0.9, 0.75}.times(0.35 * powf(unit(1-absf(u-0.82)/0.2), 2)))
		}
	}
	axis := func(py float32) float32 { return x + lean*(py-y) }
	c.fill([]pt{at(150, -30), at(150, 30), at(720, 18), at(720, -18)}, metal(axis, 30*k, hex(0x0b0d10), hex(0x4a525c)))
	c.fill([]pt{at(96, -62), at(96, 62), at(160, 40), at(160, -40)}, metal(axis, 56*k, hex(0x14171b), hex(0x59626d)))
	round := smooth([]pt{at(-62, -56), at(-88, 0), at(-62, 56), at(0, 84), at(62, 74), at(100, 56), at(100, -56), at(62, -74), at(0, -84)})
	body := metal(axis, 74*k, hex(0x191c20), hex(0x7d868f))
	c.fill(round, func(px, py float32) rgb {
		mesh := 0.66 + 0.5*step(0.3, 0.6, fract((px+py)*0.11/k))*step(0.3, 0.6, fract((px-py)*0.11/k))
		return body(px, py).times(mesh)
	})
	band := []pt{at(92, -64), at(92, 64), at(108, 62), at(108, -62)}
	c.fill(band, metal(axis, 64*k, hex(0x5a1a16), hex(0xd05a4a)))
}
