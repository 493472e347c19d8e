package demo

func drawLab(c *canvas, v int) look {
	s := c.small(4)
	s.sky(sheetHeight, stop{0, hex(0xc9dbe2)}, stop{620, hex(0xe9f1f2)}, stop{1067, hex(0x9db4bd)})
	s.glow(330, 240, 700, rgb{1, 1, 1}, 0.5)
	for range 20 {
		s.fillAlpha(box(s.between(0, 1500), 100, s.between(200, 1700), 640), 0.05, func(_, _ float32, p *rgb, a float32) { *p = p.to(hex(0x5f8797), a) })
	}
	for i := range 7 {
		s.tube(120+float32(i)*240, 240, 62, 620, tubeTones[i%len(tubeTones)], 0.5)
	}
	s.soften(16)
	c.lay(s)
	for i := range 6 {
		c.tube(250+float32(i)*228, 150+20*c.between(-1, 1), 74, 800, tubeTones[(i+v)%len(tubeTones)], c.between(0.35, 0.62))
	}
	c.fill(box(0, 640, 1600, 720), func(x, y float32) rgb {
		return hex(0xeef3f4).times(0.95-0.35*(y-640)/80).to(hex(0x8fa7b0), 0.3*c.noise(x, y, 300))
	})
	for i := range 6 {
		x := 250 + float32(i)*228
		c.fillAlpha(oval(x, 646, 92, 13), 0.5, func(_, _ float32, p *rgb, a float32) { *p = p.to(hex(0x6d8790), a) })
	}
	c.paint(960, sheetHeight, func(x, y float32, p *rgb) { *p = p.to(hex(0xdfe8ea), 0.5*step(960, 1040, y)) })
	l := plainLook
	l.bloom, l.vignette = 0.25, 0.25
	return l
}

var tubeTones = []rgb{hex(0x2a9d8f), hex(0xe76f51), hex(0x3d6fd0), hex(0xe9b44c), hex(0x8d5fd3), hex(0x38a3d1)}

// tube draws a test tube, filled up to a share of its height.
func (c *canvas) tube(x, y, r, h float32, col rgb, full float32) {
	level := y + h*(1-full)
	shape := []pt{{x - r, y}, {x + r, y}, {x + r, y + h - r}}
	for i := range 13 {
		a := float32(i) / 12 * 3.14159
		shape = append(shape, pt{x + r*cosf(a), y + h - r + r*sinf(a)})
	}
	shape = append(shape, pt{x - r, y + h - r})
	c.fillAlpha(shape, 1, func(px, py float32, p *rgb, a float32) {
		u := (px - x) / r
		round := sqrtf(unit(1 - u*u))
		glass := p.to(rgb{1, 1, 1}, 0.22).times(0.72 + 0.3*round)
		if edge := py - level - 6*(1-round); edge > 0 {
			deep := col.times(0.5 + 0.75*round).plus(col.times(0.35 * step(0.8, -0.4, u)))
			glass = p.times(0.18).plus(deep.times(0.9)).to(rgb{1, 1, 1}, 0.4*step(7, 0, edge))
			if b := c.noise(px*6, py*6, 70); b > 0.78 {
				glass = glass.plus(rgb{1, 1, 1}.times(0.16))
			}
		}
		shine := 0.75*stripe(u, -0.72, -0.5, 0.06) + 0.3*stripe(u, 0.66, 0.76, 0.04)
		*p = p.to(glass.to(rgb{1, 1, 1}, shine), a)
	})
	c.fillAlpha(oval(x, y, r+7, 13), 0.75, func(_, py float32, p *rgb, a float32) { *p = p.to(rgb{1, 1, 1}.times(0.8+0.4*step(8, -8, py-y)), a) })
}

func drawBatik(c *canvas, v int) look {
	ground, petal, dot, dark := hex(0x2a1a12), hex(0xd9b67a), hex(0xf3e3c0), hex(0x6b3a1c)
	if v%2 == 1 {
		ground, petal, dot, dark = hex(0x14233f), hex(0xd8d3c2), hex(0xf6efdc), hex(0x8c3f2a)
	}
	ox := c.between(0, 900)
	c.paint(0, sheetHeight, func(x, y float32, p *rgb) {
		// Folds bend the pattern and carry the light.
		f := c.noise(x*0.7+y*0.5+ox, y*0.25, 460)
		g := c.noise(x*0.7+y*0.5+ox+9, y*0.25, 460)
		slope := (g - f) * 34
		px, py := x+f*170, y+f*120
		u, w := fract(px/118)-0.5, fract(py/118)-0.5
		// Kawung: four ovals around each crossing, on the diagonals.
		a, b := (absf(u)+absf(w))*0.7071, (absf(u)-absf(w))*0.7071
		e := (a-0.353)*(a-0.353)/0.075 + b*b/0.021
		weave := 0.92 + 0.16*c.noise(x*14, y*14, 128)
		col := ground.to(dark, 0.5*step(0.2, 0.1, u*u+w*w))
		col = col.to(petal, step(1, 0.9, e))
		col = col.to(dark, step(0.2, 0.12, e)*0.9)
		col = col.to(dot, step(0.006, 0.003, u*u+w*w))
		light := unit(0.5 + slope*0.9)
		*p = col.times(weave * (0.3 + 1.15*light)).plus(rgb{1, 0.93, 0.8}.times(0.07 * powf(light, 4)))
	})
	c.glow(420, 260, 900, hex(0xffe2b0), 0.1)
	l := plainLook
	l.exposure, l.vignette, l.bloom = 1.15, 0.5, 0.15
	return l
}

