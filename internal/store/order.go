package store

import (
	"slices"
	"strings"
)

// maxChunk bounds how many keys an insertion moves.
const maxChunk = 512

// order is a sorted set of strings, in chunks so that a million of them do not
// move for each insertion. No chunk is empty.
type order struct{ chunks [][]string }

// chunk returns the index of the only chunk that may hold s.
func (o *order) chunk(s string) int {
	i, found := slices.BinarySearchFunc(o.chunks, s, func(c []string, s string) int { return strings.Compare(c[0], s) })
	if !found && i > 0 {
		i--
	}
	return i
}

func (o *order) insert(s string) {
	if len(o.chunks) == 0 {
		o.chunks = [][]string{{s}}
		return
	}
	i := o.chunk(s)
	at, found := slices.BinarySearch(o.chunks[i], s)
	if found {
		return
	}
	c := slices.Insert(o.chunks[i], at, s)
	if len(c) > maxChunk {
		half := len(c) / 2
		o.chunks = slices.Insert(o.chunks, i+1, slices.Clone(c[half:]))
		clear(c[half:])
		c = c[:half:half]
	}
	o.chunks[i] = c
}

func (o *order) remove(s string) {
	if len(o.chunks) == 0 {
		return
	}
	i := o.chunk(s)
	at, found := slices.BinarySearch(o.chunks[i], s)
	if !found {
		return
	}
	o.chunks[i] = slices.Delete(o.chunks[i], at, at+1)
	if len(o.chunks[i]) == 0 {
		o.chunks = slices.Delete(o.chunks, i, i+1)
	}
}

// after returns up to limit strings behind s, and whether more follow.
func (o *order) after(s string, limit int) (page []string, more bool) {
	if len(o.chunks) == 0 {
		return nil, false
	}
	i := o.chunk(s)
	at, found := slices.BinarySearch(o.chunks[i], s)
	if found {
		at++
	}
	for ; i < len(o.chunks); i, at = i+1, 0 {
		for _, key := range o.chunks[i][at:] {
			if len(page) == limit {
				return page, true
			}
			page = append(page, key)
		}
	}
	return page, false
}
