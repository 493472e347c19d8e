package demo

// hall is a long room seen along its axis, one unit being its half width.
type hall struct {
	up, down float32 // ceiling and floor, from the eye
	eye      pt      // where the axis leaves the sheet
	lens     float32
	far      float32 // depth of the end wall
}

// surface is where a line of sight ends.
type surface int

const (
	leftWall surface = iota
	rightWall
	ceiling
	floorside
	endWall
)

// paintHall looks along the room: shade gets the surface, the depth z and the
// place across it, -1 to 1 on floor and ceiling, from ceiling 0 to floor 1 on
// the walls.
func (c *canvas) paintHall(h hall, shade func(s surface, across, z float32) rgb) {
	c.paint(0, sheetHeight, func(x, y float32, p *rgb) { *p = h.sight(x, y, shade) })
}

func (h hall) sight(x, y float32, shade func(s surface, across, z float32) rgb) rgb {
	dx, dy := (x-h.eye.x)/h.lens, (y-h.eye.y)/h.lens
	z, s := h.far, endWall
	if dx < 0 && -1/dx < z {
		z, s = -1/dx, leftWall
	}
	if dx > 0 && 1/dx < z {
		z, s = 1/dx, rightWall
	}
	if dy < 0 && -h.up/dy < z {
		z, s = -h.up/dy, ceiling
	}
	if dy > 0 && h.down/dy < z {
		z, s = h.down/dy, floorside
	}
	if s == ceiling || s == floorside {
		return shade(s, dx*z, z)
	}
	if s == endWall {
		return shade(s, dx*z, dy*z)
	}
	return shade(s, (dy*z+h.up)/(h.up+h.down), z)
}

func fract(x float32) float32 { return x - floorf(x) }

// stripe is 1 inside a band of the unit interval, with soft edges.
func stripe(x, from, to, soft float32) float32 {
	return step(from-soft, from+soft, x) * (1 - step(to-soft, to+soft, x))
}

func drawCorridor(c *canvas, v int) look {
	h := hall{up: 0.82, down: 0.78, eye: pt{c.between(700, 900), 500}, lens: 620, far: 19}
	wall, tint := hex(0xb9cfd0), hex(0x7fb0b4)
	if v%2 == 1 {
		wall, tint = hex(0xd8d2c4), hex(0xb08d66)
	}
	lamp := rgb{1, 1, 0.96}
	light := func(z float32) float32 { return 0.5 + 0.5*stripe(fract(z/2.4), 0.2, 0.8, 0.25) }
	shade := func(s surface, u, z float32) rgb {
		soft := 0.012 * z
		fade := 1 / (1 + z*0.05)
		switch s {
		case ceiling:
			panel := stripe(fract(z/2.4), 0.28, 0.72, soft/2) * stripe(absf(u), -1, 0.3, soft)
			return hex(0xc9cfcf).times(0.34*light(z)*fade).to(lamp.times(2.6), panel)
		case floorside:
			// The polished floor mirrors ceiling and walls, blurred by the distance.
			m := stripe(fract(z/2.4), 0.22, 0.78, 0.16) * stripe(absf(u), -1, 0.34, 0.2)
			base := hex(0x97a3a3).times(0.42 * light(z) * fade)
			return base.plus(lamp.times(0.85 * m * (0.45 + 0.55*unit(z/9)))).plus(wall.times(0.16 * step(0.4, 1, absf(u))))
		case endWall:
			door := stripe(u, -0.3, 0.3, 0.02) * step(-0.35, -0.3, z)
			return wall.times(0.95).to(rgb{1, 1, 1}.times(2.2), door)
		}
		col := wall.times(0.62 * light(z) * fade * (1.06 - 0.35*u))
		door := stripe(fract(z/4.1+0.13*float32(s)), 0.12, 0.46, soft/3) * step(0.3-soft, 0.3+soft, u)
		col = col.to(tint.times(0.42*light(z)*fade), door*0.9)
		rail := stripe(u, 0.6, 0.64, soft/2) * (1 - door)
		col = col.to(hex(0xe8e2d2).times(0.7*fade), rail)
		kick := step(0.9-soft, 0.9+soft, u)
		return col.to(tint.times(0.3*fade), kick*0.8)
	}
	c.paintHall(h, shade)
	x := h.eye.x + 120
	c.figure(x, 690, 150, hex(0x27343a), 0.85)
	c.figure(x+66, 684, 142, hex(0x3b4c54), 0.8)
	l := plainLook
	l.exposure, l.bloom, l.grain = 1.12, 0.3, 4
	return l
}

