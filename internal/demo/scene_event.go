package demo

func drawStadium(c *canvas, v int) look {
	c.sky(520, stop{0, hex(0x04081a)}, stop{420, hex(0x1a2c55)}, stop{520, hex(0x2f4a7a)})
	stand := func(x float32) float32 { return 250 + 0.00016*(x-800)*(x-800)*0.9 }
	seed := c.rng.Uint64()
	shirts := []rgb{hex(0xc23a2b), hex(0xe8e4d8), hex(0x27407a), hex(0xd9a441), hex(0x5a6b76)}
	c.ridge(stand, func(x, y, d float32) rgb {
		if d < 26 {
			return hex(0x0d1220).plus(hex(0x9fb6d9).times(0.1 * step(26, 0, d)))
		}
		rowsAt := (d - 26) / 7.2
		row := floorf(rowsAt)
		seat := x/6.4 + 0.5*hashUnit(seed, uint64(row))
		u, w := fract(seat)-0.5, fract(rowsAt)-0.45
		h := hashUnit(seed+uint64(row)*31, uint64(floorf(seat)+4000))
		dark := hex(0x141b2c).times(0.7 + 0.5*step(40, 300, d))
		if h < 0.2 || u*u+w*w > 0.13 {
			return dark
		}
		col := shirts[int(h*97)%len(shirts)].times(0.2 + 0.65*hashUnit(seed+7, uint64(seat*3)))
		if h > 0.992 {
			col = rgb{2.2, 2.2, 2.4} // somebody takes a picture
		}
		return col
	})
	for _, y := range [...]float32{372, 470} {
		c.fillFlat([]pt{{0, stand(0) + y - 250}, {800, y}, {1600, stand(1600) + y - 250}, {1600, stand(1600) + y - 240}, {800, y + 10}, {0, stand(0) + y - 240}}, hex(0x1c2438))
	}
	c.pitch(600)
	for _, x := range [...]float32{150, 560, 1040, 1450} {
		c.floodlight(x, stand(x)-70)
	}
	c.paint(0, 640, func(x, y float32, p *rgb) {
		*p = p.plus(hex(0x5d7fb8).times(0.09 * (0.4 + c.noise(x, y*1.6, 700))))
	})
	l := plainLook
	l.exposure, l.bloom, l.saturated = 1.3, 0.45, 1.1
	return l
}

// pitch draws a football pitch from behind the goal line's corner.
func (c *canvas) pitch(top float32) {
	at := func(x, z float32) pt { return pt{800 + (x-800)*(0.52+0.95*z*z), top + 40 + z*(sheetHeight-top)} }
	c.paint(top, sheetHeight, func(x, y float32, p *rgb) {
		d := (y - top) / (sheetHeight - top)
		z := powf(d, 0.62)
		band := step(0.47, 0.53, fract(z*7)) * step(1.0, 0.97, fract(z*7))
		g := hex(0x2a5a2c).to(hex(0x3a7038), band).times(0.55 + 0.5*c.noise(x*2, y*4, 60) + 0.25*d)
		*p = g.times(1.15 - 0.3*absf(x-800)/800)
		if y < top+26 {
			*p = hex(0x10182a).plus(hex(0x5aa0ff).times(0.35 * stripe(fract(x/190), 0.06, 0.94, 0.01) * hashUnit(5, uint64(x/190))))
		}
	})
	white := hex(0xe9efe6).times(0.85)
	lineTo := func(x0, z0, x1, z1, w float32) {
		a, b := at(x0, z0), at(x1, z1)
		c.line(a, b, w*(0.4+z0), w*(0.4+z1), white)
	}
	lineTo(-300, 0.06, 1900, 0.06, 3.4)
	lineTo(420, 0.06, 300, 0.5, 4)
	lineTo(1180, 0.06, 1300, 0.5, 4)
	lineTo(300, 0.5, 1300, 0.5, 4.4)
	lineTo(620, 0.06, 590, 0.22, 3.4)
	lineTo(980, 0.06, 1010, 0.22, 3.4)
	lineTo(590, 0.22, 1010, 0.22, 3.4)
	for _, g := range [...][4]float32{{-72, -64, 72, -64}, {-72, 0, -72, -64}, {72, 0, 72, -64}} {
		c.line(pt{800 + g[0], top + 72 + g[1]}, pt{800 + g[2], top + 72 + g[3]}, 4, 4, rgb{1, 1, 1})
	}
	for i := range 12 {
		x := -72 + float32(i)*13
		c.line(pt{800 + x, top + 8}, pt{800 + x, top + 70}, 0.7, 0.7, hex(0x9fb0b8))
	}
	for range 9 {
		z := c.between(0.12, 0.75)
		p := at(c.between(300, 1300), z)
		col := hex(0xb02a2a)
		if c.rng.IntN(2) == 0 {
			col = hex(0xe8e8ea)
		}
		c.fillAlpha(oval(p.x+14*z, p.y+1, 22*(0.4+z), 3*(0.4+z)), 0.5, func(_, _ float32, q *rgb, a float32) { *q = q.to(rgb{}, a) })
		c.figure(p.x, p.y, 44*(0.55+0.9*z), col.times(0.8), 1)
	}
}

