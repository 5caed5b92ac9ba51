package compose

import "github.com/switchhook/switchhook/internal/recording/pictures"

// canvas is a picture of YCbCr 4:2:0 (ITU-R BT.601), its planes one after the other.
type canvas struct {
	width, height int // even
	pix           []byte
}

func newCanvas(width, height int) *canvas {
	return &canvas{width, height, make([]byte, width*height*3/2)}
}

// colour is a colour of a canvas.
type colour struct{ y, u, v byte }

var black = colour{16, 128, 128}

// plane is a part of one component of a canvas.
type plane struct {
	pix                   []byte
	stride, width, height int
}

// planes are the components of a part of the canvas.
func (c *canvas) planes(r pictures.Rect) [3]plane {
	luma := c.width * c.height
	half := c.width / 2
	chroma := r.Y/2*half + r.X/2
	return [3]plane{
		{c.pix[r.Y*c.width+r.X : luma], c.width, r.Width, r.Height},
		{c.pix[luma+chroma : luma*5/4], half, r.Width / 2, r.Height / 2},
		{c.pix[luma*5/4+chroma:], half, r.Width / 2, r.Height / 2},
	}
}

func (c *canvas) bounds() pictures.Rect { return pictures.Rect{Width: c.width, Height: c.height} }

// fill paints a part in one colour.
func (c *canvas) fill(r pictures.Rect, with colour) {
	for i, p := range c.planes(r) {
		value := [3]byte{with.y, with.u, with.v}[i]
		for y := range p.height {
			row := p.row(y)
			for x := range row {
				row[x] = value
			}
		}
	}
}

// put paints another picture into a part, in its size.
func (c *canvas) put(r pictures.Rect, from *canvas) {
	to := c.planes(r)
	for i, p := range from.planes(from.bounds()) {
		if p.width == to[i].width && p.height == to[i].height {
			for y := range p.height {
				copy(to[i].row(y), p.row(y))
			}
			continue
		}
		to[i].scale(p)
	}
}

func (p plane) row(y int) []byte { return p.pix[y*p.stride : y*p.stride+p.width] }

// scale fills the plane with another one (bilinear interpolation).
func (p plane) scale(from plane) {
	const one = 1 << 8 // numbers have 8 binary places
	stepX, stepY := (from.width<<8)/p.width, (from.height<<8)/p.height
	for y := range p.height {
		at := max(y*stepY+stepY/2-one/2, 0)
		shareY := at & (one - 1)
		above := from.row(min(at>>8, from.height-1))
		below := from.row(min(at>>8+1, from.height-1))
		for x, row := 0, p.row(y); x < len(row); x++ {
			at := max(x*stepX+stepX/2-one/2, 0)
			left, shareX := min(at>>8, from.width-1), at&(one-1)
			right := min(left+1, from.width-1)
			top := int(above[left])*(one-shareX) + int(above[right])*shareX
			bottom := int(below[left])*(one-shareX) + int(below[right])*shareX
			row[x] = byte((top*(one-shareY) + bottom*shareY) >> 16)
		}
	}
}