// figure draws a standing person from behind, feet at a point.
func (c *canvas) figure(x, y, height float32, col rgb, alpha float32) {
	k := height / 100
	stride := c.between(3, 9) * k
	body := smooth([]pt{{x - 10*k, y - 44*k}, {x - 11*k, y - 56*k}, {x - 13.5*k, y - 72*k}, {x - 11*k, y - 80*k}, {x - 3.5*k, y - 84*k},
		{x + 3.5*k, y - 84*k}, {x + 11*k, y - 80*k}, {x + 13.5*k, y - 72*k}, {x + 11*k, y - 56*k}, {x + 10*k, y - 44*k}})
	lay := func(_, py float32, p *rgb, a float32) { *p = p.to(col.times(0.75+0.5*unit((y-py)/height)), a) }
	for _, leg := range [...]float32{-1, 1} {
		foot := x + leg*stride
		c.fillAlpha([]pt{{x + leg*9.8*k, y - 52*k}, {x - leg*1.5*k, y - 52*k}, {foot - leg*3*k, y}, {foot + leg*4.5*k, y}}, alpha, lay)
		arm := x + leg*13*k
		c.fillAlpha(bar(pt{arm - leg*3.6*k, y - 79*k}, pt{arm + leg*1.5*k, y - 42*k}, 5*k, 4*k), alpha, lay)
	}
	c.fillAlpha(body, alpha, lay)
	c.fillAlpha(oval(x, y-91.5*k, 6*k, 7.6*k), alpha, lay)
}

func drawServers(c *canvas, v int) look {
	h := hall{up: 0.9, down: 0.72, eye: pt{c.between(720, 880), 520}, lens: 560, far: 17}
	seed := c.rng.Uint64()
	glowCol, alt := hex(0x35b6ff), hex(0x8affc9)
	c.paintHall(h, func(s surface, u, z float32) rgb {
		fade := 1 / (1 + z*z*0.018)
		haze := hex(0x1b4d7d).times(unit(z/17) * 0.5)
		switch s {
		case ceiling:
			tube := stripe(absf(absf(u)-0.42), -1, 0.05, 0.02*z)
			return hex(0x0a1018).to(hex(0xcfeaff).times(2.4*fade), tube).plus(haze)
		case floorside:
			tile := 1 - stripe(fract(z/0.9), 0.03, 0.97, 0.02*z)*stripe(fract(u*1.6), 0.03, 0.97, 0.02*z)
			m := stripe(absf(absf(u)-0.42), -1, 0.1, 0.1)
			edge := step(0.7, 1, absf(u))
			return hex(0x0e1826).times(0.9*fade).plus(hex(0x9fd6ff).times(0.5*m*fade)).plus(glowCol.times(0.22*edge*fade)).to(rgb{}, tile*0.5).plus(haze)
		case endWall:
			return hex(0x2f7fc4).times(0.85).plus(rgb{0.5, 0.7, 0.8}.times(step(0.5, 0, absf(u))))
		}
		rack := fract(z / 1.3)
		post := 1 - stripe(rack, 0.04, 0.96, 0.015*z)
		unitRow := u * 22
		slot := fract(unitRow)
		id := uint64(floorf(unitRow))*7919 + uint64(floorf(z/1.3))*31 + uint64(s)
		face := hex(0x101820).times(1.2 + 0.9*hashUnit(seed, id)).times(fade)
		face = face.times(0.5 + 0.5*stripe(slot, 0.12, 0.9, 0.03*z))
		led := fract(rack * 14)
		on := hashUnit(seed+uint64(floorf(rack*14)), id)
		if on > 0.45 && rack > 0.12 && rack < 0.88 {
			col := glowCol
			if on > 0.86 {
				col = alt
			}
			k := stripe(slot, 0.36, 0.66, 0.05+0.02*z) * stripe(led, 0.3, 0.62, 0.1)
			face = face.plus(col.times(2.4 * k * fade * (0.4 + on)))
		}
		return face.to(hex(0x05080d), post*0.9).plus(haze)
	})
	l := plainLook
	l.exposure, l.bloom = 1.3, 0.5
	return l
}

