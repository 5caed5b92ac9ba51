package storage

import (
	"io/fs"
	"path/filepath"
	"strings"
	"unicode"
)

// Bounds of names: what all three places can keep.
const (
	maxName = 900 // bytes; S3 takes 1024
	maxPart = 200 // between slashes; a file system takes 255, and we put words before it
)

// checkName refuses names that one of the places could not keep, or would keep
// elsewhere: each must be a clean path below the container, on every system.
// Names with a part that begins with a dot are the folder's own.
func checkName(name string) error {
	switch {
	case len(name) > maxName:
		return invalid("a file name of %d bytes is too long; at most %d are allowed", len(name), maxName)
	case !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, `\:*?"<>|`) || strings.ContainsFunc(name, isControl):
		return invalid("%q is not a valid file name", name)
	case !filepath.IsLocal(filepath.FromSlash(name)): // Windows: CON, NUL
		return invalid("%q is a name that this system reserves", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part[0] == '.' || part[len(part)-1] == '.' || part[len(part)-1] == ' ' || len(part) > maxPart {
			return invalid("%q is not a valid file name", name)
		}
	}
	return nil
}

// checkContainer refuses what is not the name of a container.
func checkContainer(name string) error {
	if checkName(name) != nil || strings.Contains(name, "/") {
		return invalid("%.100q is not the name of a container: it must have no slash and no character that file systems or storage services refuse, and at most %d bytes", name, maxPart)
	}
	return nil
}

// isControl reports a control character, of C0 or C1 (U+0080 to U+009F).
func isControl(r rune) bool { return unicode.IsControl(r) }
