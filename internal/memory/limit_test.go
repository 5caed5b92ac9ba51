package memory

import (
	"testing"
	"testing/fstest"
)

func TestLimitOfTheControlGroupIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  int64 // 0: none
	}{
		"no control groups": {nil, 0},
		"no limit":          {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, 0},
		"a container":       {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20},
		"a service, in a slice with less": {map[string]string{
			"proc/self/cgroup": "0::/voice.slice/switchhook.service\n",
			"sys/fs/cgroup/voice.slice/switchhook.service/memory.max": "2147483648\n", "sys/fs/cgroup/voice.slice/memory.max": "1073741824\n",
		}, 1 << 30},
		"a service that is slowed down before it is killed": {map[string]string{
			"proc/self/cgroup": "0::/switchhook.service\n", "sys/fs/cgroup/switchhook.service/memory.max": "2147483648\n", "sys/fs/cgroup/switchhook.service/memory.high": "1073741824\n",
		}, 1 << 30},
		"a container that is told its path on the host": {map[string]string{"proc/self/cgroup": "0::/docker/abc\n", "sys/fs/cgroup/memory.max": "1073741824\n"}, 1 << 30},
		"version 1": {map[string]string{
			"proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/docker/abc\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
			"sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "268435456\n",
		}, 256 << 20},
		"version 1 without a limit": {map[string]string{"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 0},
		"garbage":                   {map[string]string{"proc/self/cgroup": "0::/\nx\n", "sys/fs/cgroup/memory.max": "much\n"}, 0},
	} {
		root := fstest.MapFS{}
		for file, text := range test.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got, limited := groupLimit(root); limited != (test.want > 0) || limited && got != test.want {
			t.Errorf("%s: %d, %t; want %d", name, got, limited, test.want)
		}
	}
}