var spines = []rgb{hex(0x6e2a23), hex(0x1f3f57), hex(0x8b6a34), hex(0x34513f), hex(0xc9b48a), hex(0x3c2c45), hex(0xa4512f), hex(0x22313c)}

func drawLibrary(c *canvas, v int) look {
	h := hall{up: 1.0, down: 0.66, eye: pt{c.between(720, 880), 560}, lens: 640, far: 11}
	seed := c.rng.Uint64()
	wood := hex(0x5b3a22)
	c.paintHall(h, func(s surface, u, z float32) rgb {
		fade := 1 / (1 + z*0.09)
		switch s {
		case ceiling:
			lamp := stripe(fract(z/2), 0.3, 0.6, 0.04) * stripe(absf(u), -1, 0.16, 0.05)
			return hex(0x4a3826).times(0.35*fade).to(hex(0xffdca6).times(2.2), lamp)
		case floorside:
			plank := 0.85 + 0.3*hashUnit(seed, uint64(floorf(u*7+50)))
			shine := stripe(fract(z/2), 0.25, 0.65, 0.2) * stripe(absf(u), -1, 0.2, 0.25)
			return hex(0x6a4326).times(0.5 * plank * fade).plus(hex(0xffd9a0).times(0.45 * shine))
		case endWall:
			pane := stripe(fract(u*1.5+0.5), 0.06, 0.94, 0.01) * stripe(fract(z*1.6), 0.05, 0.95, 0.01)
			return hex(0x8a6a45).to(hex(0xfff3d6).times(2), pane)
		}
		shelf := u * 6.5
		in := fract(shelf)
		board := 1 - stripe(in, 0.05, 0.97, 0.008*z)
		post := 1 - stripe(fract(z/1.9), 0.03, 0.97, 0.008*z)
		along := z * 13
		row := uint64(floorf(shelf)) + uint64(s)*91
		b := uint64(floorf(along + 0.4*hashUnit(seed, row)))
		tall := 0.24 + 0.26*hashUnit(seed+row, b)
		lit := (0.4 + 0.75*stripe(fract(z/2), 0.2, 0.7, 0.3)) * fade * (1.1 - 0.3*u)
		col := hex(0x1c120b).times(0.6 * fade)
		if in > tall {
			col = spines[int(hashUnit(seed+row*3, b)*float32(len(spines)))].times(0.75+0.5*hashUnit(seed+1, b+row)).to(hex(0x5a4632), 0.35)
			col = col.times((0.55 + 0.6*sinf(3.1*fract(along))) * lit * 1.5)
			if absf(in-0.72) < 0.03 {
				col = col.plus(hex(0xd9b36a).times(0.25 * lit))
			}
		}
		return col.to(wood.times(0.9*lit), max(board, post))
	})
	c.glow(h.eye.x, h.eye.y-30, 420, hex(0xffe3b0), 0.35)
	l := plainLook
	l.exposure, l.bloom = 1.35, 0.35
	return l
}

