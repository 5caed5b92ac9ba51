package audio

// Copies are the same sound, said to several members of a mix, to each by a source
// of its own. Who hears what all of them are told wants it once: the copy that was
// heard first stands for all, or another one after it has ended. It belongs to the
// shard of the mix.
type Copies struct {
	lead any // whose copy stands for all
	last Tick
}

// Leads reports whether the copy that one member is told at a tick stands for all.
// Copies may begin and end a tick apart.
func (c *Copies) Leads(of any, at Tick) bool {
	if c.lead != of && c.lead != nil && at <= c.last+1 {
		return false
	}
	c.lead, c.last = of, at
	return true
}
