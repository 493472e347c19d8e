package demo

// clouds lays noise-shaped clouds over the sky down to y1.
func (c *canvas) clouds(y1, scale, cover float32, col rgb, strength float32) {
	ox, oy := c.between(0, 900), c.between(0, 900)
	c.paint(0, y1, func(x, y float32, p *rgb) {
		n := c.noise(x+ox, (y+oy)*2.6, scale)*0.7 + c.noise(x+oy, (y+ox)*3.4, scale*0.34)*0.3
		if a := step(1-cover, 1.12-cover*0.55, n) * strength; a > 0 {
			*p = p.to(col, a*(1-0.5*y/y1))
		}
	})
}

func (c *canvas) stars(y1 float32, n int) {
	for range n {
		x, y, b := c.between(0, sheetWidth), c.between(0, y1), c.rng.Float32()
		c.disc(x, y, 0.5+b*b*1.1, 0.9, rgb{0.85, 0.9, 1}, 0.15+b*b*b*1.3, 0)
	}
}

// ranges draws mountain ranges from the far, pale ones to the near, dark ones.
func (c *canvas) ranges(n int, top, bottom float32, far, near, mist rgb, height float32) {
	for i := range n {
		t := float32(i) / float32(max(n-1, 1))
		base := top + (bottom-top)*powf(t, 1.15)
		o := outline{c.rng.Uint64(), 330 + 260*t, 0.46, 7}
		amp := height * (0.55 + 0.6*t)
		col := far.to(near, powf(t, 1.25))
		fog := 70 + 150*t
		ox := c.between(0, 900)
		next := float32(sheetHeight)
		if i < n-1 {
			next = top + (bottom-top)*powf(float32(i+1)/float32(n-1), 1.15) + height*1.3
		}
		c.band(func(x float32) float32 { return base - amp*(o.at(x)+0.2) }, next,
			func(x, y, d float32) rgb {
				m := unit(d/fog) * (0.86 - 0.5*t) * (0.62 + 0.7*c.noise(x*0.5+ox, y*1.4, 420))
				k := 0.93 + 0.14*c.noise(x+ox, y*0.7+d, 90)
				return col.times(k).to(mist, unit(m))
			})
	}
}

func drawMountains(c *canvas, v int) look {
	sets := [][6]rgb{
		{hex(0x3f5f8a), hex(0xa9b7c9), hex(0xf3cfa2), hex(0x8fa0b8), hex(0x16242f), hex(0xe9c7a4)},
		{hex(0x20304f), hex(0x77809f), hex(0xe59a7e), hex(0x7d7f9c), hex(0x0d141f), hex(0xc98f86)},
	}
	s := sets[v%len(sets)]
	c.sky(760, stop{0, s[0]}, stop{330, s[1]}, stop{610, s[2]})
	sun := c.between(880, 1180)
	c.clouds(520, 760, 0.52, s[2].to(rgb{1, 1, 1}, 0.35), 0.55)
	c.glow(sun, 470, 900, s[2], 0.3)
	c.glow(sun, 470, 260, rgb{1, 0.8, 0.5}, 0.35)
	c.disc(sun, 470, 30, 3, rgb{1, 0.9, 0.72}, 1.6, 0)
	c.ranges(6, 520, 960, s[3], s[4], s[5], 120)
	c.glow(sun, 520, 720, s[2], 0.12)
	o := outline{c.rng.Uint64(), 420, 0.5, 6}
	spikes := outline{c.rng.Uint64(), 26, 0.6, 3}
	c.ridge(func(x float32) float32 {
		return 985 - 46*o.at(x) - 30*absf(spikes.at(x)) - 60*step(560, 0, x)
	}, func(x, y, d float32) rgb { return s[4].times(0.5 + 0.25*step(0, 60, d)*c.noise(x, y, 60)) })
	l := plainLook
	l.exposure = 1.12
	return l
}

func drawTerraces(c *canvas, v int) look {
	morning := v%2 == 0
	sky := []stop{{0, hex(0x6f94b8)}, {280, hex(0xc9d7dc)}, {430, hex(0xf6e3c0)}}
	water, wall, grass, mist := hex(0xa9bfc6), hex(0x263d18), hex(0x6f9433), hex(0xd5dccf)
	if !morning {
		sky = []stop{{0, hex(0x4a5a86)}, {260, hex(0xd98f7d)}, {430, hex(0xffd08a)}}
		water, wall, grass, mist = hex(0xe7a982), hex(0x20300f), hex(0x6b7a26), hex(0xf0b98e)
	}
	c.sky(540, sky...)
	c.clouds(400, 620, 0.5, rgb{1, 0.97, 0.92}, 0.6)
	sun := c.between(1050, 1350)
	c.glow(sun, 360, 820, sky[2].c, 0.3)
	c.ranges(4, 380, 560, mist.to(hex(0x5d7d8a), 0.4), hex(0x2c4a3c), mist, 84)
	c.terraces(terraceTones{sky[0].c, sky[2].c, water, wall, grass, mist}, sun)
	c.palm(170, 700, 330, 0.55)
	c.palm(270, 730, 240, -0.35)
	c.glow(sun, 420, 900, sky[2].c, 0.12)
	l := plainLook
	l.saturated = 1.08
	return l
}

