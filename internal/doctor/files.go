package doctor

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/soundfile"
)

// Files looks at the files and directories that the configuration names and that are opened
// later than it is read: sounds when the server starts, the directory of exports when a
// recording has ended.
func Files(cfg config.Config) (list []Finding) {
	for _, sound := range []struct{ key, name string }{{"media.hold-music", cfg.HoldMusic.File}, {"recording.announcement", cfg.Recording.Announcement.File}} {
		if sound.name != "" {
			list = append(list, fileFinding(sound.key+" "+sound.name, readable(sound.name), "the server does not start without it"))
		}
	}
	if dir := cfg.Recording.ExportFolder; dir != "" {
		list = append(list, fileFinding("recording.export-folder "+dir, writable(dir), "recordings are not exported, and the log says so"))
	}
	return list
}

func fileFinding(what string, err error, otherwise string) Finding {
	if err != nil {
		return Finding{Fail, what, fmt.Sprintf("%v; %s", err, otherwise)}
	}
	return Finding{State: OK, What: what}
}

// readable asks whether a file begins as one of sound that is understood.
func readable(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = soundfile.Open(file, time.Hour) // of which no more is read than its beginning
	return err
}

// writable asks whether a file can be made in a directory; it leaves none behind.
func writable(dir string) error {
	probe, err := os.CreateTemp(dir, ".switchhook-*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