func drawWarehouse(c *canvas, v int) look {
	h := hall{up: 1.15, down: 0.6, eye: pt{c.between(720, 880), 610}, lens: 560, far: 15}
	seed := c.rng.Uint64()
	c.paintHall(h, func(s surface, u, z float32) rgb {
		fade := 1 / (1 + z*0.06)
		haze := hex(0x9aa6ad).times(0.28 * unit(z/15))
		switch s {
		case ceiling:
			lamp := stripe(fract(z/2.2), 0.4, 0.62, 0.02) * stripe(absf(absf(u)-0.45), -1, 0.12, 0.02)
			truss := stripe(fract(z/1.1), 0.46, 0.54, 0.02)
			return hex(0x4b545b).times(0.4*fade*(1-0.5*truss)).to(rgb{1, 0.98, 0.92}.times(3), lamp).plus(haze)
		case floorside:
			mark := stripe(absf(absf(u)-0.72), -1, 0.025, 0.01)
			shine := stripe(fract(z/2.2), 0.3, 0.7, 0.2) * stripe(absf(absf(u)-0.45), -1, 0.16, 0.2)
			return hex(0x7c8184).times(0.4*fade).plus(rgb{1, 1, 0.96}.times(0.4*shine)).to(hex(0xe0a91e).times(0.8*fade), mark).plus(haze)
		case endWall:
			gate := stripe(u, -0.55, 0.55, 0.01) * step(-0.4, -0.38, z)
			return hex(0x6f7a80).to(rgb{1.9, 1.95, 2}, gate)
		}
		level := u * 5
		in := fract(level)
		beam := 1 - stripe(in, -1, 0.9, 0.006*z)
		post := 1 - stripe(fract(z/1.6), 0.03, 0.97, 0.006*z)
		cell := z / 0.53
		id := uint64(floorf(cell))*131 + uint64(floorf(level))*17 + uint64(s)
		r := hashUnit(seed, id)
		lit := (0.45 + 0.6*stripe(fract(z/2.2), 0.25, 0.75, 0.25)) * fade
		col := hex(0x14181b).times(lit)
		if r > 0.14 && in > 0.16+0.3*r*r && fract(cell) > 0.06 && fract(cell) < 0.94 {
			box := hex(0xb98a57).to(hex(0x8c9aa3), step(0.7, 0.72, r)).to(hex(0x3d6b8c), step(0.88, 0.9, r))
			tape := stripe(fract(cell), 0.46, 0.54, 0.01*z)
			col = box.times((0.75+0.4*hashUnit(seed+3, id))*lit).to(hex(0xe2cfa8).times(lit), tape*0.6)
		}
		steel := hex(0xd2692b).times(0.9 * lit)
		if post > beam {
			steel = hex(0x27527a).times(1.1 * lit)
		}
		return col.to(steel, max(beam, post)).plus(haze)
	})
	c.figure(h.eye.x-70, 765, 175, hex(0x1f2a33), 0.95)
	l := plainLook
	l.exposure = 1.3
	return l
}

