package datadir

import "os"

// giveToOwner has nothing to do where files have the rights of their directory.
func giveToOwner(*os.File, string) {}
