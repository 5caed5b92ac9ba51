package memory

import (
	"bufio"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// Go's collector does not know the limit of a container, or of a service of systemd (MemoryMax): it lets
// garbage grow beyond, and the kernel kills the process. So it is told. Other programs that the server starts,
// which convert recordings or speak, share the limit, as do things that are not Go's.
const goShare = 0.8

// applyLimit tells the collector the limit of the control group that this process is in, unless
// GOMEMLIMIT is set.
func applyLimit(log *slog.Logger) {
	if _, chosen := os.LookupEnv("GOMEMLIMIT"); chosen {
		return
	}
	limit, limited := groupLimit(os.DirFS("/"))
	if !limited {
		return
	}
	debug.SetMemoryLimit(int64(goShare * float64(limit)))
	log.Info("memory is limited by the control group", "bytes", limit, "of_them_for_go", int64(goShare*float64(limit)))
}

// groupLimit is how much memory the control groups of this process permit, in bytes: the least of the
// group and those above it (cgroups(7)). False: there is no limit, or no control group.
func groupLimit(root fs.FS) (bytes int64, limited bool) {
	list, err := root.Open("proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	defer list.Close()
	bytes = math.MaxInt64
	for lines := bufio.NewScanner(list); lines.Scan(); {
		parts := strings.SplitN(lines.Text(), ":", 3) // number:controllers:path
		if len(parts) != 3 {
			continue
		}
		switch {
		case parts[0] == "0" && parts[1] == "": // version 2
			for _, file := range []string{"memory.max", "memory.high"} { // beyond the latter the kernel lets the process sleep: sound would stutter
				bytes = min(bytes, leastLimit(root, "sys/fs/cgroup", parts[2], file))
			}
		case containsWord(parts[1], "memory"): // version 1
			bytes = min(bytes, leastLimit(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"))
		}
	}
	return bytes, bytes < unlimited
}

// unlimited is more than any machine has; version 1 says about 2^63 for no limit.
const unlimited = 1 << 60

func containsWord(list, word string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one == word {
			return true
		}
	}
	return false
}

// leastLimit is the least limit of a group and those above it. A container may see its own group as the
// top, and its path as on the host: groups that are not there have no limit.
func leastLimit(root fs.FS, mount, group, file string) (least int64) {
	least = math.MaxInt64
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		text, err := fs.ReadFile(root, path.Join(mount, group, file))
		if err == nil {
			if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit > 0 {
				least = min(least, limit)
			}
		}
		if group == "/" {
			return least
		}
	}
}
