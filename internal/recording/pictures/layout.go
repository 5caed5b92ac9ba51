package pictures

import "math"

// The picture of a recording, in pixels, and how often a second it changes. They are
// those of the page "Call Recording overview".
const (
	Width     = 1920
	Height    = 1080
	FrameRate = 16
)

// How many tiles there are at most: in a grid, and beside what is shared.
const (
	MaxTiles = 9
	MaxStrip = 5
)

// Rect is a part of the picture. Its numbers are even.
type Rect struct{ X, Y, Width, Height int }

// Layout is where the screen that is shared and the tiles of a scene are: a grid, or a
// column beside the screen.
func (s *Scene) Layout() (screen Rect, tiles []Rect) {
	const side = Width / MaxStrip
	if s.Screen != nil {
		screen = Rect{Width: Width - side, Height: (Width - side) * 9 / 16}
		screen.Y = (Height - screen.Height) / 2
		n := min(len(s.Tiles), MaxStrip)
		for i := range n {
			tiles = append(tiles, Rect{Width - side, i * side * 9 / 16, side, side * 9 / 16})
		}
		return screen, tiles
	}
	n := min(len(s.Tiles), MaxTiles)
	columns := max(int(math.Ceil(math.Sqrt(float64(n)))), 1)
	rows := (n + columns - 1) / columns
	wide, high := Width/columns, Height/columns
	for i := range n {
		row := i / columns
		inRow := min(columns, n-row*columns)
		tiles = append(tiles, Rect{(Width-inRow*wide)/2 + i%columns*wide, (Height-rows*high)/2 + row*high, wide, high})
	}
	return screen, tiles
}
