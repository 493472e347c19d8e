package demo

import "math"

func drawSea(c *canvas, v int) look {
	const hz = 600
	sky := []stop{{0, hex(0x2a3c6b)}, {300, hex(0xb9657a)}, {480, hex(0xff9f63)}, {600, hex(0xffdb9a)}}
	water, cloud := hex(0x14263f), hex(0xffc9a0)
	if v%2 == 1 {
		sky = []stop{{0, hex(0x5d93c4)}, {330, hex(0xa7cbe0)}, {600, hex(0xf2f1e4)}}
		water, cloud = hex(0x0d4a66), hex(0xffffff)
	}
	c.sky(hz+2, sky...)
	sun := c.between(560, 820)
	c.clouds(hz-40, 900, 0.6, cloud, 0.75)
	c.clouds(hz-120, 480, 0.42, sky[1].c.times(0.7), 0.5)
	c.glow(sun, 520, 860, sky[len(sky)-1].c, 0.3-0.14*float32(v%2))
	if v%2 == 0 {
		c.disc(sun, 512, 44, 3, rgb{1, 0.75, 0.42}, 1.8, 0)
	}
	c.ridge(func(x float32) float32 {
		return hz + 2 - 60*step(1000, 1500, x)*(1+0.3*outline{77, 120, 0.5, 5}.at(x)) - 28*step(420, 60, x)
	}, func(_, _, _ float32) rgb { return water.to(sky[1].c, 0.55) })
	dark := hex(0x10131a)
	if v%2 == 1 {
		dark = hex(0x1c2c36)
	}
	c.boat(1080, hz+30, 1.5, dark)
	c.boat(360, hz+8, 0.7, dark.to(sky[2].c, 0.3))
	c.mirror(hz, water, 2.1, 0.2)
	c.glitter(sun, hz, sky[len(sky)-1].c, 1-0.6*float32(v%2))
	c.boatHull(1080, hz+30, 1.5, dark)
	c.boatHull(360, hz+8, 0.7, dark.to(sky[2].c, 0.3))
	l := plainLook
	l.exposure, l.bloom = 1.12, 0.3
	return l
}

// glitter adds the sun's path on the waves.
func (c *canvas) glitter(sun, hz float32, col rgb, strength float32) {
	c.paint(hz, sheetHeight, func(x, y float32, p *rgb) {
		d := y - hz
		spread := 44 + d*0.42
		s := 1 - absf(x-sun)/spread
		if s <= 0 {
			return
		}
		n := c.noise(x*3/(1+d*0.012), 900*float32(math.Log1p(float64(d)/30)), 300)
		*p = p.plus(col.times(strength * s * s * step(0.46, 0.66, n) * step(0, 60, d) * 1.3))
	})
}

// boat draws a fishing boat with mast and outriggers; the hull comes again
// after the water, which begins behind it.
func (c *canvas) boat(x, y, k float32, col rgb) {
	c.line(pt{x - 6*k, y - 20*k}, pt{x + 4*k, y - 176*k}, 5*k, 2.5*k, col)
	c.fillFlat([]pt{{x + 5*k, y - 170*k}, {x + 94*k, y - 34*k}, {x + 2*k, y - 30*k}}, col.to(rgb{0.5, 0.3, 0.25}, 0.25))
	c.line(pt{x - 4*k, y - 150*k}, pt{x - 106*k, y - 22*k}, 1.6*k, 1.2*k, col)
	c.boatHull(x, y, k, col)
}

func (c *canvas) boatHull(x, y, k float32, col rgb) {
	c.fillFlat(smooth([]pt{{x - 128*k, y - 42*k}, {x - 60*k, y - 20*k}, {x + 50*k, y - 20*k}, {x + 118*k, y - 46*k},
		{x + 92*k, y - 2*k}, {x, y + 8*k}, {x - 96*k, y - 2*k}}), col)
	c.fillFlat(box(x-52*k, y-52*k, x-12*k, y-18*k), col)
	c.line(pt{x - 66*k, y - 54*k}, pt{x + 0*k, y - 54*k}, 6*k, 6*k, col)
	for _, p := range [...]float32{-84, 40, 70} {
		c.fillFlat(oval(x+p*k, y-42*k, 6*k, 7*k), col)
		c.fillFlat(smooth([]pt{{x + (p-9)*k, y - 16*k}, {x + (p-8)*k, y - 34*k}, {x + (p+8)*k, y - 34*k}, {x + (p+9)*k, y - 16*k}}), col)
	}
}