type terraceTones struct{ zenith, horizon, water, wall, grass, mist rgb }

// terraces steps down a hillside towards the viewer. The steps share the
// hill's outline, more of it the further up they lie.
func (c *canvas) terraces(s terraceTones, sun float32) {
	hill := outline{c.rng.Uint64(), 900, 0.3, 2}
	seed := c.rng.Uint64()
	const steps = 17
	line := func(i int) func(x float32) float32 {
		t := float32(i) / (steps - 1)
		own := outline{seed + uint64(i/2)*3, 420, 0.4, 3}
		rise := 190*(1-t)*step(300, 1500, 1600-sun+600) + 40
		base := 560 + 560*powf(t, 1.35)
		return func(x float32) float32 {
			return base - rise*hill.at(x+140*t) - (22+62*t)*own.at(x*(1.3-0.5*t)+95*float32(i)) - 150*(1-t)*step(900, -200, x)
		}
	}
	for i := range steps {
		t := float32(i) / (steps - 1)
		bank := 7 + 40*t*t
		flooded := hashUnit(seed, uint64(i)) < 0.68
		haze := 0.55 * (1 - t) * (1 - t)
		shift := 61 * float32(i)
		bottom := float32(sheetHeight)
		if i < steps-3 {
			bottom = 560 + 560*powf(float32(i+3)/(steps-1), 1.35) + 140
		}
		c.band(line(i), bottom, func(x, y, d float32) rgb {
			blades := 0.55*c.noise(x*2+shift, y*2.2, 44+60*t) + 0.45*c.noise(x*9+shift, y*4, 60+40*t)
			tuft := bank * (0.75 + 0.5*blades)
			if d < tuft {
				lit := step(tuft*0.7, 0, d)
				return s.wall.times(0.6+0.8*blades).to(s.grass.times(0.7+0.7*blades), 0.1+0.75*lit).to(s.mist, haze)
			}
			out := d - tuft
			shade := 0.5 * step(bank*0.9, 0, out) // the bank's own reflection
			if !flooded {
				green := s.grass.times(0.5+0.5*blades+0.35*c.noise(x*0.9+shift, y*7, 120)).to(s.wall, shade)
				return green.to(s.mist, haze)
			}
			col := s.water.to(s.zenith, unit(0.25+out/(50+120*t))).times(0.8 + 0.3*c.noise(x*0.6+shift, y*7, 240))
			col = col.to(s.horizon, 0.5*unit(1-absf(x-sun)/620)*unit(1-out/(90+200*t)))
			return col.to(s.wall, shade).to(s.mist, haze)
		})
	}
}

// palm draws a palm's silhouette standing at a point.
func (c *canvas) palm(x, y, height, lean float32) {
	dark := hex(0x12180d)
	var left, right []pt
	for i := range 13 {
		t := float32(i) / 12
		px := x + lean*height*0.42*t*t
		py := y - height*t
		w := height * (0.024 - 0.011*t)
		left, right = append(left, pt{px - w, py}), append(right, pt{px + w, py})
	}
	for i := len(right) - 1; i >= 0; i-- {
		left = append(left, right[i])
	}
	c.fillFlat(left, dark)
	top := pt{x + lean*height*0.42, y - height}
	for i := range 13 {
		a := 0.12 + 2.9*float32(i)/12 + c.between(-0.1, 0.1)
		reach := height * c.between(0.34, 0.46)
		prev := top
		for j := 1; j <= 14; j++ {
			t := float32(j) / 14
			p := pt{top.x + reach*t*cosf(a), top.y - reach*(t*sinf(a)*0.72-0.62*t*t)}
			w := height * 0.012 * (1 - t*0.8)
			c.line(prev, p, w, w, dark)
			leaf := reach * 0.3 * sinf(3.1*min(t+0.1, 1))
			c.line(p, pt{p.x + leaf*0.42*cosf(a), p.y + leaf}, height*0.013, 0.5, dark)
			prev = p
		}
	}
}

func cosf(x float32) float32 { return sinf(x + 1.5707964) }