func drawBooks(c *canvas, v int) look {
	s := c.small(4)
	s.sky(sheetHeight, stop{0, hex(0x141a2b)}, stop{700, hex(0x2b3350)}, stop{1067, hex(0x1b140f)})
	for range 40 {
		s.disc(s.between(760, 1600), s.between(80, 560), s.between(10, 38), 6, hex(0xffc274), s.between(0.05, 0.35), 0.6)
	}
	s.soften(8)
	c.lay(s)
	c.fillFlat(box(735, 0, 752, 800), hex(0x0c0d12))
	c.fillFlat(box(1180, 0, 1192, 800), hex(0x0c0d12))
	c.fill(box(0, 800, 1600, 1067), func(x, y float32) rgb {
		grainy := 0.75 + 0.5*c.noise(x*0.6, y*8, 220)
		d := sqrtf((x-560)*(x-560)+(y-840)*(y-840)*5) / 820
		return hex(0x6b4427).times(0.12 + 0.75*grainy*unit(1.05-d))
	})
	y := float32(842)
	for i := range 7 {
		h := c.between(40, 62)
		x0, x1 := 330+c.between(-34, 30), 800+c.between(-60, 60)
		c.book(x0, y-h, x1, y, spines[(i+v)%len(spines)])
		y -= h
	}
	c.shaft(pt{520, 150}, pt{560, 900}, 300, hex(0xffdca0), 0.2)
	c.lamp(520, 190)
	c.cup(1010, 842)
	l := plainLook
	l.exposure, l.bloom = 1.25, 0.35
	return l
}

func (c *canvas) book(x0, y0, x1, y1 float32, col rgb) {
	lamp := func(x, y float32) float32 {
		d := sqrtf((x-540)*(x-540)+(y-300)*(y-300)) / 760
		return 0.18 + 1.1*unit(1.1-d)
	}
	c.fill(box(x0, y0, x1, y1), func(x, y float32) rgb {
		v := (y - y0) / (y1 - y0)
		round := 0.6 + 0.5*sinf(3.1*v)
		k := col.times(round * lamp(x, y) * 1.3)
		band := stripe((x-x0)/(x1-x0), 0.08, 0.1, 0.002) + stripe((x-x0)/(x1-x0), 0.86, 0.88, 0.002)
		title := stripe((x-x0)/(x1-x0), 0.2, 0.62, 0.004) * stripe(v, 0.4, 0.6, 0.03)
		return k.to(hex(0xe3c27d).times(lamp(x, y)*0.9), unit(band+title*0.55))
	})
	c.line(pt{x0, y1}, pt{x1, y1}, 3, 3, rgb{0.008, 0.006, 0.005})
}

func (c *canvas) lamp(x, y float32) {
	dark := hex(0x14100c)
	c.line(pt{x - 330, 842}, pt{x - 330, 300}, 12, 10, dark)
	c.line(pt{x - 330, 304}, pt{x - 40, 120}, 10, 9, dark)
	c.fillFlat(oval(x-330, 838, 96, 20), dark)
	c.fill([]pt{{x - 60, y - 90}, {x + 60, y - 90}, {x + 165, y + 30}, {x - 165, y + 30}}, func(px, py float32) rgb {
		u := (px - x) / 165
		return hex(0x23483c).times(0.35 + 0.9*powf(unit(1-absf(u+0.3)/0.7), 2)).plus(hex(0xffd9a0).times(0.25 * step(y-20, y+30, py)))
	})
	c.fillFlat(oval(x, y+32, 150, 16), hex(0xfff0cf).times(1.8))
	c.glow(x, y+60, 520, hex(0xffcf8a), 0.16)
}

func (c *canvas) cup(x, y float32) {
	c.fill(oval(x, y, 130, 20), func(px, _ float32) rgb { return hex(0xd8d0c4).times(0.2 + 0.3*unit((x+90-px)/180)) })
	c.fill(smooth([]pt{{x - 84, y - 124}, {x + 84, y - 124}, {x + 74, y - 40}, {x + 44, y - 4}, {x - 44, y - 4}, {x - 74, y - 40}}), func(px, _ float32) rgb {
		return hex(0xefe7da).times(0.16 + 0.5*unit((x+60-px)/150))
	})
	c.fill(oval(x, y-124, 82, 17), func(_, _ float32) rgb { return hex(0x2a160c) })
	for i := range 3 {
		prev := pt{x - 30 + 30*float32(i), y - 132}
		for j := range 16 {
			t := float32(j) / 15
			next := pt{x - 30 + 30*float32(i) + 22*sinf(t*5+float32(i)*2), y - 132 - 190*t}
			c.beam(prev, next, 16+22*t, 18+22*t, hex(0xcfc4b4), 0.055*(1-t))
			prev = next
		}
	}
}

