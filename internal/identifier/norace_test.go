//go:build !race

package identifier

const uninlined = 0