func drawCoral(c *canvas, v int) look {
	c.sky(sheetHeight, stop{0, hex(0x9fe3e6)}, stop{240, hex(0x2fa3c0)}, stop{640, hex(0x0c5f8c)}, stop{1067, hex(0x04283f)})
	ox := c.between(0, 900)
	c.paint(0, 160, func(x, y float32, p *rgb) {
		n := c.noise(x*1.4+ox, y*5, 260)
		*p = p.plus(rgb{0.8, 1, 0.95}.times(step(0.45, 0.8, n) * (1 - y/160) * 1.1))
	})
	for range 13 {
		x := c.between(200, 1400)
		c.shaft(pt{x, -120}, pt{x + (x-800)*0.55, c.between(650, 1000)}, c.between(30, 90), hex(0xa8f0ee), c.between(0.1, 0.3))
	}
	for range 150 {
		c.disc(c.between(0, 1600), c.between(0, 1000), c.between(0.6, 2.2), 1.5, rgb{0.7, 0.95, 1}, c.between(0.05, 0.3), 0)
	}
	center := pt{c.between(900, 1100), c.between(330, 420)}
	for range 90 {
		a, r := c.between(0, 6.28), sqrtf(c.rng.Float32())
		c.fish(center.x+r*330*cosf(a)*1.25, center.y+r*130*sinf(a), c.between(9, 21), hex(0x0a3147).to(hex(0x7fc3cf), c.rng.Float32()*0.6))
	}
	tones := []rgb{hex(0xd1495b), hex(0xe98a3a), hex(0xb65fa8), hex(0xe8c15a), hex(0xdf7a8c)}
	for layer := range 3 {
		t := float32(layer) / 2
		water := hex(0x0b4a6c)
		o := outline{c.rng.Uint64(), 420, 0.5, 5}
		top := func(x float32) float32 { return 800 + 120*t - (70+40*t)*o.at(x) }
		for range 16 - layer*2 {
			x := c.between(-40, 1640)
			col := tones[c.rng.IntN(len(tones))].to(water, 0.72-0.5*t)
			if c.rng.IntN(3) == 0 {
				c.dome(x, top(x)+16, c.between(40, 90)*(0.6+0.6*t), col)
			} else {
				c.branch(pt{x, top(x) + 30}, -1.57+c.between(-0.25, 0.25), c.between(50, 92)*(0.55+0.55*t), (7+9*t)*1.2, 5, col)
			}
		}
		c.ridge(top, func(x, y, d float32) rgb {
			n := c.noise(x*1.6+ox, y*1.6, 90)
			return hex(0x27424a).to(hex(0x7a5a52), n).times(1.1-0.6*unit(d/260)).to(water, 0.75-0.5*t)
		})
	}
	l := plainLook
	l.exposure, l.saturated = 1.2, 1.15
	return l
}

func (c *canvas) fish(x, y, k float32, col rgb) {
	c.fillFlat(oval(x, y, k, k*0.36), col)
	c.fillFlat([]pt{{x + k*0.8, y}, {x + k*1.5, y - k*0.42}, {x + k*1.32, y}, {x + k*1.5, y + k*0.42}}, col)
}

func (c *canvas) dome(x, y, r float32, col rgb) {
	ox := c.between(0, 500)
	c.fill(oval(x, y, r, r*0.74), func(px, py float32) rgb {
		lit := unit(0.62 - (py-y)/r*0.75)
		maze := step(0.42, 0.58, c.noise(px*5+ox, py*5, 130))
		return col.times(0.35+0.9*lit).to(col.times(0.3), 0.4*(1-maze))
	})
}

// branch grows a coral from a point in a direction.
func (c *canvas) branch(from pt, angle, length, width float32, depth int, col rgb) {
	to := pt{from.x + length*cosf(angle), from.y + length*sinf(angle)}
	c.line(from, to, width, width*0.75, col)
	c.fillFlat(oval(to.x, to.y, width*0.4, width*0.4), col.times(1.15))
	if depth == 0 {
		return
	}
	for range 2 + c.rng.IntN(2) {
		c.branch(to, angle+c.between(-0.62, 0.62), length*c.between(0.62, 0.84), width*0.72, depth-1, col.times(1.09))
	}
}

