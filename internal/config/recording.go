package config

import (
	"fmt"
	"os"
	"time"

	"github.com/switchhook/switchhook/internal/certificate"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/recording/vault"
)

// Recording is how calls are recorded.
type Recording struct {
	// Host is in the locations of files; "": the server's own.
	Host    string
	MinFree uint64 // bytes that the disk must have free
	Quota   uint64 // bytes that all recordings may take; 0: no limit

	Retention    time.Duration // how long recordings are kept; 0: for ever
	Keys         *vault.Ring   // encrypt recordings; nil: they are plain
	Rules        []access.Rule // who may do what; none: whoever may use the APIs
	ExportFolder string        // the directory of folder:///NAME; "": there is none

	DeleteExported bool // copies elsewhere are deleted with the recording

	HoldMusic bool // is recorded
	MaskTones bool // keys are not heard in recordings

	Announcement Announcement // before a call is recorded
}

// Announcement is what everybody hears before a call is recorded, one after the
// other. The zero Announcement is none.
type Announcement struct {
	Text string // spoken
	URL  string // of a sound, or
	File string // its file
	Tone bool   // a beep
}

type recordingKeys struct {
	// Host in the locations of recordings. Azure's SDKs download from hosts of asm.skype.com only; applications need an entry for it in their hosts file or DNS. "own" is the host by which clients reach the server.
	Host string `yaml:"location-host" type:"host name or own" default:"storage.asm.skype.com"`
	// Space that the disk must have free. Below it no recording begins, those that go on end, and dead letters in folders wait. 0 is no limit.
	MinFree *int `yaml:"min-free-mib" default:"512" min:"0" max:"1048576" unit:"MiB"`
	// Space that all recordings may take on the disk. Above it no recording begins, and those that go on end. 0 is no limit.
	Quota *int `yaml:"quota-mib" default:"0" min:"0" max:"1073741824" unit:"MiB"`
	// How long recordings are kept after their end. 0 is for ever.
	Retention string `yaml:"retention" type:"duration" default:"24h" min:"0s" max:"87600h"`
	// Keys that encrypt recordings on disk. The first one encrypts new recordings; the others read older ones.
	Keys []recordingKeyKeys `yaml:"keys"`
	// Who may start, download, delete and hold recordings.
	Permissions []recordingPermissionKeys `yaml:"permissions" absent:"everybody who may use the APIs may do everything"`
	// Directory of the folders that recordings are exported to, by the destination folder:///NAME.
	ExportFolder string `yaml:"export-folder" type:"path" absent:"recordings are not exported to folders"`
	// true: what was exported of a recording is deleted with it, when its time is over or when somebody deletes it. A signature in the URL must permit deletion.
	DeleteExported bool `yaml:"delete-exported"`
	// true: music that participants hear on hold is recorded.
	HoldMusic bool `yaml:"hold-music"`
	// true: keys that participants press are silent in recordings, for calls in which card numbers are keyed in.
	MaskTones bool `yaml:"mask-tones"`
	// Text that everybody in a call hears before it is recorded. A recording that cannot be announced does not begin.
	AnnouncementText string `yaml:"announcement-text" type:"text" absent:"nothing is said"`
	// Sound that everybody in a call hears before it is recorded, after the text. A file is read when the server starts.
	Announcement string `yaml:"announcement" type:"file or URL" absent:"no sound is played"`
	// true: everybody in a call hears a beep of 1400 Hz before it is recorded, after the text and the sound.
	AnnouncementTone bool `yaml:"announcement-tone"`
}

type recordingKeyKeys struct {
	// Name of the key, which is written into files.
	ID string `yaml:"id" type:"text" required:"true"`
	// File with the key: 32 bytes in base64 or in hexadecimal digits (openssl rand -base64 32).
	File string `yaml:"file" type:"path"`
	// Environment variable with the key, instead of file.
	Environment string `yaml:"environment" type:"text"`
}

type recordingPermissionKeys struct {
	// Who may: primary or secondary (access key), tokens, or token:SUBJECT.
	By stringList `yaml:"by" type:"text or list" required:"true"`
	// What they may: start (also pause, resume and stop), download, delete, keep (hold, and change when it is deleted).
	May stringList `yaml:"may" type:"text or list" required:"true"`
}

// ownHost stands for the host by which clients reach the server.
const ownHost = "own"

func (c *checker) recording(text recordingKeys) Recording {
	s := c.pick("recording.location-host", "")
	r := Recording{
		Host: s.value, MinFree: uint64(c.count("recording.min-free-mib")) << 20, Quota: uint64(c.count("recording.quota-mib")) << 20,
		Retention: c.duration("recording.retention"), Keys: c.recordingKeys(text.Keys), Rules: c.recordingRules(text.Permissions),
		ExportFolder: text.ExportFolder, HoldMusic: text.HoldMusic, MaskTones: text.MaskTones, DeleteExported: text.DeleteExported,
	}
	r.Announcement = Announcement{Text: c.spokenText("recording.announcement-text"), Tone: text.AnnouncementTone}
	r.Announcement.File, r.Announcement.URL = c.sound("recording.announcement")
	switch {
	case s.value == ownHost:
		r.Host = ""
	case !certificate.ValidName(s.value):
		c.fail(s, "is %q; it must be a host name, such as storage.asm.skype.com, or %q", s.value, ownHost)
	}
	return r
}

// recordingKeys reads the keys; nil: there are none.
func (c *checker) recordingKeys(texts []recordingKeyKeys) *vault.Ring {
	var keys []vault.Key
	for i, text := range texts {
		s := c.at(fmt.Sprintf("recording.keys[%d]", i))
		secret, err := text.secret()
		if err != nil {
			c.fail(s, "%v", err)
			continue
		}
		key, err := vault.ParseKey(text.ID, secret)
		if err != nil {
			c.fail(s, "is refused: %v", err)
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 || len(keys) < len(texts) {
		return nil
	}
	ring, err := vault.NewRing(keys[0], keys[1:]...)
	if err != nil {
		c.fail(c.at("recording.keys"), "is refused: %v", err)
	}
	return ring
}

// secret reads the text of a key.
func (k recordingKeyKeys) secret() (string, error) {
	switch {
	case (k.File == "") == (k.Environment == ""):
		return "", fmt.Errorf("needs one of file and environment")
	case k.Environment != "":
		if text := os.Getenv(k.Environment); text != "" {
			return text, nil
		}
		return "", fmt.Errorf("names the environment variable %s, which is not set", k.Environment)
	}
	text, err := os.ReadFile(k.File)
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	return string(text), nil
}

func (c *checker) recordingRules(texts []recordingPermissionKeys) (rules []access.Rule) {
	for i, text := range texts {
		rule := access.Rule{By: text.By}
		for _, action := range text.May {
			rule.May = append(rule.May, access.Action(action))
		}
		if err := rule.Check(); err != nil {
			c.fail(c.at(fmt.Sprintf("recording.permissions[%d]", i)), "is refused: %v", err)
		}
		rules = append(rules, rule)
	}
	return rules
}