func (c *canvas) floodlight(x, y float32) {
	for i := range 5 {
		for j := range 3 {
			c.disc(x-40+float32(i)*20, y-20+float32(j)*17, 5.5, 2, rgb{1, 1, 0.97}, 6, 0)
		}
	}
	c.glow(x, y, 520, hex(0xa9c9ff), 0.32)
	c.glow(x, y, 150, rgb{1, 1, 1}, 0.45)
	for range 5 {
		c.shaft(pt{x, y}, pt{x + c.between(-320, 320), y + c.between(420, 620)}, 60, hex(0xbdd4ff), 0.1)
	}
}

func drawBall(c *canvas, v int) look {
	s := c.small(4)
	s.sky(sheetHeight, stop{0, hex(0x0a1330)}, stop{420, hex(0x22406b)}, stop{700, hex(0x2d5a3a)}, stop{1067, hex(0x1c4a20)})
	for range 26 {
		s.disc(s.between(0, 1600), s.between(60, 430), s.between(16, 52), 6, hex(0xdfe9ff), s.between(0.08, 0.5), 0.6)
	}
	s.glow(1250, 120, 620, hex(0xcfe0ff), 0.35)
	s.soften(5)
	c.lay(s)
	c.blades(760, 900, 5200, 26)
	c.football(720, 640, 262)
	c.blades(880, 1100, 5200, 74)
	l := plainLook
	l.exposure, l.bloom = 1.15, 0.35
	return l
}

func (c *canvas) blades(y0, y1 float32, n int, height float32) {
	for i := range n {
		t := float32(i) / float32(n)
		x, y := c.between(-20, 1620), y0+(y1-y0)*t
		h := height * c.between(0.5, 1.15) * (0.5 + 0.7*t)
		col := hex(0x1d4a17).to(hex(0x7fb43c), c.rng.Float32()*c.rng.Float32()+0.1*t)
		c.fillFlat([]pt{{x - 2.6, y + 6}, {x + 2.6, y + 6}, {x + c.between(-0.42, 0.42)*h, y - h}}, col.times(0.5+0.55*t))
	}
}

