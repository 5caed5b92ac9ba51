package recording

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// crowd is so many people, named a, b, c and so on, whose cameras are streams 1, 2, 3.
func crowd(n int) (list []Attendee) {
	for i := range n {
		list = append(list, Attendee{Who: string(rune('a' + i)), Camera: i + 1})
	}
	return list
}

// seen names who is seen, in their places.
func seen(scene pictures.Scene) (text string) {
	for _, tile := range scene.Tiles {
		text += tile.Who
	}
	return text
}

func TestWhoSpeaksIsSeenAndTheOthersKeepTheirPlaces(t *testing.T) {
	var s sceneBuilder
	s.people = crowd(12)
	for _, step := range []struct{ speak, want string }{
		{"", "abcdefghi"},
		{"c", "abcdefghi"},
		{"j", "jbcdefghi"},
		{"jk", "jkcdefghi"},
		{"l", "jkclefghi"},
		{"a", "jkclafghi"},
	} {
		if step.speak != "" {
			s.speak(strings.Split(step.speak, ""))
		}
		scene, views := s.scene()
		if got := seen(scene); got != step.want || len(views) != 9 {
			t.Errorf("%q speaks: %s with %d views, want %s", step.speak, got, len(views), step.want)
		}
	}
	s.people = slices.DeleteFunc(s.people, func(a Attendee) bool { return a.Who == "k" || a.Who == "l" })
	if scene, _ := s.scene(); seen(scene) != "jcafghibd" {
		t.Errorf("after two have left: %s", seen(scene))
	}
	s.people[6].Screen = 77
	scene, views := s.scene()
	if got := seen(scene); got != "jcafg" || scene.Screen == nil || scene.Screen.Stream != 77 || scene.Screen.Who != "g" || views[0] != (View{77, 1536, 864}) || views[1] != (View{10, 384, 216}) {
		t.Errorf("beside a screen: %s, %+v, %v", got, scene.Screen, views)
	}
}

func TestCamerasAreAskedForInTheSizeOfTheirPlaces(t *testing.T) {
	for n, want := range map[int]View{1: {1, 1280, 720}, 2: {1, 960, 540}, 4: {1, 960, 540}, 5: {1, 640, 360}, 9: {1, 640, 360}, 30: {1, 640, 360}} {
		s := sceneBuilder{people: crowd(n)}
		if _, views := s.scene(); len(views) != min(n, 9) || views[0] != want {
			t.Errorf("%d people: %v", n, views)
		}
	}
	s := sceneBuilder{people: []Attendee{{Who: "phone"}, {Who: strings.Repeat("x", 1000), Name: fmt.Sprintf("%01000d", 1), Camera: 3}}}
	scene, views := s.scene()
	if len(views) != 1 || len(scene.Tiles) != 2 || len(scene.Tiles[1].Who)+len(scene.Tiles[1].Name) != 2*maxName {
		t.Errorf("%v, %+v", views, scene)
	}
}