func drawClassroom(c *canvas, v int) look {
	h := hall{up: 0.72, down: 0.6, eye: pt{980, 470}, lens: 760, far: 4.6}
	sun := hex(0xffe7b8)
	board, wall := hex(0x24443a), hex(0xd9cfb6)
	if v%2 == 1 {
		board, wall, sun = hex(0xe9ecec), hex(0xb9c6cc), hex(0xfff1d6)
	}
	ox := c.between(0, 500)
	c.paintHall(h, func(s surface, u, z float32) rgb {
		switch s {
		case ceiling:
			return wall.times(0.5 - 0.05*z + 0.12*step(0, -1, u))
		case floorside:
			// Sun through the windows lies on the floor in slanted patches.
			k := stripe(fract((z+u*0.55)/1.25), 0.14, 0.8, 0.03) * stripe(u, -0.75, 0.25, 0.06)
			k *= 1 - 0.9*(1-stripe(fract((z+u*0.55)/0.625*0.8), 0.05, 0.95, 0.02))
			grainy := 0.85 + 0.3*c.noise(u*300+ox, z*300, 200)
			return hex(0x8a6f4d).times((0.24 + 0.05*step(1, -1, u)) * grainy).plus(sun.times(0.7 * k))
		case endWall:
			col := wall.times(0.62 - 0.16*u)
			b := stripe(u, -0.62, 0.62, 0.004) * stripe(z, -0.42, 0.14, 0.004)
			frame := stripe(u, -0.65, 0.65, 0.004) * stripe(z, -0.45, 0.17, 0.004)
			col = col.to(hex(0x7a5a38).times(0.7), frame)
			return col.to(board.times(0.75+0.5*c.noise(u*300+ox, z*240, 400)), b)
		case rightWall:
			return wall.times(0.42 + 0.22*stripe(fract((z+u*0.5)/1.25), 0.2, 0.75, 0.06)*step(0.15, 0.5, u))
		}
		w := stripe(fract(z/1.25), 0.12, 0.86, 0.006) * stripe(u, 0.12, 0.66, 0.006)
		bars := 1 - stripe(fract(z/0.625+0.5), 0.03, 0.97, 0.008)*stripe(fract(u*3.7), 0.03, 0.97, 0.01)
		outside := hex(0xfffbe8).to(hex(0xa9cf9a), step(0.4, 0.62, u)*(0.4+0.8*c.noise(z*200, u*300+ox, 160))).times(2.1)
		return wall.times(0.3+0.14*u).to(outside, w).to(hex(0x6b5236).times(0.5), w*bars)
	})
	for row := 6; row >= 1; row-- {
		z := 0.75 + 0.55*float32(row)
		for i := range 4 {
			c.desk(h, -0.62+0.44*float32(i), z, sun)
		}
	}
	for i := range 4 {
		z := 0.9 + 1.25*float32(i)
		from := pt{h.eye.x - h.lens/z, h.eye.y - 0.34*h.lens/z}
		c.shaft(from, pt{from.x + 900/z, from.y + 560/z}, 150/z, sun, 0.24)
	}
	c.glow(150, 330, 700, sun, 0.5)
	l := plainLook
	l.exposure, l.bloom, l.contrast = 1.2, 0.4, 1.08
	return l
}

// desk stands on the floor of a hall at x across and z deep.
func (c *canvas) desk(h hall, x, z float32, sun rgb) {
	at := func(dx, y, dz float32) pt {
		k := h.lens / (z + dz)
		return pt{h.eye.x + (x+dx)*k, h.eye.y + y*k}
	}
	top, low := h.down-0.24, h.down
	wood := hex(0xa9783f).times(0.55)
	for _, l := range [...][2]float32{{0, 0.26}, {0.3, 0.26}, {0, 0}, {0.3, 0}} {
		a, b := at(l[0], top, l[1]), at(l[0], low, l[1])
		w := 0.012 * h.lens / (z + l[1])
		c.line(a, b, w, w, hex(0x2a221c))
	}
	c.fill([]pt{at(-0.02, top, 0), at(0.32, top, 0), at(0.32, top, 0.28), at(-0.02, top, 0.28)},
		func(px, py float32) rgb { return wood.plus(sun.times(0.3 * step(1250, 250, px))) })
	c.fillFlat([]pt{at(-0.02, top, 0), at(0.32, top, 0), at(0.32, top+0.03, 0), at(-0.02, top+0.03, 0)}, wood.times(0.5))
	c.fillFlat([]pt{at(0.02, top-0.1, -0.12), at(0.28, top-0.1, -0.12), at(0.28, top+0.02, -0.12), at(0.02, top+0.02, -0.12)}, hex(0x3a2a1c).plus(sun.times(0.05)))
	for _, l := range [...]float32{0.03, 0.27} {
		c.line(at(l, top-0.1, -0.12), at(l, low, -0.12), 6/z, 6/z, hex(0x1d1814))
	}
}
