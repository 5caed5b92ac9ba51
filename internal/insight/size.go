package insight

import "reflect"

// sizeOf is what a value of a type takes on the heap, in bytes, without what it refers to.
func sizeOf[T any]() int { return roomOf(int(reflect.TypeFor[T]().Size())) }

// roomOf is what so many bytes take on the heap: Go's allocator has sizes that are an
// eighth apart, so that a sixteenth is left, about.
func roomOf(size int) int {
	if size == 0 {
		return 0
	}
	return (size + size/16 + 7) &^ 7
}

// What items take, in bytes.
var (
	measurementSize = sizeOf[measurement]()
	clientMediaSize = sizeOf[clientMedia]()
	announcedSize   = sizeOf[announced]()
	callEndSize     = sizeOf[callEnd]()
	logLineSize     = sizeOf[logLine]()
	requestSize     = sizeOf[request]() + idSize
	wireSize        = reflectSize(legNews{}.wire)
	idSize          = roomOf(36) // a GUID as text
)

func reflectSize(pointer any) int { return roomOf(int(reflect.TypeOf(pointer).Elem().Size())) }
