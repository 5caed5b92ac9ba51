package relay

import "sync"

// users counts the allocations, by user.
type users struct {
	mu    sync.Mutex
	total int
	of    map[string]int
}

// has is how many a user has.
func (u *users) has(user string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.of[user]
}

// count is how many there are.
func (u *users) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.total
}

// enter counts one more of a user, unless there are too many.
func (u *users) enter(user string, mostOfUser, most int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of[user] >= mostOfUser || u.total >= most {
		return false
	}
	u.of[user]++
	u.total++
	return true
}

func (u *users) leave(user string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.total--
	if u.of[user]--; u.of[user] == 0 {
		delete(u.of, user)
	}
}
