package compose

import (
	"image"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// Sizes of letters, in pixels.
const (
	nameSize    = 22
	initialSize = 72
)

// letters writes text in one size.
type letters struct{ face font.Face }

func newLetters(size float64) (letters, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return letters{}, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	return letters{face}, err
}

// mask draws a line of text, no wider than a limit.
func (l letters) mask(text string, limit int) *image.Alpha {
	metrics := l.face.Metrics()
	for text != "" && font.MeasureString(l.face, text).Ceil() > limit {
		runes := []rune(strings.TrimSuffix(text, "…"))
		text = string(runes[:len(runes)-1])
		if text != "" {
			text += "…"
		}
	}
	mask := image.NewAlpha(image.Rect(0, 0, font.MeasureString(l.face, text).Ceil(), (metrics.Ascent + metrics.Descent).Ceil()))
	drawer := font.Drawer{Dst: mask, Src: image.Opaque, Face: l.face, Dot: fixed.Point26_6{Y: metrics.Ascent}}
	drawer.DrawString(text)
	return mask
}

// write paints a mask in white, its left upper corner at a place.
func (c *canvas) write(x, y int, mask *image.Alpha) {
	const white = 235
	for row := range min(mask.Rect.Dy(), c.height-y) {
		to := c.pix[(y+row)*c.width+x:]
		for column := range min(mask.Rect.Dx(), c.width-x) {
			if a := int(mask.Pix[row*mask.Stride+column]); a > 0 {
				to[column] = byte((int(to[column])*(255-a) + white*a) / 255)
			}
		}
	}
}

// tag is the name of somebody, on a dark ground.
type tag struct {
	picture *canvas // the ground with the text
}

const tagMargin = 8

// newTag makes a tag for tiles of a width; it has nothing where there is no text.
func newTag(l letters, text string, width int) *tag {
	mask := l.mask(text, width-4*tagMargin)
	if mask.Rect.Dx() == 0 {
		return nil
	}
	even := func(n int) int { return (n + 1) &^ 1 }
	ground := newCanvas(even(mask.Rect.Dx()+2*tagMargin), even(mask.Rect.Dy()+tagMargin))
	ground.fill(ground.bounds(), colour{30, 128, 128})
	ground.write(tagMargin, tagMargin/2, mask)
	return &tag{ground}
}

// paint puts the tag into the left lower corner of a tile.
func (t *tag) paint(to *canvas, tile pictures.Rect) {
	if t != nil {
		to.put(pictures.Rect{X: tile.X + tagMargin, Y: tile.Y + tile.Height - t.picture.height - tagMargin, Width: t.picture.width, Height: t.picture.height}, t.picture)
	}
}

// nameOf is what somebody is called: by the display name as far as there are letters for
// it, a phone by its number, others by the end of their identity.
func (l letters) nameOf(who pictures.Tile) string {
	if name := l.known(who.Name); name != "" {
		return name
	}
	if number, phone := strings.CutPrefix(who.Who, "4:"); phone {
		return l.known(number)
	}
	id := l.known(who.Who)
	const end = 6
	return id[max(len(id)-end, 0):]
}

// known leaves out what the font has no letter for.
func (l letters) known(text string) string {
	kept := strings.Map(func(r rune) rune {
		switch _, ok := l.face.GlyphAdvance(r); {
		case unicode.IsSpace(r):
			return ' '
		case !ok, !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
	if !strings.ContainsFunc(kept, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return strings.Join(strings.Fields(kept), " ")
}

// initials are those of a name.
func initials(name string) string {
	words := strings.Fields(name)
	text := ""
	for i, word := range words {
		first := []rune(word)[0]
		if (i == 0 || i == len(words)-1) && (unicode.IsLetter(first) || unicode.IsDigit(first)) {
			text += string(unicode.ToUpper(first))
		}
	}
	return text
}

// centred paints a mask into the middle of a tile.
func (c *canvas) centred(tile pictures.Rect, mask *image.Alpha) {
	c.write(tile.X+(tile.Width-mask.Rect.Dx())/2, tile.Y+(tile.Height-mask.Rect.Dy())/2, mask)
}