// football draws a ball sewn of pentagons and hexagons.
func (c *canvas) football(cx, cy, r float32) {
	faces := ballFaces()
	c.fillAlpha(oval(cx+60, cy+r*0.96, r*1.25, r*0.2), 0.6, func(_, _ float32, p *rgb, a float32) { *p = p.to(rgb{0.01, 0.02, 0.01}, a) })
	c.fill(oval(cx, cy, r, r), func(x, y float32) rgb {
		nx, ny := (x-cx)/r, (y-cy)/r
		nz := sqrtf(unit(1 - nx*nx - ny*ny))
		best, next, face := float32(-1), float32(-1), 0
		for i, q := range faces {
			d := nx*q[0] + ny*q[1] + nz*q[2]
			if d > best {
				best, next, face = d, best, i
			} else if d > next {
				next = d
			}
		}
		lamp := unit(nx*0.45 - ny*0.72 + nz*0.5)
		rough := 0.94 + 0.12*c.noise(x*6, y*6, 60)
		col := hex(0xf1f1ee)
		if face < 12 {
			col = hex(0x1a1c22)
		}
		// Towards its seams the leather curves down.
		pillow := step(0, 0.0045, best-next)
		col = col.times((0.1 + 0.95*lamp) * rough * (0.35 + 0.65*pillow))
		shine := powf(unit(nx*0.35-ny*0.6+nz*0.72), 26)
		grass := hex(0x2d6a22).times(0.3 * unit(ny) * (1 - lamp))
		return col.plus(rgb{1, 1, 1}.times(0.4 * shine * pillow)).plus(grass)
	})
}

// ballFaces returns the faces of a truncated icosahedron, 12 pentagons and then
// 20 hexagons: a point of the ball belongs to the one whose plane it passes
// first, so each normal is divided by its plane's distance.
func ballFaces() (faces [32][3]float32) {
	const g = 1.618034
	n := 0
	add := func(x, y, z, distance float32) {
		v := turn(x, y, z)
		faces[n] = [3]float32{v[0] / distance, v[1] / distance, v[2] / distance}
		n++
	}
	both := [...]float32{-1, 1}
	for _, a := range both {
		for _, b := range both {
			add(0, a, b*g, 2.32744)
			add(a, b*g, 0, 2.32744)
			add(b*g, 0, a, 2.32744)
		}
	}
	for _, a := range both {
		for _, b := range both {
			add(0, a/g, b*g, 2.26728)
			add(a/g, b*g, 0, 2.26728)
			add(b*g, 0, a/g, 2.26728)
			for _, z := range both {
				add(a, b, z, 2.26728)
			}
		}
	}
	return faces
}

// turn normalises a vector and turns it to an angle that shows the pattern well.
func turn(x, y, z float32) [3]float32 {
	l := 1 / sqrtf(x*x+y*y+z*z)
	x, y, z = x*l, y*l, z*l
	sa, ca := sinf(0.5), cosf(0.5)
	y, z = y*ca-z*sa, y*sa+z*ca
	sb, cb := sinf(0.35), cosf(0.35)
	return [3]float32{x*cb + z*sb, y, z*cb - x*sb}
}

func drawMarket(c *canvas, v int) look {
	s := c.small(4)
	s.sky(sheetHeight, stop{0, hex(0x0d1330)}, stop{430, hex(0x3a2740)}, stop{700, hex(0x5a3524)}, stop{1067, hex(0x140d0c)})
	for range 70 {
		col := hex(0xffb35c)
		if s.rng.IntN(4) == 0 {
			col = hex(0xff6a4a)
		}
		s.disc(s.between(0, 1600), s.between(330, 640), s.between(8, 32), 5, col, s.between(0.1, 0.5), 0.5)
	}
	s.soften(5)
	c.lay(s)
	for side := range 2 {
		for i := 5; i >= 0; i-- {
			t := float32(5-i) / 5
			c.stall(side == 1, t)
		}
	}
	c.ground(690)
	for i := range 26 {
		t := powf(float32(i)/25, 1.4)
		y := 704 + 290*t
		half := 150 + 330*t
		x := 800 + half*(2*fract(float32(i)*0.618+0.2)-1)
		c.fillAlpha(oval(x, y, 26+50*t, 4+7*t), 0.6, func(_, _ float32, p *rgb, a float32) { *p = p.to(rgb{0.004, 0.003, 0.003}, a) })
		c.figure(x, y, 92+250*t, hex(0x1c110d).plus(hex(0xff9a4a).times(0.05*(1-t))), 1)
	}
	for row := range 4 {
		t := float32(row) / 3
		y := 250 - 200*t
		for i := range 15 {
			f := float32(i) / 14
			x := 800 + (f-0.5)*(560+1500*t) + c.between(-5, 5)
			sag := (34 + 120*t) * (1 - 4*(f-0.5)*(f-0.5))
			c.disc(x, y+sag, 3+5*t, 2, hex(0xffdb9a), 2.6, 0)
			c.glow(x, y+sag, 24+44*t, hex(0xffab52), 0.3)
		}
	}
	l := plainLook
	l.exposure, l.bloom = 1.2, 0.42
	return l
}

