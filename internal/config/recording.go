package config

import "github.com/switchhook/switchhook/internal/certificate"

// Recording is how calls are recorded.
type Recording struct {
	// Host is in the locations of files; "": the server's own.
	Host    string
	MinFree uint64 // bytes that the disk must have free
}

type recordingKeys struct {
	// Host in the locations of recordings. Azure's SDKs download from hosts of asm.skype.com only; applications need an entry for it in their hosts file or DNS. "own" is the host by which clients reach the server.
	Host string `yaml:"location-host" type:"host name or own" default:"storage.asm.skype.com"`
	// Space that the disk must have free. Below it no recording begins, and those that go on end. 0 is no limit.
	MinFree *int `yaml:"min-free-mib" default:"512" min:"0" max:"1048576" unit:"MiB"`
}

// ownHost stands for the host by which clients reach the server.
const ownHost = "own"

func (c *checker) recording(text recordingKeys) Recording {
	s := c.pick("recording.location-host", "")
	r := Recording{Host: s.value, MinFree: uint64(c.count("recording.min-free-mib")) << 20}
	switch {
	case s.value == ownHost:
		r.Host = ""
	case !certificate.ValidName(s.value):
		c.fail(s, "is %q; it must be a host name, such as storage.asm.skype.com, or %q", s.value, ownHost)
	}
	return r
}
