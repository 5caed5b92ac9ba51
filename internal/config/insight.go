package config

import "time"

// Insight is what is kept to look into calls. Zero values take the defaults of package
// insight.
type Insight struct {
	Off          bool
	Keep         time.Duration
	Memory, Disk int64 // bytes
}

type insightKeys struct {
	// off: nothing is kept to look into calls, and the console and the API of calls show none.
	Mode string `yaml:"mode" of:"on off" default:"on"`
	// How long the timelines of calls that are over are kept.
	Keep string `yaml:"keep" type:"duration" default:"168h" min:"1h" max:"8760h"`
	// Memory that timelines may take. Those of the calls that ended first leave it first.
	MemoryMiB *int `yaml:"memory-mib" default:"64" min:"1" max:"65536" unit:"MiB"`
	// Space that timelines of calls that are over may take on disk, in the folder insight of the data directory. The oldest are deleted first.
	DiskMiB *int `yaml:"disk-mib" default:"256" min:"1" max:"1048576" unit:"MiB"`
}

// UnmarshalYAML also reads the word off in the place of the keys.
func (k *insightKeys) UnmarshalYAML(read func(any) error) error {
	var word string
	if read(&word) == nil {
		k.Mode = word
		return nil
	}
	type plain insightKeys
	return read((*plain)(k))
}

func (c *checker) insight() Insight {
	return Insight{
		Off: c.word("insight.mode", "") == Off, Keep: c.duration("insight.keep"),
		Memory: int64(c.count("insight.memory-mib")) << 20, Disk: int64(c.count("insight.disk-mib")) << 20,
	}
}