func drawForest(c *canvas, v int) look {
	light, deep, mist := hex(0xe9efc0), hex(0x0c1a12), hex(0x9fb59a)
	if v%2 == 1 {
		light, deep, mist = hex(0xffe0a8), hex(0x191509), hex(0xc2ab7c)
	}
	c.sky(sheetHeight, stop{0, mist.to(light, 0.55)}, stop{520, light}, stop{1067, mist.times(0.5)})
	sun := pt{c.between(900, 1180), -60}
	c.glow(sun.x, 220, 800, light, 0.9)
	for layer := range 6 {
		t := float32(layer) / 5
		col := mist.to(deep, 0.12+0.86*t)
		n := 26 - layer*3
		for range n {
			x := c.between(-60, sheetWidth+60)
			w := (7 + 52*t*t) * c.between(0.6, 1.3)
			c.trunk(x, w, col, mist, t)
		}
		seed, ox := c.rng.Uint64(), c.between(0, 900)
		under := outline{seed, 240, 0.6, 6}
		floor := 760 + 230*t
		c.ridge(func(x float32) float32 {
			return floor - (22+46*t)*under.at(x) - 18*t*absf(outline{seed + 5, 22, 0.7, 3}.at(x))
		},
			func(x, y, d float32) rgb {
				return col.times(0.8+0.5*c.noise(x+ox, y, 60)).to(mist, unit(1-d/200)*0.35*(1-t))
			})
		c.canopy(70+150*(1-t)-90*t, col, ox, 0.5+0.1*t)
		c.paint(0, sheetHeight, func(x, y float32, p *rgb) {
			a := 0.13 * (1 - t) * (0.4 + c.noise(x+ox, y*1.6, 700))
			*p = p.to(mist.to(light, 0.4), a)
		})
	}
	for range 11 {
		a := c.between(-0.75, 0.35)
		reach := c.between(820, 1150)
		c.shaft(sun, pt{sun.x + reach*sinf(a)*1.3, sun.y + reach}, c.between(30, 110), light, c.between(0.05, 0.16))
	}
	l := plainLook
	l.exposure, l.saturated = 1.1, 1.1
	return l
}

func (c *canvas) trunk(x, w float32, col, mist rgb, t float32) {
	lean := c.between(-26, 26)
	ox := c.between(0, 900)
	c.fill([]pt{{x - w*0.42 + lean, -20}, {x + w*0.42 + lean, -20}, {x + w*0.6, 820 + 230*t}, {x - w*0.6, 820 + 230*t}},
		func(px, py float32) rgb {
			side := unit((px - x - lean*(1-py/900) + w*0.5) / w)
			bark := 0.72 + 0.6*c.noise(px*3+ox, py*0.5, 120)
			return col.times(bark).to(mist.times(1.1), 0.34*step(0.6, 1, side)*(1-0.4*t))
		})
}

// canopy hangs leaves from the top down to about y.
func (c *canvas) canopy(y float32, col rgb, ox, cover float32) {
	c.paint(0, y+170, func(px, py float32, p *rgb) {
		n := c.noise(px*1.5+ox, py*1.7+ox, 300)*0.6 + c.noise(px*4+ox, py*4, 150)*0.4
		edge := 1 - unit((py-y+150)/320)
		if a := step(cover-0.03, cover+0.05, n*0.62+edge*0.5); a > 0 {
			*p = p.to(col.times(0.75+0.6*c.noise(px*5, py*5+ox, 140)), a)
		}
	})
}

// shaft adds a soft beam of light from a to b that widens and fades.
func (c *canvas) shaft(a, b pt, width float32, col rgb, strength float32) {
	dx, dy := b.x-a.x, b.y-a.y
	inv := 1 / (dx*dx + dy*dy)
	c.fillAlpha(bar(a, b, width*0.5, width*2.4), 1, func(x, y float32, p *rgb, cover float32) {
		t := ((x-a.x)*dx + (y-a.y)*dy) * inv
		across := absf((x-a.x)*dy-(y-a.y)*dx) * sqrtf(inv) / (width * (0.25 + 0.95*t))
		k := strength * (1 - unit(t)) * step(1, 0, across) * cover
		*p = p.plus(col.times(k))
	})
}

