package journal

// Sync implements Store. Pages may be appended meanwhile; they wait for the next one.
func (s *DiskStore) Sync() error {
	s.syncs.Lock()
	defer s.syncs.Unlock()
	return s.sync()
}

// sync is Sync, for who holds the lock of syncs.
func (s *DiskStore) sync() error {
	s.disk.Lock()
	err := s.writeAgain()
	file, upTo, nothing := s.file, s.end, s.end == s.synced
	s.disk.Unlock()
	if err != nil || nothing {
		return err
	}
	err = s.syncData(file)
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.suspect = err != nil; err == nil {
		s.forgetSynced(upTo)
	}
	return err
}

// writeAgain writes at its place what a failed sync has left in doubt. A failed sync is
// never repeated alone: the kernel may take for clean what it could not write, and report
// success.
func (s *DiskStore) writeAgain() error {
	if !s.suspect {
		return nil
	}
	if _, err := s.file.WriteAt(s.unsynced, s.synced); err != nil {
		return err
	}
	s.roomEnd = s.synced // the room may be missing too
	s.makeRoom()
	return nil
}

// forgetSynced drops what need not be written again.
func (s *DiskStore) forgetSynced(upTo int64) {
	forgotten := upTo - s.synced
	left := copy(s.unsynced, s.unsynced[forgotten:])
	s.unsynced, s.synced = s.unsynced[:left], upTo
	if left == 0 && cap(s.unsynced) > maxPageBytes/4 && forgotten < maxPageBytes/8 {
		s.unsynced = nil // let the memory of a burst go that is over
	}
}
