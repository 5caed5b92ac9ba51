package server

import "runtime/debug"

// Version is the module's version, with the commit where the build knows it.
func Version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "unknown"
	}
	text, dirty := info.Main.Version, ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.modified" && setting.Value == "true":
			dirty = " (modified)"
		case setting.Key == "vcs.revision":
			text += " " + setting.Value[:min(12, len(setting.Value))]
		}
	}
	return text + dirty
}