func drawVolcano(c *canvas, v int) look {
	c.sky(900, stop{0, hex(0x101a3a)}, stop{260, hex(0x3b4574)}, stop{480, hex(0xc9796a)}, stop{620, hex(0xffc37d)})
	c.stars(330, 260)
	peak := c.between(820, 900)
	c.plume(peak, 330)
	c.glow(peak+330, 610, 820, hex(0xffb066), 0.45)
	c.ranges(2, 640, 690, hex(0x9b7a86), hex(0x5a4a63), hex(0xe9a987), 50)
	gully := outline{c.rng.Uint64(), 40, 0.66, 5}
	rough := outline{c.rng.Uint64(), 90, 0.5, 5}
	c.ridge(func(x float32) float32 {
		d := absf(x - peak)
		return 330 + 22*step(60, 0, d) + 400*powf(max(d-44, 0)/720, 0.72) + 9*rough.at(x)
	}, func(x, y, d float32) rgb {
		fan := (x - peak) / (60 + (y-320)*1.1)
		k := 0.55 + 0.5*gully.at(fan*210+y*0.05)
		side := unit(0.5 + fan*0.62)
		col := hex(0x251f30).to(hex(0xb06a55), unit(side*side*(0.5+k)*0.9))
		return col.to(hex(0xd69a86), 0.75*step(480, 760, y))
	})
	c.paint(600, 900, func(x, y float32, p *rgb) {
		a := step(610, 720, y) * (0.5 + 0.6*c.noise(x*0.6, y*2, 500))
		*p = p.to(hex(0xe7b08d), unit(a)*0.8)
	})
	c.ranges(3, 800, 1010, hex(0x6d5560), hex(0x0d0a10), hex(0xc78d78), 56)
	l := plainLook
	l.exposure = 1.15
	return l
}

func (c *canvas) plume(x, y float32) {
	ox := c.between(0, 900)
	c.paint(0, y+14, func(px, py float32, p *rgb) {
		h := (y + 14 - py) / y
		center := x + 250*h*h + 60*(c.noise(px+ox, py, 420)-0.5)
		spread := 26 + 210*powf(h, 0.8)
		n := c.noise(px*1.1+ox, py*1.1+ox, 230)*0.6 + c.noise(px*3, py*3+ox, 160)*0.4
		d := absf(px-center)/spread + 0.9*(n-0.5)
		if a := step(1, 0.55, d) * (1 - 0.75*h); a > 0 {
			lit := unit(0.5 + (px-center)/spread*0.6 + (n-0.5)*1.2)
			*p = p.to(hex(0x3a3448).to(hex(0xf0a184), lit), a)
		}
	})
}

func drawShore(c *canvas, v int) look {
	edge := outline{c.rng.Uint64(), 620, 0.5, 6}
	ox := c.between(0, 900)
	water := gradient(stop{-60, hex(0xd9e6d2)}, stop{40, hex(0x8fd6c8)}, stop{220, hex(0x2f9fae)}, stop{700, hex(0x0b4f7a)})
	sand := gradient(stop{-500, hex(0xd8bd8c)}, stop{-60, hex(0xe9d6ae)}, stop{0, hex(0xb79b6d)})
	c.paint(0, sheetHeight, func(x, y float32, p *rgb) {
		// A view from straight above; d is how far out to sea a point lies.
		d := x - 560 - y*0.22 - 90*edge.at(y) + 70*(c.noise(x+ox, y, 500)-0.5)
		fine := c.noise(x*4, y*4+ox, 130)
		if d < 0 {
			*p = sand(d).times(0.88 + 0.24*fine)
			return
		}
		reef := step(0.52, 0.7, c.noise(x+ox, y+ox, 330)) * step(120, 300, d)
		swell := c.noise(x*1.2+y*0.2, y*0.5, 120)
		col := water(d).times(0.9+0.22*swell).to(hex(0x1c4a4a), 0.5*reef)
		for _, at := range [...]float32{14, 92, 210} {
			w := 16 + at*0.1
			band := 1 - unit(absf(d-at-30*(c.noise(x, y+at*9, 200)-0.5))/w)
			lace := step(0.36, 0.62, fine*0.6+0.4*c.noise(x*2+at, y*2, 90))
			col = col.to(rgb{1, 1, 1}, band*lace*(0.95-at/330))
		}
		*p = col
	})
	for range 46 {
		y := c.between(0, sheetHeight)
		x := 560 + y*0.22 + 90*edge.at(y) - c.between(230, 700)
		c.crown(x, y, c.between(18, 46))
	}
	l := plainLook
	l.contrast, l.bloom = 1.1, 0.12
	return l
}

// crown draws a tree as it is seen from above, with its shadow.
func (c *canvas) crown(x, y, r float32) {
	col := hex(0x1f4a20).to(hex(0x55812f), c.rng.Float32())
	c.fillAlpha(oval(x+r*0.5, y+r*0.55, r, r), 0.45, func(_, _ float32, p *rgb, a float32) { *p = p.to(rgb{0.02, 0.03, 0.03}, a) })
	for i := range 12 {
		a := float32(i)*0.5236 + c.between(-0.15, 0.15)
		tip := pt{x + r*cosf(a), y + r*sinf(a)}
		c.line(pt{x, y}, tip, r*0.4, r*0.12, col.times(0.7+0.6*unit(0.5-cosf(a)*0.3-sinf(a)*0.4)))
	}
}