// stall draws a lit stall at one side of the lane, t from far 0 to near 1.
func (c *canvas) stall(right bool, t float32) {
	k := 0.42 + 1.15*t*t
	x0 := 800 - (190 + 560*t*t + 190*k)
	flip := func(x float32) float32 { return x }
	if right {
		flip = func(x float32) float32 { return 1600 - x }
	}
	base := 705 + 250*t*t
	tones := []rgb{hex(0xb53a2a), hex(0x2c6b7a), hex(0xc98a2b), hex(0x7a3a5a)}
	cloth := tones[c.rng.IntN(len(tones))]
	w := 250 * k
	lamp := pt{flip(x0 + w*0.5), base - 190*k}
	seed := c.rng.Uint64()
	c.fill([]pt{{flip(x0), base - 250*k}, {flip(x0 + w), base - 250*k}, {flip(x0 + w), base}, {flip(x0), base}}, func(x, y float32) rgb {
		d := sqrtf((x-lamp.x)*(x-lamp.x)+(y-lamp.y)*(y-lamp.y)) / (230 * k)
		// Shelves with goods, each thing as bright as chance has it.
		u, v := (x-flip(x0))/(17*k), (y-base)/(31*k)
		shelf := stripe(fract(v), 0.1, 0.92, 0.04)
		thing := hashUnit(seed+uint64(int64(floorf(v)))*31, uint64(int64(floorf(u))))
		tall := 1 - step(0.34+0.5*thing, 0.4+0.5*thing, 1-fract(v))
		goods := 0.42 + shelf*tall*(0.25+0.6*thing)*sinf(3.1*fract(u))
		return hex(0xffa44e).to(hex(0xff7a4a), thing*0.5).times(unit(1.08-d) * goods).plus(hex(0x1a0f0c))
	})
	c.fill([]pt{{flip(x0 - 14*k), base - 78*k}, {flip(x0 + w + 14*k), base - 78*k}, {flip(x0 + w + 14*k), base}, {flip(x0 - 14*k), base}}, func(x, y float32) rgb {
		return cloth.times(0.14 + 0.16*unit(1-(y-base+78*k)/(78*k)))
	})
	c.fill([]pt{{flip(x0 - 30*k), base - 236*k}, {flip(x0 + 20*k), base - 312*k}, {flip(x0 + w - 20*k), base - 312*k}, {flip(x0 + w + 30*k), base - 236*k}}, func(x, y float32) rgb {
		fold := step(0.45, 0.55, fract((x-flip(x0))/(42*k)))
		return cloth.to(hex(0xe9dcc4), 0.75*fold).times(0.16 + 0.34*unit((y-base+312*k)/(76*k)))
	})
	c.disc(lamp.x, lamp.y, 7*k, 2, hex(0xffe0a8), 4, 0)
	c.glow(lamp.x, lamp.y, 150*k, hex(0xffab52), 0.55)
}

