package sfu

import (
	"slices"
	"testing"
)

// TestBandwidthIsGivenOut asks who gets which encoding.
func TestBandwidthIsGivenOut(t *testing.T) {
	three := []option{{160 * 90, 100_000, false}, {320 * 180, 300_000, false}, {640 * 360, 900_000, false}}
	camera := func(width, now int) wish { return wish{pixels: width * width * 9 / 16, options: three, now: now} }
	screen := wish{screen: true, pixels: 1280 * 720, options: []option{{1280 * 720, 1_000_000, false}}, now: -1}
	dead := wish{pixels: 100, now: -1}
	for _, test := range []struct {
		name   string
		budget int
		wishes []wish
		want   []int
		wanted int
	}{
		{"nobody", 1_000_000, nil, []int{}, 0},
		{"what the view needs, not more", 9_000_000, []wish{camera(640, 2), camera(320, 1), camera(100, 0)}, []int{2, 1, 0}, 1_300_000},
		{"two thirds of a view are enough", 9_000_000, []wish{camera(390, 1)}, []int{1}, 300_000},
		{"larger than any", 9_000_000, []wish{camera(1280, 2)}, []int{2}, 900_000},
		{"everybody before anybody's more", 400_000, []wish{camera(640, 0), camera(640, 0), camera(640, 0)}, []int{0, 0, 0}, 2_700_000},
		{"one is raised", 530_000, []wish{camera(640, 0), camera(640, 0), camera(640, 0)}, []int{1, 0, 0}, 2_700_000},
		{"whom the viewer has pinned is raised", 530_000, []wish{camera(640, 0), {priority: 1, pixels: 640 * 360, options: three, now: 0}}, []int{0, 1}, 1_800_000},
		{"what is sent needs no reserve", 300_000, []wish{camera(640, 1)}, []int{1}, 900_000},
		{"what is new does", 300_000, []wish{camera(640, 0)}, []int{0}, 900_000},
		{"a screen first", 1_150_000, []wish{screen, camera(640, 2), camera(640, 2)}, []int{0, 0, -1}, 2_800_000},
		{"nothing fits: the first all the same", 10_000, []wish{camera(640, 2), camera(640, 2)}, []int{0, -1}, 1_800_000},
		{"the first is who has something", 10_000, []wish{dead, camera(640, 2)}, []int{-1, 0}, 900_000},
	} {
		got, wanted := allocate(test.budget, test.wishes)
		if !slices.Equal(got, test.want) || wanted != test.wanted {
			t.Errorf("%s: %v and %d, want %v and %d", test.name, got, wanted, test.want, test.wanted)
		}
	}
}
