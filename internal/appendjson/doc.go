// Package appendjson writes JSON (RFC 8259) by appending, for what is written with every
// call: its output is that of encoding/json, without reflection and without an object on
// the heap.
package appendjson
