package player

import (
	"bytes"
	"fmt"
)

// hintSize is how many of a file's first bytes are looked at for a hint.
const hintSize = 512

// hint says what a file that is not a sound seems to be, from its first bytes,
// as a clause for the end of an error.
func hint(first []byte) string {
	kind := looksLike(first)
	switch kind {
	case "":
		return ""
	case "mp4", "flac", "webm":
		return fmt.Sprintf(" and it looks like %s, which is not read: convert it to WAV, MP3 or Ogg/Opus", kind)
	}
	return " and it looks like " + kind
}

// looksLike names a kind of file, "" for none that people meet here.
func looksLike(first []byte) string {
	if len(first) == 0 {
		return "an empty file"
	}
	starts := func(magic string) bool { return bytes.HasPrefix(first, []byte(magic)) }
	switch {
	case len(first) >= 8 && string(first[4:8]) == "ftyp":
		return "mp4"
	case starts("fLaC"):
		return "flac"
	case starts("\x1A\x45\xDF\xA3"):
		return "webm"
	case starts("\x1F\x8B"):
		return "gzip"
	}
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(first, []byte("\xEF\xBB\xBF")), " \t\r\n"))
	switch {
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")):
		return "HTML"
	case bytes.HasPrefix(text, []byte("<?xml")):
		return "XML"
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		return "JSON"
	}
	return ""
}