// ground lays wet ground over everything below y, mirroring what stands above.
func (c *canvas) ground(y float32) {
	hz := int(y * c.k)
	for py := hz; py < c.h; py++ {
		d := float32(py-hz) / float32(c.h-hz)
		for px := range c.w {
			sx, sy := float32(px)/c.k, float32(py)/c.k
			n := c.noise(sx*0.8, sy*2.4, 150)
			from := min(max(hz-int(float32(py-hz)*0.9+(n-0.5)*46*c.k), 0), c.h-1)
			p := &c.pix[py*c.w+px]
			wet := 0.34 * step(0.35, 0.7, n) * (1 - 0.35*d)
			// What stands in front of the horizon stays; the ground itself shines.
			if p.light() < 0.06 || d > 0.02 {
				*p = p.plus(c.pix[from*c.w+px].times(wet))
			}
		}
	}
}

func drawStage(c *canvas, v int) look {
	c.sky(sheetHeight, stop{0, hex(0x08051a)}, stop{600, hex(0x2b0f45)}, stop{1067, hex(0x0a0512)})
	c.glowOval(800, 640, 900, 360, hex(0xb03aa0), 0.75)
	c.glowOval(800, 650, 420, 220, hex(0xffb48a), 0.85)
	cols := []rgb{hex(0x4a6bff), hex(0xff3fa4), hex(0x8a4aff), hex(0xffa04a), hex(0x3fd0ff)}
	for i := range 14 {
		x := 60 + float32(i)*114
		col := cols[i%len(cols)]
		to := pt{800 + (x-800)*c.between(-0.6, 0.9), 760}
		c.shaft(pt{x, 40}, to, c.between(46, 90), col, c.between(0.6, 1.2))
		c.disc(x, 42, 9, 3, rgb{1, 1, 1}, 3, 0)
		c.glow(x, 42, 80, col, 1)
	}
	c.line(pt{0, 30}, pt{1600, 30}, 12, 12, hex(0x0a0810))
	ox := c.between(0, 900)
	c.paint(0, 900, func(x, y float32, p *rgb) { *p = p.times(0.6 + 0.85*c.noise(x*0.9+ox, y*1.8, 420)) })
	c.fillFlat(box(0, 700, 1600, 760), hex(0x0b0712))
	for _, x := range [...]float32{640, 790, 960} {
		c.figure(x, 706, 150, hex(0x07040c), 1)
	}
	for row := range 4 {
		t := float32(row) / 3
		col := hex(0x1b0c2e).to(hex(0x030206), t)
		for range 34 - row*5 {
			x, y := c.between(-20, 1620), 800+170*t+c.between(-14, 14)
			k := 30 + 34*t
			c.fillFlat(oval(x, y, k*0.62, k*0.78), col)
			c.fillFlat(smooth([]pt{{x - k*1.3, y + k*3}, {x - k*1.1, y + k*1.05}, {x, y + k*0.7}, {x + k*1.1, y + k*1.05}, {x + k*1.3, y + k*3}}), col)
			if c.rng.IntN(3) == 0 {
				c.arm(x, y, k, col)
			}
		}
	}
	l := plainLook
	l.exposure, l.bloom = 1.15, 0.45
	return l
}

func (c *canvas) arm(x, y, k float32, col rgb) {
	side := c.between(-0.9, 0.9)
	elbow := pt{x + side*k*1.5, y - k*0.4}
	hand := pt{elbow.x + c.between(-0.3, 0.5)*k, elbow.y - k*1.9}
	c.line(pt{x + side*k, y + k*1.2}, elbow, k*0.5, k*0.4, col)
	c.line(elbow, hand, k*0.4, k*0.3, col)
	c.fillFlat(oval(hand.x, hand.y, k*0.24, k*0.3), col)
	if c.rng.IntN(2) == 0 {
		c.fillFlat(box(hand.x-k*0.3, hand.y-k*0.7, hand.x+k*0.3, hand.y-k*0.1), col)
		c.fillFlat(box(hand.x-k*0.24, hand.y-k*0.64, hand.x+k*0.24, hand.y-k*0.16), hex(0x9fb8ff).times(0.8))
	}
}
