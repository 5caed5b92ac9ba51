package expiring

// A binary heap of places, the entry that expires first on top. It is written
// out because container/heap allocates for each element that it is given, and
// because each entry has to know its rank, to be moved and removed.

func (m *Map[K, V]) before(i, j int32) bool {
	return m.entries[m.soonest[i]].until < m.entries[m.soonest[j]].until
}

func (m *Map[K, V]) swap(i, j int32) {
	m.soonest[i], m.soonest[j] = m.soonest[j], m.soonest[i]
	m.entries[m.soonest[i]].rank, m.entries[m.soonest[j]].rank = i, j
}

// fix moves the entry of a rank to where it belongs.
func (m *Map[K, V]) fix(rank int32) {
	if !m.down(rank) {
		m.up(rank)
	}
}

func (m *Map[K, V]) up(rank int32) {
	for rank > 0 {
		parent := (rank - 1) / 2
		if !m.before(rank, parent) {
			return
		}
		m.swap(rank, parent)
		rank = parent
	}
}

// down reports whether the entry moved.
func (m *Map[K, V]) down(rank int32) (moved bool) {
	for n := int32(len(m.soonest)); ; moved = true {
		child := 2*rank + 1
		if child >= n {
			return moved
		}
		if child+1 < n && m.before(child+1, child) {
			child++
		}
		if !m.before(child, rank) {
			return moved
		}
		m.swap(rank, child)
		rank = child
	}
}