func drawHarbour(c *canvas, v int) look {
	const hz = 760
	c.sky(hz+2, stop{0, hex(0x33476e)}, stop{340, hex(0xb9788a)}, stop{560, hex(0xf7a56a)}, stop{760, hex(0xffdf9f)})
	c.clouds(hz-100, 820, 0.56, hex(0xffbf94), 0.7)
	c.glow(520, 690, 900, hex(0xffc27a), 0.4)
	c.disc(520, 640, 38, 3, rgb{1, 0.8, 0.5}, 1.6, 0)
	c.ranges(1, 720, 720, hex(0xa97f85), hex(0xa97f85), hex(0xe9aa85), 40)
	dark := hex(0x171a26)
	c.fill(box(0, hz-26, 1600, hz+4), func(x, y float32) rgb { return dark })
	c.stacks(1130, 1600, hz-24, 5)
	c.stacks(0, 250, hz-24, 4)
	for i, x := range []float32{300, 660, 1010} {
		c.crane(x, hz-24, 1.06-0.07*float32(i), dark.to(hex(0xc98472), 0.06*float32(2-i)))
	}
	c.ship(350, 1240, hz, dark)
	for range 60 {
		c.glow(c.between(0, 1600), hz-c.between(12, 90), c.between(5, 13), hex(0xffd79a), 1.4)
	}
	c.mirror(hz, hex(0x1b2740), 1, 0.18)
	c.glitter(520, hz, hex(0xffc98a), 0.8)
	l := plainLook
	l.exposure = 1.1
	return l
}

func (c *canvas) crane(x, y, k float32, col rgb) {
	leg := func(x0, y0, x1, y1, w float32) {
		c.line(pt{x + x0*k, y + y0*k}, pt{x + x1*k, y + y1*k}, w*k, w*k, col)
	}
	leg(-70, 0, -58, -330, 11)
	leg(70, 0, 58, -330, 11)
	leg(-66, -110, 66, -110, 10)
	leg(-62, -230, 62, -110, 4)
	leg(-62, -110, 62, -230, 4)
	leg(-62, -236, 62, -236, 9)
	leg(-330, -330, 250, -330, 13)
	leg(-330, -346, 250, -346, 4)
	for i := range 19 {
		a := -330 + float32(i)*30.5
		leg(a, -330, a+15, -346, 2)
		leg(a+15, -346, a+30, -330, 2)
	}
	leg(-58, -330, 0, -470, 8)
	leg(58, -330, 0, -470, 8)
	leg(0, -468, -318, -340, 3)
	leg(0, -468, -170, -340, 3)
	leg(0, -468, 240, -340, 3)
	c.fillFlat(box(x+150*k, y-330*k, x+214*k, y-290*k), col)
	c.fillFlat(box(x-210*k, y-330*k, x-176*k, y-306*k), col)
	leg(-200, -306, -206, -200, 1.5)
	leg(-184, -306, -178, -200, 1.5)
	c.glow(x, y-472*k, 16, rgb{1, 0.2, 0.1}, 2.5)
}

var boxTones = []rgb{hex(0x8c2f2a), hex(0x1f4e6b), hex(0xb5702c), hex(0x3d5b46), hex(0x6d6f78), hex(0x9a8453), hex(0x2b3a52)}

// stacks piles containers from x0 to x1.
func (c *canvas) stacks(x0, x1, y float32, high int) {
	for x := x0; x < x1; x += 62 {
		for i := range 1 + c.rng.IntN(high) {
			c.container(x, y-float32(i)*27, 60, 26)
		}
	}
}

func (c *canvas) container(x, y, w, h float32) {
	col := boxTones[c.rng.IntN(len(boxTones))].times(c.between(0.35, 0.7))
	c.fill(box(x, y-h, x+w, y), func(px, py float32) rgb {
		rib := 0.85 + 0.3*sinf((px-x)*1.6)
		return col.times(rib * (1.25 - 0.5*(py-y+h)/h))
	})
}

func (c *canvas) ship(x0, x1, y float32, col rgb) {
	c.fillFlat([]pt{{x0 - 60, y - 74}, {x1 + 20, y - 66}, {x1 - 6, y + 6}, {x0 - 6, y + 6}}, col)
	c.line(pt{x0 - 30, y - 8}, pt{x1 - 8, y - 8}, 10, 10, hex(0x5a1f1f))
	for x := x0 + 30; x < x1-220; x += 52 {
		for i := range 3 + c.rng.IntN(3) {
			c.container(x, y-70-float32(i)*23, 50, 22)
		}
	}
	c.fill(box(x1-150, y-270, x1-60, y-60), func(px, py float32) rgb { return hex(0x8a8fa0).times(0.55 + 0.4*(px-x1+150)/90) })
	for i := range 6 {
		c.line(pt{x1 - 142, y - 250 + float32(i)*28}, pt{x1 - 68, y - 250 + float32(i)*28}, 7, 7, hex(0xffe0a8).times(0.8))
	}
	c.fillFlat(box(x1-120, y-318, x1-96, y-262), col)
}
