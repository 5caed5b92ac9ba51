package recording

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// sceneBuilder decides who is to be seen in a recording: who is seen keeps the place, and makes
// room, where all are taken, for who speaks.
type sceneBuilder struct {
	people   []Attendee
	speaking []string // who speaks most first
	spoke    map[string]int
	turn     int
	shown    []string // raw ids, in their places
}

// Bounds of what is stored of somebody, in bytes.
const maxName = 200

func (s *sceneBuilder) speak(speaking []string) {
	if s.spoke == nil {
		s.spoke = make(map[string]int)
	}
	if len(s.spoke) > maxParticipants { // who was here may have gone
		clear(s.spoke)
	}
	s.turn++
	s.speaking = speaking
	for _, who := range speaking[:min(len(speaking), pictures.MaxTiles)] {
		s.spoke[who] = s.turn
	}
}

// scene returns who is to be seen now, and which streams are wanted for it.
func (s *sceneBuilder) scene() (pictures.Scene, []View) {
	s.choose()
	var scene pictures.Scene
	for _, one := range s.people {
		if one.Screen != 0 {
			tile := tileOf(one, one.Screen)
			scene.Screen = &tile
			break
		}
	}
	seen := s.shown
	if scene.Screen != nil && len(seen) > pictures.MaxStrip {
		lately := slices.Clone(seen)
		slices.SortStableFunc(lately, func(a, b string) int { return s.spoke[b] - s.spoke[a] })
		seen = slices.DeleteFunc(slices.Clone(seen), func(who string) bool { return !slices.Contains(lately[:pictures.MaxStrip], who) })
	}
	for _, who := range seen {
		one := s.people[slices.IndexFunc(s.people, func(a Attendee) bool { return a.Who == who })]
		scene.Tiles = append(scene.Tiles, tileOf(one, one.Camera))
	}
	return scene, viewsOf(&scene)
}

// choose keeps who is shown up to date.
func (s *sceneBuilder) choose() {
	s.shown = slices.DeleteFunc(s.shown, func(who string) bool {
		return !slices.ContainsFunc(s.people, func(a Attendee) bool { return a.Who == who })
	})
	coming := slices.Clone(s.people)
	slices.SortStableFunc(coming, func(a, b Attendee) int { return s.spoke[b.Who] - s.spoke[a.Who] })
	for _, one := range coming {
		if len(s.shown) == pictures.MaxTiles {
			break
		}
		if !slices.Contains(s.shown, one.Who) {
			s.shown = append(s.shown, one.Who)
		}
	}
	for _, who := range s.speaking[:min(len(s.speaking), pictures.MaxTiles)] {
		if slices.Contains(s.shown, who) || !slices.ContainsFunc(s.people, func(a Attendee) bool { return a.Who == who }) {
			continue
		}
		longest := 0
		for i, other := range s.shown {
			if s.spoke[other] < s.spoke[s.shown[longest]] {
				longest = i
			}
		}
		s.shown[longest] = who
	}
}

func tileOf(one Attendee, stream int) pictures.Tile {
	cut := func(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxName)], "") }
	return pictures.Tile{Who: cut(one.Who), Name: cut(one.Name), Stream: stream}
}

// Cameras are not asked for larger pictures than these: senders would have to make them.
const (
	maxCameraWidth  = 1280
	maxCameraHeight = 720
)

// viewsOf are the streams of a scene, in the sizes of their places.
func viewsOf(scene *pictures.Scene) (views []View) {
	screen, tiles := scene.Layout()
	if scene.Screen != nil {
		views = append(views, View{scene.Screen.Stream, screen.Width, screen.Height})
	}
	for i, rect := range tiles {
		if stream := scene.Tiles[i].Stream; stream != 0 {
			views = append(views, View{stream, min(rect.Width, maxCameraWidth), min(rect.Height, maxCameraHeight)})
		}
	}
	return views
}