func drawRoad(c *canvas, v int) look {
	const hz = 560
	c.sky(hz+4, stop{0, hex(0x1b2a52)}, stop{300, hex(0x6d6a94)}, stop{470, hex(0xe59a7e)}, stop{560, hex(0xffd59a)})
	c.clouds(440, 800, 0.55, hex(0xf2a98f), 0.6)
	c.glow(800, 545, 800, hex(0xffcf94), 0.3)
	c.ranges(3, 520, 580, hex(0x8c7f98), hex(0x2c3040), hex(0xe0a58f), 56)
	bend := func(y float32) float32 { return 800 + 90*powf(unit(1-(y-hz)/500), 2) }
	c.paint(hz, sheetHeight, func(x, y float32, p *rgb) {
		d := (y - hz) / (sheetHeight - hz)
		if d <= 0 {
			return
		}
		lane := (x - bend(y)) / (30 + 900*d)
		z := 1 / (d + 0.02)
		if absf(lane) > 1 {
			n := c.noise(x*1.5, y*5, 120)
			*p = hex(0x3a3b2a).to(hex(0x1a1d18), n).times(0.5+0.7*n).to(hex(0xb98a78), 0.5*unit(1-d*5))
			return
		}
		wet := unit(1-absf(lane)*0.9) * step(0.6, 0, d)
		asphalt := hex(0x23242e).times(0.75 + 0.5*c.noise(x*3, y*3, 60)).plus(hex(0xffc08f).times(0.3 * wet))
		edge := stripe(absf(lane), 0.9, 0.94, 0.01)
		dash := stripe(absf(lane), -1, 0.018, 0.006) * stripe(fract(z*0.42), 0.1, 0.55, 0.03)
		*p = asphalt.to(hex(0xd9d4c4), unit(edge+dash)*0.8)
	})
	c.car(1010, 830, 1)
	l := plainLook
	l.exposure, l.bloom = 1.12, 0.45
	return l
}

// car draws a car that comes towards the viewer with its lamps on.
func (c *canvas) car(x, y, k float32) {
	dark := hex(0x11141b)
	c.fillAlpha(oval(x, y+4, 215*k, 26*k), 0.75, func(_, _ float32, p *rgb, a float32) { *p = p.to(rgb{0.01, 0.01, 0.015}, a) })
	for _, side := range [...]float32{-1, 1} {
		c.fillFlat(box(x+side*150*k-28*k, y-70*k, x+side*150*k+28*k, y+6*k), rgb{0.006, 0.006, 0.008})
	}
	c.fill(smooth([]pt{{x - 118*k, y - 232*k}, {x + 118*k, y - 232*k}, {x + 166*k, y - 140*k}, {x + 190*k, y - 112*k}, {x + 188*k, y - 34*k},
		{x + 160*k, y - 18*k}, {x - 160*k, y - 18*k}, {x - 188*k, y - 34*k}, {x - 190*k, y - 112*k}, {x - 166*k, y - 140*k}}), func(px, py float32) rgb {
		t := (py - y + 232*k) / (214 * k)
		return dark.to(hex(0x3a4a63), 0.75*stripe(t, 0.5, 0.62, 0.06)).plus(hex(0xffc69a).times(0.1 * step(0.1, 0, t)))
	})
	c.fill(smooth([]pt{{x - 104*k, y - 218*k}, {x + 104*k, y - 218*k}, {x + 142*k, y - 146*k}, {x - 142*k, y - 146*k}}), func(px, py float32) rgb {
		return hex(0x0a0d14).to(hex(0xb08a86), 0.55*unit(1-(py-y+218*k)/(90*k)))
	})
	c.fillFlat(box(x-84*k, y-92*k, x+84*k, y-62*k), rgb{0.008, 0.009, 0.012})
	c.fillFlat(box(x-40*k, y-52*k, x+40*k, y-34*k), hex(0x8a8d90))
	for _, side := range [...]float32{-1, 1} {
		lx, ly := x+side*142*k, y-86*k
		c.fillFlat(oval(lx, ly, 34*k, 13*k), rgb{2.6, 2.5, 2.2})
		c.glow(lx, ly, 170*k, hex(0xfff0d0), 0.4)
		c.glowOval(lx, ly, 420*k, 9*k, hex(0xcfe0ff), 0.4)
		c.glowOval(lx-20*side, y+62*k, 150*k, 46*k, hex(0xfff0d0), 0.2)
	}
}
